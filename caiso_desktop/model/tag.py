"""Reads elements from text that is known to be well-formed: all of a payload, or one that was just written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.markup import ATTRIBUTE, TOKEN, attribute_said, clark, content_said, has_text, unescaped
from caiso_desktop.model.outline import Attribute, Node

DEEPEST = 100
"""How many elements may lie in each other; published payloads have at most a dozen."""


@dataclass(slots=True)
class _Open:
    """An element whose end tag is still to come."""

    tag: str
    scope: dict[str, str]
    gap: int
    start: int
    inner: int
    attributes: tuple[Attribute, ...]
    namespaces: tuple[tuple[str, str], ...]
    children: list[Node]
    last: int
    mixed: bool = False


def grow(text: str, at: int, scope: Mapping[str, str]) -> Node:
    """The element that begins at a position of well-formed text, its gap being 0.

    ``scope`` are the prefixes that are known there. `EditRefused` where elements lie in each other too deep.
    """
    stack: list[_Open] = []
    for found in TOKEN.finditer(text, at):
        if len(stack) >= DEEPEST and (found["leaf"] or found["open"]):
            raise EditRefused(f"Elements lie in each other more than {DEEPEST} deep.")
        if found["leaf"]:
            node = _leaf(found, stack[-1] if stack else None, text, scope)
            if not stack:
                return node
            stack[-1].children.append(node)
            stack[-1].last = found.end()
            continue
        if found.group("open"):
            parent = stack[-1] if stack else None
            opened = _opened(found, parent.scope if parent else scope, parent.last if parent else found.start())
            if parent is not None and opened.gap and has_text(text[parent.last : opened.start]):
                parent.mixed = True
            stack.append(opened)
            if not found.group("empty"):
                continue
        elif not found.group("close"):
            continue
        node = _closed(stack.pop(), text, found)
        if not stack:
            return node
        stack[-1].children.append(node)
        stack[-1].last = found.end()
    raise EditRefused("The element has no end here.")


def start_tag(text: str, at: int, scope: Mapping[str, str], node: Node) -> Node:
    """An element whose start tag at a position was written anew: the same with the head that it has now."""
    found = TOKEN.match(text, at)
    if found is None or not found.group("open"):
        raise EditRefused("The element has no start tag here.")
    opened = _opened(found, scope, at)
    return replace(
        node,
        head=found.end() - at,
        attributes=opened.attributes,
        namespaces=opened.namespaces,
    ).measured()


def _leaf(found: re.Match[str], parent: _Open | None, text: str, scope: Mapping[str, str]) -> Node:
    """An element of text alone, read in one step: most elements of a payload are."""
    tag, said = found["leaf"], found["said"]
    start, end = found.span()
    gap = 0
    if parent is not None:
        gap = start - parent.last
        scope = parent.scope
        if gap and has_text(text[parent.last : start]):
            parent.mixed = True
    prefix, _, local = tag.rpartition(":")
    head, tail = len(tag) + 2, len(said)
    name = clark(scope.get(prefix, ""), local)
    return Node(name, tag, gap, head, tail, end - start - head - tail, end - start, unescaped(said) if said else "")


def _opened(found: re.Match[str], scope: Mapping[str, str], last: int) -> _Open:
    start = found.start()
    attributes, namespaces, inner = _attributes(found, scope)
    return _Open(
        tag=found.group("open"),
        scope=inner,
        gap=start - last,
        start=start,
        inner=found.end(),
        attributes=attributes,
        namespaces=namespaces,
        children=[],
        last=found.end(),
    )


def _attributes(
    found: re.Match[str], scope: Mapping[str, str]
) -> tuple[tuple[Attribute, ...], tuple[tuple[str, str], ...], dict[str, str]]:
    """Attributes, declared namespaces, and the prefixes known within."""
    known = scope if isinstance(scope, dict) else dict(scope)
    if not found.group("attributes"):
        return (), (), known
    declared: list[tuple[str, str]] = []
    plain: list[Attribute] = []
    start, offset = found.start(), found.start("attributes")
    for each in ATTRIBUTE.finditer(found.group("attributes")):
        tag = each.group("tag")
        group = "double" if each.group("double") is not None else "single"
        value = attribute_said(each.group(group))
        if tag == "xmlns":
            declared.append(("", value))
        elif tag.startswith("xmlns:"):
            declared.append((tag[6:], value))
        else:
            value_at = offset + each.start(group) - start
            length = each.end(group) - each.start(group)
            plain.append(Attribute(tag, tag, value, offset + each.start("tag") - start, value_at, length))
    inner = {**known, **dict(declared)} if declared else known
    named = tuple(
        replace(each, name=clark(inner.get(each.tag.partition(":")[0], ""), each.tag.partition(":")[2]))
        if ":" in each.tag
        else each
        for each in plain
    )
    return named, tuple(declared), inner


def _closed(opened: _Open, text: str, found: re.Match[str]) -> Node:
    empty = bool(found.group("empty"))
    close = found.end() if empty else found.start()
    prefix, _, local = opened.tag.rpartition(":")
    content = "" if empty else text[opened.last : close]
    leaf = not opened.children
    return Node(
        name=clark(opened.scope.get(prefix, ""), local),
        tag=opened.tag,
        gap=opened.gap,
        head=opened.inner - opened.start,
        tail=close - opened.last,
        foot=found.end() - close,
        length=found.end() - opened.start,
        text=content_said(content) if leaf and content else "",
        mixed=opened.mixed or bool(not leaf and content and has_text(content)),
        attributes=opened.attributes,
        namespaces=opened.namespaces,
        children=tuple(opened.children),
    )
