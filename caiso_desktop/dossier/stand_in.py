"""Stand-ins: the same for the same value everywhere in one dossier, by what kind of thing it is."""

import hashlib
import html
import re
import secrets
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import quote, quote_plus

SHORTEST_WORD = 6
"""Letters of a name that is found inside other words too; a shorter one counts as a whole word only."""

SHORTEST_ID = 3
"""Letters of an id that is replaced wherever it stands as a word; shorter ones, and numbers, only in their elements."""

LONGEST_VALUE = 1 << 10
"""Bytes of a value, however it is spelt, that stays whole where a long text without a tag is cut."""

MOST_REMEMBERED = 50_000
"""Values of the market that are remembered, and counted; the stand-in of any more is made of the value by a secret."""

_FEW = 64
_NUMBER = re.compile(rb"[-+]?\d[\d,]*(?:\.\d+)?")
# With decimals or a dollar sign: other numbers in a sentence count, or are a date's.
_AMOUNT = re.compile(
    rb"(?:(?<=>)(?![-+$\d.,]+<)|(?<![\w.,:>-]))(?<!=[\"'])"  # not all there is between two tags
    rb"([-+]?)\$?((?<=\$)\d[\d,]*(?:\.\d+)?|\d[\d,]*\.\d+)(?![\w:]|\.\d)"
)
_NAME = re.compile(r".*[\s\d@._,-].*", re.DOTALL)
_LOGIN = re.compile(r"\b[A-Za-z]{1,3}\d{3,}\b")
_WORD = rb"[A-Za-z0-9_\x80-\xff]"
# What must stay as it is, so that the document can still be read: names of elements, namespaces, addresses.
_PLACES = re.compile(
    rb"xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')|(?:</?|&lt;/?)[\w.:-]+|https?://[^\s\"'<>&]+|(" + _WORD + rb"+)"
)


class What(StrEnum):
    """The kinds of what is replaced, in the words of the readme."""

    TOKEN = "tokens, nonces and signatures"  # noqa: S105  words
    USER = "user names"
    PERSON = "names of persons"
    COORDINATOR = "scheduling coordinators"
    RESOURCE = "resources and other market ids"
    PRICE = "prices and amounts"


_NAMES = {
    What.TOKEN: "removed-{}",
    What.USER: "User {}",
    What.PERSON: "Person {}",
    What.COORDINATOR: "SC{:03}",
    What.RESOURCE: "RESOURCE_{:04}",
}


class StandIns:
    """Learns values, then replaces them."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[What, str]] = {}
        self._prices: dict[str, str] = {}
        self._amounts: dict[float, str] = {}
        self._counts: dict[What, int] = {}
        self._used: dict[str, What] = {}
        self._kinds: dict[str, What] = {}
        self._key = secrets.token_bytes(16)
        self._whose: dict[str, str] = {}
        self._parts: dict[bytes, list[tuple[bytes, bytes]]] | None = None
        self._within: re.Pattern[bytes] | None = None
        self._spelt: dict[bytes, bytes] = {}

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many stand-ins of each kind were needed."""
        used = [(what, sum(each is what for each in self._used.values())) for what in What]
        return tuple((str(what), count) for what, count in used if count)

    @property
    def overflowed(self) -> bool:
        """Whether there were more values of the market than are remembered: of the rest none is looked for in texts."""
        most = max(self._counts.get(What.RESOURCE, 0), len(self._prices))
        return most >= MOST_REMEMBERED

    def of(self, what: What, value: str) -> str:
        """The stand-in that a value gets in its place."""
        made = self.learn(what, value)
        if value.strip() in (self._prices if what is What.PRICE else self._known):
            self._used[made] = what
        return made

    def learn(self, what: What, value: str) -> str:
        """The stand-in of a value, made where it has none yet."""
        value = value.strip()
        if what is What.PRICE:
            return self._price(value)
        known = self._known.get(value)
        if known is None and what is What.RESOURCE and self._counts.get(what, 0) >= MOST_REMEMBERED:
            return _NAMES[what].format(MOST_REMEMBERED * 10 + self._code(value))
        if known is None:
            known = self._known[value] = (what, _NAMES[what].format(self._count(what)))
            self._parts = None
        return known[1]

    def learn_person(self, name: str) -> None:
        """A distinguished name, or another name of a user: as a whole, the person in it and the log-in."""
        name = name.strip()
        if not name or name in self._known:
            return
        common = next((part[3:] for part in re.split(r"(?<!\\),\s*", name) if part[:3].upper() == "CN="), name)
        stand_in = self.learn(What.USER, common)
        number = stand_in.rpartition(" ")[2]
        for login in _LOGIN.findall(common):
            self._known.setdefault(login, (What.USER, f"user{number}"))
            self._whose[f"user{number}"] = stand_in
        person = _LOGIN.sub("", common).strip()
        if len(person) >= SHORTEST_ID:
            self._known.setdefault(person, (What.USER, stand_in))
        if name != common:
            self._known[name] = (What.USER, name.replace(common, stand_in))
            self._whose[name.replace(common, stand_in)] = stand_in
        self._parts = None

    def replace(self, data: bytes) -> bytes:
        """Every known value replaced, wherever it stands as one."""
        if self._parts is None:
            self._prepare()
        parts, within = self._parts, self._within
        if self._amounts:
            data = _AMOUNT.sub(self._amount, data)
        if within is not None and (lower := data.lower()) and any(each in lower for each in self._spelt):
            data = within.sub(self._person, data)
        if not parts or (len(parts) <= _FEW and not any(first in data for first in parts)):
            return data
        kept: list[bytes] = []
        end = 0
        for found in _PLACES.finditer(data):
            if found.lastindex is None or found.start() < end:
                continue
            for value, stand_in in parts.get(found[1], ()):
                after = found.start() + len(value)
                if data.startswith(value, found.start()) and not re.match(_WORD, data[after : after + 1]):
                    kept += (data[end : found.start()], stand_in)
                    self._note(stand_in)
                    end = after
                    break
        kept.append(data[end:])
        return b"".join(kept)

    def replace_anywhere(self, data: bytes) -> bytes:
        """Every known value replaced in what is damaged, also within other words, and prices without their elements."""
        data = _NUMBER.sub(lambda found: self._prices.get(found[0].decode(), found[0].decode()).encode(), data)
        known = {value: stand_in for value, (_, stand_in) in self._known.items()} | self._prices
        for value, stand_in in known.items():
            if len(value) >= SHORTEST_WORD and (spelt := value.encode()) in data:
                data = data.replace(spelt, stand_in.encode())
        return data

    def cut(self, data: bytes, at: int) -> int:
        """The nearest place at or before ``at`` that no known value spans."""
        if self._parts is None:
            self._prepare()
        begin = max(0, at - LONGEST_VALUE)
        near = data[begin : at + LONGEST_VALUE]
        spans = [found.span() for found in self._within.finditer(near)] if self._within is not None else []
        spans += [found.span() for found in _AMOUNT.finditer(near)] if self._amounts else []
        for found in _PLACES.finditer(near):
            longest = max((len(value) for value, _ in (self._parts or {}).get(found[1] or b"", ())), default=0)
            spans.append((found.start(), max(found.end(), found.start() + longest)))
        return min((begin + start for start, end in spans if begin + start < at < begin + end), default=at)

    def text(self, words: str) -> str:
        """Every known value in some words replaced."""
        return self.replace(words.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")

    def _person(self, found: re.Match[bytes]) -> bytes:
        stand_in = self._spelt[found[0].lower()]
        self._note(stand_in)
        return stand_in

    def _amount(self, found: re.Match[bytes]) -> bytes:
        """A price in a sentence; the text of a whole element or attribute is what its name says it is."""
        size = float(found[2].replace(b",", b""))
        stand_in = self._amounts.get(-size if found[1] == b"-" else size) or self._amounts.get(size)
        if stand_in is None or _is_whole(found.string, found.span()):
            return found[0]
        self._used[stand_in] = What.PRICE
        return found[0][: -len(found[2])] + stand_in.encode()

    def _note(self, stand_in: bytes) -> None:
        name = stand_in.decode()
        self._used[self._whose.get(name, name)] = self._kinds[name]

    def _price(self, value: str) -> str:
        known = self._prices.get(value)
        if known is None:
            full = len(self._prices) >= MOST_REMEMBERED
            number = MOST_REMEMBERED * 10 + self._code(value) if full else 1000 + self._count(What.PRICE)
            decimals = len(value.partition(".")[2])
            known = f"{number}.{'0' * decimals}" if decimals else str(number)
            if not full:
                self._prices[value] = known
                self._amounts.setdefault(float(value.replace(",", "")), known)
        return known

    def _code(self, value: str) -> int:
        """A number that is the same for the same value, and by which nobody can find the value."""
        return int.from_bytes(hashlib.blake2b(value.encode(), key=self._key, digest_size=5).digest())

    def _count(self, what: What) -> int:
        self._counts[what] = self._counts.get(what, 0) + 1
        return self._counts[what]

    def _prepare(self) -> None:
        self._parts, self._spelt = {}, {}
        for value, (what, stand_in) in self._known.items():
            self._kinds[stand_in] = what
            if what is What.TOKEN or (what is What.PERSON and not _NAME.fullmatch(value)):
                continue  # removed in its place; a bare word, such as SYSTEM, means something else elsewhere
            if what is What.USER and len(value) >= SHORTEST_WORD:
                self._spelt |= {each.lower(): stand_in.encode() for each in spellings(value)}
            elif len(value) >= SHORTEST_ID and not value.replace(".", "").isdigit():
                for each in spellings(value):
                    first = re.match(_WORD + rb"+", each)
                    if first is not None:
                        self._parts.setdefault(first[0], []).append((each, stand_in.encode()))
        for candidates in self._parts.values():
            candidates.sort(key=lambda each: -len(each[0]))
        longest = sorted(self._spelt, key=len, reverse=True)
        self._within = re.compile(b"|".join(map(re.escape, longest)), re.IGNORECASE) if longest else None


def _is_whole(data: bytes, span: tuple[int, int]) -> bool:
    """Whether a number is all there is between two tags, or two quotation marks of an attribute."""
    before = data[max(0, span[0] - _FEW) : span[0]].rstrip()
    after = data[span[1] : span[1] + _FEW].lstrip()
    return before.endswith((b">", b"&gt;", b'="', b"='")) and after.startswith((b"<", b"&lt;", b'"', b"'"))


def spellings(value: str) -> Iterable[bytes]:
    """How a value may stand in a message: as it is, and escaped for XML and for addresses."""
    spelt = {
        value,
        html.escape(value),
        html.escape(value, quote=False),
        html.escape(html.escape(value, quote=False), quote=False),
        value.encode("ascii", "xmlcharrefreplace").decode(),
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
    }
    return {each.encode(encoding) for each in spelt for encoding in ("utf-8", "latin-1") if _fits(each, encoding)}


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
