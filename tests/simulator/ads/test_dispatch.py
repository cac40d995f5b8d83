from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.simulator.ads import document
from caiso_desktop.simulator.ads.dispatch import HELD, HOUR, INTERVAL, Batch, Dispatch, Reply, Result, Status
from caiso_desktop.simulator.market import read_market

NOON = datetime(2026, 11, 22, 20, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dispatch(resources: Path, clock: Clock) -> Dispatch:
    return Dispatch(read_market(resources), clock)


@pytest.fixture(scope="module")
def schema(resources: Path) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(resources / "contracts" / "ads-v7" / "documents.xsd"))


def hourly(dispatch: Dispatch) -> Batch:
    return next(batch for batch in reversed(dispatch.held()) if batch.hourly)


def test_a_day_of_batches_is_held_in_the_order_in_which_they_came(dispatch: Dispatch) -> None:
    held = dispatch.held()
    assert [batch.sent for batch in held] == sorted(batch.sent for batch in held)
    assert len([batch for batch in held if batch.length == INTERVAL]) == HELD / INTERVAL
    assert len([batch for batch in held if batch.length == HOUR]) == HELD / HOUR
    assert all(NOON - HELD < batch.sent <= NOON for batch in held)
    assert len({batch.uid for batch in held}) == len(held)


def test_batches_arrive_with_the_clock_and_are_the_same_whoever_asks(
    dispatch: Dispatch, clock: Clock, resources: Path
) -> None:
    last = dispatch.held()[-1].uid
    assert dispatch.since(last) == []
    clock.now += timedelta(minutes=2)
    [new] = dispatch.since(last) or []
    assert new.length == INTERVAL
    assert new.status(clock.now) is Status.ACTIVE
    other = Dispatch(read_market(resources), clock)
    assert other.held() == dispatch.held()
    assert dispatch.since("DISP-NOBODY") is None
    assert dispatch.since("-1") == dispatch.held()


def test_an_accept_changes_what_the_batch_says(dispatch: Dispatch) -> None:
    batch = hourly(dispatch)
    instruction = batch.instructions[0]
    given = Reply(instruction.target, "ACCEPTED", "CN=Jane")
    assert dispatch.answer(batch.uid, instruction.uid, lambda each: given) is Result.SUCCESS
    text = document.batch_document(batch, dispatch, instructions=True)
    assert f"<acceptDot>{instruction.target}</acceptDot><acceptStatus>ACCEPTED</acceptStatus>" in text


def test_what_was_answered_and_confirmed_is_forgotten(dispatch: Dispatch) -> None:
    batch = hourly(dispatch)
    instruction = batch.instructions[0]
    assert dispatch.answer(batch.uid, instruction.uid, lambda each: Reply(each.target, "ACCEPTED", "CN=x")) == 0
    assert dispatch.validate(batch.uid, "CN=x")
    dispatch.forget()
    assert dispatch.reply_to(instruction) is None
    assert dispatch.validated(batch) is None


def test_an_answer_that_is_not_taken(dispatch: Dispatch, clock: Clock) -> None:
    batch = hourly(dispatch)
    instruction = batch.instructions[0]
    given = Reply(0, "ACCEPTED", "CN=Jane")
    minutes = next(each for each in reversed(dispatch.held()) if not each.hourly)
    assert dispatch.answer("x", instruction.uid, lambda each: given) is Result.BATCH_NOT_FOUND
    assert dispatch.answer(batch.uid, "x", lambda each: given) is Result.INSTRUCTION_NOT_FOUND
    assert dispatch.answer(batch.uid, instruction.uid, lambda each: None) is Result.INVALID_RESPONSE
    early = dispatch.answer(minutes.uid, minutes.instructions[0].uid, lambda each: given)
    assert early is Result.INVALID_RESPONSE_PERIOD
    clock.now = batch.start
    assert dispatch.answer(batch.uid, instruction.uid, lambda each: given) is Result.INVALID_RESPONSE_PERIOD
    assert batch.status(clock.now) is Status.TIMED_OUT


def test_every_document_follows_the_published_schema(dispatch: Dispatch, schema: etree.XMLSchema) -> None:
    batch = hourly(dispatch)
    dispatch.validate(batch.uid, "CN=Jane")
    dispatch.answer(batch.uid, batch.instructions[0].uid, lambda each: Reply(each.schedule, "DECLINED", "CN=J", 10))
    held = dispatch.held()
    for text in (
        document.batch_list(held, dispatch),
        document.batch_document(batch, dispatch, instructions=True),
        document.batch_document(batch, dispatch, instructions=False),
        document.trajectory_list(each for each in held[-20:] if not each.hourly),
        document.load_following(3, "B", [("one", True), ("two", False)]),
    ):
        schema.assertValid(etree.fromstring(text.encode()))
