"""What is said of a question that was asked again and again."""

from datetime import UTC, datetime

from caiso_desktop.model.journal import Repeats

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_once_is_said_as_one_says_it() -> None:
    assert Repeats(1, NOON, NOON).often == "once more"
    assert str(Repeats(1, NOON, NOON)) == "asked once more until 2026-11-26 12:00:00 GMT, with the same answer"
    assert Repeats(8640, NOON, NOON).often == "8,640 times more"
