"""Which rows of a form stay, go and come when it is drawn anew."""

from collections.abc import Sequence
from typing import NamedTuple

from caiso_desktop.model.form.row import Kind, Row


class Change(NamedTuple):
    """From ``start`` on rows go, up to ``old_end`` of the old ones, and others come, up to ``new_end`` of the new ones.

    The rows before, and those behind the ends, are the same ones, whatever they say now.
    """

    start: int
    old_end: int
    new_end: int


def change(old: Sequence[Row], new: Sequence[Row]) -> Change:
    """How two drawings of the rows in an element differ."""
    start, old_end, new_end = _middle(old, new)
    while start < min(old_end, new_end) and _key(old[start]) == _key(new[start]):
        start += 1  # it says something else, and is the same row
    return Change(start, old_end, new_end)


def _key(row: Row) -> tuple[Kind, str]:
    """What makes a row the same in two drawings of a form."""
    return row.kind, row.name


def _same(old: Row, new: Row) -> bool:
    if old.node is not None and old.node is new.node:
        return True
    return _key(old) == _key(new) and old.node == new.node and old.text == new.text


def _middle(old: Sequence[Row], new: Sequence[Row]) -> Change:
    """Where two lists of rows begin to differ, and where (in each) they end to.

    As many rows of the same names are the same rows, whatever they say now; else what says the same is.
    """
    if len(old) == len(new) and all(
        one.name == other.name and one.kind is other.kind for one, other in zip(old, new, strict=True)
    ):
        return Change(len(old), len(old), len(new))
    start = 0
    while start < min(len(old), len(new)) and _same(old[start], new[start]):
        start += 1
    old_end, new_end = len(old), len(new)
    while old_end > start and new_end > start and _same(old[old_end - 1], new[new_end - 1]):
        old_end -= 1
        new_end -= 1
    return Change(start, old_end, new_end)
