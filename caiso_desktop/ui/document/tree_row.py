"""The rows of a document's tree, made as they are opened."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from caiso_desktop.ui.document.element import Element, Records
from caiso_desktop.ui.document.tree_index import TreeIndex

BUCKET = 1_000
"""So many records are one row to be opened: a view lays out every row that is open."""
_SUMMARY = 4


@dataclass(slots=True, eq=False)
class Row:
    """A row: an element, a record that has perhaps not been read yet, or a bucket of records.

    ``owner`` is the element whose records they are, ``first`` the number of the (first) record. ``children`` are the
    rows made so far; ``fetched`` says that they have been asked for.
    """

    parent: "Row | None"
    number: int
    element: Element | None = None
    owner: Element | None = None
    first: int = 0
    bucket: bool = False
    children: list["Row"] = field(default_factory=list)
    fetched: bool = False


class Rows:
    """Makes rows of an index's elements. No row changes but by growing at its end."""

    def __init__(self, index: TreeIndex, root: Element) -> None:
        self._index = index
        self.root = Row(None, 0, root)

    def has_children(self, row: Row) -> bool:
        """Whether there is something to open (of an element that is still being read: whether there may be)."""
        if row.bucket:
            return True
        if row.element is not None:
            return not row.element.leaf or not row.element.closed
        return bool(_records(row).deep[row.first])

    def element(self, row: Row) -> Element | None:
        """The element of a row, read from the file where it has to be; None for a bucket."""
        if row.bucket:
            return None
        if row.element is None:
            assert row.owner is not None  # noqa: S101 - a record has an owner
            row.element = self._index.record(row.owner, row.first)
        elif row.element.hollow and row.element.closed and row.element.leaf:
            row.element = self._index.filled(row.element)
        return row.element

    def name(self, row: Row) -> str:
        """The local name of a row's element, or which records a bucket holds."""
        if row.bucket:
            last = min(len(_records(row)), row.first + BUCKET)
            return f"{row.first + 1:,} … {last:,}"
        if row.element is not None:
            return row.element.local_name
        return _records(row).name(row.first).rpartition(":")[2]

    def missing(self, row: Row) -> list[Row]:
        """The rows that a row has got since it was asked last; they are not added to it yet."""
        have = len(row.children)
        if row.bucket:
            count = min(len(_records(row)) - row.first, BUCKET)
            return [Row(row, i, owner=row.owner, first=row.first + i) for i in range(have, count)]
        element = self.element(row)
        if element is None:
            return []
        if element.records is None:
            return [Row(row, i, element.children[i]) for i in range(have, len(element.children))]
        count = len(element.records)
        bucketed = row.children[0].bucket if have else not element.closed or count > BUCKET
        if bucketed:
            return [Row(row, i, owner=element, first=i * BUCKET, bucket=True) for i in range(have, -(-count // BUCKET))]
        return [Row(row, i, owner=element, first=i) for i in range(have, count)]

    def value(self, row: Row) -> str:
        """The text of a row's element; of one of several alike with elements in it, what its first ones say."""
        element = self.element(row)
        if element is None:
            return ""
        return " · ".join(_first_values(element)) if self.summarised(row) else element.value.strip()

    def summarised(self, row: Row) -> bool:
        """Whether a row's value is a summary, not a text of the document."""
        element = row.element
        if element is None or element.leaf or element.value.strip():
            return False
        if row.owner is not None:
            return True
        siblings = element.parent.children if element.parent is not None else []
        around = siblings[max(0, row.number - 1) : row.number] + siblings[row.number + 1 : row.number + 2]
        return any(sibling.name == element.name for sibling in around)

    def attributes(self, row: Row) -> str:
        """The attributes of a row's element, but for declarations of namespaces."""
        element = self.element(row)
        return "" if element is None else "  ".join(f"{name}={value}" for name, value in element.plain_attributes)

    def path(self, row: Row) -> str:
        """Where a row is, as an XPath of local names, numbered where there are several of the same name."""
        steps = [_step(self, place) for place in lineage(row) if not place.bucket]
        return "/" + "/".join(reversed(steps))

    def start(self, row: Row) -> int:
        """The byte at which a row's element (or a bucket's first record) begins."""
        if row.element is not None:
            return row.element.start
        return _records(row).starts[row.first]

    def step_to(self, row: Row, offset: int) -> int | None:
        """Which child of a row begins last at or before a byte; its rows must have been fetched."""
        starts = [self.start(child) for child in row.children]
        best = None
        for number, start in enumerate(starts):
            if start > offset:
                break
            best = number
        return best


def lineage(row: Row) -> Iterator[Row]:
    """A row, its parent, and so on up to the root."""
    place: Row | None = row
    while place is not None:
        yield place
        place = place.parent


def _records(row: Row) -> Records:
    assert row.owner is not None and row.owner.records is not None  # noqa: S101 - or it is an element's row
    return row.owner.records


def _first_values(element: Element) -> Iterator[str]:
    waiting, given = list(reversed(element.children)), 0
    while waiting and given < _SUMMARY:
        child = waiting.pop()
        waiting.extend(reversed(child.children))
        value = child.value.strip()
        if child.leaf and value:
            given += 1
            yield f"{child.local_name} {value[:40]}"


def _step(rows: Rows, row: Row) -> str:
    name = rows.name(row)
    if row.parent is None:
        return name
    if row.owner is not None:
        records = _records(row)
        number = records.name_numbers[row.first]
        earlier = records.name_numbers[: row.first].count(number)
        several = earlier or number in records.name_numbers[row.first + 1 : row.first + 1 + BUCKET]
    else:
        siblings = [child.name for child in row.parent.element.children] if row.parent.element is not None else []
        own = siblings[row.number]
        earlier = siblings[: row.number].count(own)
        several = earlier or own in siblings[row.number + 1 :]
    return f"{name}[{earlier + 1}]" if several else name
