"""The clocks of this computer and of a service: what their difference does to a signed message.

`CAISOWSHeader` bears the times between which a message is valid (protocol of the SOAP services).
"""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from caiso_desktop.envelope.header import LIFETIME
from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.error import Side
from caiso_desktop.model.transport import Response

NOTICEABLE = timedelta(seconds=30)
GRAVE = timedelta(minutes=5)

ADVICE = (
    "Let the computer set its time by itself (in Windows: Settings, Time, Sync now), or ask the computer's "
    "administrators."
)
_TAKEN = "This call was taken all the same; another may be refused."
_UNDATED = "A call of ADS bears no time and does not suffer, but deadlines to answer a batch are counted with it."
CLOCK = "clock"
"""The matter of the note about it."""


def offset(response: Response) -> timedelta | None:
    """How far this computer's clock is ahead of a host's, by the Date of its answer; None where it bears none.

    Date counts whole seconds (RFC 9110, section 6.6.1), and is written somewhere between request and answer.
    """
    there = _moment(response.header("Date") or "")
    if there is None:
        return None
    timings = response.timings
    here = response.started + timedelta(seconds=timings.total - (timings.receive or 0) - (timings.wait or 0) / 2)
    return here - (there + timedelta(seconds=0.5))


@lru_cache(maxsize=16)
def _moment(date: str) -> datetime | None:
    """What a Date says, which the answers of one second have in common; None where it tells no moment."""
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def is_fatal(ahead: timedelta) -> bool:
    """Whether a service refuses what is dated with a clock so far ahead (or behind, where negative)."""
    return ahead >= GRAVE or ahead <= -LIFETIME


def difference(ahead: timedelta) -> str:
    """It, as a sentence."""
    return (
        f"This computer's clock is {words(abs(ahead))} {'ahead of' if ahead > timedelta(0) else 'behind'} the host's."
    )


def consequence(ahead: timedelta) -> str:
    """What `CAISOWSHeader` would suffer: a call is dated with this clock, and expires 15 minutes later."""
    if ahead >= GRAVE:
        return "A call would be dated in the future, and be refused."
    if ahead > timedelta(0):
        return "A call would be dated in the future; a strict service refuses that."
    if ahead <= -LIFETIME:
        return "A call would have expired before it arrives (it is valid for 15 minutes), and be refused."
    return f"A call would have {words(LIFETIME + ahead)} left of the 15 minutes for which it is valid."


def clock_note(response: Response, *, refused: bool, dated: bool = True) -> Note | None:
    """What is told of the clock beside an answer: where it is far off, or off and the call was ``refused``.

    Calls of SOAP services are ``dated`` with it, those of ADS are not: it cannot be why one was refused.
    """
    ahead = offset(response)
    at_fault = refused and dated
    if ahead is None or abs(ahead) < (NOTICEABLE if at_fault else GRAVE):
        return None
    severity = Severity.ERROR if at_fault and is_fatal(ahead) else Severity.WARNING
    told = consequence(ahead) if at_fault else _TAKEN if dated else _UNDATED
    meaning = f"{difference(ahead)} {told}"
    return Note(severity, "This computer's clock is wrong", meaning, ADVICE, side=Side.YOURS, matter=CLOCK)


def words(duration: timedelta) -> str:
    """A duration, as a person says it."""
    seconds = round(duration.total_seconds())
    if seconds < 120:
        return f"{seconds} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
