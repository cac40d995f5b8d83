"""Sizes, durations and days as a person reads them."""

from datetime import UTC, datetime, timedelta

import pytest

from caiso_desktop.model.fake import fake_identity
from caiso_desktop.model.transport import Phase, Progress
from caiso_desktop.ui.phrase import duration_words, expiry_words, size_words
from caiso_desktop.ui.send_progress import progress_words


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (999_949, "999.9 KB"), (999_950, "1.0 MB"), (17_300_000, "17.3 MB")],
)
def test_sizes(size: int, words: str) -> None:
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0842, "84 ms"), (0.9996, "1.00 s"), (1.236, "1.24 s"), (59.996, "1 min 00 s"), (125, "2 min 05 s")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


def test_a_certificate_says_when_it_ends() -> None:
    now = datetime.now(UTC)
    certificate = fake_identity("Jane", days=400).certificate
    assert expiry_words(certificate, now).startswith("expires 20")
    assert "in 1 day," in expiry_words(certificate, certificate.not_after - timedelta(days=1, hours=2))
    assert expiry_words(certificate, certificate.not_after + timedelta(seconds=1)).startswith("expired 20")


def test_progress_names_phase_bytes_and_time() -> None:
    receiving = Progress(Phase.RECEIVING, received=1_200_000, total=4_000_000)
    assert progress_words(receiving, 3.44) == "Receiving · 1.2 MB of 4.0 MB · 3.4 s"
    assert progress_words(None, 0.0) == "Signing · 0.0 s"
    assert progress_words(receiving, 1.0, stopping=True).startswith("Stopping")
