"""Finds the repeats of a payload and what stands in them: which elements are rows, and what their columns are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from caiso_desktop.contract.meaning import Sense, meaning
from caiso_desktop.contract.scan import local, plain
from caiso_desktop.model.grid.table import Column, RowKind, Table, rows_of
from caiso_desktop.model.outline import Node, Outline
from caiso_desktop.model.shape import Field, Shape
from caiso_desktop.model.stamp import day, instant
from caiso_desktop.model.step import Step
from caiso_desktop.model.value import Value, ValueKind

_SAMPLED = 200
_NUMBERS = (ValueKind.NUMBER, ValueKind.WHOLE)
_MOSTLY = 0.9
"""Where so many values of a column are of a kind, the others are taken for mistakes."""

_LONGEST = 60
"""Characters of the longest text that may be a number."""


class OutlineGrids:
    """The port `caiso_desktop.model.grid.table.Grids`."""

    def table(self, outline: Outline, shape: Shape | None, kind: Sequence[str] | None = None) -> Table:
        """The table of a payload."""
        found = _Found()
        _survey(outline.root, (outline.root.name,), found)
        repeats = _repeats(found, shape)
        kinds = _kinds(outline.root, found, repeats)
        chosen = next((each for each in kinds if kind is not None and each.names == tuple(kind)), None)
        if chosen is None:
            chosen = max(kinds, key=lambda each: _worth(each, found), default=None)
        if chosen is None:
            return Table()
        rows = rows_of(outline.root, chosen.names)
        columns = tuple(_columns(outline.root, chosen.names, repeats, shape))
        return Table(kinds, chosen, columns, rows)


@dataclass(slots=True)
class _Found:
    """Elements by the names that lead to them: how many, and whether some have siblings of their name or children."""

    counts: dict[tuple[str, ...], int] = field(default_factory=dict)
    several: set[tuple[str, ...]] = field(default_factory=set)
    holding: set[tuple[str, ...]] = field(default_factory=set)


def _survey(node: Node, names: tuple[str, ...], found: _Found) -> None:
    found.counts[names] = found.counts.get(names, 0) + 1
    if not node.children:
        return
    found.holding.add(names)
    seen: dict[str, tuple[str, ...]] = {}
    for child in node.children:
        path = seen.get(child.name)
        if path is None:
            path = seen[child.name] = (*names, child.name)
        else:
            found.several.add(path)
        if child.children:
            _survey(child, path, found)
        else:
            found.counts[path] = found.counts.get(path, 0) + 1


def _repeats(found: _Found, shape: Shape | None) -> set[tuple[str, ...]]:
    """What stands, or by the schema may stand, more than once in one place."""
    repeats = set(found.several)
    for names in found.counts:
        above = shape.at(tuple(map(Step, names[:-1]))) if shape is not None else None
        inside = shape.inside(above) if shape is not None and above is not None else None
        if inside is not None and inside.repeats(names[-1]):
            repeats.add(names)
    return {names for names in repeats if plain(local(names[1] if len(names) > 1 else "")) != "messageheader"}


def _kinds(root: Node, found: _Found, repeats: set[tuple[str, ...]]) -> tuple[RowKind, ...]:
    """Rows that one may choose; where nothing repeats, what the payload holds."""
    names = [each for each in found.counts if each in repeats]
    if not names:
        names = [each for each in found.holding if len(each) > 1 and plain(local(each[-2])) == "messagepayload"]
    if not names:
        payload = [each for each in found.holding if plain(local(each[-1])) == "messagepayload"]
        names = payload or [(root.name,)] if root.children else []
    return tuple(RowKind(each, found.counts[each]) for each in names)


def _worth(kind: RowKind, found: _Found) -> tuple[bool, int, int]:
    return kind.names in found.holding, len(kind.names), kind.count


def _columns(
    root: Node, names: tuple[str, ...], repeats: set[tuple[str, ...]], shape: Shape | None
) -> Iterator[Column]:
    """What the elements on the way to a row say, outermost first; what repeats in them is a kind of rows itself."""
    ways: list[tuple[int, tuple[str, ...], str | None, list[str]]] = []
    for level in range(1 if len(names) > 1 else 0, len(names)):
        here = names[: level + 1]
        if len(names) > level + 1 and plain(local(here[-1])) == "messagepayload":
            continue
        next_ = names[level + 1] if level + 1 < len(names) else None
        found: dict[_Key, list[str]] = {}
        seen: set[tuple[_Key, ...]] = set()
        for node in _nodes(root, here):
            said = list(_said(node, (), here, next_, repeats))
            keys = tuple(key for key, _ in said)
            if keys not in seen:
                seen.add(keys)
                _merge(found, keys)
            for key, text in said:
                if len(found[key]) < _SAMPLED:
                    found[key].append(text)
        ways += [(level, way, attribute, samples) for (way, attribute), samples in found.items()]
    titles = _titles(names, [(level, way, attribute) for level, way, attribute, _ in ways])
    for (level, way, attribute, samples), title in zip(ways, titles, strict=True):
        yield _column(names[: level + 1], level, way, attribute, title, samples, shape)


def _nodes(root: Node, names: tuple[str, ...]) -> list[Node]:
    nodes = [root] if root.name == names[0] else []
    for name in names[1:]:
        nodes = [child for node in nodes for child in node.children if child.name == name]
    return nodes


_Key: TypeAlias = tuple[tuple[str, ...], str | None]


def _said(
    node: Node, way: tuple[str, ...], names: tuple[str, ...], next_: str | None, repeats: set[tuple[str, ...]]
) -> Iterator[tuple[_Key, str]]:
    """What an element says and what lies in it, in the order of the payload; without what is a row of its own."""
    for attribute in node.attributes:
        yield (way, attribute.name), attribute.value
    if not node.children and (way or node.text or not node.attributes):
        yield (way, None), node.value
    for child in node.children:
        inner = (*names, child.name)
        if child.name != next_ and inner not in repeats:
            yield from _said(child, (*way, child.name), inner, None, repeats)


def _merge(found: dict[_Key, list[str]], keys: Sequence[_Key]) -> None:
    """Add what was not known; what an element has more than those before it goes where it stands among the others."""
    known = list(found)
    at = 0
    for key in keys:
        if key in found:
            at = known.index(key) + 1
        else:
            known.insert(at, key)
            found[key] = []
            at += 1
    if list(found) != known:
        kept = {key: found[key] for key in known}
        found.clear()
        found.update(kept)


def _titles(names: tuple[str, ...], ways: Sequence[tuple[int, tuple[str, ...], str | None]]) -> list[str]:
    """The last name of each, with as much before it as tells it from the others."""
    paths = [
        [*map(local, names[1 : level + 1]), *map(local, way), *([f"@{local(attribute)}"] if attribute else [])]
        for level, way, attribute in ways
    ]
    titles = []
    for path in paths:
        size = 1
        while size < len(path) and sum(other[-size:] == path[-size:] for other in paths) > 1:
            size += 1
        shown = path[-size:]
        if shown[-1] in ("mRID", "name", "id", "value") and size == 1 and len(path) > 1:
            shown = path[-2:]
        titles.append(".".join(shown))
    return titles


def _column(
    names: tuple[str, ...],
    level: int,
    way: tuple[str, ...],
    attribute: str | None,
    title: str,
    samples: Sequence[str],
    shape: Shape | None,
) -> Column:
    name = local(attribute or (way[-1] if way else names[-1]))
    value, required, unit = _facets(names, way, attribute, shape)
    sense = meaning(name).sense
    guessed = _guess(name, [each for each in samples if each])
    known = value.kind if value is not None else None
    kind = guessed if known in (None, ValueKind.TEXT) else known
    return Column(
        level=level,
        names=way,
        attribute=attribute,
        title=title,
        kind=kind,
        as_end=sense is Sense.END,
        hour=sense is Sense.HOUR,
        unit=unit or (str(meaning(name).unit or "") if kind in _NUMBERS else ""),
        value=value,
        required=required,
        behind=_behind(names, way, shape) if attribute is None and way else None,
    )


def _behind(names: tuple[str, ...], way: tuple[str, ...], shape: Shape | None) -> tuple[str, ...] | None:
    """The elements that the schema puts before a column's in the one that holds it; None where it does not know it."""
    above = shape.at(tuple(map(Step, (*names, *way[:-1])))) if shape is not None else None
    inside = shape.inside(above) if shape is not None and above is not None else None
    order = [each.name for each in inside.fields()] if inside is not None else []
    return tuple(order[: order.index(way[-1])]) if way[-1] in order else None


def _facets(
    names: tuple[str, ...], way: tuple[str, ...], attribute: str | None, shape: Shape | None
) -> tuple[Value | None, bool, str]:
    known: Field | None = shape.at(tuple(map(Step, (*names, *way)))) if shape is not None else None
    if known is None or shape is None:
        return None, False, ""
    inside = shape.inside(known)
    if attribute is not None:
        for each in inside.attributes if inside is not None else ():
            if each.name == attribute:
                return each.value, each.required, str(each.unit or "")
        return None, False, ""
    value = known.value if known.value is not None else inside.value if inside is not None else None
    return value, known.occurrence.required, str(known.unit or "")


def _guess(name: str, samples: Sequence[str]) -> ValueKind:
    """What kind of values a column has, where no schema says so."""
    dated = meaning(name).sense is Sense.DATE
    if not samples:
        return ValueKind.DATE if dated else ValueKind.NUMBER if meaning(name).unit is not None else ValueKind.TEXT
    kinds = (
        (ValueKind.INSTANT, lambda text: instant(text) is not None),
        (ValueKind.DATE, lambda text: day(text, named_so=dated) is not None),
        (ValueKind.NUMBER, lambda text: len(text) <= _LONGEST and _is_number(text)),
    )
    for kind, is_one in kinds:
        if sum(map(is_one, samples)) >= _MOSTLY * len(samples):
            return kind
    if all(each in ("true", "false") for each in samples):
        return ValueKind.FLAG
    return ValueKind.TEXT


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    # An identifier such as 0042 is no number: its noughts would be lost.
    bare = text.lstrip("+-")
    return (
        text.isascii() and bare[:1].isdigit() | bare.startswith(".") and not (bare[:1] == "0" and bare[1:2].isdigit())
    )
