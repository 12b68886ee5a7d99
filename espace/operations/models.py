"""The worker's sign of life."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """One row a worker; `/sante/pret` reads the freshest."""

    name = models.CharField(max_length=60, primary_key=True)
    beaten_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.beaten_at}"
