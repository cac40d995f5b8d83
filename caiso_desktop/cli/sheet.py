"""`caiso sheet`: a payload's repeats as a spreadsheet, and a payload filled from one."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.macro import read_file
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError, UsageError
from caiso_desktop.model.grid.cell import shown
from caiso_desktop.model.grid.mapping import by_titles
from caiso_desktop.model.grid.paste import Block, decide, paste
from caiso_desktop.model.grid.style import Marks, Turn
from caiso_desktop.model.grid.table import Table, texts_of
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.value import ValueKind

SUCCESS = 0
_MARKS = {"point": Marks.POINT, "comma": Marks.COMMA}
_TURNS = {"month-first": Turn.MONTH_FIRST, "day-first": Turn.DAY_FIRST}
_NUMBERS = (ValueKind.NUMBER, ValueKind.WHOLE)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its two verbs."""
    sheet = commands.add_parser(
        "sheet",
        help="turn a payload into a spreadsheet, or fill one from it",
        description="What repeats in a payload as a table: a row for each innermost element, instants as trade date "
        "and hour ending, Pacific. Spreadsheets are .xlsx or CSV; formulas are never executed.",
    )
    verbs = sheet.add_subparsers(dest="verb", required=True, metavar="VERB")
    export = verbs.add_parser("export", help="write a payload's rows as a spreadsheet")
    fill = verbs.add_parser("fill", help="write a payload with its rows filled from a spreadsheet")
    for verb in (export, fill):
        verb.add_argument("file", metavar="PAYLOAD", help="the XML payload; - reads standard input")
    fill.add_argument("source", type=Path, metavar="SHEET", help="an .xlsx or CSV file whose first line has titles")
    for verb in (export, fill):
        verb.add_argument("--rows", metavar="NAME", help="which elements are rows, for example Bid/Hour")
        verb.add_argument("--save", type=Path, metavar="FILE", help="write to a file instead of standard output")
        verb.add_argument("--overwrite", action="store_true", help="let --save replace a file that is there")
    fill.add_argument("--sheet", default="", metavar="NAME", help="which sheet of the workbook (its first)")
    fill.add_argument("--mapping", metavar="NAME", help="columns kept under a name in the window; else by their titles")
    fill.add_argument("--behind", action="store_true", help="add all of it behind the last row")
    fill.add_argument("--numbers", choices=list(_MARKS), help="what stands before decimals, where that cannot be told")
    fill.add_argument("--days", choices=list(_TURNS), help="what stands first in a day, where that cannot be told")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Run one verb; data goes to standard output or a file, words to standard error."""
    draft = Draft.from_bytes(read_file(arguments.file))
    outline = house.payloads.outline(draft)
    if isinstance(outline, Problem):
        raise PayloadError(str(outline))
    table = _table(house, outline, arguments.rows)
    return (_export if arguments.verb == "export" else _fill)(arguments, house, draft, outline, table)


def _table(house: House, outline: Outline, wanted: str | None) -> Table:
    grids = house.workshop.grids
    table = grids.table(outline, None)
    if wanted is None:
        return table
    plain = wanted.replace(" ", "").casefold()
    for kind in table.kinds:
        if kind.title.replace(" ", "").casefold() in (plain, f"messagepayload/{plain}"):
            return grids.table(outline, None, kind.names)
    known = ", ".join(kind.title.replace(" ", "") for kind in table.kinds) or "none"
    raise UsageError(f"nothing that repeats is called '{wanted}'.", advice=f"There are: {known}.")


def _export(arguments: argparse.Namespace, house: House, draft: Draft, outline: Outline, table: Table) -> int:
    columns = [[shown(each, text) for text in texts_of(table, outline, each)] for each in table.columns]
    numbers = {at for at, column in enumerate(table.columns) if column.kind in _NUMBERS}
    suffix = arguments.save.suffix if arguments.save is not None else ".csv"
    head = [column.title for column in table.columns]
    data = house.workshop.sheets.to_bytes(suffix, head, list(zip(*columns, strict=True)), numbers)
    _put(arguments, house, data)
    print(f"{len(table.rows):,} rows, {len(table.columns)} columns", file=sys.stderr)
    return SUCCESS


def _fill(arguments: argparse.Namespace, house: House, draft: Draft, outline: Outline, table: Table) -> int:
    sheet = house.workshop.sheets.read(arguments.source, arguments.sheet)
    if len(sheet.rows) < 2:
        raise UsageError(f"{arguments.source.name} has no rows below a first line with titles.")
    titles = sheet.rows[0]
    columns, answers = _columns(arguments, house, table, titles)
    if all(each is None for each in columns):
        known = ", ".join(column.title for column in table.columns)
        raise UsageError("no title of the spreadsheet is a column of the payload.", advice=f"Those are: {known}.")
    block = Block(tuple(row[: len(columns)] for row in sheet.rows[1:]), columns)
    decided = decide(block, table, answers)
    if decided.questions:
        at, question = decided.questions[0]
        kind = table.columns[columns[at] or 0].kind
        option = f"--numbers {' or '.join(_MARKS)}" if kind in _NUMBERS else f"--days {' or '.join(_TURNS)}"
        raise UsageError(question.sentence, advice=f"Say {option}.")
    rows = () if arguments.behind else range(len(table.rows))[: len(block.rows)]
    edited, added = paste(draft, outline, table, block, decided, rows)
    left = [title for title, each in zip(titles, columns, strict=True) if each is None and title]
    if left:
        print(f"Left out: {', '.join(left)}.", file=sys.stderr)
    for note in (*edited.notes, *edited.warnings):
        print(note, file=sys.stderr)
    _put(arguments, house, edited.draft.to_bytes())
    print(f"{len(block.rows):,} rows, {added:,} of them new", file=sys.stderr)
    return SUCCESS


def _columns(
    arguments: argparse.Namespace, house: House, table: Table, titles: tuple[str, ...]
) -> tuple[tuple[int | None, ...], Mapping[int, Marks | Turn]]:
    """Where each column goes, and how it is written where that was said."""
    said: dict[int, Marks | Turn] = {}
    if arguments.mapping is None:
        columns = by_titles(table, titles)
    else:
        known, _ = house.shelves.mappings.list()
        wanted = arguments.mapping.casefold()
        mapping = next((each for each in known if each.name.casefold() == wanted), None)
        if mapping is None:
            names = ", ".join(each.name for each in known) or "none yet"
            raise UsageError(f"no columns are kept as '{arguments.mapping}'.", advice=f"There are: {names}.")
        columns = mapping.columns(table, titles)
        said.update(mapping.answers(titles))
    for at, number in enumerate(columns):
        if number is None or at in said:
            continue
        if arguments.numbers and table.columns[number].kind in _NUMBERS:
            said[at] = _MARKS[arguments.numbers]
        elif arguments.days and table.columns[number].kind in (ValueKind.INSTANT, ValueKind.DATE):
            said[at] = _TURNS[arguments.days]
    return columns, said


def _put(arguments: argparse.Namespace, house: House, data: bytes) -> None:
    if arguments.save is not None:
        house.saving.save_bytes(data, arguments.save, overwrite=arguments.overwrite)
        print(f"saved: {arguments.save}", file=sys.stderr)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
