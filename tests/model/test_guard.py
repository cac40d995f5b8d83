from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.error import GuardError
from caiso_desktop.model.guard import (
    PRODUCTION,
    Approval,
    Permit,
    Seal,
    Sheet,
    disarms,
    hash_of,
    is_guarded,
    is_own,
    refusal,
    word_to_type,
)
from caiso_desktop.model.policy import Policy
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.service import Environment, Kind

NOW = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
PLACE = Environment("production", "Production", "the real market", guarded=True)
SEAL = Seal.of("production", "https://ws.example.com/sst/x", b"<Bids/>", "AB" * 32)
READING = Reading(scheduling_coordinators=("SC01",))
SHEET = Sheet(PLACE, SEAL, "SubmitRawBidSet v4", "ws.example.com", "CN=Jane", READING)


def why(permit: Permit | None, seal: Seal = SEAL, policy: Policy | None = None, after: float = 0.0) -> str:
    return refusal(permit, seal, READING, policy or Policy(), NOW + timedelta(seconds=after), user="jane")


@pytest.mark.parametrize(
    ("coordinators", "word"),
    [
        (("SC01",), "SC01"),
        (("B", "A"), "B A"),
        (("A", "B", "C", "D"), PRODUCTION),
        ((), PRODUCTION),
    ],
)
def test_what_must_be_typed(coordinators: tuple[str, ...], word: str) -> None:
    assert word_to_type(Reading(scheduling_coordinators=coordinators)) == word


@pytest.mark.parametrize("typed", ["SC01", " SC01 "])
def test_the_right_word_arms(typed: str) -> None:
    assert why(SHEET.arm(typed, NOW)) == ""


@pytest.mark.parametrize("typed", ["", "sc01", "SC1", "yes", PRODUCTION, "SC01 SC02", "SC01 SC01"])
def test_any_other_does_not(typed: str) -> None:
    with pytest.raises(GuardError, match="is not 'SC01'"):
        SHEET.arm(typed, NOW)
    assert "is not 'SC01'" in why(Permit(SEAL, typed, NOW)), "nor does a permit that did not come from the sheet"


def test_several_coordinators_in_any_order() -> None:
    sheet = replace(SHEET, reading=Reading(scheduling_coordinators=("A", "B")))
    assert sheet.arm("B, A", NOW)
    with pytest.raises(GuardError):
        sheet.arm("A", NOW)


def test_without_a_permit() -> None:
    assert why(None) == "a submit to the real market wants 'SC01' typed first."


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (replace(SEAL, environment="production-ecn"), "the environment"),
        (replace(SEAL, url="https://ws.example.com/sst/y"), "the address"),
        (replace(SEAL, payload=hash_of(b"<Bids />")), "the payload"),
        (replace(SEAL, thumbprint="CD" * 32), "the certificate"),
    ],
)
def test_any_change_disarms(changed: Seal, words: str) -> None:
    permit = SHEET.arm("SC01", NOW)
    assert why(permit, changed).startswith(words)
    assert disarms(permit, changed, NOW)


@pytest.mark.parametrize(("after", "holds"), [(0, True), (300, True), (300.1, False), (-1, False), (86400, False)])
def test_five_minutes(after: float, holds: bool) -> None:
    permit = SHEET.arm("SC01", NOW)
    assert (why(permit, after=after) == "") is holds
    assert disarms(permit, SEAL, NOW + timedelta(seconds=after)) is not holds


def test_a_policy_that_forbids_it() -> None:
    assert "does not allow" in why(SHEET.arm("SC01", NOW), policy=Policy(production_submits=False))


@pytest.mark.parametrize(
    ("approval", "words"),
    [
        (None, "second person"),
        (Approval(hash_of(b"<Other/>"), "chris", NOW), "this very payload"),
        (Approval(SEAL.payload, "JANE", NOW), "your own"),
        (Approval(SEAL.payload, "chris", NOW - timedelta(hours=13)), "older than 12 hours"),
        (Approval(SEAL.payload, "chris", NOW + timedelta(hours=1)), "older than 12 hours"),
        (Approval(SEAL.payload, "chris", NOW - timedelta(hours=1)), ""),
    ],
)
def test_a_policy_that_wants_a_second_person(approval: Approval | None, words: str) -> None:
    said = why(SHEET.arm("SC01", NOW, approval), policy=Policy(second_person=True))
    assert words in said
    assert bool(words) is bool(said)


@pytest.mark.parametrize("kind", list(Kind))
def test_only_retrieves_pass_unguarded(kind: Kind) -> None:
    assert is_guarded(PLACE, kind) is (kind is not Kind.RETRIEVE)
    assert not is_guarded(replace(PLACE, guarded=False), kind)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_a_permit_is_for_one_payload(shown: bytes, sent: bytes) -> None:
    sheet = replace(SHEET, seal=Seal.of("production", SEAL.url, shown, "AB"))
    permit = sheet.arm("SC01", NOW)
    assert (why(permit, Seal.of("production", SEAL.url, sent, "AB")) == "") is (shown == sent)


@pytest.mark.parametrize("host", ["ws.caiso.com", "WS.CAISO.COM.", "a.ecn.wepex.net", "127.0.0.1", "::1", "localhost"])
def test_caiso_s_own_hosts(host: str) -> None:
    assert is_own(host)


@pytest.mark.parametrize("host", ["caiso.com.example.org", "notcaiso.com", "wepex.net", "10.0.0.1", "", "caiso.co"])
def test_hosts_of_others(host: str) -> None:
    assert not is_own(host)
