"""Who, when, and never twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.simulator.header import Nonces
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import Client, Draft, clean_bids, stamp

REFUSED = "CAISOUsernameToken Validation Error."
NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


def ago(minutes: float) -> str:
    return stamp(datetime.now(UTC) - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "change",
    [
        {"username": "CN=Somebody Else x1,OU=people,O=CAISO,C=US"},
        {"username": "C=US,O=CAISO,OU=people,CN=Simulator User x0001"},
        {"username": "CN=Simulator User x0001, OU=people, O=CAISO, C=US"},
        {"username": " CN=Simulator User x0001,OU=people,O=CAISO,C=US"},
        {"created": 16},
        {"created": -6},
        {"created": 16, "expires": 1},
        {"created": 10, "expires": 6},
        {"created": "yesterday"},
        {"created": "2026-11-23T00:00:00"},
        {"message_created": 16},
        {"message_created": -6},
        {"expires": -16},
        {"expires": 1},
        {"nonce": "not base64!"},
        {"nonce": " "},
    ],
    ids=str,
)
def test_a_header_that_is_not_right(simulator: Simulator, client: Client, change: dict[str, str | int]) -> None:
    # Numbers are minutes ago; they become instants now, not when the tests were collected.
    words = {name: ago(value) if isinstance(value, int) else value for name, value in change.items()}
    answer = client.send(Draft(simulator.identity, clean_bids(), **words))  # type: ignore[arg-type]
    assert (answer.status, answer.fault) == (500, REFUSED)
    assert REFUSED in simulator.requests[-1].verdict


@pytest.mark.parametrize("minutes", [14, -4])
def test_a_clock_that_is_a_little_wrong_is_forgiven(simulator: Simulator, client: Client, minutes: int) -> None:
    draft = Draft(simulator.identity, clean_bids(), created=ago(minutes), expires=ago(minutes - 15))
    assert client.send(draft).status == 200


def test_a_message_is_accepted_once(simulator: Simulator, client: Client) -> None:
    draft = Draft(simulator.identity, clean_bids())
    envelope = draft.envelope()
    assert client.send(draft).status == 200
    assert client.post("/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP", envelope).fault == REFUSED
    assert "Nonce has been used" in simulator.requests[-1].verdict


def test_a_nonce_is_only_spent_by_a_message_that_was_signed(simulator: Simulator, client: Client) -> None:
    draft = Draft(simulator.identity, clean_bids())
    broken = draft.envelope().replace(b"2017-06-01T07", b"2017-06-02T07")
    assert client.post("/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP", broken).status == 500
    assert client.send(draft).status == 200


@given(st.lists(st.binary(min_size=1, max_size=4), max_size=40))
def test_each_nonce_is_new_once(nonces: list[bytes]) -> None:
    seen = Nonces()
    assert [seen.spend(nonce, NOW) for nonce in nonces] == [n not in nonces[:i] for i, n in enumerate(nonces)]


def test_nonces_are_forgotten_when_their_message_is_too_old_and_never_are_too_many() -> None:
    seen = Nonces(most=3)
    for number in range(10):
        seen.spend(bytes([number]), NOW)
    assert len(seen) == 3
    seen.spend(b"later", NOW + timedelta(minutes=26))
    assert len(seen) == 1
    assert not seen.spend(b"later", NOW + timedelta(minutes=40))
