"""What an edit of the text does to places in it and to the elements that were read before it."""

from dataclasses import dataclass, replace

from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.outline import Extent, Node, NodePath, Outline
from caiso_desktop.model.undo import Edit


def carried(extent: Extent, edit: Edit) -> Extent | None:
    """Where an element stands after an edit; None where the edit crossed one of its ends.

    What is inserted right before its ``<`` or right behind its end tag is not in it.
    """
    start, end, longer = edit.at, edit.at + len(edit.removed), len(edit.inserted) - len(edit.removed)
    if end <= extent.start:
        return Extent(extent.start + longer, extent.end + longer)
    if start >= extent.end:
        return extent
    if extent.start < start and end < extent.end:
        return Extent(extent.start, extent.end + longer)
    return None


def shifted(outline: Outline, edit: Edit, revision: int) -> Outline | None:
    """The elements after an edit of the text, with those marked that it lies in; None where none can be trusted."""
    if not edit.size:
        return replace(outline, revision=revision)
    root = Extent(outline.start, outline.start + outline.root.length)
    after = carried(root, edit)
    if after is None:
        return None
    if after.end - after.start == root.end - root.start and (after != root or edit.at >= root.end):
        return replace(outline, revision=revision, start=after.start)
    shift = _Shift(edit, set(outline.unsure))
    node = shift.within(outline.root, outline.start, ())
    return Outline(revision, outline.start, node, frozenset(shift.unsure))


@dataclass(slots=True)
class _Shift:
    """An edit on its way down to the element that it lies in."""

    edit: Edit
    unsure: set[NodePath]

    @property
    def _start(self) -> int:
        return self.edit.at

    @property
    def _end(self) -> int:
        return self.edit.at + len(self.edit.removed)

    @property
    def _longer(self) -> int:
        return len(self.edit.inserted) - len(self.edit.removed)

    def within(self, node: Node, start: int, path: NodePath) -> Node:
        """The element that the edit lies in, after it."""
        inner, outer = start + node.head, start + node.length - node.foot
        at = inner
        for index, child in enumerate(node.children):
            begin = at + child.gap
            if begin < self._start and self._end < begin + child.length:
                changed = self.within(child, begin, (*path, index))
                children = (*node.children[:index], changed, *node.children[index + 1 :])
                return replace(node, children=children, length=node.length + self._longer)
            at = begin + child.length
        self.unsure.add(path)
        if self._end <= inner and self._start < inner:
            return replace(node, head=node.head + self._longer, length=node.length + self._longer)
        if (self._start >= outer and self._end > outer) or self._start > outer:
            return replace(node, foot=node.foot + self._longer, length=node.length + self._longer)
        if self._start < inner or self._end > outer:
            # It crosses a tag of its own: nothing in it is where it was.
            return replace(node, children=(), head=node.length + self._longer, tail=0, foot=0, text="").measured()
        return self._between(node, inner, path)

    def _between(self, node: Node, inner: int, path: NodePath) -> Node:
        """The edit lies in what is between the children, or over some of them: those are not known any more."""
        kept: list[Node] = []
        at = last = inner
        lost = carry = False
        places: dict[int, int] = {}
        for index, child in enumerate(node.children):
            begin, end = at + child.gap, at + child.gap + child.length
            at = end
            if end > self._start and begin < self._end and self._end > self._start:
                lost = True
                continue
            gap = begin - last
            if begin >= self._end and not carry:
                gap, carry = gap + self._longer, True
            places[index] = len(kept)
            kept.append(replace(child, gap=gap))
            last = end
        tail = at + node.tail - last + (0 if carry else self._longer)
        if lost:
            self._renumber(path, places)
        return replace(node, children=tuple(kept), tail=tail).measured()

    def _renumber(self, path: NodePath, places: dict[int, int]) -> None:
        """What was marked below keeps its mark under the number that its element has now."""
        depth, kept = len(path), set()
        for each in self.unsure:
            if len(each) <= depth or each[:depth] != path:
                kept.add(each)
            elif each[depth] in places:
                kept.add((*path, places[each[depth]], *each[depth + 1 :]))
        self.unsure.clear()
        self.unsure.update(kept)


def find(outline: Outline, extent: Extent, tag: str) -> NodePath:
    """The element that stands exactly there; `EditRefused` where there is none."""
    path: NodePath = ()
    node, start = outline.root, outline.start
    while True:
        if (start, start + node.length, node.tag) == (extent.start, extent.end, tag):
            return path
        at = start + node.head
        for index, child in enumerate(node.children):
            begin = at + child.gap
            at = begin + child.length
            if begin <= extent.start and extent.end <= at:
                node, start, path = child, begin, (*path, index)
                break
        else:
            raise EditRefused(
                f"<{tag}> was changed in the XML meanwhile.", advice="Look at the payload again, then repeat the edit."
            )
