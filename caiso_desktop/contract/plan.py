"""Plans what there is to gather from a record that comes again, so that of a thousand only what is new is looked at."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from itertools import chain
from operator import itemgetter

from caiso_desktop.contract.meaning import meaning
from caiso_desktop.contract.repeat import Part, Repeat, Row, Wanted
from caiso_desktop.contract.scan import plain
from caiso_desktop.model.reading import Unit

_MOST_KNOWN = 100_000


@lru_cache(maxsize=4096)
def wanted(element: str, leaf: str) -> Wanted:
    """What is wanted of a leaf of an element: numbers with a unit, times, and what names someone or something."""
    known = meaning(leaf)
    if known.unit is not None:
        return Wanted.NUMBER
    if known.sense is not None:
        return Wanted.TIME
    said = meaning(element) if known.names else known
    return Wanted.NAME if said.coordinator or said.resource else Wanted.NOTHING


class Elements:
    """Those elements of a record that say something of one kind, and what has been looked at of it."""

    def __init__(self, parts: Iterable[Part], kind: Callable[[str], bool]) -> None:
        found = [(part.name, {leaf: slot for leaf, slot in part.leaves.items() if kind(leaf)}) for part in parts]
        self._elements = [(name, leaves) for name, leaves in found if leaves]
        columns = {slot.column for _, leaves in self._elements for slot in leaves.values() if slot.column is not None}
        self._key = itemgetter(*sorted(columns)) if columns else None
        self._known: set[object] = set()

    def news(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Those records that say what none before has said."""
        if self._key is None:
            return
        known = self._known
        for row in rows:
            key = self._key(row)
            if key not in known:
                if len(known) < _MOST_KNOWN:
                    known.add(key)
                yield row

    def said(self, row: Row) -> Iterator[tuple[str, dict[str, str]]]:
        """What the elements of a record are called and say."""
        for name, leaves in self._elements:
            yield name, {leaf: slot.said(row) for leaf, slot in leaves.items()}


class Number:
    """A number that stands in each record, in one place or several."""

    def __init__(self, name: str, unit: Unit, columns: Sequence[int]) -> None:
        self.name = name
        self.unit = unit
        self._take = itemgetter(*columns)
        self._is_one = len(columns) == 1

    def count(self, rows: Sequence[Row]) -> tuple[int, list[Decimal]]:
        """How many there are, and the least and the greatest. `ValueError` where one is no number."""
        taken = map(self._take, rows)
        texts = list(taken) if self._is_one else list(chain.from_iterable(taken))
        return len(texts), [Decimal(text.decode("ascii")) for text in _ends(texts)]


def _ends(texts: list[bytes]) -> tuple[bytes, bytes]:
    """The least and the greatest number, of those that are equal the first.

    Of numbers that are written alike a longer one is greater, and one as long is where its text is: to compare texts
    takes a fraction of what it takes to make numbers of them. No number has more than twelve characters, so the least
    of the floats is the least of them.
    """
    _, point, fraction = texts[0].partition(b".")
    if _alike(len(fraction) if point else -1).fullmatch(b" ".join(texts) + b" "):
        by_length = sorted(texts, key=len)
        short = bisect_right(by_length, len(by_length[0]), key=len)
        long = bisect_left(by_length, len(by_length[-1]), key=len)
        return min(by_length[:short]), max(by_length[long:])
    values = list(map(float, texts))
    return texts[values.index(min(values))], texts[values.index(max(values))]


@cache
def _alike(places: int) -> re.Pattern[bytes]:
    """Numbers, each with a blank behind it, without a sign and with so many decimal places; -1 for whole numbers."""
    fraction = rb"\.[0-9]{%d} " % places if places >= 0 else rb" "
    return re.compile(rb"(?>(?:[1-9][0-9]*+" + fraction + rb"|0" + fraction + rb")*)")


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to gather from each record, and from the blocks in its columns."""

    records: int
    children: int
    names: Elements
    times: Elements
    numbers: Sequence[Number]
    blocks: "Sequence[tuple[int, Repeat, Plan]]"

    @classmethod
    def of(cls, repeat: Repeat, depth: int) -> "Plan":
        """The plan for a record that stands within ``depth`` open elements."""
        within = [plain(part.around) == "messagepayload" for part in repeat.parts]
        children = sum(depth + part.depth == 1 and not each for part, each in zip(repeat.parts, within, strict=True))
        parts = [part for part in repeat.parts if depth + part.depth > 1 or plain(part.name) != "messageheader"]
        numbers: dict[tuple[str, Unit], list[int]] = {}
        for part in parts:
            for leaf, slot in part.leaves.items():
                unit = meaning(leaf).unit
                if unit is not None and slot.wanted is Wanted.NUMBER and slot.column is not None:
                    numbers.setdefault((leaf, unit), []).append(slot.column)
        return cls(
            sum(within),
            children,
            Elements(parts, _names),
            Elements(parts, lambda leaf: meaning(leaf).sense is not None),
            [Number(name, unit, columns) for (name, unit), columns in numbers.items()],
            [(column, block, Plan.of(block, depth)) for column, block in repeat.blocks],
        )


def _names(leaf: str) -> bool:
    known = meaning(leaf)
    return bool(known.names) or known.coordinator or known.resource
