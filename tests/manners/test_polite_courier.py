"""Over the real courier's fake, which answers as it is told; waits are written down and take no time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.manners.courier import PoliteCourier, wait
from caiso_desktop.manners.pace import AT_ONCE, GAP, Pace
from caiso_desktop.model.answer import Answer, Note, Outcome, Severity
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled, Fate, IdentityError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.fake import FakeCourier
from caiso_desktop.model.guard import Sheet
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport import Phase, Progress
from caiso_desktop.model.transport_error import CutOff

RETRIEVE = Call("map-stage", Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP), b"<a/>")
SUBMIT = Call("map-stage", Target("sibr", "SubmitRawBidSet", "v4", Variant.AP), b"<a/>")


class Troubled(FakeCourier):
    """Meets these troubles, one a call, and answers well afterwards."""

    def __init__(self, folder: Path, resources: Path) -> None:
        super().__init__(folder, load(resources / "catalogue"))
        self.troubles: list[CaisoError] = []

    def sheet(self, call: Call) -> Sheet | None:
        return None

    def carry(self, call: Call, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        self.failure = self.troubles.pop(0) if self.troubles else None
        return super().carry(call, token, on_progress)


class Manners:
    """The courier with manners, and what it did meanwhile."""

    def __init__(self, courier: Troubled, resources: Path) -> None:
        catalogue = load(resources / "catalogue")
        self.inner = courier
        self.now = 0.0
        self.pauses: list[float] = []
        self.token = CancelToken()
        self.cancel_in_pause = 0
        self.told: list[Progress] = []
        self.courier = PoliteCourier(
            courier,
            lambda call: catalogue.url(call.environment, call.target),
            Pace(lambda: self.now),
            pause=self._pause,
            chance=lambda: 0.5,
        )

    def carry(self, call: Call) -> Exchange:
        return self.courier.carry(call, self.token, self.told.append)

    def _pause(self, seconds: float, token: CancelToken) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        if len(self.pauses) == self.cancel_in_pause:
            token.cancel()


@pytest.fixture
def manners(tmp_path: Path, resources: Path) -> Manners:
    return Manners(Troubled(tmp_path, resources), resources)


def cut() -> CutOff:
    return CutOff("the line went dead.", fate=Fate.UNKNOWN)


def test_a_retrieve_is_tried_again_and_tells_of_it(manners: Manners) -> None:
    manners.inner.troubles = [cut(), cut()]
    exchange = manners.carry(RETRIEVE)
    assert exchange.succeeded
    assert [each.trouble for each in exchange.earlier] == ["Connection cut off"] * 2
    assert len({exchange.id, *(each.id for each in exchange.earlier)}) == 3
    assert manners.pauses == [2.0, 6.0]
    told = [progress.note for progress in manners.told if progress.phase is Phase.PAUSING]
    assert told == ["Connection cut off; try 2 in 2 s", "Connection cut off; try 3 in 6 s"]


def test_a_retrieve_that_waits_for_others_says_so(manners: Manners) -> None:
    host = "ws.map.example"
    pace = Pace(lambda: manners.now)
    for _ in range(AT_ONCE):
        manners.now += GAP
        assert pace.enter(host, patient=True) == 0

    def pause(seconds: float, token: CancelToken) -> None:
        manners.now += seconds
        pace.leave(host, too_busy=False)

    courier = PoliteCourier(manners.inner, lambda call: f"https://{host}/", pace, pause=pause)
    manners.now += GAP
    assert courier.carry(RETRIEVE, manners.token, manners.told.append).succeeded
    queued = [progress.note for progress in manners.told if progress.phase is Phase.QUEUED]
    assert queued == [f"{AT_ONCE} calls to {host} are under way"]


def test_after_the_last_try_the_trouble_is_told(manners: Manners) -> None:
    manners.inner.troubles = [cut() for _ in range(9)]
    exchange = manners.carry(RETRIEVE)
    assert isinstance(exchange.failure, CutOff)
    assert len(exchange.earlier) == 2
    assert len(manners.inner.calls) == 3


def test_a_submit_is_sent_once(manners: Manners) -> None:
    manners.inner.troubles = [cut()]
    exchange = manners.carry(SUBMIT)
    assert isinstance(exchange.failure, CutOff)
    assert exchange.earlier == ()
    assert len(manners.inner.calls) == 1
    assert manners.pauses == []


def test_a_cancel_while_it_waits_ends_the_trying_and_keeps_what_was(manners: Manners) -> None:
    manners.inner.troubles = [cut(), cut(), cut()]
    manners.cancel_in_pause = 1
    exchange = manners.carry(RETRIEVE)
    assert isinstance(exchange.failure, CutOff)
    assert len(manners.inner.calls) == 1


def test_what_keeps_a_call_from_being_made_is_told_at_once(manners: Manners) -> None:
    manners.inner.refusal = IdentityError("there is none.")
    with pytest.raises(IdentityError):
        manners.carry(RETRIEVE)
    assert manners.pauses == []
    manners.inner.refusal = None
    assert manners.carry(RETRIEVE).succeeded


def test_the_page_about_acceptable_use_slows_retrieves_down_and_says_so(manners: Manners) -> None:
    page = Note(Severity.ERROR, "CAISO's gateway stopped the request", matter="acceptable-use")
    manners.inner.dress_answer = lambda answer: Answer(Outcome.ERROR, None, None, (), (), notes=(page,))
    manners.carry(RETRIEVE)
    manners.inner.dress_answer = lambda answer: answer
    manners.told.clear()
    assert manners.carry(SUBMIT).succeeded
    assert max(manners.pauses) < 1
    manners.told.clear()
    manners.carry(RETRIEVE)
    assert max(manners.pauses) > 20
    assert any("found our calls too many" in progress.note for progress in manners.told)


def test_a_cancel_before_the_first_try_sends_nothing(manners: Manners) -> None:
    manners.carry(RETRIEVE)
    manners.cancel_in_pause = 1
    with pytest.raises(Cancelled) as stopped:
        manners.carry(RETRIEVE)
    assert stopped.value.fate is Fate.NOT_SENT
    assert len(manners.inner.calls) == 1


def test_a_wait_ends_at_once_when_it_is_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    wait(3600, token)
