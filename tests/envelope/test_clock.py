from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from caiso_desktop.envelope.clock import clock_note, offset
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.error import Side
from caiso_desktop.model.transport import Response, Timings

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def response(ahead: timedelta, stated: str | None = None) -> Response:
    """An answer that a host gave while this computer's clock was so far ahead of its own."""
    date = format_datetime(NOW - ahead, usegmt=True) if stated is None else stated
    return Response(500, "", (("Date", date),), Path("body"), 0, NOW, Timings())


@pytest.mark.parametrize(
    ("minutes", "refused", "severity", "words"),
    [
        (0, True, None, ""),
        (0.3, True, None, ""),
        (2, True, Severity.WARNING, "2 minutes ahead of the host's. A call would be dated in the future"),
        (2, False, None, ""),
        (7, True, Severity.ERROR, "7 minutes ahead of"),
        (7, False, Severity.WARNING, "was taken all the same; another may be refused"),
        (-7, True, Severity.WARNING, "8 minutes left of the 15"),
        (-16, True, Severity.ERROR, "would have expired before it arrives"),
        (-300, True, Severity.ERROR, "5 hours behind"),
    ],
)
def test_a_wrong_clock_is_named(minutes: float, refused: bool, severity: Severity | None, words: str) -> None:
    note = clock_note(response(timedelta(minutes=minutes)), refused=refused)
    if severity is None:
        assert note is None
        return
    assert note is not None
    assert (note.severity, note.side) == (severity, Side.YOURS)
    assert words in note.meaning


def test_it_is_not_why_a_call_that_bears_no_time_was_refused() -> None:
    assert clock_note(response(timedelta(minutes=2)), refused=True, dated=False) is None
    note = clock_note(response(timedelta(minutes=-30)), refused=True, dated=False)
    assert note is not None
    assert note.severity is Severity.WARNING
    assert "30 minutes behind" in note.meaning
    assert "refused" not in note.meaning


@pytest.mark.parametrize("stated", ["", "yesterday", "Sun, 22 Nov 2026 08:00:00"])
def test_without_a_date_nobody_knows(stated: str) -> None:
    assert offset(response(timedelta(), stated)) is None
    assert clock_note(response(timedelta(), stated), refused=True) is None
