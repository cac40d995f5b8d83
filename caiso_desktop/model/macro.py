"""Macros: words in double braces that stand for the day, the time, or a new name, and become it when a draft is sent.

``{{trade_date}}`` is the environment's current trade date (``2026-11-26``), ``{{trade_date+1}}`` the one after it.
``{{trade_date.start}}`` and ``{{trade_date.end}}`` are its first instant and that of the next day in GMT,
``{{trade_date+1.he07}}`` is when hour ending 7 of tomorrow begins, ``{{trade_date.he25.end}}`` when hour ending 25
ends. ``{{now}}`` is the time in GMT, the same wherever it stands; ``{{uuid}}`` is another one at each place.

In comments, CDATA sections and processing instructions they stay as they are written: there they are only text.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from uuid import uuid4

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.trade_hour import TradeHour

NAMES = ("trade_date", "trade_date.start", "trade_date.end", "trade_date.he01", "trade_date.he01.end", "now", "uuid")
"""Every kind there is, written out; days are added and taken away with ``+1`` and ``-1`` behind ``trade_date``."""

MEANINGS = (
    ("{{trade_date}}", "the trade date of the environment"),
    ("{{trade_date+1}}", "so many days later; -1: earlier"),
    ("{{trade_date.start}}", "when it begins, in GMT"),
    ("{{trade_date.end}}", "when it ends, in GMT"),
    ("{{trade_date.he07}}", "when an hour ending of it begins, in GMT"),
    ("{{trade_date.he07.end}}", "when that hour ends, in GMT"),
    ("{{now}}", "the time when it is sent, in GMT"),
    ("{{uuid}}", "a new one at each place"),
)
"""What a person can write, and what it stands for."""

_MOST_NAMED = 3
_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|\{\{([^{}<>\r\n]*)\}\}", re.DOTALL)
_HOUR = r"(?:he|HE)(\d{1,2})(?:\.(start|end))?"
_TRADE_DATE = re.compile(rf"trade_date *(?:([+-]) *(\d{{1,4}}))?(?:\.(?:{_HOUR}|(start|end)))?")
_DAYS = re.compile(r" *([+-]) *(\d+)")


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro where it stands in a text: from ``start`` to ``end``, braces included; ``name`` is what they hold.

    ``value`` is what it means, empty where ``problem`` says (a sentence) why it means nothing.
    """

    start: int
    end: int
    name: str
    value: str = ""
    problem: str = ""

    @property
    def written(self) -> str:
        """As it stands in the text, without spaces."""
        return f"{{{{{self.name}}}}}"


@dataclass(frozen=True, slots=True)
class Moment:
    """What macros are relative to: the environment's trade date, and the time (with a zone)."""

    trade_date: date
    now: datetime


def macros(text: str, moment: Moment, new_uuid: Callable[[], str] = lambda: str(uuid4())) -> tuple[Macro, ...]:
    """Every macro of a text with its meaning at a moment, in order."""
    return tuple(_meaning(macro, moment, new_uuid) for macro in _find(text))


def expand(draft: Draft, moment: Moment) -> tuple[Draft, tuple[Macro, ...]]:
    """The draft with each macro replaced by its meaning, and the macros; `PayloadError` for what is none.

    What is expanded is sent: whoever shows it or asks about it must hold on to it and not expand again.
    """
    found = macros(draft.text, moment)
    if not found:
        return draft, ()
    wrong = [macro for macro in found if macro.problem]
    if wrong:
        raise PayloadError(
            " ".join(f"Line {_line(draft.text, macro)}: {macro.problem}" for macro in wrong[:_MOST_NAMED]),
            advice="To send the braces themselves, put them into a CDATA section, where nothing is replaced.",
        )
    pieces, at = [], 0
    for macro in found:
        pieces += [draft.text[at : macro.start], macro.value]
        at = macro.end
    pieces.append(draft.text[at:])
    return replace(draft, text="".join(pieces), revision=draft.revision + 1), found


def expand_bytes(payload: bytes, moment: Moment) -> tuple[bytes, tuple[Macro, ...]]:
    """The same of a payload's bytes; without braces they need not even be a text."""
    if b"{{" not in payload.replace(b"\0", b""):
        return payload, ()
    draft, found = expand(Draft.from_bytes(payload), moment)
    return (draft.to_bytes(), found) if found else (payload, ())


def has_braces(pieces: Iterable[bytes]) -> bool:
    """Whether a payload that comes in pieces may have a macro in it, in whatever encoding."""
    before = b""
    for piece in pieces:
        plain = before + piece.replace(b"\0", b"")
        if b"{{" in plain:
            return True
        before = plain[-1:]
    return False


def in_words(found: tuple[Macro, ...]) -> tuple[tuple[str, str], ...]:
    """Each macro once, as it is written, with what it became, or for ``{{uuid}}`` how many became of it."""
    values: dict[str, list[str]] = {}
    for macro in found:
        values.setdefault(macro.written, []).append(macro.problem or macro.value)
    return tuple(
        (written, each[0] if len(set(each)) == 1 else f"{each[0]} and {len(each) - 1} more")
        for written, each in values.items()
    )


def _find(text: str) -> Iterator[Macro]:
    if "{{" not in text:
        return
    for token in _TOKEN.finditer(text):
        if token[1] is not None:
            yield Macro(token.start(), token.end(), token[1].strip())


def _meaning(macro: Macro, moment: Moment, new_uuid: Callable[[], str]) -> Macro:
    if macro.name == "now":
        return replace(macro, value=_gmt(moment.now))
    if macro.name == "uuid":
        return replace(macro, value=new_uuid())
    dated = _TRADE_DATE.fullmatch(macro.name)
    if dated is None:
        nearest = _nearest(macro.name)
        known = f"the nearest is {{{{{nearest}}}}}." if nearest else "there are trade_date, now and uuid."
        return replace(macro, problem=f"{macro.written} is not a macro; {known}")
    try:
        return replace(macro, value=_of_day(dated, moment.trade_date))
    except ValueError as error:
        return replace(macro, problem=f"{macro.written}: {error}")
    except OverflowError:
        return replace(macro, problem=f"{macro.written}: the calendar does not go that far.")


def _of_day(dated: re.Match[str], today: date) -> str:
    sign, days, ending, of_hour, of_day = dated.groups()
    day = today + timedelta(days=int(f"{sign}{days}") if sign else 0)
    if ending is not None:
        number = int(ending)
        if not 1 <= number <= 25:
            raise ValueError(f"there is no hour ending {number}; they go from 1 to 25.")
        hour = TradeHour(day, number)
        return _gmt(hour.end if of_hour == "end" else hour.start)
    if of_day is None:
        return day.isoformat()
    return _gmt(TradeHour(day if of_day == "start" else day + timedelta(days=1), 1).start)


def _nearest(name: str) -> str:
    """The name that was perhaps meant, with its days; empty where none is near."""
    days = _DAYS.search(name)
    bare = _DAYS.sub("", name, count=1)
    hour = re.search(r"he(\d{1,2})", bare, re.IGNORECASE)
    found = get_close_matches(bare.lower().replace(" ", "_"), NAMES, n=1, cutoff=0.5)
    if not found:
        return ""
    near = found[0].replace("01", f"{int(hour[1]):02d}") if hour else found[0]
    return near.replace("trade_date", f"trade_date{days[1]}{days[2]}") if days else near


def _line(text: str, macro: Macro) -> int:
    return text.count("\n", 0, macro.start) + 1


def _gmt(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
