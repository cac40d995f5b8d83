from datetime import UTC, datetime, timedelta

import pytest

from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.follow_up import Origin
from caiso_desktop.model.watch import Plan, Until
from caiso_desktop.ui.watch.open_watches import OpenWatches

NOON = datetime(2026, 11, 26, 20, tzinfo=UTC)


def test_what_is_left_of_a_watch_is_known_after_a_restart() -> None:
    settings, now = FakeSettings(), [NOON]
    watches = OpenWatches(settings, lambda: now[0])
    watches.keep("one", Plan(Until.CHANGE, 30, 600, 1.5, "abc"), Origin("bids", b"<secret/>", "B-1", "X-1"))
    watches.keep("two", Plan(Until.DATA, 30, 60), None)
    now[0] += timedelta(seconds=100)
    again = OpenWatches(settings, lambda: now[0])
    found = again.of("one")
    assert found is not None
    assert found.plan == Plan(Until.CHANGE, 30, 500, 1.5, "abc")
    assert found.origin == Origin("bids", b"", "B-1", "X-1"), "the payload is the journal's"
    assert "secret" not in (settings.get("watch.open") or "")
    late = again.of("two")
    assert late is not None
    assert (late.plan, late.origin, late.over) == (None, None, True)
    again.keep("one", None, None)
    assert again.of("one") is None
    assert again.of("two") is not None
    again.keep("two", None, None)
    assert settings.get("watch.open") == ""


def test_what_a_draft_follows_is_known_without_a_watch() -> None:
    settings = FakeSettings()
    watches = OpenWatches(settings)
    origin = Origin("bids", b"<secret/>", exchange="X-1")
    watches.keep("one", None, origin)
    found = watches.of("one")
    assert found is not None
    assert (found.plan, found.origin, found.over) == (None, Origin("bids", b"", exchange="X-1"), False)
    watches.keep("one", Plan(Until.DATA, 30, 60), origin)
    found = watches.of("one")
    assert found is not None
    assert found.plan is not None
    assert found.origin == Origin("bids", b"", exchange="X-1")
    watches.keep("one", None, None)
    assert watches.of("one") is None


@pytest.mark.parametrize("text", ["[", "[]", '{"one": 1}', '{"one": {}}', '{"one": {"until": "never", "ends": "x"}}'])
def test_what_cannot_be_read_counts_as_nothing(text: str) -> None:
    settings = FakeSettings()
    settings.set("watch.open", text)
    assert OpenWatches(settings).of("one") is None
