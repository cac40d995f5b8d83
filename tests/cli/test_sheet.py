from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from caiso_desktop.model.grid.mapping import ColumnMapping, Link
from tests.cli.conftest import KeptHouse
from tests.model.grid.test_edit import BIDS, GRID, cells


@pytest.fixture
def bids(tmp_path: Path) -> Path:
    path = tmp_path / "bids.xml"
    path.write_bytes(BIDS.encode())
    return path


def test_a_payload_becomes_a_sheet_and_a_sheet_the_payload(
    caiso: Callable[..., int], bids: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sheet, other = tmp_path / "bids.xlsx", tmp_path / "other.xml"
    assert caiso("sheet", "export", bids, "--save", sheet) == 0
    assert "4 rows, 6 columns" in capfd.readouterr().err
    page = openpyxl.load_workbook(sheet).worksheets[0]
    assert [cell.value for cell in page[2]][1:5] == ["UNIT_1", "2026-11-26 HE 7", 10, 20.5]
    assert caiso("sheet", "fill", bids, sheet, "--save", other) == 0
    assert other.read_bytes() == BIDS.encode()
    assert caiso("sheet", "fill", bids, sheet, "--behind") == 0
    out, err = capfd.readouterr()
    assert "4 rows, 4 of them new" in err
    assert "UNIT_1" in out
    assert caiso("sheet", "export", bids, "--rows", "Bid/Hour") == 0
    assert capfd.readouterr().out.splitlines()[1] == "A,UNIT_1,2026-11-26 HE 7"
    assert caiso("sheet", "export", bids, "--rows", "Nothing") == 2
    assert "There are: Bid, Bid/Hour" in capfd.readouterr().err


def test_what_cannot_be_told_is_asked_for(
    caiso: Callable[..., int], bids: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sheet, other = tmp_path / "a.csv", tmp_path / "other.xml"
    sheet.write_text('mw,start,Trader\n"1,234",3/4/2026 6:00,Jane\n', encoding="utf-8")
    assert caiso("sheet", "fill", bids, sheet) == 2
    assert "does 1,234 mean 1234 or 1.234? Say --numbers point or comma." in capfd.readouterr().err
    assert caiso("sheet", "fill", bids, sheet, "--numbers", "comma") == 2
    assert "Say --days month-first or day-first." in capfd.readouterr().err
    asked = ("--numbers", "comma", "--days", "day-first", "--save", other)
    assert caiso("sheet", "fill", bids, sheet, *asked) == 0
    assert "Left out: Trader." in capfd.readouterr().err
    assert cells(other.read_bytes().decode())[0][2:4] == ["2026-04-03T13:00:00Z", "1.234"]
    sheet.write_text("x,y\n1,2\n", encoding="utf-8")
    assert caiso("sheet", "fill", bids, sheet) == 2
    sheet.write_text("mw\n", encoding="utf-8")
    assert caiso("sheet", "fill", bids, sheet) == 2
    bids.write_text("<a>")
    assert caiso("sheet", "export", bids) == 2


def test_kept_columns_are_used(caiso: Callable[..., int], house: KeptHouse, bids: Path, tmp_path: Path) -> None:
    sheet, other = tmp_path / "a.csv", tmp_path / "other.xml"
    sheet.write_text("Menge\n7\n", encoding="utf-8")
    links = (Link("Menge", "4:mw"),)
    kept = house.shelves.mappings.save(ColumnMapping("Desk", "RawBidSet/MessagePayload/Bid/Hour/Segment", links))
    assert caiso("sheet", "fill", bids, sheet, "--mapping", "desk", "--save", other) == 0
    assert cells(other.read_bytes().decode())[0] == [*GRID[0][:3], "7", *GRID[0][4:]]
    assert caiso("sheet", "fill", bids, sheet, "--mapping", "none") == 2
    house.shelves.mappings.remove(kept)
