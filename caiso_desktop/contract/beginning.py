"""Payloads to begin with from a table: what may be rows by a schema, and a document with one row that says nothing."""

from collections.abc import Callable, Iterator, Sequence

from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.sample import HEADER
from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.grid.edit import set_cells
from caiso_desktop.model.grid.table import Begun, Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.shape import Field, Shape

MOST_WAYS = 60
DEEPEST = 10


def row_ways(shape: Shape) -> tuple[tuple[str, ...], ...]:
    """The ways to what may repeat, in the schema's order, and holds something: Clark names from the root's on."""
    found: list[tuple[str, ...]] = []
    for way in _ways(shape, shape.root, (shape.root.name,), ()):
        found.append(way)
        if len(found) >= MOST_WAYS:
            break
    return tuple(found)


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


def _ways(shape: Shape, field: Field, way: tuple[str, ...], above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    inside = shape.inside(field)
    if inside is None or inside.group is None or inside.key in above or len(way) > DEEPEST:
        return
    for child in inside.fields():
        if child.local == HEADER:
            continue
        for each in child.substitutes if child.abstract else (child,):
            below = (*way, each.name)
            holds = shape.inside(each)
            if inside.repeats(each.name) and holds is not None and (holds.group is not None or holds.attributes):
                yield below
            yield from _ways(shape, each, below, (*above, inside.key))
