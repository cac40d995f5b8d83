"""Sizes, durations, moments and people, as a person reads them."""

from datetime import UTC, datetime

from caiso_desktop.model.answer import BATCH_REFUSED, RECEIVED, Outcome
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import Certificate

SOON_DAYS = 30
"""A certificate that expires within so many days is said to do so."""


def size_words(size: int) -> str:
    """``812 B``, ``4.2 KB``, ``17.3 MB``: thousands, as disks are sold."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("KB", "MB", "GB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


def duration_words(seconds: float) -> str:
    """``84 ms``, ``1.24 s``, ``2 min 05 s``."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.995:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def days_left(certificate: Certificate, now: datetime) -> int:
    """Whole days until a certificate expires; negative after that."""
    return (certificate.not_after - now).days


def expiry_words(certificate: Certificate, now: datetime) -> str:
    """``expires 2027-03-01``, with the days where they are few, or that it has expired."""
    day = certificate.not_after.astimezone(UTC).date().isoformat()
    days = days_left(certificate, now)
    if days < 0:
        return f"expired {day}"
    if days < SOON_DAYS:
        return f"expires in {days} day{'' if days == 1 else 's'}, {day}"
    return f"expires {day}"


def outcome_words(exchange: Exchange) -> str:
    """What became of a call, in a few words."""
    if exchange.failure is not None:
        return exchange.failure.title
    if exchange.answer is None:
        return "No answer"
    if exchange.answer.batch is not None and exchange.answer.batch.refused:
        return BATCH_REFUSED
    if exchange.answer.outcome is Outcome.SUCCESS and any(note.title == RECEIVED for note in exchange.answer.notes):
        return RECEIVED
    return {
        "success": "Success",
        "no data": "No data",
        "error": "The service reports an error",
        "unreadable": "An answer that cannot be read",
    }[exchange.answer.outcome]


def clock_words(moment: datetime) -> str:
    """The time of day on this computer's clock, ``14:03:22``."""
    return moment.astimezone().strftime("%H:%M:%S")
