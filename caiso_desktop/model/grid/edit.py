"""What edits of cells and rows write: pieces of the payload's text, everything else stays as it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from caiso_desktop.model.day_shift import Piece, pieced
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.grid.table import Column, Place, Table, place_in
from caiso_desktop.model.markup import escaped, split
from caiso_desktop.model.outline import Node, NodePath, Outline
from caiso_desktop.model.splice import Remove, SetAttribute, SetValue
from caiso_desktop.model.splicing import spliced

_LAYOUT = re.compile(r"(?:\r\n|\r|\n)[ \t]*\Z")
_BLANK = re.compile(r"[ \t\r\n]*\Z")


@dataclass(frozen=True, slots=True)
class Edited:
    """The draft after an edit. ``values`` are set where nothing but values of elements that are there was changed.

    ``notes`` tell how something was read, ``warnings`` what was not done or is wrong, and why.
    """

    draft: Draft
    values: Mapping[NodePath, str] | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class Writes:
    """What is to be written into the elements of a text."""

    values: dict[NodePath, str] = field(default_factory=dict)
    attributes: list[tuple[NodePath, str, str | None]] = field(default_factory=list)
    removed: list[NodePath] = field(default_factory=list)
    added: list[tuple[NodePath, Column, str]] = field(default_factory=list)

    def put(self, place: Place, column: Column, text: str, *, keep_empty: bool = False) -> None:
        """Let a cell say something; without a text its element or attribute goes, unless it is needed."""
        if place.owner is None or (place.text is None and not text):
            return
        if place.path is None or (place.text is None and place.attribute is None):
            self.added.append((place.owner, column, text))
        elif place.attribute is not None:
            self.attributes.append((place.path, place.attribute, text if text or keep_empty else None))
        elif text or keep_empty or column.required or not column.names:
            self.values[place.path] = text
        else:
            self.removed.append(place.path)

    @property
    def only_values(self) -> bool:
        """Whether only values of elements that are there change."""
        return not (self.attributes or self.removed or self.added)

    def pieces(self, draft: Draft, outline: Outline, columns: Sequence[Column]) -> list[Piece]:
        """What it takes; `EditRefused` where something cannot be written."""
        revision = outline.revision
        found = [Piece(*each) for each in spliced(draft, outline, SetValue(revision, self.values)).pieces]
        for path, name, value in self.attributes:
            made = spliced(draft, outline, SetAttribute(revision, path, name, value))
            found += [Piece(*each) for each in made.pieces]
        if self.removed:
            found += [Piece(*each) for each in spliced(draft, outline, Remove(revision, tuple(self.removed))).pieces]
        for owner, column, text in self.added:
            found.append(_added(draft, outline, owner, column, text, columns))
        return found


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
    maker = _Maker(draft, outline, table, table.rows[last], said, filled=False)
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
        lead = _lead(draft.text, start, node)
        pieces.append(Piece(end, end, lead + draft.text[start:end]))
    return Edited(_after(draft, pieces))


def add_rows(
    draft: Draft, outline: Outline, table: Table, rows: Sequence[Mapping[int, str]], *, filled: bool = False
) -> Edited:
    """Put rows behind the last one; each gives texts by the number of the column.

    What a row does not say of the elements around it is the last row's; where it says something else of them, they are
    made anew. What it does not say of its own element is left empty, or with ``filled`` is the last row's.
    """
    maker = _Maker(draft, outline, table, table.rows[_last(table)], {}, filled=filled)
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


class _Maker:
    """Makes new elements like those of the last row, and puts each where it belongs."""

    def __init__(
        self, draft: Draft, outline: Outline, table: Table, last: NodePath, said: Mapping[int, str], *, filled: bool
    ) -> None:
        self._draft = draft
        self._table = table
        self._last = last
        self._filled = filled
        self._names = table.kind.names if table.kind else ()
        self._nodes: list[Node] = [outline.root]
        self._starts = [outline.start]
        for index in last:
            at = outline.starts(last[: len(self._nodes) - 1])[index]
            self._starts.append(at)
            self._nodes.append(self._nodes[-1].children[index])
        self._minis = []
        for node, start in zip(self._nodes, self._starts, strict=True):
            alone = replace(draft, text=draft.text[start : start + node.length])
            self._minis.append((alone, Outline(draft.revision, 0, replace(node, gap=0))))
        self._known = [self._keys(level) | self._own(said, level) for level in range(len(self._nodes))]

    def pieces(self, rows: Sequence[Mapping[int, str]]) -> list[Piece]:
        """The new elements, behind those of the last row."""
        depth, first = self._table.depth, self._first
        current = {level: dict(self._known[level]) for level in range(first, depth)}
        behind: dict[int, list[str]] = {}
        open_: list[tuple[int, Mapping[int, str], list[str]]] = []

        def close(level: int) -> None:
            """End the new elements that are open at this level and deeper."""
            while open_ and open_[-1][0] >= level:
                own, said, children = open_.pop()
                made = self._made(own, said, children)
                if open_:
                    open_[-1][2].append(made)
                else:
                    behind.setdefault(own, []).append(made)

        for row in rows:
            level = self._differs(row, current, first, depth)
            close(level)
            for above in range(level, depth):
                said = {n: row.get(n, text) for n, text in current[above].items()} | self._own(row, above)
                current[above] = {n: said.get(n, text) for n, text in current[above].items()}
                open_.append((above, said, []))
            made = self._made(depth, self._own(row, depth), [])
            if open_:
                open_[-1][2].append(made)
            else:
                behind.setdefault(depth, []).append(made)
        close(0)
        return [self._piece(level, made) for level, made in sorted(behind.items(), reverse=True)]

    @property
    def _first(self) -> int:
        """The outermost level that can be made anew: what a payload has one of stays one."""
        levels = [column.level for column in self._table.columns]
        return max(1, min([*levels, self._table.depth]))

    def _keys(self, level: int) -> dict[int, str]:
        """What the last row says at a level, by column."""
        found = {}
        for number, column in enumerate(self._table.columns):
            if column.level == level:
                found[number] = place_in(self._nodes[level], (), column).text or ""
        return found

    def _own(self, row: Mapping[int, str], level: int) -> dict[int, str]:
        return {number: text for number, text in row.items() if self._table.columns[number].level == level}

    def _differs(self, row: Mapping[int, str], current: Mapping[int, Mapping[int, str]], first: int, depth: int) -> int:
        """The outermost level of which a row says something else than the one before it."""
        for level in range(first, depth):
            if any(text != current[level].get(number, "") for number, text in self._own(row, level).items()):
                return level
        return depth

    def _made(self, level: int, said: Mapping[int, str], children: Sequence[str]) -> str:
        """An element as text: like the last row's, with other values and other children."""
        draft, outline = self._minis[level]
        writes = Writes()
        for number, column in enumerate(self._table.columns):
            if column.level != level:
                continue
            empty = level == self._table.depth and not self._filled
            text = said.get(number, "" if empty else None)
            if text is not None:
                writes.put(place_in(outline.root, (), column), column, text, keep_empty=True)
        pieces = writes.pieces(draft, outline, self._table.columns)
        if level < self._table.depth:
            pieces.append(self._region(level, children))
        return pieced(draft.text, pieces)

    def _region(self, level: int, children: Sequence[str]) -> Piece:
        """The children that are rows, or hold rows, give way to others."""
        draft, outline = self._minis[level]
        wanted = [i for i, child in enumerate(outline.root.children) if child.name == self._names[level + 1]]
        starts = outline.starts(())
        first, last = wanted[0], wanted[-1]
        lead = _lead(draft.text, starts[first], outline.root.children[first])
        end = starts[last] + outline.root.children[last].length
        return Piece(starts[first] - len(lead), end, "".join(lead + each for each in children))

    def _piece(self, level: int, made: Sequence[str]) -> Piece:
        start, node = self._starts[level], self._nodes[level]
        lead = _lead(self._draft.text, start, node)
        return Piece(start + node.length, start + node.length, "".join(lead + each for each in made))


def _refuse_root(table: Table) -> None:
    if not table.depth:
        raise EditRefused("A document has one root element, so there is one row.", advice="Nothing in it repeats yet.")


def _last(table: Table) -> int:
    """The last row that is whole."""
    _refuse_root(table)
    for row in range(len(table.rows) - 1, -1, -1):
        if len(table.rows[row]) == table.depth:
            return row
    raise EditRefused("There is no row to make others like.", advice="Add the first one in the form or the XML.")


def _added(
    draft: Draft, outline: Outline, owner: NodePath, column: Column, text: str, columns: Sequence[Column]
) -> Piece:
    """An element that is not there yet, put where it stands in other rows."""
    node, path, names = outline.node(owner), owner, list(column.names)
    while names:
        index = next((i for i, child in enumerate(node.children) if child.name == names[0]), None)
        if index is None:
            break
        node, path = node.children[index], (*path, index)
        names.pop(0)
    if not names:
        made = spliced(draft, outline, SetAttribute(outline.revision, path, column.attribute or "", text))
        return Piece(*made.pieces[0])
    if not node.children:
        raise EditRefused(f"<{node.tag}> has no elements yet, so {column.title} has no place.", advice="Use the form.")
    way = column.names[: len(column.names) - len(names)]
    near = [each.names for each in columns if each.level == column.level and each.names[: len(way)] == way]
    order = [each[len(way)] for each in near if len(each) > len(way)]
    before = set(order[: order.index(names[0])])
    starts = outline.starts(path)
    after = max((i for i, child in enumerate(node.children) if child.name in before), default=-1)
    raw = _written(node, names, column.attribute, text, draft.encoding)
    if after < 0:
        lead = _lead(draft.text, starts[0], node.children[0])
        return Piece(starts[0], starts[0], raw + lead)
    end = starts[after] + node.children[after].length
    return Piece(end, end, _lead(draft.text, starts[after], node.children[after]) + raw)


def _written(parent: Node, names: Sequence[str], attribute: str | None, text: str, encoding: str) -> str:
    """Elements in each other as text, with the prefix of their parent."""
    prefix = parent.tag.rpartition(":")[0]
    raw = "" if attribute else escaped(text, encoding)
    for number, name in enumerate(reversed(names)):
        namespace, local = split(name)
        if namespace != parent.namespace:
            raise EditRefused(f"<{local}> has another namespace than <{parent.tag}>.", advice="Add it in the form.")
        tag = f"{prefix}:{local}" if prefix else local
        said = ""
        if attribute and not number:
            said = f' {split(attribute)[1]}="{escaped(text, encoding).replace(chr(34), "&quot;")}"'
        raw = f"<{tag}{said}>{raw}</{tag}>"
    return raw


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


def _lead(text: str, start: int, node: Node) -> str:
    """What stands before an element on its line: line end and indentation, or the blanks between two of one line."""
    gap = text[start - node.gap : start]
    found = _LAYOUT.search(gap) or _BLANK.search(gap)
    return found.group() if found else ""


def _starts(outline: Outline) -> dict[NodePath, int]:
    return {path: start for path, _, start in outline.walk()}


def _after(draft: Draft, pieces: Sequence[Piece]) -> Draft:
    text = pieced(draft.text, pieces)
    return replace(draft, text=text, revision=draft.revision + 1) if text != draft.text else draft
