"""Which file that is dragged over a payload may become the payload."""

from pathlib import Path

from PySide6.QtCore import QMimeData

from caiso_desktop.ui.certificate.dropped import dropped_files
from caiso_desktop.ui.package.dropped import dropped_package


def payload_file(data: QMimeData) -> Path | None:
    """The one file that is dragged; None for several, for a folder, and for what the window imports."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if len(paths) != 1 or dropped_files(data) or dropped_package(data) is not None:
        return None
    return paths[0] if paths[0].is_file() else None
