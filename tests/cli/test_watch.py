"""`caiso watch`: what it prints where, and the exit status of each ending; time goes by at once."""

import io
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator
from tests.cli.conftest import KeptHouse

Caiso = Callable[..., int]
WATCH = ("watch", "sibr/RetrieveCleanBidSet", "--environment", "simulator")


def test_it_prints_the_report_once_there_are_data(
    caiso: Caiso, simulator: Simulator, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    simulator.arrange(fault.NoData(), times=2)
    assert caiso(*WATCH, "--every", "30", "--for", "10") == 0
    printed = capfdbinary.readouterr()
    assert etree.fromstring(printed.out).tag == "{http://www.caiso.com/soa/CleanBidSet_v4.xsd#}CleanBidSet"
    told = printed.err.decode()
    assert "look 1: no data; again in 30 s" in told
    assert "look 3: success" in told
    assert len(simulator.requests) == 3


def test_an_error_that_does_not_pass_ends_it(
    caiso: Caiso, simulator: Simulator, capfd: pytest.CaptureFixture[str]
) -> None:
    simulator.arrange(fault.NotEntitled())
    assert caiso(*WATCH, "--format", "json") == 1
    look, end = map(json.loads, capfd.readouterr().out.splitlines())
    assert (look["look"], look["outcome"], look["again_in"]) == (1, "error", None)
    assert end["finish"] == "trouble"


def test_json_is_a_line_for_each_look_and_one_for_the_end(
    caiso: Caiso, simulator: Simulator, capfd: pytest.CaptureFixture[str]
) -> None:
    simulator.arrange(fault.NoData(), times=2)
    assert caiso(*WATCH, "--every", "30", "--format", "json") == 0
    *looks, end = map(json.loads, capfd.readouterr().out.splitlines())
    assert [(each["look"], each["outcome"], each["again_in"]) for each in looks] == [
        (1, "no data", 30.0),
        (2, "no data", 30.0),
        (3, "success", None),
    ]
    assert (end["finish"], end["looks"]) == ("met", 3)
    assert etree.parse(end["report"]).getroot().tag == "{http://www.caiso.com/soa/CleanBidSet_v4.xsd#}CleanBidSet"


def test_what_does_not_come_in_time_has_a_status_of_its_own(
    caiso: Caiso, simulator: Simulator, capfd: pytest.CaptureFixture[str]
) -> None:
    simulator.arrange(fault.NoData())
    assert caiso(*WATCH, "--every", "3600", "--for", "30") == 5
    printed = capfd.readouterr()
    assert printed.out == ""
    assert "The time is up after one look" in printed.err


def test_ctrl_c_ends_it_cleanly(
    caiso: Caiso,
    house: KeptHouse,
    simulator: Simulator,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    simulator.arrange(fault.NoData())
    monkeypatch.setattr(house.lookout, "rest", interrupted)
    assert caiso(*WATCH) == 5
    printed = capfd.readouterr()
    assert "Stopped after one look." in printed.err
    assert len(simulator.requests) == 1


def interrupted(seconds: float, token: CancelToken) -> None:
    """Ctrl-C, while it rests."""
    os.kill(os.getpid(), signal.SIGINT)
    stopped = threading.Event()
    token.on_cancel(stopped.set)
    assert stopped.wait(10)


def test_a_payload_of_standard_input_is_read_once_and_the_report_saved(
    caiso: Caiso, simulator: Simulator, payload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(payload.read_bytes())))
    simulator.arrange(fault.NoData())
    place = tmp_path / "report.xml"
    assert caiso(*WATCH, "--payload", "-", "--save", place) == 0
    assert all(b"2026-11-22T09:00:00Z" in request.body for request in simulator.requests)
    assert len(simulator.requests) == 2
    etree.parse(place)
    assert caiso(*WATCH, "--save", place) == 2


@pytest.mark.parametrize(
    "wrong",
    [("--every", "1"), ("--for", "0"), ("--for", "100000"), ("--since", "-1")],
)
def test_indecent_bounds_are_refused(caiso: Caiso, simulator: Simulator, wrong: tuple[str, str]) -> None:
    assert caiso(*WATCH, *wrong) == 2
    assert simulator.requests == ()


def test_a_submit_is_never_watched(
    caiso: Caiso, simulator: Simulator, payload: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = ("watch", "sibr/SubmitRawBidSet", "--environment", "simulator", "--payload", payload)
    assert caiso(*asked) == 2
    assert "only a retrieve" in capfd.readouterr().err
    assert simulator.requests == ()
