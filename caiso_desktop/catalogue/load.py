"""Loads the program's own catalogue: ``load(folder)``, where ``folder`` is ``resources/catalogue``.

``document.toml`` holds the document's own facts and the environments, each other ``*.toml`` one application, and
``later/*.toml`` what later public sources show. Overlays of a company or a user are laid over it by
`caiso_desktop.catalogue.overlay`.
"""

import datetime
from pathlib import Path

from caiso_desktop.catalogue.merge import empty, merge
from caiso_desktop.catalogue.patch import read_patch
from caiso_desktop.catalogue.table import Sheet
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.service import Source

DOCUMENT = "document.toml"


def load(folder: Path) -> Catalogue:
    """The whole catalogue in ``folder``; `CatalogueError` (`CatalogueFileError` with file, line and key) if wrong."""
    document = Sheet(folder / DOCUMENT)
    patch = read_patch(document)
    missing = [name for name in ("title", "version", "effective") if name not in patch.document]
    if missing:
        document.refuse(("document",), f"it needs {' and '.join(repr(name) for name in missing)}.")
    source = patch.source
    catalogue = merge(empty(source, datetime.date.min), patch)
    for file in _files(folder):
        catalogue = merge(catalogue, read_patch(Sheet(file), source))
    for file in sorted((folder / "later").glob("*.toml")):
        catalogue = merge(catalogue, read_patch(Sheet(file), Source(file.stem, proven=False)))
    return catalogue


def _files(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.glob("*.toml") if file.name != DOCUMENT)
    if not files:
        raise CatalogueError(f"there are no applications in {folder}.", advice="Install the program again.")
    return files
