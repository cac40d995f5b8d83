"""Over the courier's fake; the clock is the test's, and waiting takes no time."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.envelope.fingerprint import fingerprint
from caiso_desktop.model.answer import Answer, BatchCheck, Note, Outcome, Severity
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Fate, UsageError
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.model.transport_error import CutOff, TlsFailed
from caiso_desktop.model.watch import AT_ONCE, BATCH_PLAN, Finish, Look, Plan, Until, Watched
from caiso_desktop.watch.retrieve import RetrieveWatch

RETRIEVE = Call("map-stage", Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP), b"<a/>")
SUBMIT = Call("map-stage", Target("sibr", "SubmitRawBidSet", "v4", Variant.AP), b"<a/>")
Dress = Callable[[Answer], Answer]


class Watch:
    """A watch over a courier that answers as listed, the last answer again and again."""

    def __init__(self, folder: Path, resources: Path) -> None:
        self.courier = FakeCourier(folder, load(resources / "catalogue"))
        self.courier.dress_answer = self._dress
        self.courier.recorded = lambda exchange: self._next()
        self.answers: list[Dress | CaisoError] = []
        self.now = 0.0
        self.rests: list[float] = []
        self.looks: list[Look] = []
        self.token = CancelToken()
        self.stop_at = 0
        self.watcher = RetrieveWatch(self.courier, self._rest, lambda: self.now)

    def run(self, plan: Plan, call: Call = RETRIEVE) -> Watched:
        self._set()
        return self.watcher.watch(lambda: call, plan, self.token, self.looks.append, ignore_progress)

    def _rest(self, seconds: float, token: CancelToken) -> None:
        self.rests.append(seconds)
        self.now += seconds
        if len(self.rests) == self.stop_at:
            token.cancel()

    def _next(self) -> None:
        if len(self.answers) > 1:
            self.answers.pop(0)
        self._set()

    def _set(self) -> None:
        first = self.answers[0] if self.answers else None
        self.courier.failure = first if isinstance(first, CaisoError) else None

    def _dress(self, answer: Answer) -> Answer:
        first = self.answers[0] if self.answers else None
        return answer if first is None or isinstance(first, CaisoError) else first(answer)


@pytest.fixture
def watch(tmp_path: Path, resources: Path) -> Watch:
    return Watch(tmp_path, resources)


def nothing(answer: Answer) -> Answer:
    return replace(answer, outcome=Outcome.NO_DATA, report=None)


def data(answer: Answer) -> Answer:
    return answer


def refused(answer: Answer) -> Answer:
    return replace(answer, outcome=Outcome.ERROR, report=None)


def too_busy(answer: Answer) -> Answer:
    return replace(answer, outcome=Outcome.ERROR, notes=(Note(Severity.ERROR, "busy", matter="acceptable-use"),))


def batch(state: str) -> Dress:
    outcome = Outcome.ERROR if state == "ERROR" else Outcome.SUCCESS
    return lambda answer: replace(answer, batch=BatchCheck(state), outcome=outcome)


def saying(folder: Path, *texts: str) -> list[Dress | CaisoError]:
    dresses: list[Dress | CaisoError] = []
    for number, text in enumerate(texts):
        path = folder / f"said-{number}.xml"
        path.write_text(text)
        dresses.append(lambda answer, path=path: replace(answer, report=path))  # type: ignore[misc]  # a default
    return dresses


def test_it_ends_when_data_appear(watch: Watch) -> None:
    watch.answers = [nothing, nothing, data]
    ended = watch.run(Plan(Until.DATA, 30, 600))
    assert (ended.finish, ended.looks) == (Finish.MET, 3)
    assert watch.rests == [30, 30]
    assert [look.following for look in watch.looks] == [30, 30, None]
    assert [look.left for look in watch.looks] == [600, 570, 540]
    assert len(watch.courier.calls) == 3


def test_it_ends_when_its_time_is_up(watch: Watch) -> None:
    watch.answers = [nothing]
    ended = watch.run(Plan(Until.DATA, 60, 200))
    assert (ended.finish, ended.looks) == (Finish.TIME_UP, 4)
    assert watch.now == 180
    assert watch.looks[-1].following is None


def test_a_change_is_one_of_the_data_not_of_the_header(watch: Watch, tmp_path: Path) -> None:
    one = "<R><MessageHeader><TimeDate>1</TimeDate></MessageHeader><MessagePayload><a b='1'>x</a></MessagePayload></R>"
    two = one.replace("<TimeDate>1<", "<TimeDate>2<").replace("<MessagePayload>", "\n  <MessagePayload>")
    other = one.replace("'1'", "'2'")
    watch.answers = saying(tmp_path, one, two, other)
    ended = watch.run(Plan(Until.CHANGE, 15, 600))
    assert (ended.finish, ended.looks) == (Finish.MET, 3)
    assert watch.looks[0].baseline == watch.looks[1].baseline != ""


def test_a_change_is_told_against_what_was_there_before_a_restart(watch: Watch, tmp_path: Path) -> None:
    watch.answers = saying(tmp_path, "<R>new</R>")
    ended = watch.run(Plan(Until.CHANGE, 15, 600, baseline="what it was"))
    assert (ended.finish, ended.looks) == (Finish.MET, 1)


def test_data_that_go_are_a_change(watch: Watch) -> None:
    watch.answers = [data, nothing]
    assert watch.run(Plan(Until.CHANGE, 15, 600)).looks == 2


@pytest.mark.parametrize(("state", "words"), [("SUCCESS", "taken"), ("ERROR", "refused")])
def test_a_batch_is_followed_until_it_is_checked_ever_more_slowly(watch: Watch, state: str, words: str) -> None:
    watch.answers = [nothing, batch("PENDING"), batch("PENDING"), batch(state)]
    ended = watch.run(BATCH_PLAN)
    assert (ended.finish, ended.looks) == (Finish.MET, 4)
    assert words in ended.words
    assert watch.rests == [20, 25, 31.25]


def test_a_trouble_that_passes_does_not_end_it(watch: Watch) -> None:
    watch.answers = [CutOff("cut", fate=Fate.UNKNOWN), data]
    assert watch.run(Plan(Until.DATA, 15, 600)).finish is Finish.MET


@pytest.mark.parametrize(("asked", "rests"), [("900", [900]), ("3", [15]), ("86400", [])])
def test_a_service_that_says_when_to_come_back_is_believed(watch: Watch, asked: str, rests: list[float]) -> None:
    away = [True]
    watch.courier.dress_response = lambda response: (
        replace(response, status=503, headers=(("Retry-After", asked),)) if away and away.pop() else response
    )
    watch.answers = [refused, data]
    ended = watch.run(Plan(Until.DATA, 15, 1800))
    assert watch.rests == rests
    assert ended.finish is (Finish.MET if rests else Finish.TIME_UP)
    assert watch.looks[0].following == (rests[0] if rests else None)


@pytest.mark.parametrize("answer", [refused, too_busy, TlsFailed("no trust", fate=Fate.NOT_SENT)])
def test_a_trouble_that_does_not_pass_ends_it(watch: Watch, answer: Dress | CaisoError) -> None:
    watch.answers = [answer]
    ended = watch.run(Plan(Until.DATA, 15, 600))
    assert (ended.finish, ended.looks) == (Finish.TROUBLE, 1)


def test_it_can_be_stopped_in_a_wait(watch: Watch) -> None:
    watch.answers, watch.stop_at = [nothing], 2
    ended = watch.run(Plan(Until.DATA, 15, 600))
    assert (ended.finish, ended.looks) == (Finish.STOPPED, 2)


def test_only_retrieves_are_watched(watch: Watch) -> None:
    with pytest.raises(UsageError, match="retrieve"):
        watch.run(Plan(Until.DATA, 15, 600), SUBMIT)
    assert watch.courier.calls == []


def test_only_so_many_are_watched_at_a_time(watch: Watch) -> None:
    watch.courier.hold.clear()
    threads = [threading.Thread(target=watch.run, args=(Plan(Until.DATA),)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    while len(watch.courier.calls) < AT_ONCE:
        threading.Event().wait(0.01)
    with pytest.raises(UsageError, match="under way"):
        watch.run(Plan(Until.DATA))
    watch.courier.hold.set()
    for thread in threads:
        thread.join(10)
    assert watch.run(Plan(Until.DATA)).finish is Finish.MET


@pytest.mark.parametrize(("every", "lasting"), [(14, 600), (4000, 600), (60, 0), (60, 50_000)])
def test_an_indecent_plan_is_refused(every: float, lasting: float) -> None:
    with pytest.raises(UsageError):
        Plan(Until.DATA, every, lasting)


def test_what_is_no_xml_is_compared_byte_by_byte(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"not xml")
    two.write_bytes(b"not  xml")
    assert fingerprint(one) != fingerprint(two)
