"""Which of the files that are dragged over the window hold certificates."""

from pathlib import Path

from PySide6.QtCore import QMimeData

SUFFIXES = frozenset((".p12", ".pfx", ".pem", ".crt", ".cer", ".key"))


def dropped_files(data: QMimeData) -> list[Path]:
    """The certificate files among what is dragged, by their names; nothing is read."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in SUFFIXES]
