"""Tables of the program, the company and the user: the last that says something counts."""

from pathlib import Path

import pytest

from caiso_desktop.assembly.place import Places, find_resources
from caiso_desktop.assembly.shelves import Shelves
from caiso_desktop.model.error import CatalogueFileError


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(data=tmp_path / "data", config=tmp_path / "config", company=tmp_path / "company")


def test_a_wrong_table_of_the_users_is_told_and_left_out_in_safe_mode(places: Places) -> None:
    own = places.overlays / "chain"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text("no table", encoding="utf-8")
    with pytest.raises(CatalogueFileError, match="mine"):
        _ = Shelves(places, find_resources()).chains
    assert Shelves(places, find_resources(), safe_mode=True).chains


def test_only_a_company_with_a_folder_has_approvals(places: Places) -> None:
    assert Shelves(places, find_resources()).approvals is not None
    assert Shelves(places._replace(company=None), find_resources()).approvals is None
