"""Which of the files that are dragged over the window may be a schema package."""

from pathlib import Path

from PySide6.QtCore import QMimeData

SUFFIXES = frozenset((".zip", ".wsdl", ".xsd"))


def dropped_package(data: QMimeData, *, folders: bool = False) -> Path | None:
    """The one package that is dragged, by its name, or a folder; nothing is read. None for anything else."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if len(paths) != 1:
        return None
    [path] = paths
    return path if path.suffix.lower() in SUFFIXES or (folders and path.is_dir()) else None
