"""How a file that someone sends is received: in memory only, and never more of it than a document may weigh.

Django's own handler writes what is large to a temporary file, in clear: a photograph of a medical certificate would
lie there until the system empties the folder.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_KEPT = (
    10 * 1024 * 1024 + 1
)  # one byte more than a document may weigh: enough to say that it weighs too much


class BoundedMemoryHandler(FileUploadHandler):
    """Keeps the first `MOST_KEPT` bytes and counts the others; `size` is what was sent, whatever was kept."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        left = MOST_KEPT - self._kept.tell()
        if left > 0:
            self._kept.write(raw_data[:left])

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
