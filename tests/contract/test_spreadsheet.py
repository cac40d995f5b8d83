import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.contract import spreadsheet
from caiso_desktop.contract.spreadsheet import SheetFiles
from caiso_desktop.model.error import StorageError, UsageError

FILES = SheetFiles()
HEAD = ["resource", "mw", "note"]
ROWS = [["UNIT_1", "10.5", "=1+1"], ["UNIT_2", "-3", "-3"], ["@x", "+4", "'quoted"], ["", "abc", 'a\nb,;"c"']]
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_what_is_written_is_read(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_bytes(FILES.to_bytes(suffix, HEAD, ROWS, {1}))
    found = FILES.read(file)
    assert [list(row) for row in found.rows] == [
        HEAD,
        *ROWS[:2],
        ["@x", "4" if suffix == ".xlsx" else "+4", "'quoted"],
        ROWS[3],
    ]
    assert found.names == (("Payload",) if suffix == ".xlsx" else ())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=4), st.sampled_from([".xlsx", ".csv"]))
def test_texts_come_back(tmp_path: Path, rows: list[list[str]], suffix: str) -> None:
    rows = [[*row[:2], row[2] or "x"] for row in rows]
    file = tmp_path / f"a{suffix}"
    file.write_bytes(FILES.to_bytes(suffix, HEAD, rows, ()))
    assert [list(row) for row in FILES.read(file).rows[1:]] == rows


def test_a_text_never_becomes_a_formula_and_numbers_stay_numbers() -> None:
    data = FILES.to_bytes(".xlsx", HEAD, ROWS, {1})
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert page["C2"].data_type == "s"
    assert page["C2"].value == "=1+1"
    assert page["C2"].quotePrefix
    assert page["C3"].data_type == "s"
    assert (page["B2"].value, page["B3"].value, page["B4"].value) == (10.5, -3, 4)
    assert page["B5"].data_type == "s"
    text = FILES.to_bytes(".csv", HEAD, ROWS, {1}).decode("utf-8-sig")
    assert text.splitlines()[1:4] == ["UNIT_1,10.5,'=1+1", "UNIT_2,-3,'-3", "'@x,+4,'quoted"]


def test_formulas_are_read_as_what_they_showed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["start", "mw", "day"])
    page.append([datetime(2026, 11, 26, 7), 1234.5, date(2026, 11, 26)])  # noqa: DTZ001  as Excel has it
    page.append(["=NOW()", 3.0, True])
    other = book.create_sheet("Other")
    other.append(["x"])
    file = tmp_path / "a.xlsx"
    book.save(file)
    found = FILES.read(file)
    assert found.rows[1] == ("2026-11-26 07:00:00", "1234.5", "2026-11-26 00:00:00")
    assert found.rows[2] == ("", "3", "true")  # never computed here, and nobody saved what it showed
    assert found.names == ("Sheet", "Other")
    assert FILES.read(file, "Other").rows == (("x",),)
    with pytest.raises(UsageError, match="no sheet 'Third'"):
        FILES.read(file, "Third")


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\r\n1,2\r\n", (("a", "b"), ("1", "2"))),
        (b"a;b\r\n1,5;2\r\n", (("a", "b"), ("1,5", "2"))),
        (b"a\tb\n1,5\t2\n\n\n", (("a", "b"), ("1,5", "2"))),
        ("ä,b\n".encode("cp1252"), (("ä", "b"),)),
        ("ä\tb\n".encode("utf-16"), (("ä", "b"),)),
        (b'"a;b",c\n', (("a;b", "c"),)),
        (b"", ()),
    ],
)
def test_csv_is_read_as_excel_writes_it_anywhere(
    tmp_path: Path, data: bytes, rows: tuple[tuple[str, ...], ...]
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(data)
    assert FILES.read(file).rows == rows


def test_what_is_no_spreadsheet_or_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: str, data: bytes) -> str:
        file = tmp_path / name
        file.write_bytes(data)
        with pytest.raises(UsageError) as caught:
            FILES.read(file)
        return str(caught.value)

    assert "before 2007" in refused("a.xls", b"")
    assert "no spreadsheet" in refused("a.pdf", b"")
    assert "not a workbook" in refused("a.xlsx", b"hello")
    assert "not CSV" in refused("a.csv", b'"a\n')
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "can be read" in refused("b.xlsx", packed.getvalue())
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("xl/workbook.xml", "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    assert "document type" in refused("c.xlsx", evil.getvalue())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet.bin", b"\0" * 5_000_000)
    monkeypatch.setattr(spreadsheet, "_MOST_UNPACKED", 4_000_000)
    assert "unpacks to more" in refused("d.xlsx", bomb.getvalue())
    with pytest.raises(StorageError):
        FILES.read(tmp_path / "none.xlsx")
