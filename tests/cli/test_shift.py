import json
from collections.abc import Callable
from pathlib import Path

import pytest

HOURLY = (
    "<RawBidSet>\r\n<MessageHeader><TimeDate>2026-03-01T00:00:00Z</TimeDate></MessageHeader><MessagePayload>\r\n"
    "<Bid><start>2026-03-07T09:00:00.000Z</start><end>2026-03-07T10:00:00.000Z</end></Bid>\r\n"
    "<Bid><start>2026-03-07T10:00:00.000Z</start><end>2026-03-07T11:00:00.000Z</end></Bid>\r\n"
    "</MessagePayload></RawBidSet>"
)
SHIFTED = (
    HOURLY.replace("<Bid><start>2026-03-07T10:00:00.000Z</start><end>2026-03-07T11:00:00.000Z</end></Bid>\r\n", "")
    .replace("2026-03-07T09", "2026-03-08T09")
    .replace("2026-03-07T10", "2026-03-08T10")
)


@pytest.fixture
def bids(tmp_path: Path) -> Path:
    path = tmp_path / "bids.xml"
    path.write_bytes(b"\xef\xbb\xbf" + HOURLY.encode())
    return path


def test_a_payload_goes_to_a_short_day(
    caiso: Callable[..., int], bids: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso("shift", bids, "--to", "2026-03-08") == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "has no HE 3" in err
    assert "--lacking drop (take these records out) or --lacking leave" in err
    saved = tmp_path / "other.xml"
    assert caiso("shift", bids, "--to", "2026-03-08", "--lacking", "drop", "--save", saved) == 0
    assert saved.read_bytes() == b"\xef\xbb\xbf" + SHIFTED.encode()
    assert caiso("shift", bids, "--to", "2026-03-08", "--lacking", "drop", "--save", saved) == 3
    assert "there already" in capfd.readouterr().err
    assert caiso("shift", bids, "--to", "2026-03-08", "--lacking", "leave") == 0
    assert "<start>2026-03-07T10:00:00.000Z</start>" in capfd.readouterr().out


def test_the_preview_says_what_would_change(
    caiso: Callable[..., int], bids: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso("shift", bids, "--to", "2026-03-09", "--preview") == 0
    out = capfd.readouterr().out
    assert "2026-03-07T09:00:00.000Z -> 2026-03-09T08:00:00.000Z  (2026-03-07 HE 2 -> 2026-03-09 HE 2)" in out
    assert "stays    TimeDate" in out
    asked = ("--to", "2026-03-09", "--preview", "--format", "json", "--move", "TimeDate", "--keep", "end")
    assert caiso("shift", bids, *asked) == 0
    facts = json.loads(capfd.readouterr().out)
    assert {change["field"].rpartition("/")[2] for change in facts["changes"]} == {"TimeDate", "start"}
    assert facts["from"] == "2026-03-07"


def test_days_may_be_the_environments(caiso: Callable[..., int], bids: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = ("--to", "trade_date+1", "--environment", "simulator", "--lacking", "drop", "--added", "fill")
    assert caiso("shift", bids, *asked) == 0
    assert "2026-03-07T" not in capfd.readouterr().out
    assert caiso("shift", bids, "--to", "tomorrow") == 2
    assert caiso("shift", bids, "--to", "2026-03-09", "--keep", "none") == 2
    assert "There are: TimeDate, start, end" in capfd.readouterr().err
