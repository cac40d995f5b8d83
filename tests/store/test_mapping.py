from pathlib import Path

import pytest

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.grid.mapping import ColumnMapping, Link, by_titles, links_of, rows_id
from caiso_desktop.model.grid.style import Marks, Turn
from caiso_desktop.model.template import Owner
from caiso_desktop.store.mapping import MappingFolders
from tests.model.grid.test_edit import BIDS, read

LINKS = (Link("Unit name", "2:resource"), Link("Start", "3:start", Turn.DAY_FIRST), Link("MW", "4:mw", Marks.COMMA))


@pytest.fixture
def mappings(tmp_path: Path) -> MappingFolders:
    return MappingFolders({Owner.USER: tmp_path / "mine", Owner.COMPANY: tmp_path / "company"})


def test_a_mapping_is_a_plain_file_that_comes_back(mappings: MappingFolders) -> None:
    saved = mappings.save(ColumnMapping("Desk sheet", "RawBidSet/MessagePayload/Bid/Hour/Segment", LINKS))
    assert saved.file is not None
    assert saved.file.read_text(encoding="utf-8") == (
        "CAISO Desktop column mapping 1\nname: Desk sheet\nrows: RawBidSet/MessagePayload/Bid/Hour/Segment\n\n"
        "Unit name\t2:resource\nStart\t3:start\tday/month/year\nMW\t4:mw\t1.234,5\n"
    )
    [found] = mappings.list()[0]
    assert found == saved
    again = mappings.save(ColumnMapping("desk SHEET", "x", LINKS[:1]))
    assert again.file == saved.file
    mappings.remove(again)
    assert mappings.list() == ([], [])
    with pytest.raises(UsageError):
        mappings.save(ColumnMapping(" ", "x", ()))


@pytest.mark.parametrize(
    ("body", "line", "sentence"),
    [
        ("MW 4:mw\n", 5, "a title, a tab"),
        ("A\t2:a\nMW\t4:mw\tsomehow\n", 6, "'somehow' is none of"),
    ],
)
def test_a_bad_file_is_told_with_its_line(
    mappings: MappingFolders, tmp_path: Path, body: str, line: int, sentence: str
) -> None:
    (tmp_path / "mine").mkdir()
    file = tmp_path / "mine" / "a.caiso-mapping"
    file.write_text(f"CAISO Desktop column mapping 1\nname: x\nrows: y\n\n{body}", encoding="utf-8")
    good, [bad] = mappings.list()
    assert good == []
    assert (bad.file, bad.line) == (file, line)
    assert sentence in bad.sentence


def test_titles_find_their_columns_however_they_are_spelt() -> None:
    _, _, table = read(BIDS)
    assert by_titles(table, ["Resource", "MW (MW)", "START", "price $/MWh", "other", "mw"]) == (1, 3, 2, 4, None, None)
    mapping = ColumnMapping("x", rows_id(table), LINKS)
    assert mapping.applies(table)
    assert mapping.columns(table, ["start", "unit NAME", "", "Mw"]) == (2, 1, None, 3)
    assert mapping.answers(["start", "Mw"]) == {0: Turn.DAY_FIRST, 1: Marks.COMMA}
    assert links_of(table, ["a", "b"], (1, None), {0: Marks.POINT}) == (Link("a", table.columns[1].id, Marks.POINT),)
