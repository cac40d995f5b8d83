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
from caiso_desktop.model.dispatch_watch import ALL, EVERY, FETCH, LIST, Change, Poll
from caiso_desktop.model.error import CaisoError, Fate, UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.source import bytes_of
from caiso_desktop.model.transport_error import CutOff
from caiso_desktop.model.watch import Finish, Watched
from caiso_desktop.simulator.ads.dispatch import Batch, Dispatch, Reply
from caiso_desktop.simulator.ads.document import batch_document, batch_list
from caiso_desktop.simulator.market import read_market
from caiso_desktop.watch.batches import STATUSES, TYPES
from caiso_desktop.watch.dispatch import DispatchWatch

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
        self.fetch_fails = False

    def operation(self, call: Call) -> Operation:
        return replace(
            super().operation(call), request_root=ROOT.replace(LIST, call.target.procedure), kind=Kind.RETRIEVE
        )

    @property
    def asked(self) -> list[str]:
        """The UIDs after which batches were asked for."""
        return [uid_of(call) for call in self.calls if call.target.procedure == LIST]

    @property
    def looked_at(self) -> list[str]:
        """The UIDs of the batches that were fetched."""
        return [uid_of(call) for call in self.calls if call.target.procedure == FETCH]

    def _answer(self, answer: Answer) -> Answer:
        if self.troubles:
            trouble = self.troubles.pop(0)
            assert not isinstance(trouble, CaisoError)
            return trouble(answer)
        report = self.folder / f"list-{len(self.calls)}.xml"
        if self.calls[-1].target.procedure == FETCH and self.fetch_fails:
            return replace(answer, outcome=Outcome.ERROR, report=None)
        if self.calls[-1].target.procedure == FETCH:
            batch = self.dispatch.batch(self.looked_at[-1])
            assert batch is not None
            report.write_text(batch_document(batch, self.dispatch, instructions=True))
            return replace(answer, report=report)
        batches = self.dispatch.since(self.asked[-1])
        if batches is None:
            return not_held(answer)
        report.write_text(batch_list(batches, self.dispatch))
        return replace(answer, report=report)

    def hourly(self) -> Batch:
        """The hourly batch that can be answered now."""
        return next(each for each in reversed(self.dispatch.held()) if each.hourly)


def uid_of(call: Call) -> str:
    return bytes_of(call.payload).partition(b"<batchUID>")[2].partition(b"<")[0].decode()


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
        self.after: dict[int, Callable[[], object]] = {}
        schema = resources / "contracts" / "ads-v7" / "documents.xsd"
        words = code_words(schema, (TYPES, STATUSES))
        self.over: list[int] = []
        self.watcher = DispatchWatch(
            ads, self._rest, lambda: words, self.forgotten.append, over=lambda: self.over.append(len(self.polls))
        )

    @property
    def lists(self) -> list[Poll]:
        """The polls that asked for batches."""
        return [each for each in self.polls if each.exchange.call.target.procedure == LIST]

    def run(self, *steps: timedelta, since: str = "") -> Watched:
        """Watch, with so much time between the questions; stopped behind the last."""
        self.steps = list(steps)
        return self.watcher.watch(TARGET, "map-stage", None, since, self.token, self.polls.append)

    def _rest(self, seconds: float, token: CancelToken) -> None:
        self.rests.append(seconds)
        self.after.get(len(self.rests), lambda: None)()
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
    first, quiet, one, other = watch.lists
    assert first.first
    assert len(first.batches) > 200
    assert not any(poll.first for poll in (quiet, one, other))
    assert (len(quiet.batches), len(one.batches), len(other.batches)) == (0, 1, 1)
    assert first.last == first.batches[-1].uid
    assert quiet.exchange.id in watch.forgotten
    assert first.exchange.id not in watch.forgotten


def test_it_asks_from_before_what_can_still_change(watch: Watch) -> None:
    watch.run(timedelta(seconds=10), timedelta(minutes=2), timedelta(minutes=5))
    first = watch.lists[0]
    _, since, *others = watch.ads.asked
    assert set(others) == {since}
    places = {batch.uid: number for number, batch in enumerate(first.batches)}
    still_open = [places[batch.uid] for batch in first.batches if batch.status == "Active"]
    assert still_open
    assert places[since] < min(still_open)
    assert len(first.batches) - places[since] < 20  # a list of a day again and again would be no decent question


def test_what_became_of_a_batch_is_told_once(watch: Watch) -> None:
    watch.run(timedelta(minutes=2), timedelta(minutes=3), timedelta(seconds=10))
    _, came, then, quiet = watch.lists
    [active] = came.batches
    assert (active.type, active.status) == ("5 minute dispatchable", "Active")
    [change] = then.changes
    assert change == Change(replace(active, status="Closed"), active)
    assert (change.words, change.news) == ("was Active", True)
    assert quiet.changes == ()
    assert active.uid not in [batch.uid for batch in then.batches]


def test_a_long_watch_asks_for_short_lists_and_misses_no_end(watch: Watch) -> None:
    watch.run(*[timedelta(minutes=2)] * 90)
    ends = [change.batch.uid for poll in watch.polls for change in poll.changes if change.batch.status != "Active"]
    came = [batch.uid for poll in watch.lists for batch in poll.batches]
    assert len(set(came)) == len(came)
    over = {each.uid for each in watch.ads.dispatch.held() if each.start <= watch.ads.now}
    active = {batch.uid for poll in watch.lists for batch in poll.batches if batch.status == "Active"}
    assert {uid for uid in active if uid in over} <= set(ends)
    sizes = [len(watch.ads.dispatch.since(uid) or ()) for uid in watch.ads.asked[-20:]]
    assert max(sizes) < 60
    assert len(set(watch.ads.asked)) < 20  # mostly the same question


def test_what_is_answered_to_an_hourly_batch_is_read_once_a_minute(watch: Watch) -> None:
    batch = watch.ads.hourly()
    [one] = batch.instructions

    def answer(word: str) -> object:
        return watch.ads.dispatch.answer(batch.uid, one.uid, lambda asked: Reply(asked.target, word, "x"))

    watch.after = {2: lambda: answer("ACCEPTED"), 9: lambda: answer("DECLINED")}
    watch.run(*[timedelta(seconds=10)] * 14)
    assert watch.ads.looked_at == [batch.uid] * 3  # at 1, 7 and 13
    read, accepted, declined = (poll.changes[0] for poll in watch.polls if poll.changes and not poll.first)
    assert read.batch.answers == "1 without an answer"
    assert (read.news, read.words) == (False, "")
    assert (accepted.batch.answers, accepted.words) == ("1 ACCEPTED", "was 1 without an answer")
    assert (declined.batch.answers, declined.words) == ("1 DECLINED", "was 1 ACCEPTED")
    assert accepted.news
    assert declined.news


def test_when_an_answered_batch_is_over_its_answers_are_read_once_more(watch: Watch) -> None:
    batch = watch.ads.hourly()
    watch.run(*[timedelta(minutes=70), timedelta(seconds=10), *[timedelta(seconds=10)] * 20])
    assert watch.ads.looked_at.count(batch.uid) == 2
    [end] = [change for poll in watch.polls for change in poll.changes if change.batch.uid == batch.uid and change.news]
    assert end.batch.status == "Time out (hourly only)"
    assert end.words == "was Active"


def test_a_last_look_that_meets_a_passing_trouble_is_made_again(watch: Watch) -> None:
    batch = watch.ads.hourly()

    def cut_the_second_look(made: Exchange) -> None:
        over = made.call.target.procedure == LIST and len(watch.ads.asked) == 2
        watch.ads.failure = CutOff("cut", fate=Fate.UNKNOWN) if over else None

    watch.ads.recorded = cut_the_second_look
    watch.run(timedelta(minutes=70), *[timedelta(seconds=10)] * 20)
    assert watch.ads.looked_at.count(batch.uid) == 3


def test_a_batch_that_cannot_be_fetched_ends_nothing(watch: Watch) -> None:
    watch.ads.fetch_fails = True
    ended = watch.run(*[timedelta(seconds=10)] * 7)
    assert ended.finish is Finish.STOPPED
    assert len(watch.ads.looked_at) == 2
    assert len(watch.lists) == 8


def test_the_codes_are_told_in_words_and_times_have_a_zone(watch: Watch) -> None:
    watch.run()
    [poll] = watch.lists
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
    [poll] = watch.lists
    assert watch.ads.asked == [before]
    assert not poll.first
    assert len(poll.batches) == 2


def test_where_the_last_batch_is_no_longer_held_all_that_is_comes(watch: Watch) -> None:
    watch.run(since="DISP-OLD")
    assert watch.ads.asked == ["DISP-OLD", ALL]
    told, all_held = watch.lists
    assert "no longer held" in told.trouble
    assert all_held.first
    assert watch.rests == [EVERY]


def test_what_came_meanwhile_is_new_where_the_last_batch_is_no_longer_held(watch: Watch) -> None:
    def forget_what_was_asked() -> None:
        watch.ads.troubles = [not_held]

    watch.after = {1: forget_what_was_asked}
    watch.ads.fetch_fails = True
    watch.run(timedelta(minutes=10), timedelta(seconds=10))
    assert [poll.first for poll in watch.lists] == [True, False, False, False]
    assert 0 < len(watch.lists[2].batches) < 5


def test_a_trouble_that_passes_is_told_and_the_next_question_goes_on(watch: Watch) -> None:
    watch.ads.failure = CutOff("cut", fate=Fate.UNKNOWN)
    watch.ads.recorded = lambda exchange: setattr(watch.ads, "failure", None)
    watch.run(timedelta(seconds=10))
    assert [bool(poll.trouble) for poll in watch.lists] == [True, False]
    assert watch.ads.asked == [ALL, ALL]
    assert watch.lists[1].first, "a day of batches is no news because the first question was cut off"


def test_ads_that_says_when_to_come_back_is_believed(watch: Watch) -> None:
    away = [True]
    watch.ads.dress_response = lambda response: (
        replace(response, status=503, headers=(("Retry-After", "120"),)) if away and away.pop() else response
    )
    watch.run(timedelta(minutes=2), timedelta(seconds=10))
    assert watch.rests[:2] == [120, EVERY]
    assert [poll.following for poll in watch.lists[:2]] == [120, EVERY]


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


def test_its_end_is_told_however_it_comes(watch: Watch) -> None:
    watch.run(timedelta(seconds=10))
    assert watch.over == [len(watch.polls)]

    def break_down(answer: Answer) -> Answer:
        raise ZeroDivisionError

    watch.ads.troubles.append(break_down)
    watch.token = CancelToken()
    with pytest.raises(ZeroDivisionError):
        watch.run()
    assert len(watch.over) == 2


def test_it_asks_and_never_answers(watch: Watch) -> None:
    watch.run(timedelta(minutes=5), timedelta(minutes=5))
    assert {call.target.procedure for call in watch.ads.calls} == {LIST, FETCH}
    assert all(f"<ads:{call.target.procedure} " in bytes_of(call.payload).decode() for call in watch.ads.calls)
    assert {replace(call.target, procedure=LIST) for call in watch.ads.calls} == {TARGET}
