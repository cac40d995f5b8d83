"""Payloads to begin with from a table: what may be rows by a schema, and a document with one row that says nothing."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.sample import HEADER
from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.grid.edit import set_cells
from caiso_desktop.model.grid.table import Begun, Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.shape import Contents, Field, Shape

MOST_WAYS = 60
DEEPEST = 10


def row_ways(shape: Shape) -> tuple[tuple[str, ...], ...]:
    """The ways to what may repeat, in the schema's order, and holds something: Clark names from the root's on."""
    return tuple(islice(_ways(shape, shape.root, (shape.root.name,), (), _leading(shape)), MOST_WAYS))


def begin(shape: Shape, way: Sequence[str], sample: Callable[[Sequence[str]], str]) -> Begun:
    """A document with one row at the end of a way, in which nothing is said that the schema does not say alone.

    ``sample`` writes the least document in which the way leads to an element. `PayloadError` where it leads nowhere.
    """
    draft = Draft(sample(way))
    found = outline(draft)
    table = OutlineGrids().table(found, shape, way) if isinstance(found, Outline) else Table()
    if not isinstance(found, Outline) or table.kind is None or table.kind.names != tuple(way) or len(table.rows) != 1:
        raise PayloadError("the schema does not tell how such rows begin.", advice="Begin in the form or the XML.")
    empty = {(0, number): "" for number, column in enumerate(table.columns) if not _told(table, number)}
    return Begun(set_cells(draft, found, table, empty).draft.text, table.columns)


def _told(table: Table, number: int) -> bool:
    """Whether a column can say one thing only."""
    value = table.columns[number].value
    return value is not None and table.columns[number].required and len(value.choices) == 1 and not value.open


def _ways(
    shape: Shape, field: Field, way: tuple[str, ...], above: tuple[str, ...], leading: AbstractSet[str]
) -> Iterator[tuple[str, ...]]:
    inside = shape.inside(field)
    if inside is None or inside.key not in leading or inside.key in above or len(way) > DEEPEST:
        return
    for each in _inner(inside):
        below = (*way, each.name)
        if _is_row(shape, inside, each):
            yield below
        yield from _ways(shape, each, below, (*above, inside.key), leading)


def _leading(shape: Shape) -> set[str]:
    """The keys of those contents in which, however deep, something may be rows: no other need be looked through."""
    found = {
        key for key, inside in shape.contents.items() if any(_is_row(shape, inside, each) for each in _inner(inside))
    }
    around: dict[str, set[str]] = {}
    for key, inside in shape.contents.items():
        for each in _inner(inside):
            around.setdefault(each.contents, set()).add(key)
    waiting = list(found)
    while waiting:
        new = around.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _inner(inside: Contents) -> Iterator[Field]:
    """The elements that may stand directly inside, those that stand in the place of an abstract one in its stead."""
    for child in inside.fields():
        if child.local != HEADER:
            yield from child.substitutes if child.abstract else (child,)


def _is_row(shape: Shape, inside: Contents, each: Field) -> bool:
    """Whether an element may stand there more than once, and holds something."""
    holds = shape.inside(each)
    return inside.repeats(each.name) and holds is not None and (holds.group is not None or bool(holds.attributes))
