"""The program's own catalogue, and a folder to try overlays in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.catalogue.merge import merge
from caiso_desktop.catalogue.patch import read_patch
from caiso_desktop.catalogue.table import Sheet
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Source


@pytest.fixture(scope="session")
def printed(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


@pytest.fixture
def lay(printed: Catalogue, tmp_path: Path) -> Callable[[str], Catalogue]:
    """Lay one file's text over the program's own catalogue."""

    def lay_text(text: str) -> Catalogue:
        file = tmp_path / "mine.toml"
        file.write_text(text, encoding="utf-8", newline="")
        return merge(printed, read_patch(Sheet(file), Source("user file mine.toml")))

    return lay_text
