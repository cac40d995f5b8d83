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
_OPEN = re.compile(rb"(?:<|&lt;)(?:/?[A-Za-z_][^<>]*)?")
_TRIES = 50
_NAMED_BY = ("mrid", "id", "name", "ref")
_TOKENS = frozenset(
    ("nonce", "binarysecuritytoken", "signaturevalue", "password", "passwd", "pwd", "token", "sessionid", "secret")
)
_USERS = frozenset(
    ("username", "userid", "user", "loginname", "login", "loginid", "operatorname", "email", "emailaddress")
)
_DONE = (
    "accepted",
    "acknowledged",
    "approved",
    "cancelled",
    "canceled",
    "changed",
    "created",
    "declined",
    "entered",
    "modified",
    "requested",
    "reviewed",
    "signed",
    "submitted",
    "updated",
    "validated",
    "verified",
)
_PARTS = ("responder", "requestor", "requester", "reviewer", "contact", "phone", "caller")
_PERSON = re.compile(rf".*(?:{'|'.join(_DONE)})by|\w*(?:{'|'.join(_PARTS)})(?:name|person|number)?")
"""Who did something, or is to be asked, as ADS and others write it."""

_SOUGHT = tuple(name.encode() for name in (*_TOKENS, *_USERS, *(f"{done}by" for done in _DONE), *_PARTS))
_OTHER_PARTY = re.compile(r"(?i)^(to|counter|other)")
_COUNTED = re.compile(r".*(number|count|index|sequence|segment|version|revision|interval|id|type|code|flag)")
"""Numbers that are no prices, among prices too."""

_DIGEST = "digestvalue"
_HEADER = "messageheader"
_ENERGY = "energy"
"""Among prices the part of one, which is $/MWh; elsewhere MWh."""

_PRICES = (Unit.PRICE, Unit.MONEY)


@dataclass(frozen=True, slots=True)
class Found:
    """A text that is to be replaced: where it stands, what it is, and its value as a person reads it."""

    start: int
    end: int
    what: What
    value: str


class Finder:
    """Finds, in a document that is fed a piece at a time, every text whose element or attribute says what it is.

    With ``market`` also those of the market, and digests, by which somebody could try out what stood there. A piece
    ends where a tag ends, else the text that goes on must not be one that is looked for: then it is told by ``torn``.
    """

    def __init__(self, *, market: bool) -> None:
        self._market = market
        self._stack: list[str] = []
        self._opened = -1
        self._known: dict[tuple[str, ...], What | None] = {}
        self._names: dict[bytes, str] = {}
        self.torn = False

    def feed(self, data: bytes, *, last: bool = False) -> Iterator[Found]:
        """What is to be replaced in the next piece, in its order; places count from the piece's begin."""
        if self._idle(data):
            return
        stack, opened, names = self._stack, self._opened, self._names
        for tag in _TAG.finditer(data):
            close, written, rest, empty = tag.groups()
            if close:
                if opened >= 0 and stack:
                    yield from self._leaf(data, opened, tag.start())
                opened = -1
                if stack:
                    stack.pop()
                continue
            name = names.get(written)
            if name is None:
                name = names[written] = _local(written)
            if b"=" in rest:
                yield from self._attributes(tag, name)
            opened = -1
            if not empty:
                stack.append(name)
                opened = tag.end()
        if last and opened >= 0 and stack:
            yield from self._leaf(data, opened, len(data))  # it was cut off here
        elif 0 <= opened < len(data):
            self.torn = self._meant() is not None
            opened = -1
        self._opened = min(opened, 0)

    def skip(self) -> bool:
        """Something long that is no text stands here; whether it is the text of an element that is looked for."""
        wanted = self._opened >= 0 and self._meant() is not None
        self._opened = -1
        return wanted

    def _idle(self, data: bytes) -> bool:
        """Whether nothing that is looked for can stand in a piece: without the market that goes by a few names."""
        if self._market or (self._opened >= 0 and self._meant() is not None):
            return False
        tight = data.lower().translate(None, b"_-.")
        if any(name in tight for name in _SOUGHT):
            return False
        self._stack.clear()
        self._opened = -1
        return True

    def _meant(self) -> What | None:
        """What the text of the element means that is open."""
        if not self._stack:
            return None
        return self._what(self._stack[-1], self._stack[-3:-1])

    def _what(self, name: str, around: list[str]) -> What | None:
        key = (name, *around)
        if key not in self._known:
            self._known[key] = _what(name, around, market=self._market)
        return self._known[key]

    def _leaf(self, data: bytes, start: int, end: int) -> Iterator[Found]:
        what = self._meant()
        if what is None:
            return
        cdata = _CDATA.match(data, start, end)
        if cdata is not None:
            start, end = cdata.span(1)
        raw = data[start:end]
        start += len(raw) - len(raw.lstrip())
        end -= len(raw) - len(raw.rstrip())
        yield from _found(data, start, end, what)

    def _attributes(self, tag: re.Match[bytes], element: str) -> Iterator[Found]:
        around = [*self._stack[-1:], element]
        for each in _ATTRIBUTE.finditer(tag.string, *tag.span("rest")):
            what = self._what(_local(each[1]), around) if not each[1].startswith(b"xmlns") else None
            if what is not None:
                yield from _found(tag.string, *each.span(2 if each[2] is not None else 3), what)


def end_of_last_tag(data: bytes) -> int:
    """Where the last tag ends that is whole; 0 where there is none."""
    found = 0
    for closing, opening in ((b">", b"<"), (b"&gt;", b"&lt;")):
        end = len(data)
        for _ in range(_TRIES):
            at = data.rfind(closing, found, end)
            begin = data.rfind(opening, 0, at) if at >= 0 else -1
            if begin < 0:
                break
            if _TAG.fullmatch(data, begin, at + len(closing)):
                found = at + len(closing)
                break
            end = at
    return found


def begin_of_open_tag(data: bytes) -> int:
    """Where a tag begins that does not end in these bytes; their length where none does."""
    begin = max(data.rfind(b"<"), data.rfind(b"&lt;"))
    return begin if begin >= 0 and _OPEN.fullmatch(data, begin) and data.find(b"&gt;", begin) < 0 else len(data)


def _found(data: bytes, start: int, end: int, what: What) -> Iterator[Found]:
    value = html.unescape(html.unescape(data[start:end].decode("utf-8", "replace"))).strip()
    if value and (what is not What.PRICE or re.fullmatch(r"[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?", value)):
        yield Found(start, end, what, value)


def _what(name: str, around: list[str], *, market: bool) -> What | None:
    """What an element is, or an attribute, by its name and those ``around`` it, the nearest last."""
    known, parent = plain(name), around[-1] if around else ""
    if known in _TOKENS or (market and known == _DIGEST):
        return What.TOKEN
    if known in _USERS:
        return What.USER
    if _PERSON.fullmatch(known):
        return What.PERSON
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
    if means.unit in _PRICES or (means.sense is None and _is_part_of_price(known, around)):
        return What.PRICE
    return None


def _is_part_of_price(known: str, around: list[str]) -> bool:
    """Whether a number among prices may be one: ``PriceInterval/congestion``, ``...CostRecord/IntervalData/value``."""
    if plain(around[-1] if around else "") == _HEADER or _COUNTED.fullmatch(known):
        return False
    unit = None if known == _ENERGY else meaning(known).unit
    return unit is None and any(meaning(name).unit in _PRICES for name in around)


def _local(name: bytes) -> str:
    return name.rpartition(b":")[2].decode("utf-8", "replace")
