"""Lists of calls over a courier that answers when it is told to: order, how many at a time, cancel, pauses."""

import threading
from pathlib import Path

import pytest

from caiso_desktop.assembly.place import find_resources
from caiso_desktop.catalogue.load import load
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import Fate, GuardError
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.run_list import Result, RunList, Step
from caiso_desktop.model.service import Environment, Kind, Target, Variant
from caiso_desktop.model.transport_error import TransportError
from caiso_desktop.runner.run import ListRunner

RETRIEVE = Step(Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP), b"<a/>")
SUBMIT = Step(Target("sibr", "SubmitRawBidSet", "v4", Variant.AP), b"<b/>")


class Notes:
    """Notes what it hears; lets a test wait until so many have begun."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.changed = threading.Condition()

    def begun(self, number: int) -> None:
        self._note(f"begun {number}")

    def said(self, number: int, words: str) -> None:
        self._note(f"said {number} {words}")

    def ended(self, result: Result) -> None:
        self._note(f"ended {result.number}")

    def wait_for(self, words: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: words in self.heard, 10), self.heard

    def _note(self, words: str) -> None:
        with self.changed:
            self.heard.append(words)
            self.changed.notify_all()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    found = load(find_resources() / "catalogue")
    place = Environment("simulator", "Simulator", "", guarded=False)
    return found.with_environment(place, {each.id: f"https://localhost/{each.id}" for each in found.applications})


@pytest.fixture
def courier(tmp_path: Path, catalogue: Catalogue) -> FakeCourier:
    return FakeCourier(tmp_path, catalogue)


@pytest.fixture
def paused() -> list[float]:
    return []


@pytest.fixture
def runner(courier: FakeCourier, catalogue: Catalogue, paused: list[float]) -> ListRunner:
    def pause(seconds: float, token: CancelToken) -> None:
        paused.append(seconds)

    return ListRunner(
        courier,
        lambda: catalogue,
        lambda target, environment: f"<skeleton of='{target.service}'/>",
        lambda payload, environment: payload.replace(b"{{place}}", environment.encode()),
        pause,
    )


def test_pauses_macros_and_usual_payloads(runner: ListRunner, courier: FakeCourier, paused: list[float]) -> None:
    steps = (
        RETRIEVE,
        Step(RETRIEVE.target, b"<a>{{place}}</a>", pause=2.5),
        Step(RETRIEVE.target),
    )
    results = runner.run(RunList("x", steps), "simulator", None, CancelToken(), Notes())
    assert [call.payload for call in courier.calls] == [
        b"<a/>",
        b"<a>simulator</a>",
        b"<skeleton of='RetrieveCleanBidSet'/>",
    ]
    assert paused == [2.5]
    assert all(result.passed for result in results)


@pytest.mark.parametrize("at_once", [1, 3])
def test_so_many_at_a_time_and_no_more(runner: ListRunner, courier: FakeCourier, at_once: int) -> None:
    courier.hold.clear()
    notes = Notes()
    found: list[Result] = []
    work = threading.Thread(
        target=lambda: found.extend(
            runner.run(RunList("x", (RETRIEVE,) * 6), "simulator", None, CancelToken(), notes, at_once=at_once)
        )
    )
    work.start()
    for number in range(1, at_once + 1):
        notes.wait_for(f"said {number} waiting for the answer")
    assert len(courier.calls) == at_once
    assert f"begun {at_once + 1}" not in notes.heard
    courier.hold.set()
    work.join(10)
    assert [result.number for result in found] == [1, 2, 3, 4, 5, 6]
    assert len(courier.calls) == 6


def test_a_cancel_stops_what_is_under_way_and_begins_nothing_more(runner: ListRunner, courier: FakeCourier) -> None:
    courier.hold.clear()
    notes, token = Notes(), CancelToken()
    found: list[Result] = []
    steps = (SUBMIT, RETRIEVE, RETRIEVE)
    work = threading.Thread(
        target=lambda: found.extend(runner.run(RunList("x", steps), "simulator", None, token, notes))
    )
    work.start()
    notes.wait_for("said 1 waiting for the answer")
    token.cancel()
    work.join(10)
    # A submit that was cancelled may have been received, and that is said.
    assert [result.found for result in found] == [Standing.UNKNOWN, Standing.CANCELLED, Standing.CANCELLED]
    assert "not begun" in found[1].words
    assert len(courier.calls) == 1


def test_a_failure_is_a_result_and_the_others_go_on(runner: ListRunner, courier: FakeCourier) -> None:
    courier.failure = TransportError("nobody there.", fate=Fate.NOT_SENT)
    results = runner.run(RunList("x", (RETRIEVE, RETRIEVE)), "simulator", None, CancelToken(), Notes())
    assert [result.found for result in results] == [Standing.NOT_SENT] * 2
    assert "nobody there" in results[0].words
    assert not any(result.passed for result in results)


def test_no_list_changes_the_real_market(runner: ListRunner, courier: FakeCourier) -> None:
    mixed = RunList("x", (RETRIEVE, SUBMIT))
    assert "changes the real market" in runner.outlook(mixed, "production").refused
    with pytest.raises(GuardError, match="real market"):
        runner.run(mixed, "production", None, CancelToken(), Notes())
    assert not courier.calls
    assert not runner.outlook(mixed, "map-stage").refused
    assert runner.outlook(mixed, "map-stage").words("MAP Stage") == (
        "1 retrieve and 1 submit or other change will be sent to MAP Stage."
    )


def test_all_retrieves_are_each_once_and_change_nothing(
    runner: ListRunner, courier: FakeCourier, catalogue: Catalogue
) -> None:
    found = runner.all_retrieves("production")
    kinds = runner.outlook(found, "production")
    assert not kinds.refused
    assert set(kinds.kinds) == {Kind.RETRIEVE}
    names = [(step.target.application, step.target.service, step.target.procedure) for step in found.steps]
    assert len(names) == len(set(names)) > 60
    assert {"sibr", "cmri", "ads", "settlements"} <= {name[0] for name in names}
