"""The elements of a document that hold a text, found without parsing it: what is damaged must be redacted too."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from caiso_desktop.contract.meaning import meaning
from caiso_desktop.contract.scan import plain
from caiso_desktop.dossier.stand_in import What
from caiso_desktop.model.reading import Unit

# Escaped once, as remote procedures give their documents, it is a document too.
_TAG = re.compile(
    rb"(?:<|&lt;)(?P<close>/?)(?P<name>[A-Za-z_][\w.:-]*)(?P<rest>(?:[^<>&]|&(?!lt;|gt;))*?)(?P<empty>/?)(?:>|&gt;)"
)
_ATTRIBUTE = re.compile(rb"([A-Za-z_][\w.:-]*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CDATA = re.compile(rb"\s*<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_NAMED_BY = ("mrid", "id", "name", "ref")
_TOKENS = frozenset(
    ("nonce", "binarysecuritytoken", "signaturevalue", "password", "passwd", "pwd", "token", "sessionid", "secret")
)
_USERS = frozenset(
    ("username", "userid", "user", "loginname", "login", "loginid", "operatorname", "email", "createdby")
)
_OTHER_PARTY = re.compile(r"(?i)^(to|counter|other)")
_DIGEST = "digestvalue"


@dataclass(frozen=True, slots=True)
class Found:
    """A text that is to be replaced: where it stands, what it is, and its value as a person reads it."""

    start: int
    end: int
    what: What
    value: str


def find(data: bytes, *, market: bool) -> Iterator[Found]:
    """Every text of an element or attribute whose name says what it is, in the order of the document.

    With ``market`` also those of the market, and digests, by which somebody could try out what stood there.
    """
    stack: list[str] = []
    opened = -1
    for tag in _TAG.finditer(data):
        if tag["close"]:
            if opened >= 0 and stack:
                yield from _leaf(data, opened, tag.start(), stack, market=market)
            opened = -1
            if stack:
                stack.pop()
            continue
        name = _local(tag["name"])
        if b"=" in tag["rest"]:
            yield from _attributes(tag, name, market=market)
        opened = -1
        if not tag["empty"]:
            stack.append(name)
            opened = tag.end()
    if opened >= 0 and stack:
        yield from _leaf(data, opened, len(data), stack, market=market)  # it was cut off here


def _leaf(data: bytes, start: int, end: int, stack: list[str], *, market: bool) -> Iterator[Found]:
    what = _what(stack[-1], stack[-2] if len(stack) > 1 else "", market=market)
    if what is None:
        return
    cdata = _CDATA.match(data, start, end)
    if cdata is not None:
        start, end = cdata.span(1)
    raw = data[start:end]
    start += len(raw) - len(raw.lstrip())
    end -= len(raw) - len(raw.rstrip())
    yield from _found(data, start, end, what)


def _attributes(tag: re.Match[bytes], element: str, *, market: bool) -> Iterator[Found]:
    for each in _ATTRIBUTE.finditer(tag.string, *tag.span("rest")):
        what = _what(_local(each[1]), element, market=market) if not each[1].startswith(b"xmlns") else None
        if what is not None:
            yield from _found(tag.string, *each.span(2 if each[2] is not None else 3), what)


def _found(data: bytes, start: int, end: int, what: What) -> Iterator[Found]:
    value = html.unescape(html.unescape(data[start:end].decode("utf-8", "replace"))).strip()
    if value and (what is not What.PRICE or re.fullmatch(r"[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?", value)):
        yield Found(start, end, what, value)


def _what(name: str, parent: str, *, market: bool) -> What | None:
    known = plain(name)
    if known in _TOKENS or (market and known == _DIGEST):
        return What.TOKEN
    if known in _USERS:
        return What.USER
    if not market:
        return None
    means = meaning(_OTHER_PARTY.sub("", name) or name)
    if known in _NAMED_BY:
        means = meaning(_OTHER_PARTY.sub("", parent) or parent)
        if not (means.coordinator or means.resource):
            return What.RESOURCE if known == "mrid" else None
    if means.coordinator:
        return What.COORDINATOR
    if means.resource:
        return What.RESOURCE
    return What.PRICE if means.unit in (Unit.PRICE, Unit.MONEY) else None


def _local(name: bytes) -> str:
    return name.rpartition(b":")[2].decode("utf-8", "replace")
