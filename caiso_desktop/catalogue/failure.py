"""Reads what CAISO's texts and statuses mean from data files: the program's own, then a company's, then the user's."""

import re
from collections.abc import Iterable
from pathlib import Path

from caiso_desktop.catalogue.rows import read_rows, row_files
from caiso_desktop.catalogue.table import Table
from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.error import CatalogueFileError, Side
from caiso_desktop.model.failure import Failure, Failures

FOLDER = "failure"
"""The folder of such files beside the catalogue's, and beside a company's and a user's own."""

_KEYS = frozenset(
    {"texts", "statuses", "codes", "side", "severity", "title", "meaning", "advice", "wrong_names", "source"}
)
_SIDES = {"yours": Side.YOURS, "caiso": Side.CAISO, "between": Side.BETWEEN}
_CODE = re.compile(r"\w+:-?\d+")
_STATUS = re.compile(r"[1-5](?:\d\d|xx)")


def read_failures(folders: Iterable[Path | None]) -> Failures:
    """The table of these folders. What a later folder says is looked at first, and takes the place of the same id.

    A file that is wrong is left out whole, and its complaint (file, line, key) is among the table's ``problems``:
    what CAISO answers must be shown all the same.
    """
    rows: dict[str, Failure] = {}
    problems: list[str] = []
    for file in row_files(folders):
        try:
            read = read_rows(file, "failures", _KEYS, _failure)
        except CatalogueFileError as error:
            problems.append(error.detail)
            continue
        kept = {own: row for own, row in rows.items() if own not in read}
        rows = {own: row for own, row in read.items() if row is not None} | kept
    return Failures(tuple(rows.values()), tuple(problems))


def _failure(table: Table, id: str) -> Failure:
    texts = tuple(_pattern(table, text) for text in table.texts("texts") or ())
    statuses = table.texts("statuses") or ()
    for status in statuses:
        if not _STATUS.fullmatch(status):
            table.refuse("statuses", f'\'{status}\' is no HTTP status; write "403", or "4xx" for a whole class.')
    codes = table.texts("codes") or ()
    for code in codes:
        if not _CODE.fullmatch(code):
            table.refuse("codes", f"'{code}' is no number of a list; write \"result:5\".")
    if not texts and not statuses and not codes:
        table.refuse("texts", "it needs 'texts', 'statuses' or 'codes': by what is it recognised?")
    side = table.word("side", _SIDES)
    note = Note(
        Severity(table.word("severity", [str(each) for each in Severity]) or Severity.ERROR),
        table.need("title"),
        table.text("meaning") or "",
        table.text("advice") or "",
        side=_SIDES[side] if side else None,
        matter=id,
    )
    return Failure(note, texts, statuses, codes, bool(table.flag("wrong_names")), table.text("source") or "")


def _pattern(table: Table, text: str) -> re.Pattern[str]:
    try:
        # A blank stands for any white space: answers are wrapped where their writers liked.
        return re.compile(text.replace(" ", r"\s+"), re.IGNORECASE)
    except re.error as error:
        table.refuse(
            "texts", f"'{text}' is no regular expression: {error}. Put \\ before . ( ) [ ] * + ? in plain words."
        )
