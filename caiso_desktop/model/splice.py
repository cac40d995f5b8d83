"""Edits of a payload by its elements: each becomes one splice of the text that leaves everything else as it is.

A splice names elements by their paths in the outline of a revision; `caiso_desktop.model.composition` carries it over
to a later one, `caiso_desktop.model.splicing` makes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from caiso_desktop.model.outline import NodePath
from caiso_desktop.model.spelling import Element, Written


@dataclass(frozen=True, slots=True)
class SetValue:
    """Let elements without children say something else: one edit, however many they are."""

    revision: int
    values: Mapping[NodePath, str]


@dataclass(frozen=True, slots=True)
class SetAttribute:
    """Give an element an attribute (Clark), change it, or take it away (None).

    With ``is_name`` the value is a name in Clark notation (what ``xsi:type`` says): it is written with the prefix that
    its namespace has there, which is declared beside it where it has none.
    """

    revision: int
    path: NodePath
    name: str
    value: str | None
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """Put elements among the children of another: the first becomes child number ``index``."""

    revision: int
    path: NodePath
    index: int
    elements: tuple[Element | Written, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """Take elements away; with the line, where one had it for itself."""

    revision: int
    paths: tuple[NodePath, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Put an element where a sibling is, which gives way; comments between them stay where they are."""

    revision: int
    path: NodePath
    to: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Put a copy of an element behind it, exactly as it is written."""

    revision: int
    path: NodePath


Splice: TypeAlias = SetValue | SetAttribute | Add | Remove | Move | Duplicate
