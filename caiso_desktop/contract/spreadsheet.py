"""Reads and writes spreadsheets: ``.xlsx`` by openpyxl, row by row, and CSV as Excel writes it in any country.

A formula is never executed: what a cell showed when its file was saved is read. On the way out a text that begins
like a formula is kept a text: marked so in ``.xlsx``, with an apostrophe before it in CSV.
"""

import csv
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from caiso_desktop.model.error import FileUnreadable, UsageError
from caiso_desktop.model.grid.sheet import LARGEST_FILE, MOST_COLUMNS, MOST_ROWS, SUFFIXES, Sheet

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_UNPACKED = 400_000_000
_MOST_PARTS = 2_000
_DOCTYPE = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_PLAIN = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_WIDEST = 40


class SheetFiles:
    """The port `caiso_desktop.model.grid.sheet.Spreadsheets`."""

    def read(self, path: Path, sheet: str = "") -> Sheet:
        """A sheet of a file."""
        suffix = path.suffix.lower()
        if suffix == ".xls":
            raise UsageError(f"{path.name} is of Excel before 2007.", advice="Save it as .xlsx, then import that.")
        if suffix not in SUFFIXES:
            raise UsageError(f"{path.name} is no spreadsheet.", advice=f"Known are {', '.join(SUFFIXES)}.")
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise UsageError(f"{path.name} has more than {LARGEST_FILE // 1_000_000} MB.", advice="Split it.")
            data = path.read_bytes()
        except OSError as error:
            raise FileUnreadable(
                f"{path} could not be read ({error.strerror}).", advice="Close it in Excel where it is open there."
            ) from error
        return _read_workbook(path.name, data, sheet) if suffix in (".xlsx", ".xlsm") else _read_csv(path.name, data)

    def to_bytes(
        self, suffix: str, head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int]
    ) -> bytes:
        """A file of rows under a head."""
        return _workbook(head, rows, numbers) if suffix.lower() == ".xlsx" else _csv(head, rows, numbers)


def _read_workbook(name: str, data: bytes, wanted: str) -> Sheet:
    _look_into(name, data)
    import openpyxl  # imported late: no start and no other part needs it
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        raise UsageError(f"{name} is not a workbook that can be read ({error}).", advice="Save it again.") from error
    try:
        names = tuple(book.sheetnames)
        if wanted and wanted not in names:
            raise UsageError(f"{name} has no sheet '{wanted}'.", advice=f"It has: {', '.join(names)}.")
        page = book[wanted] if wanted else book.worksheets[0]
        rows = tuple(_rows(name, page.iter_rows(values_only=True)))
        return Sheet(_trimmed(rows), page.title, names)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError) as error:
        raise UsageError(f"{name} is damaged ({error}).", advice="Save it again in Excel.") from error
    finally:
        book.close()


def _look_into(name: str, data: bytes) -> None:
    """Refuse what is no zip, unpacks to too much, or declares entities in one of its parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise UsageError(f"{name} unpacks to more than it may.", advice="Split it, or save less in it.")
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if _DOCTYPE.search(file.read(4096)):
                            raise UsageError(f"{name} declares a document type, which no workbook does.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise UsageError(f"{name} is not a workbook.", advice="Save it as .xlsx again.") from error


def _rows(name: str, found: Iterator[tuple[Any, ...]]) -> Iterator[tuple[str, ...]]:
    for number, row in enumerate(found):
        if number >= MOST_ROWS:
            raise UsageError(f"{name} has more than {MOST_ROWS:,} rows.", advice="Split it.")
        texts = [_text(value) for value in row[:MOST_COLUMNS]]
        while texts and not texts[-1]:
            texts.pop()
        yield tuple(texts)


def _text(value: object) -> str:
    """What a cell holds, as a text."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            # Excel keeps fractions of a day: what is a microsecond beside a second is that second.
            return f"{value + timedelta(microseconds=500_000):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M:%S}"
        case _:
            return str(value)


def _trimmed(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Without the empty rows at the end."""
    end = len(rows)
    while end and not any(rows[end - 1]):
        end -= 1
    return tuple(rows[:end])


def _read_csv(name: str, data: bytes) -> Sheet:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    bare = re.sub(r'"[^"]*"', "", first)
    delimiter = max("\t;,", key=lambda each: (bare.count(each), each == ","))
    limit = csv.field_size_limit()
    try:
        rows = []
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)):
            if number >= MOST_ROWS:
                raise UsageError(f"{name} has more than {MOST_ROWS:,} rows.", advice="Split it.")
            rows.append(tuple(_unmarked(cell) for cell in row[:MOST_COLUMNS]))
    except csv.Error as error:
        raise UsageError(
            f"{name} is not CSV ({error}).", advice=f"A cell may have {limit:,} characters; marks come in pairs."
        ) from error
    return Sheet(_trimmed(rows))


def _decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, UTF-8 where it is that, else what Excel writes in western countries."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _unmarked(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:2] in _FORMULA and len(cell) > 1 else cell


def _is_number(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text))


def _csv(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_guarded(title, number=False) for title in head])
    for row in rows:
        writer.writerow([_guarded(text, number=at in numbers) for at, text in enumerate(row)])
    # With a byte-order mark, or Excel takes it for the code page of the country.
    return out.getvalue().encode("utf-8-sig")


def _guarded(text: str, *, number: bool) -> str:
    if text.startswith(_FORMULA) and not (number and _is_number(text)):
        return f"'{text}"
    # What stands behind an apostrophe of its own would lose it on the way back.
    return f"'{text}" if text.startswith("'") and text[1:2] in _FORMULA else text


def _workbook(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int]) -> bytes:
    import openpyxl  # imported late, see above
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Payload")
    page.freeze_panes = "A2"
    for at, title in enumerate(head):
        widest = max([len(title), *(len(row[at]) for row in rows[:200] if at < len(row))])
        page.column_dimensions[get_column_letter(at + 1)].width = min(widest + 3, _WIDEST)

    def cell(text: str, *, number: bool, bold: bool = False) -> object:
        if number and _is_number(text):
            return float(text) if "." in text or "e" in text.lower() else int(text)
        made = WriteOnlyCell(page, value=_writable(text))
        made.data_type = "s"  # else what begins with = would be a formula
        made.quotePrefix = text.startswith(_FORMULA)
        if bold:
            made.font = Font(bold=True)
        return made

    page.append([cell(title, number=False, bold=True) for title in head])
    for row in rows:
        page.append([cell(text, number=at in numbers) if text else None for at, text in enumerate(row)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _writable(text: str) -> str:
    """Without the control characters that a workbook cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
