"""New rows: elements like those of the last row, with other values, each put where it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from caiso_desktop.model.day_shift import Piece, pieced
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.grid.table import Table, place_in
from caiso_desktop.model.grid.writing import Writes, lead_of
from caiso_desktop.model.outline import Node, NodePath, Outline


class RowMaker:
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
        lead = lead_of(draft.text, starts[first], outline.root.children[first])
        end = starts[last] + outline.root.children[last].length
        return Piece(starts[first] - len(lead), end, "".join(lead + each for each in children))

    def _piece(self, level: int, made: Sequence[str]) -> Piece:
        start, node = self._starts[level], self._nodes[level]
        lead = lead_of(self._draft.text, start, node)
        return Piece(start + node.length, start + node.length, "".join(lead + each for each in made))
