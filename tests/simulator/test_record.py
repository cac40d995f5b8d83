"""The record is bounded, and says what was received."""

from datetime import UTC, datetime

from caiso_desktop.simulator.record import Received, Record
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import CLEAN_BIDS, Client, Draft, clean_bids

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def received(body: bytes) -> Received:
    return Received(NOW, "POST", "/", (("A", "1"),), body, "CN=x", "accepted")


def test_the_oldest_go_first_in_number_and_in_bytes() -> None:
    record = Record(most=3, most_bytes=10)
    for number in range(5):
        record.add(received(bytes([number])))
    assert [r.body for r in record.requests] == [b"\2", b"\3", b"\4"]
    record.add(received(b"123456789"))
    assert [r.body for r in record.requests] == [b"\4", b"123456789"]
    record.add(received(b"x" * 100))
    assert [len(r.body) for r in record.requests] == [100]
    record.add(received(b"small"))
    assert [r.body for r in record.requests] == [b"small"]
    for _ in range(5):
        record.fail("no")
    assert len(record.failures) == 3
    record.clear()
    assert not record.requests
    assert not record.failures


def test_a_request_is_kept_as_it_came(simulator: Simulator, client: Client) -> None:
    body = Draft(simulator.identity, clean_bids()).envelope()
    client.post(CLEAN_BIDS + "?x=1", body, headers={"X-Own": "yes"})
    client.post("/nowhere", b"?")
    kept, lost = simulator.requests
    assert (kept.method, kept.path, kept.body, kept.header("x-own")) == ("POST", CLEAN_BIDS + "?x=1", body, "yes")
    assert (kept.verdict, kept.subject) == ("accepted", "CN=Simulator User x0001,OU=people,O=CAISO,C=US")
    assert lost.verdict.startswith("404")
