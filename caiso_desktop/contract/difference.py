"""How one payload differs from an earlier one, by records, each known by its kind, its resources and its times."""

import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from hashlib import blake2b

from caiso_desktop.contract.scan import Node, plain, scan
from caiso_desktop.model.reading import Difference
from caiso_desktop.model.source import Payload

EXAMPLES = 5
_SEPARATOR = "\x1f"
_LONGEST_KEY = 64
_KNOWN_BY = re.compile(r"id|.*(resource|mrid|[a-z]uid|resourceid|start|begin|date|hour).*|.*(type|name|(?<!b)id)")


def compare(before: Payload, after: Payload) -> Difference:
    """The difference in records. `PayloadError` for what is not well-formed XML.

    Neither is held: of each record only its key and a digest are, and what the examples show is read once more.
    """
    old, new = ({key: _digest(text) for key, text in _records(each)} for each in (before, after))
    added = [key for key in new if key not in old]
    removed = [key for key in old if key not in new]
    changed = [key for key in new if key in old and new[key] != old[key]]
    shown = frozenset(changed[:EXAMPLES])
    was, will = (_texts(each, shown) for each in (before, after))
    examples = [_change(key, was[key], will[key]) for key in changed[:EXAMPLES]]
    examples += [f"added: {_words(key)}" for key in added[: EXAMPLES - len(examples)]]
    examples += [f"removed: {_words(key)}" for key in removed[: EXAMPLES - len(examples)]]
    return Difference(len(added), len(removed), len(changed), tuple(examples))


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _texts(payload: Payload, keys: AbstractSet[str]) -> dict[str, str]:
    """The texts of a few records; what is behind the last of them is not read."""
    found: dict[str, str] = {}
    for key, text in _records(payload) if keys else ():
        if key in keys:
            found[key] = text
            if len(found) == len(keys):
                break
    return found


def _records(payload: Payload) -> Iterator[tuple[str, str]]:
    """Each record's key, and its leaves as one text: a list of a million leaves would take ten times the room."""
    seen: Counter[str] = Counter()
    lines: list[str] = []
    known: list[str] = []
    for node in scan(payload):
        if _outside(node):
            continue
        path = _path(node)
        said = {f"{path}@{name}": (name, value) for name, value in node.attributes.items()}
        if node.is_leaf:
            said[path] = (node.name, node.text)
        for place, (name, value) in said.items():
            lines.append(f"{place}={value}")
            if len(value) <= _LONGEST_KEY and _KNOWN_BY.fullmatch(plain(name)):
                known.append(value)
        if _is_record(node):
            key = _SEPARATOR.join((node.name, *dict.fromkeys(known)))
            seen[key] += 1
            if seen[key] > 1:
                key = f"{key}{_SEPARATOR}no. {seen[key]}"
            yield key, "\n".join(lines)
            lines, known = [], []


def _is_record(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if plain(parent.name) == "messagepayload":
        return True
    return parent.parent is None and plain(node.name) not in ("messagepayload", "messageheader")


def _outside(node: Node) -> bool:
    """Whether an element belongs to no record: the root, the header (its time is new each time), the payload itself."""
    if node.parent is None or plain(node.name) == "messagepayload":
        return True
    at: Node | None = node
    while at is not None:
        if at.depth == 1 and plain(at.name) == "messageheader":
            return True
        at = at.parent
    return False


def _path(node: Node) -> str:
    names: list[str] = []
    at: Node | None = node
    while at is not None and not _is_record(at):
        names.append(at.name)
        at = at.parent
    return "/".join(reversed(names)) or node.name


def _words(key: str) -> str:
    return " ".join(key.split(_SEPARATOR)[:5])


def _change(key: str, before: str, after: str) -> str:
    old, new = Counter(before.split("\n")), Counter(after.split("\n"))
    gone, come = list((old - new).elements()), list((new - old).elements())
    for line in gone:
        path, _, value = line.partition("=")
        other = next((each for each in come if each.partition("=")[0] == path), None)
        if other is not None:
            return f"{_words(key)}: {path} {value} -> {other.partition('=')[2]}"
    if come:
        return f"{_words(key)}: {come[0].replace('=', ' ', 1)} is new"
    if gone:
        return f"{_words(key)}: {gone[0].replace('=', ' ', 1)} is gone"
    return f"{_words(key)}: the order changed"
