"""Finds the stretches of time in a payload by the names that CAISO's schemas use for beginnings and ends."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from caiso_desktop.contract.meaning import Sense, meaning
from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.scan import plain
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.markup import SPACE
from caiso_desktop.model.outline import Node, NodePath
from caiso_desktop.model.stamp import instant
from caiso_desktop.model.stretch import Slot, Stretch

_MACRO = re.compile(r"\{\{[^{}]*\}\}")


class PayloadStretches:
    """The port `caiso_desktop.model.stretch.Stretches`."""

    def find(self, draft: Draft) -> Sequence[Stretch]:
        """Every element with a place for a beginning and one for an end."""
        found = outline(draft)
        if isinstance(found, Problem):
            raise PayloadError(str(found), advice="Correct it first.")
        lines = [each.start() for each in re.finditer("\n", draft.text)]
        named: dict[NodePath, dict[Sense, Slot]] = {}
        owners: dict[NodePath, tuple[Node, int]] = {}
        for path, node, start in found.walk():
            if _in_header(path, owners):
                continue
            if node.children:
                owners[path] = node, start
                continue
            slot, sense = _slot(draft.text, node, start), meaning(node.local).sense
            if slot is not None and path and sense in (Sense.START, Sense.END):
                named.setdefault(path[:-1], {}).setdefault(sense, slot)
        return tuple(_stretches(named, owners, lines))


def _in_header(path: NodePath, owners: dict[NodePath, tuple[Node, int]]) -> bool:
    """Whether an element lies in the message's header."""
    return len(path) > 1 and path[:1] in owners and plain(owners[path[:1]][0].local) == "messageheader"


def _stretches(
    named: dict[NodePath, dict[Sense, Slot]], owners: dict[NodePath, tuple[Node, int]], lines: Sequence[int]
) -> Iterator[Stretch]:
    for path, slots in named.items():
        if Sense.START in slots and Sense.END in slots:
            node, start = owners[path]
            yield Stretch(node.local, bisect_left(lines, start) + 1, slots[Sense.START], slots[Sense.END])


def _slot(text: str, node: Node, start: int) -> Slot | None:
    """The place of an instant; None where something else stands, or it has no end tag to write before."""
    if not node.foot:
        return None
    first, last = start + node.head, start + node.length - node.foot
    content = text[first:last]
    value = node.text.strip(SPACE)
    if not content.strip(SPACE):
        return Slot(node.local, "", first, last)
    if value not in content or "<!--" in content or not (instant(value) or _MACRO.fullmatch(value)):
        return None
    at = first + content.index(value)
    return Slot(node.local, value, at, at + len(value))
