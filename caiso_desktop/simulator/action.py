"""What an action names of what was handed in before, and what it wants done with it; read by local names."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from caiso_desktop.simulator.entry import Entry, span_of
from caiso_desktop.simulator.inquiry import COORDINATORS, RESOURCES, Span, names_in, texts_of
from caiso_desktop.simulator.refusal import PAYLOAD, Refused

_WORD = re.compile(r"(?!.*transaction).*action(type|code)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that is named: by its mRID, else by resource, coordinator and time; ``word`` is what to do with it."""

    names: frozenset[str]
    resources: frozenset[str]
    coordinators: frozenset[str]
    span: Span | None
    word: str

    @property
    def named(self) -> bool:
        """Whether it names anything."""
        return bool(self.names or self.resources or self.coordinators)

    def means(self, entry: Entry) -> bool:
        """Whether it names this one."""
        if self.names:
            return not self.names.isdisjoint(entry.names)
        for asked, own in ((self.resources, entry.resources), (self.coordinators, entry.coordinators)):
            if asked and not asked & own:
                return False
        if self.span is not None:
            return entry.span is not None and entry.span[0] < self.span[1] and self.span[0] < entry.span[1]
        return self.named

    def becomes(self, words: Mapping[str, str]) -> str:
        """What its word makes of a thing; `Refused` where none of ``words`` begins it."""
        found = next((status for word, status in words.items() if self.word.upper().startswith(word)), None)
        if found is None:
            raise Refused(PAYLOAD, f"the action '{self.word}' is not one of {', '.join(words)}")
        return found

    def __str__(self) -> str:
        return ", ".join(sorted(self.names or (self.resources | self.coordinators)))


def read_wishes(payload: etree._Element) -> list[Wish]:
    """What a payload names, one for each element of its MessagePayload; `Refused` where one names nothing."""
    body = payload.find("{*}MessagePayload")
    above = payload if body is None else body
    common = next(_words(above, deep=False), "")
    wishes = [_read(element, common) for element in above if isinstance(element.tag, str) and len(element)]
    found = [wish for wish in wishes if wish.named] or [_read(above, common)]
    if not found[0].named:
        raise Refused(PAYLOAD, "it names nothing: no mRID, no resource and no scheduling coordinator")
    return found


def _read(element: etree._Element, common: str) -> Wish:
    span, _ = span_of(element)
    return Wish(
        frozenset(names_in(element)),
        frozenset(texts_of(element, RESOURCES)),
        frozenset(texts_of(element, COORDINATORS)),
        span,
        next(_words(element, deep=True), common),
    )


def _words(element: etree._Element, *, deep: bool) -> Iterator[str]:
    """What the leaves say that are called an action."""
    for leaf in element.iter("{*}*") if deep else element.iterchildren("{*}*"):
        text = (leaf.text or "").strip()
        if len(leaf) == 0 and text and _WORD.fullmatch(etree.QName(leaf).localname):
            yield text
