"""An instant for a person: GMT and Pacific side by side, with trade date and hour ending."""

import re
from datetime import date, datetime, timedelta

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.stamp import Instant, instant
from caiso_desktop.model.trade_hour import TradeHour, hours_between

_HOUR = timedelta(hours=1)
_END = re.compile(r".*(end|stop)(?!or|ar)", re.IGNORECASE)


def ends(name: str) -> bool:
    """Whether a name says that a stretch of time ends at its instant."""
    return bool(_END.match(name.rpartition("}")[2]))


def in_pacific(text: str, *, as_end: bool) -> tuple[str, ...]:
    """What an instant is in Pacific time, from the most words to the fewest; nothing for what is none.

    From ``2026-03-10 01:00 PDT · HE 1 ends`` to ``03-10 HE 1``, its trade date and hour. Where the zone is missing, the
    hour tells: the one that comes twice is HE 2 and HE 25.
    """
    found = instant(text)
    if found is None:
        return ()
    local = found.moment.astimezone(PACIFIC)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    if local.minute or local.second:
        hour = TradeHour.at(found.moment)
        ending, of, short, what = f"in HE {hour.ending}", "", "", ""
    else:
        hour = trade_hour(found.moment, as_end=as_end)
        of, short = ("", "") if hour.day == local.date() else (f" of {hour.day}", f" of {hour.day:%m-%d}")
        ending, what = f"HE {hour.ending}", " ends" if as_end else " begins"
    return (
        f"{local:%Y-%m-%d} {clock} {local:%Z} · {ending}{of}{what}",
        f"{local:%Y-%m-%d} {clock} {local:%Z} · {ending}{of}",
        f"{local:%m-%d} {clock} {local:%Z} · {ending}{short}",
        f"{local:%m-%d} {clock} · {ending}{short}",
        f"{hour.day:%m-%d} {ending}",
    )


def brief(text: str, *, as_end: bool) -> str:
    """An instant in a few characters, ``2026-03-10 HE 1``; the text itself where it is none."""
    found = instant(text)
    if found is None:
        return text
    hour = trade_hour(found.moment, as_end=as_end)
    return f"{hour.day} HE {hour.ending}"


def trade_hour(moment: datetime, *, as_end: bool) -> TradeHour:
    """The hour that begins, or ends, at a moment."""
    return TradeHour.at(moment - _HOUR if as_end else moment)


def hours_of(day: date) -> tuple[TradeHour, ...]:
    """The hours of a trade date: 23, 24 or 25, in their order."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=PACIFIC)
    around = hours_between(noon - 14 * _HOUR, noon + 14 * _HOUR, most=28)
    return tuple(hour for hour in around if hour.day == day)


def written(text: str, hour: TradeHour, *, as_end: bool) -> str:
    """The instant at which an hour begins or ends, in the style of another text; GMT where that is no instant."""
    moment = hour.end if as_end else hour.start
    like = instant(text)
    if like is None:
        like = Instant("2000-01-01T00:00:00Z", datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
    return like.written(moment)
