"""A block of texts that comes from a spreadsheet: how its columns are to be read, and the cells that it fills."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.grid.cell import Habits, Reading, read_cell
from caiso_desktop.model.grid.edit import Edited, fill
from caiso_desktop.model.grid.style import Marks, Question, Turn, doubtful, marks_of, number, turn_of, undated
from caiso_desktop.model.grid.table import Column, Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.value import ValueKind

MOST_CELLS = 2_000_000
_NUMBERS = (ValueKind.NUMBER, ValueKind.WHOLE)
_DATED = (ValueKind.INSTANT, ValueKind.DATE)
_MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of texts, and for each of their columns the number of the grid's column that it goes to (None: nowhere)."""

    rows: tuple[tuple[str, ...], ...]
    columns: tuple[int | None, ...]

    def values(self, at: int) -> list[str]:
        """What stands in one of its columns, without what is empty."""
        return [row[at] for row in self.rows if at < len(row) and row[at].strip()]


@dataclass(frozen=True, slots=True)
class Decided:
    """How each column of a block is read; ``questions`` (by the block's column) must be answered first."""

    habits: Mapping[int, Habits]
    questions: tuple[tuple[int, Question], ...] = ()
    notes: tuple[str, ...] = ()


def from_clipboard(text: str) -> tuple[tuple[str, ...], ...]:
    """The rows of tab-separated text; a cell in quotation marks may have line ends and doubled marks in it."""
    rows: list[tuple[str, ...]] = []
    row: list[str] = []
    at, size = 0, len(text)
    while at < size:
        if text[at] == '"':
            cell, at = _quoted(text, at)
        else:
            end = next((i for i in range(at, size) if text[i] in "\t\r\n"), size)
            cell, at = text[at:end], end
        row.append(cell)
        if at >= size:
            break
        mark = text[at]
        at += 2 if text[at : at + 2] == "\r\n" else 1
        if mark == "\t":
            if at >= size:
                row.append("")
            continue
        rows.append(tuple(row))
        row = []
    if row:
        rows.append(tuple(row))
    return tuple(rows)


def to_clipboard(rows: Sequence[Sequence[str]]) -> str:
    """Rows as tab-separated text."""
    return "\n".join("\t".join(_marked(cell) for cell in row) for row in rows)


def block_at(rows: tuple[tuple[str, ...], ...], shown: Sequence[int], first: int) -> Block:
    """A block put at a column; ``shown`` are the numbers of the columns as they are shown from left to right."""
    width = max(map(len, rows), default=0)
    beyond: list[int | None] = [*shown[first : first + width]]
    return Block(rows, tuple(beyond + [None] * (width - len(beyond))))


def without_head(block: Block, table: Table) -> tuple[Block, bool]:
    """The block without a first row that has the columns' titles in it, and whether it had one."""
    if not block.rows:
        return block, False
    titles = {table.columns[n].title.casefold() for n in block.columns if n is not None}
    named = [cell.strip().casefold() in titles for cell in block.rows[0]]
    if named and all(named):
        return Block(block.rows[1:], block.columns), True
    return block, False


def decide(block: Block, table: Table, answers: Mapping[int, Marks | Turn]) -> Decided:
    """How the columns of a block are written: by what they show, by what was answered, else it asks."""
    habits: dict[int, Habits] = {}
    questions: list[tuple[int, Question]] = []
    notes: list[str] = []
    shown = {at: marks_of(block.values(at)) for at, n in enumerate(block.columns) if _is(table, n, _NUMBERS)}
    commas = Marks.COMMA in shown.values()
    for at, n in enumerate(block.columns):
        if n is None:
            continue
        column, values, answer = table.columns[n], block.values(at), answers.get(at)
        if column.kind in _NUMBERS and not column.hour:
            marks = answer if isinstance(answer, Marks) else shown[at]
            doubt = doubtful(values, points=commas)
            if marks is None and doubt:
                questions.append((at, _which_marks(column, doubt)))
            habits[at] = Habits(marks=marks or Marks.POINT)
            notes += _read_so(column, values, habits[at].marks)
        elif column.kind in _DATED:
            turn = answer if isinstance(answer, Turn) else turn_of(values)
            doubt = undated(values)
            if turn is None and doubt:
                questions.append((at, _which_turn(column, doubt)))
            habits[at] = Habits(turn=turn or Turn.MONTH_FIRST)
            if turn is not None and doubt:
                notes.append(f"{column.title}: {doubt} was read as {turn}.")
    return Decided(habits, tuple(questions), tuple(notes))


def paste(
    draft: Draft, outline: Outline, table: Table, block: Block, decided: Decided, rows: Sequence[int]
) -> tuple[Edited, int]:
    """Fill cells from a block, and add rows for what goes beyond the last; how many were added comes along.

    ``rows`` are the rows that are filled, in the order of the block's; what there is more of becomes new rows.
    """
    cells: dict[tuple[int, int], str] = {}
    wrong: list[str] = []
    likes = {n: _like(outline, table, n) for n in block.columns if n is not None}
    new: list[dict[int, str]] = []
    for index, texts in enumerate(block.rows):
        fresh: dict[int, str] = {}
        for at, n in enumerate(block.columns):
            if n is None or at >= len(texts):
                continue
            reading = _read(table.columns[n], texts[at], likes[n], decided.habits.get(at, Habits()))
            if reading.problem and len(wrong) < _MOST_TOLD:
                wrong.append(f"{table.columns[n].title}: {reading.problem}")
            if index < len(rows):
                cells[rows[index], n] = reading.text
            else:
                fresh[n] = reading.text
        if index >= len(rows) and any(fresh.values()):
            new.append(fresh)
    edited = fill(draft, outline, table, cells, new)
    warnings = (*dict.fromkeys(wrong), *edited.warnings)
    return replace(edited, notes=decided.notes, warnings=warnings), len(new)


def _read(column: Column, text: str, like: str, habits: Habits) -> Reading:
    return read_cell(column, text, like, habits)


def _like(outline: Outline, table: Table, number: int) -> str:
    """A value of a column whose style new ones are written in."""
    column = table.columns[number]
    for row in range(min(len(table.rows), 50)):
        text = table.place(outline, row, column).text
        if text:
            return text
    return ""


def _is(table: Table, number: int | None, kinds: Sequence[ValueKind]) -> bool:
    return number is not None and table.columns[number].kind in kinds and not table.columns[number].hour


def _which_marks(column: Column, example: str) -> Question:
    answers = tuple((marks, number(example, marks) or example) for marks in Marks)
    return Question(column.title, example, answers)


def _which_turn(column: Column, example: str) -> Question:
    return Question(column.title, example, tuple((turn, f"{turn}") for turn in Turn))


def _read_so(column: Column, values: Sequence[str], marks: Marks) -> list[str]:
    """What is told of how numbers were read, where they were not written as XML writes them."""
    for value in values:
        found = number(value, marks)
        if found is not None and found != value.strip():
            return [f"{column.title}: {value.strip()} was read as {found}."]
    return []


def _quoted(text: str, at: int) -> tuple[str, int]:
    """A cell in quotation marks and where it ends; one that is never closed is taken as it stands."""
    out: list[str] = []
    i = at + 1
    while i < len(text):
        if text[i] == '"':
            if text[i + 1 : i + 2] != '"':
                if text[i + 1 : i + 2] in ("", "\t", "\r", "\n"):
                    return "".join(out), i + 1
                break
            i += 1
        out.append(text[i])
        i += 1
    end = next((i for i in range(at, len(text)) if text[i] in "\t\r\n"), len(text))
    return text[at:end], end


def _marked(cell: str) -> str:
    if any(mark in cell for mark in "\t\r\n") or cell.startswith('"'):
        return '"' + cell.replace('"', '""') + '"'
    return cell
