"""Which rows of the service tree a filter leaves; plain nodes, no Qt."""

import re
from collections.abc import Sequence

from caiso_desktop.ui.service_node import Level, ServiceNode

# A release is two words that belong together; anything else does where it stands in quotes.
_TERM = re.compile(r'"([^"]+)"|((?:spring|summer|fall|winter)\s+\d{4}|go\s+live|\S+)')


def filter_nodes(nodes: Sequence[ServiceNode], text: str) -> tuple[ServiceNode, ...]:
    """The rows in which every term of a filter occurs, or in a row above; a row that matches keeps those below.

    A whole address, or the end of one, finds its row: what stands before the path is known of the application.
    """
    wanted = terms(text)
    if not wanted:
        return tuple(nodes)
    addressed = any("/" in term for term in wanted)
    found = []
    for node in nodes:
        own = [_after_base(term, node.bases) for term in wanted] if addressed and node.bases else wanted
        kept = _kept(node, own)
        if kept is not None:
            found.append(kept)
    return tuple(found)


def terms(text: str) -> list[str]:
    """What a filter asks for, each in lower case."""
    found = (quoted or plain for quoted, plain in _TERM.findall(text.casefold()))
    return [" ".join(term.split()) for term in found if term.strip()]


def _kept(node: ServiceNode, wanted: list[str]) -> ServiceNode | None:
    words = node.words
    missing = [term for term in wanted if term not in words]
    if not missing:
        return node
    if not node.children:
        return None
    within = node.within
    for term in missing:
        if term not in within:
            return None
    if node.level is Level.SERVICE:
        # The rows are leaves and the many: no call for each.
        children = node.children
        for term in missing:
            children = tuple([child for child in children if term in child.words])
    else:
        children = tuple([kept for child in node.children if (kept := _kept(child, missing)) is not None])
    return node._replace(children=children) if children else None


def _after_base(term: str, bases: Sequence[str]) -> str:
    """An address without what is the base of an application: the longest beginning that a base ends with."""
    address = term.partition("?")[0]
    for place in range(len(address) - 1, -1, -1):
        if address[place] == "/":
            begin = address[: place + 1]
            if any(base.endswith(begin) for base in bases):
                return address[place + 1 :]
    return term
