"""A draft with its elements: what both the XML editor and the form are views of, and edit.

An edit from either side makes a new composition at once, in which everything that was not edited is known to stand
where it stands now. An edit of the text leaves the elements it lies in *unsure* until a worker has read the text again.
A splice made for an earlier revision is carried over by where its elements stand, or refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.markup import TOKEN
from caiso_desktop.model.outline import NodePath, Outline
from caiso_desktop.model.shift import carried, find, shifted
from caiso_desktop.model.splice import Add, Duplicate, Move, Remove, SetAttribute, SetValue, Splice
from caiso_desktop.model.splicing import spliced
from caiso_desktop.model.undo import Edit

REMEMBERED = 64
"""Edits that a stale splice is carried over; one that is older is refused."""

_STALE = "The payload was edited too much since this was shown."
_LOOK = "Look at the payload again, then repeat the edit."


@dataclass(frozen=True, slots=True)
class Step:
    """An edit with the elements as they were before it; ``splice`` is set where it was made by them."""

    outline: Outline | None
    edit: Edit
    splice: Splice | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """A draft and its elements, None while they are not known. Both are always of the same revision.

    ``steps`` are the last edits, oldest first; the last one led to the revision of the draft.
    """

    draft: Draft
    outline: Outline | None = None
    steps: tuple[Step, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether the elements are known as the text has them now."""
        return self.outline is not None and not self.outline.unsure

    def read(self, outline: Outline) -> "Composition":
        """The elements as a worker has read them; an answer about another revision counts no more."""
        return replace(self, outline=outline) if outline.revision == self.draft.revision else self

    def edited(self, draft: Draft, edit: Edit) -> "Composition":
        """After an edit of the text, which made ``draft``."""
        outline = shifted(self.outline, edit, draft.revision) if self.outline is not None else None
        return Composition(draft, outline, self._steps(edit))

    def spliced(self, splice: Splice) -> tuple["Composition", Edit]:
        """After an edit by elements, and what it did to the text; `EditRefused` where it cannot be made."""
        if self.outline is None:
            raise EditRefused("The elements of this text are not known.", advice="Mend the XML first.")
        if splice.revision != self.draft.revision:
            splice = self._carried_over(splice)
        made = spliced(self.draft, self.outline, splice)
        edit = made.edit(self.draft.text)
        if not edit.size:
            return self, edit
        if isinstance(splice, Remove) and _joins(self.draft.text, edit):
            raise EditRefused(
                "The text around the element would read ]]> then, which XML does not allow.",
                advice="Write the > as &gt; in the XML first.",
            )
        draft = replace(self.draft, text=edit.apply(self.draft.text), revision=self.draft.revision + 1)
        unsure = (_followed(path, splice) for path in self.outline.unsure)
        kept = frozenset(path for path in unsure if path is not None)
        outline = Outline(draft.revision, self.outline.start, made.root, kept)
        return Composition(draft, outline, self._steps(edit, splice)), edit

    def where(self, revision: int, path: NodePath) -> NodePath:
        """Where the element is now that had this path at a revision; `EditRefused` where that is not known."""
        if self.outline is None:
            raise EditRefused("The elements of this text are not known.", advice="Mend the XML first.")
        if revision == self.draft.revision:
            return path
        since = self.draft.revision - revision
        if not 0 < since <= len(self.steps):
            raise EditRefused(_STALE, advice=_LOOK)
        steps = self.steps[-since:]
        for step, after in zip(steps, (*(each.outline for each in steps[1:]), self.outline), strict=True):
            if step.outline is None or after is None:
                raise EditRefused(_STALE, advice=_LOOK)
            path = _after(path, step, step.outline, after)
        return path

    def _steps(self, edit: Edit, splice: Splice | None = None) -> tuple[Step, ...]:
        return (*self.steps[1 - REMEMBERED :], Step(self.outline, edit, splice))

    def _carried_over(self, splice: Splice) -> Splice:
        """The same splice for the draft's own revision."""
        then, now = splice.revision, self.draft.revision
        match splice:
            case SetValue():
                return SetValue(now, {self.where(then, path): text for path, text in splice.values.items()})
            case Remove():
                return Remove(now, tuple(self.where(then, path) for path in splice.paths))
            case SetAttribute() | Duplicate():
                return replace(splice, revision=now, path=self.where(then, splice.path))
            case Move():
                path = self.where(then, splice.path)
                to = self.where(then, (*splice.path[:-1], splice.to))
                if to[:-1] != path[:-1]:
                    raise EditRefused("The two are not beside each other any more.")
                return Move(now, path, to[-1])
            case Add():
                path = self.where(then, splice.path)
                index = self.where(then, (*splice.path, splice.index - 1))[-1] + 1 if splice.index else 0
                return replace(splice, revision=now, path=path, index=index)


def _joins(text: str, edit: Edit) -> bool:
    """Whether an edit makes text before an element and text behind it say ``]]>`` together."""
    end = edit.at + len(edit.removed)
    around = text[max(0, edit.at - 2) : edit.at] + edit.inserted + text[end : end + 2]
    return "]]>" in around and "]]>" in TOKEN.sub("<>", around)


def _after(path: NodePath, step: Step, before: Outline, after: Outline) -> NodePath:
    """The path of an element after a step: by what was done to elements, or by where it stands in the text."""
    tag = before.node(path).tag
    if step.splice is not None:
        followed = _followed(path, step.splice)
        if followed is None:
            raise EditRefused(f"<{tag}> was removed meanwhile.", advice=_LOOK)
        return followed
    extent = carried(before.extent(path), step.edit)
    if extent is None:
        raise EditRefused(f"<{tag}> was changed in the XML meanwhile.", advice=_LOOK)
    return find(after, extent, tag)


def _followed(path: NodePath, splice: Splice) -> NodePath | None:
    """The path after a splice of an element that had this one before; None for one that is gone."""
    match splice:
        case SetValue() | SetAttribute():
            return path
        case Add(path=parent, index=index, elements=elements):
            return _moved(path, parent, lambda at: at + len(elements) * (at >= index))
        case Duplicate(path=copied):
            return _moved(path, copied[:-1], lambda at: at + (at > copied[-1]))
        case Move(path=moved, to=to):
            return _moved(path, moved[:-1], lambda at: _place(at, moved[-1], to))
        case Remove(paths=paths):
            gone = set(paths)
            return None if any(path[:end] in gone for end in range(1, len(path) + 1)) else _without(path, gone)


def _moved(path: NodePath, parent: NodePath, number: Callable[[int], int]) -> NodePath:
    depth = len(parent)
    if len(path) <= depth or path[:depth] != parent:
        return path
    return (*parent, number(path[depth]), *path[depth + 1 :])


def _place(at: int, source: int, to: int) -> int:
    if at == source:
        return to
    if source < at <= to:
        return at - 1
    return at + 1 if to <= at < source else at


def _without(path: NodePath, gone: set[NodePath]) -> NodePath:
    new = []
    for depth, index in enumerate(path):
        parent = path[:depth]
        new.append(index - sum((*parent, before) in gone for before in range(index)))
    return tuple(new)
