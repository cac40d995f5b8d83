"""A fault of the program itself: a sentence and a report, never a traceback."""

from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.cli.door import main
from caiso_desktop.model.catalogue import Catalogue


class BrokenHouse(House):
    """A house in which something nobody thought of goes wrong."""

    @property
    def catalogue(self) -> Catalogue:
        raise ZeroDivisionError("password=hunter2")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["catalogue"], 3), (["call", "sibr/RetrieveCleanBidSet", "--environment", "simulator"], 4)],
)
def test_a_fault_of_the_program(
    tmp_path: Path, arguments: list[str], status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    places = Places(data=tmp_path / "data", config=tmp_path / "config")
    assert main(arguments, lambda: BrokenHouse(places)) == status
    printed = capfd.readouterr().err
    assert "a fault in the program itself (ZeroDivisionError)" in printed
    assert "Traceback" not in printed
    (report,) = (tmp_path / "data" / "log").glob("crash-*.txt")
    assert str(report) in printed
    text = report.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in text
    assert "hunter2" not in text
