"""`caiso watch ads` over the real house and the simulator's ADS; between two questions a test moves its clock."""

import json
import os
import signal
import threading
from collections.abc import Callable

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dispatch_watch import FETCH, LIST
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.simulation import Disturbance, FaultChoice
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator
from tests.cli.conftest import KeptHouse

Caiso = Callable[..., int]
WATCH = ("watch", "ads", "--environment", "simulator")


class Resting:
    """Each rest lets two minutes go by, less than a batch is open; the last one is ended by Ctrl-C."""

    def __init__(self, house: KeptHouse) -> None:
        self._house = house
        self.rests = 0
        self.last = 6

    def __call__(self, seconds: float, token: CancelToken) -> None:
        self.rests += 1
        if self.rests >= self.last:
            os.kill(os.getpid(), signal.SIGINT)
            stopped = threading.Event()
            token.on_cancel(stopped.set)
            assert stopped.wait(10)
        self._house.simulator.control.disturb(Disturbance((FaultChoice("clock", 2 * self.rests),)))


@pytest.fixture
def resting(house: KeptHouse, monkeypatch: pytest.MonkeyPatch) -> Resting:
    made = Resting(house)
    monkeypatch.setattr(house.lookout, "rest", made)
    return made


def events(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_it_prints_what_comes_and_what_becomes_of_it_until_ctrl_c(
    caiso: Caiso, simulator: Simulator, resting: Resting, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso(*WATCH) == 0
    printed = capfd.readouterr()
    lines = [line.split("\t") for line in printed.out.splitlines()]
    assert {line[1] for line in lines} == {"came", "changed"}
    assert all(line[-1].startswith("DISP-") for line in lines)
    assert any("Closed (was Active)" in line[3] for line in lines)
    assert "one session active for a user, certificate and environment" in printed.err
    assert "never accepts or declines" in printed.err
    assert "batches are held; those that come from now on are listed" in printed.err
    assert printed.err.rstrip().endswith("Stopped.")
    asked = b"".join(request.body for request in simulator.requests)
    assert LIST.encode() in asked
    assert b"validateDispatchBatch" not in asked
    assert b"Instruction>" not in asked


def test_json_is_a_line_for_each_event(
    caiso: Caiso, simulator: Simulator, resting: Resting, capfd: pytest.CaptureFixture[str]
) -> None:
    assert caiso(*WATCH, "--format", "json", "--since", "-1") == 0
    *found, end = events(capfd.readouterr().out)
    assert len(found) > 200  # all of a day was asked for
    assert {each["event"] for each in found} == {"came", "changed"}
    assert {"uid", "type", "status", "starts", "expires", "sent", "seen"} <= set(found[0])
    closed = [each for each in found if each["before"] == "was Active"]
    assert closed
    # An hourly one may run out just then.
    assert {"Closed"} <= {each["status"] for each in closed} <= {"Closed", "Time out (hourly only)"}
    assert end == {"finish": "stopped", "questions": 6, "words": "Stopped."}


def test_all_that_is_held_is_printed_where_the_batch_to_begin_with_is_no_longer(
    caiso: Caiso, simulator: Simulator, resting: Resting, capfd: pytest.CaptureFixture[str]
) -> None:
    resting.last = 2
    assert caiso(*WATCH, "--format", "json", "--since", "DISP-OLD") == 0
    printed = capfd.readouterr()
    assert len(events(printed.out)) > 200
    assert "all that is held comes" in printed.err
    assert "from now on" not in printed.err


def test_it_ends_with_the_first_batch_where_one_is_waited_for(
    caiso: Caiso, simulator: Simulator, resting: Resting, capfd: pytest.CaptureFixture[str]
) -> None:
    resting.last = 20
    assert caiso(*WATCH, "--until", "data", "--format", "json") == 0
    *found, end = events(capfd.readouterr().out)
    # One that was there already may end before.
    assert "came" in {each["event"] for each in found}, found
    assert end["finish"] == "met"
    assert resting.rests < 5


def test_when_the_time_is_up_it_says_so_with_a_status_of_its_own(
    caiso: Caiso,
    house: KeptHouse,
    simulator: Simulator,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rest(seconds: float, token: CancelToken) -> None:
        stopped = threading.Event()
        token.on_cancel(stopped.set)
        assert stopped.wait(30)

    monkeypatch.setattr(house.lookout, "rest", rest)
    assert caiso(*WATCH, "--until", "data", "--for", "0.01") == 5
    assert "The time is up." in capfd.readouterr().err
    assert caiso(*WATCH, "--for", "0.01") == 0


def test_what_does_not_pass_ends_it(
    caiso: Caiso, simulator: Simulator, resting: Resting, capfd: pytest.CaptureFixture[str]
) -> None:
    simulator.arrange(fault.Status(403))
    assert caiso(*WATCH, "--format", "json") == 1
    assert events(capfd.readouterr().out)[-1]["finish"] == "trouble"


@pytest.mark.parametrize(
    "wrong",
    [
        ("--every", "10"),
        ("--payload", "x.xml"),
        ("--operation", "acceptInstruction"),
        ("--until", "checked"),
        ("--version", "v99"),
        ("--for", "0"),
        ("--save", "x.xml"),
    ],
)
def test_what_makes_no_sense_for_it_is_refused(
    caiso: Caiso, simulator: Simulator, resting: Resting, wrong: tuple[str, str]
) -> None:
    assert caiso(*WATCH, *wrong) == 2
    assert simulator.requests == ()


def test_an_environment_without_ads_says_so(caiso: Caiso, capfd: pytest.CaptureFixture[str]) -> None:
    assert caiso("watch", "ads", "--environment", "sandbox") == 2
    assert "has no ADS" in capfd.readouterr().err


def counted(house: KeptHouse) -> int:
    """How many questions for the list of batches are on record; alike ones are counted in one."""
    asked = house.journal.all(Filter(application="ads"))
    return sum(1 + (each.repeats.times if each.repeats else 0) for each in asked if each.record.operation == LIST)


def test_every_question_is_in_the_journal(
    caiso: Caiso, house: KeptHouse, simulator: Simulator, resting: Resting
) -> None:
    # What other tests asked ADS stands in the same journal.
    known, before = {each.id for each in house.journal.all(Filter())}, counted(house)
    assert caiso(*WATCH) == 0
    asked = [request.body for request in simulator.requests]
    assert 0 < sum(LIST.encode() in body for body in asked) <= counted(house) - before
    new = [each for each in house.journal.all(Filter(application="ads")) if each.id not in known]
    assert {each.record.operation for each in new} <= {LIST, FETCH}
