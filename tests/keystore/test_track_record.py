"""When a certificate was accepted is known to the minute, so that many calls do not write it down as often."""

from datetime import UTC, datetime, timedelta

import pytest

from caiso_desktop.keystore.track_record import EXACT_TO, SettingsTrackRecord
from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.identity import IdentityRef

REF, OTHER = IdentityRef("vault", "AB"), IdentityRef("vault", "CD")
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Counted(FakeSettings):
    """Counts what is written."""

    written = 0

    def set(self, name: str, value: str) -> None:
        """Remember."""
        self.written += 1
        super().set(name, value)


def test_many_calls_are_written_down_once_a_minute() -> None:
    settings = Counted()
    record = SettingsTrackRecord(settings)
    for second in range(150):
        record.note(REF, "production", NOW + timedelta(seconds=second))
    assert settings.written == 3
    assert record.worked(REF) == {"production": NOW + 2 * EXACT_TO}


def test_each_certificate_and_environment_has_its_own() -> None:
    record = SettingsTrackRecord(Counted())
    record.note(REF, "production", NOW)
    record.note(REF, "map-stage", NOW + timedelta(seconds=1))
    record.note(OTHER, "production", NOW + timedelta(seconds=2))
    assert record.worked(REF) == {"production": NOW, "map-stage": NOW + timedelta(seconds=1)}
    assert record.worked(OTHER) == {"production": NOW + timedelta(seconds=2)}


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(days=2)])
def test_a_clock_that_was_put_right_counts(back: timedelta) -> None:
    record = SettingsTrackRecord(Counted())
    record.note(REF, "production", NOW)
    record.note(REF, "production", NOW - back)
    assert record.worked(REF) == {"production": NOW - back}
