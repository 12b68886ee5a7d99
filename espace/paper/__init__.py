"""PDF: the only caller of typst. Gives tagged, archivable bytes from an app's template and plain data."""
