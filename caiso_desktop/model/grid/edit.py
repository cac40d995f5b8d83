"""What edits of cells and rows write: pieces of the payload's text, everything else stays as it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from caiso_desktop.model.day_shift import Piece, pieced
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.grid.new_row import RowMaker
from caiso_desktop.model.grid.table import Place, Table
from caiso_desktop.model.grid.writing import Writes, lead_of
from caiso_desktop.model.outline import Node, NodePath, Outline
from caiso_desktop.model.splice import Remove, SetValue
from caiso_desktop.model.splicing import spliced


@dataclass(frozen=True, slots=True)
class Edited:
    """The draft after an edit. ``values`` are set where nothing but values of elements that are there was changed.

    ``notes`` tell how something was read, ``warnings`` what was not done or is wrong, and why.
    """

    draft: Draft
    values: Mapping[NodePath, str] | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def set_cells(draft: Draft, outline: Outline, table: Table, cells: Mapping[tuple[int, int], str]) -> Edited:
    """Let cells (row, column) say something else. Rows that share a value must be given the same."""
    writes, warnings = _shared(outline, table, cells)
    pieces = writes.pieces(draft, outline, table.columns)
    return Edited(_after(draft, pieces), writes.values if writes.only_values else None, warnings=warnings)


def fill(
    draft: Draft,
    outline: Outline,
    table: Table,
    cells: Mapping[tuple[int, int], str],
    rows: Sequence[Mapping[int, str]],
) -> Edited:
    """Let cells say something else, and put rows behind the last one, as one edit; see `set_cells` and `add_rows`."""
    if not rows:
        return set_cells(draft, outline, table, cells)
    writes, warnings = _shared(outline, table, cells)
    last = _last(table)
    said = {number: text for (row, number), text in cells.items() if row == last}
    maker = RowMaker(draft, outline, table, table.rows[last], said, filled=False)
    pieces = [*writes.pieces(draft, outline, table.columns), *maker.pieces(rows)]
    return Edited(_after(draft, pieces), warnings=warnings)


def delete_rows(draft: Draft, outline: Outline, table: Table, rows: Sequence[int]) -> Edited:
    """Take the elements of rows away, with their lines."""
    paths = tuple({table.rows[row] for row in rows})
    made = spliced(draft, outline, Remove(outline.revision, paths))
    return Edited(_after(draft, [Piece(*each) for each in made.pieces]))


def duplicate_rows(draft: Draft, outline: Outline, table: Table, rows: Sequence[int]) -> Edited:
    """Put a copy of each row's element behind it, exactly as it is written."""
    _refuse_root(table)
    starts = _starts(outline)
    pieces = []
    for path in {table.rows[row] for row in rows}:
        start, node = starts[path], outline.node(path)
        end = start + node.length
        lead = lead_of(draft.text, start, node)
        pieces.append(Piece(end, end, lead + draft.text[start:end]))
    return Edited(_after(draft, pieces))


def add_rows(
    draft: Draft, outline: Outline, table: Table, rows: Sequence[Mapping[int, str]], *, filled: bool = False
) -> Edited:
    """Put rows behind the last one; each gives texts by the number of the column.

    What a row does not say of the elements around it is the last row's; where it says something else of them, they are
    made anew. What it does not say of its own element is left empty, or with ``filled`` is the last row's.
    """
    maker = RowMaker(draft, outline, table, table.rows[_last(table)], {}, filled=filled)
    return Edited(_after(draft, maker.pieces(rows)))


def reordered(draft: Draft, outline: Outline, table: Table, order: Sequence[int]) -> Edited:
    """Put the elements of the rows into an order of the rows, each among its siblings."""
    place: dict[NodePath, int] = {}
    for position, row in enumerate(order):
        path = table.rows[row]
        for end in range(1, len(path) + 1):
            place.setdefault(path[:end], position)
    names = table.kind.names if table.kind else ()
    text = "".join(_ordered(draft.text, outline.root, outline.start, (), names, place))
    whole = draft.text[: outline.start] + text + draft.text[outline.start + outline.root.length :]
    return Edited(replace(draft, text=whole, revision=draft.revision + 1) if whole != draft.text else draft)


def outline_after(draft: Draft, outline: Outline, edited: Edited) -> Outline | None:
    """The elements after an edit of values; None where the text has to be read again."""
    if edited.values is None:
        return None
    root = spliced(draft, outline, SetValue(outline.revision, edited.values)).root
    return Outline(edited.draft.revision, outline.start, root)


def _shared(outline: Outline, table: Table, cells: Mapping[tuple[int, int], str]) -> tuple[Writes, tuple[str, ...]]:
    """What is to be written; of values that rows share, those that are given differently are left alone."""
    said: dict[tuple[NodePath | None, int], tuple[Place, set[str]]] = {}
    for (row, number), text in cells.items():
        place = table.place(outline, row, table.columns[number])
        said.setdefault((place.owner, number), (place, set()))[1].add(text)
    writes = Writes()
    apart: dict[str, int] = {}
    homeless: dict[str, int] = {}
    for (owner, number), (place, texts) in said.items():
        column = table.columns[number]
        if owner is None:
            homeless[column.title] = homeless.get(column.title, 0) + 1
        elif len(texts) > 1:
            apart[column.title] = apart.get(column.title, 0) + 1
        else:
            writes.put(place, column, texts.pop())
    notes = [f"{title}: {n:,} left alone; their rows share it and were given several." for title, n in apart.items()]
    notes += [f"{title}: {n:,} left alone; their rows have no such element." for title, n in homeless.items()]
    return writes, tuple(notes)


def _refuse_root(table: Table) -> None:
    """A document has one root, and CAISO's have one MessagePayload: neither is made twice."""
    last = table.kind.names[-1].rpartition("}")[2] if table.kind is not None else ""
    if not table.depth or last == "MessagePayload":
        raise EditRefused(f"There can be one <{last}> only, so there is one row.", advice="Nothing in it repeats yet.")


def _last(table: Table) -> int:
    """The last row that is whole."""
    _refuse_root(table)
    for row in range(len(table.rows) - 1, -1, -1):
        if len(table.rows[row]) == table.depth:
            return row
    raise EditRefused("There is no row to make others like.", advice="Add the first one in the form or the XML.")


def _ordered(
    text: str, node: Node, start: int, path: NodePath, names: Sequence[str], place: Mapping[NodePath, int]
) -> Iterator[str]:
    """The text of an element whose rows are in another order; what lies between them stays where it is."""
    wanted = names[len(path) + 1] if len(path) + 1 < len(names) else None
    slots = [i for i, child in enumerate(node.children) if child.name == wanted]
    chosen = sorted(slots, key=lambda i: place.get((*path, i), len(place)))
    taken = dict(zip(slots, chosen, strict=True))
    starts, at = [], start + node.head
    for child in node.children:
        starts.append(at + child.gap)
        at += child.gap + child.length
    last = start
    for index, child in enumerate(node.children):
        yield text[last : starts[index]]
        source = taken.get(index)
        if source is None:
            yield text[starts[index] : starts[index] + child.length]
        else:
            yield from _ordered(text, node.children[source], starts[source], (*path, source), names, place)
        last = starts[index] + child.length
    yield text[last : start + node.length]


def _starts(outline: Outline) -> dict[NodePath, int]:
    return {path: start for path, _, start in outline.walk()}


def _after(draft: Draft, pieces: Sequence[Piece]) -> Draft:
    text = pieced(draft.text, pieces)
    return replace(draft, text=text, revision=draft.revision + 1) if text != draft.text else draft
