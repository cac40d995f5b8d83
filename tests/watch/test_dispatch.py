"""Over the courier's fake, which answers with lists as the simulator's dispatch system writes them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.code_words import code_words
from caiso_desktop.model.answer import Answer, Fault, Outcome
from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dispatch_watch import ALL, EVERY, LIST, Poll
from caiso_desktop.model.error import CaisoError, CutOff, Fate, UsageError
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.source import bytes_of
from caiso_desktop.model.watch import Finish, Watched
from caiso_desktop.simulator.ads.dispatch import Dispatch
from caiso_desktop.simulator.ads.document import batch_list
from caiso_desktop.simulator.market import read_market
from caiso_desktop.watch.dispatch import STATUSES, TYPES, DispatchWatch

NOON = datetime(2026, 11, 22, 20, 1, tzinfo=UTC)
TARGET = Target("ads", "APIWebService", "v7", Variant.RPC, procedure=LIST)
ROOT = f"{{http://ads.caiso.com/api/webservices/dispatch/v7}}{LIST}"


class Ads(FakeCourier):
    """Answers from a dispatch system whose clock is the test's; ``troubles`` come first."""

    def __init__(self, folder: Path, resources: Path) -> None:
        super().__init__(folder, load(resources / "catalogue"))
        self.now = NOON
        self.dispatch = Dispatch(read_market(resources), lambda: self.now)
        self.folder = folder
        self.troubles: list[CaisoError | Callable[[Answer], Answer]] = []
        self.dress_answer = self._answer

    def operation(self, call: Call) -> Operation:
        return replace(super().operation(call), request_root=ROOT, kind=Kind.RETRIEVE)

    @property
    def asked(self) -> list[str]:
        """The UIDs that were asked for."""
        return [bytes_of(call.payload).partition(b"<batchUID>")[2].partition(b"<")[0].decode() for call in self.calls]

    def _answer(self, answer: Answer) -> Answer:
        if self.troubles:
            trouble = self.troubles.pop(0)
            assert not isinstance(trouble, CaisoError)
            return trouble(answer)
        batches = self.dispatch.since(self.asked[-1])
        if batches is None:
            return not_held(answer)
        report = self.folder / f"list-{len(self.calls)}.xml"
        report.write_text(batch_list(batches, self.dispatch))
        return replace(answer, report=report)


def not_held(answer: Answer) -> Answer:
    fault = Fault("Server", "The batch UID does not exist.")
    return replace(answer, outcome=Outcome.ERROR, report=None, fault=fault)


class Watch:
    def __init__(self, ads: Ads, resources: Path) -> None:
        self.ads = ads
        self.polls: list[Poll] = []
        self.forgotten: list[str] = []
        self.rests: list[float] = []
        self.steps: list[timedelta] = []
        self.token = CancelToken()
        schema = resources / "contracts" / "ads-v7" / "documents.xsd"
        words = code_words(schema, (TYPES, STATUSES))
        self.watcher = DispatchWatch(ads, self._rest, lambda: words, self.forgotten.append)

    def run(self, *steps: timedelta, since: str = "") -> Watched:
        """Watch, with so much time between the questions; stopped behind the last."""
        self.steps = list(steps)
        return self.watcher.watch(TARGET, "map-stage", None, since, self.token, self.polls.append)

    def _rest(self, seconds: float, token: CancelToken) -> None:
        self.rests.append(seconds)
        if self.steps:
            self.ads.now += self.steps.pop(0)
        else:
            token.cancel()


@pytest.fixture
def watch(tmp_path: Path, resources: Path) -> Watch:
    return Watch(Ads(tmp_path, resources), resources)


def test_all_that_is_held_comes_first_then_what_is_new(watch: Watch) -> None:
    ended = watch.run(timedelta(seconds=10), timedelta(minutes=2), timedelta(minutes=5))
    assert ended.finish is Finish.STOPPED
    assert watch.rests == [EVERY] * 4
    first, quiet, one, other = watch.polls
    assert first.first
    assert len(first.batches) > 200
    assert not any(poll.first for poll in (quiet, one, other))
    assert (len(quiet.batches), len(one.batches), len(other.batches)) == (0, 1, 1)
    assert watch.ads.asked == [ALL, first.last, first.last, one.last]
    assert first.last == first.batches[-1].uid
    assert watch.forgotten == [quiet.exchange.id]


def test_the_codes_are_told_in_words_and_times_have_a_zone(watch: Watch) -> None:
    watch.run()
    [poll] = watch.polls
    assert {batch.type for batch in poll.batches} == {"5 minute dispatchable", "Hourly pre-dispatch"}
    assert {"Active", "Closed", "Time out (hourly only)"} == {batch.status for batch in poll.batches}
    newest = poll.batches[-1]
    assert newest.sent is not None
    assert NOON - timedelta(minutes=5) < newest.sent <= NOON
    assert newest.start is not None
    assert newest.start > newest.sent


def test_it_goes_on_from_the_batch_that_was_seen_last(watch: Watch) -> None:
    before = watch.ads.dispatch.held()[-3].uid
    watch.run(since=before)
    [poll] = watch.polls
    assert watch.ads.asked == [before]
    assert not poll.first
    assert len(poll.batches) == 2


def test_where_the_last_batch_is_no_longer_held_all_that_is_comes(watch: Watch) -> None:
    watch.run(since="DISP-OLD")
    assert watch.ads.asked == ["DISP-OLD", ALL]
    told, all_held = watch.polls
    assert "no longer held" in told.trouble
    assert all_held.first
    assert watch.rests == [EVERY]


def test_a_trouble_that_passes_is_told_and_the_next_question_goes_on(watch: Watch) -> None:
    watch.ads.failure = CutOff("cut", fate=Fate.UNKNOWN)
    watch.ads.recorded = lambda exchange: setattr(watch.ads, "failure", None)
    watch.run(timedelta(seconds=10))
    assert [bool(poll.trouble) for poll in watch.polls] == [True, False]
    assert watch.ads.asked == [ALL, ALL]


def test_an_error_that_does_not_pass_ends_it(watch: Watch) -> None:
    watch.ads.troubles = [lambda answer: replace(answer, outcome=Outcome.ERROR, report=None)]
    ended = watch.run()
    assert (ended.finish, ended.looks) == (Finish.TROUBLE, 1)
    assert watch.polls == []


def test_what_changes_something_is_refused(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = watch.ads.operation
    monkeypatch.setattr(watch.ads, "operation", lambda call: replace(operation(call), kind=Kind.STATE_CHANGING))
    with pytest.raises(UsageError, match="only looked at"):
        watch.run()
    assert watch.ads.calls == []


def test_it_asks_and_never_answers(watch: Watch) -> None:
    watch.run(timedelta(minutes=5), timedelta(minutes=5))
    assert all(f"<ads:{LIST} " in bytes_of(call.payload).decode() for call in watch.ads.calls)
    assert {call.target for call in watch.ads.calls} == {TARGET}
