from collections.abc import Callable
from pathlib import Path

import pytest

REQUEST = "<R><P><start>2026-10-30T13:00:00.000Z</start><end></end></P><Q><start></start><end></end></Q></R>"


@pytest.fixture
def request_(tmp_path: Path) -> Path:
    path = tmp_path / "request.xml"
    path.write_text(REQUEST)
    return path


def test_trade_date_and_hours_are_written_in_gmt(
    caiso: Callable[..., int], request_: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso("hours", request_, "--trade-date", "2026-11-01", "--he", "2-25", "--in", "P") == 0
    out, err = capfd.readouterr()
    assert out == REQUEST.replace("2026-10-30T13:00", "2026-11-01T08:00").replace(
        "<end></end></P>", "<end>2026-11-01T10:00:00Z</end></P>"
    )
    assert "line 1, P: start 2026-11-01T08:00:00.000Z, end 2026-11-01T10:00:00Z" in err
    saved = tmp_path / "other.xml"
    assert caiso("hours", request_, "--trade-date", "2026-03-08", "--save", saved) == 0
    assert saved.read_text().count("<end>2026-03-09T07:00:00Z</end>") == 2


def test_what_cannot_be_set_is_told(
    caiso: Callable[..., int], request_: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for arguments, sentence in (
        (("--trade-date", "2026-03-08", "--he", "3"), "no hour ending 3"),
        (("--trade-date", "2026-03-08", "--he", "x"), "no range of hours"),
        (("--trade-date", "soon"), "'soon' is not a day"),
        (("--trade-date", "trade_date", "--in", "Z"), "Elements that have both: P, Q."),
    ):
        assert caiso("hours", request_, *arguments) == 2
        assert sentence in capfd.readouterr().err
