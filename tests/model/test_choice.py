"""Which certificate is used where: never silently another one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from caiso_desktop.model.choice import Choices, Standing, in_order, missing_words
from caiso_desktop.model.fake import FakeIdentity, FakeSettings, fake_identity
from caiso_desktop.model.identity import IdentityRef


def identity(name: str = "Jane Doe x1234", days: int = 100, thumbprint: str = "", **facts: object) -> FakeIdentity:
    made = fake_identity(name, days)
    own = replace(made.certificate, thumbprint=thumbprint or f"{name}{days}".encode().hex(), **facts)  # type: ignore[arg-type]
    return FakeIdentity(IdentityRef("vault", own.thumbprint), own)


OLD, NEW, OTHER = identity(days=20), identity(days=400), identity("App x9")
CARD = identity("Jane Doe (card)", log_on_use=True)


@pytest.fixture
def choices() -> Choices:
    return Choices(FakeSettings())


def test_the_only_one_is_taken_and_no_other_comes_into_its_place(choices: Choices) -> None:
    assert choices.standing("map-stage", [OLD, CARD]).identity is OLD
    assert not choices.made("map-stage")  # to look is not to choose
    choices.remember("map-stage", OLD)
    assert choices.standing("map-stage", [OLD, OTHER]).identity is OLD
    gone = choices.standing("map-stage", [OTHER])
    assert gone.identity is None
    assert gone.missing is not None
    assert gone.missing.common_name == "Jane Doe x1234"
    assert "MAP Stage, Jane Doe x1234, is not on this computer" in missing_words(gone.missing, "MAP Stage")


def test_among_several_and_of_a_card_for_logging_on_nothing_is_taken(choices: Choices) -> None:
    assert choices.standing("map-stage", [OLD, OTHER]) == Standing()
    assert choices.standing("map-stage", [CARD]) == Standing()
    assert not choices.made("map-stage")


def test_nobody_stays_nobody(choices: Choices) -> None:
    choices.remember("production", None)
    assert choices.made("production")
    assert choices.standing("production", [OLD]) == Standing()


def test_the_same_certificate_in_another_store_is_another_choice(choices: Choices) -> None:
    choices.remember("production", OLD)
    moved = replace(OLD, ref=IdentityRef("windows", OLD.ref.thumbprint))
    assert choices.standing("production", [moved]).identity is None


def test_a_renewal_is_offered_beside_the_old_until_the_user_says_no(choices: Choices) -> None:
    choices.remember("production", OLD)
    choices.remember("map-stage", OLD)
    assert choices.standing("production", [OLD, NEW, OTHER]) == Standing(OLD, None, NEW)
    choices.decline("production", NEW)
    assert choices.standing("production", [OLD, NEW]) == Standing(OLD)
    assert choices.standing("map-stage", [OLD, NEW]).renewal is NEW
    newest = identity(days=800)
    assert choices.standing("production", [OLD, NEW, newest]).renewal is newest


def test_a_renewal_is_offered_where_the_old_one_is_gone_but_not_taken(choices: Choices) -> None:
    choices.remember("production", OLD)
    standing = choices.standing("production", [NEW])
    assert standing.identity is None
    assert standing.renewal is NEW
    assert standing.certificate == replace(OLD.certificate, der=b"")


def test_what_is_remembered_may_be_damaged(choices: Choices) -> None:
    choices.remember("production", OLD)
    choices._settings.set(f"certificate.{OLD.ref}", "{")
    missing = choices.standing("production", [NEW]).missing
    assert missing is not None
    assert missing.thumbprint == OLD.ref.thumbprint
    assert OLD.ref.thumbprint[:12] in missing_words(missing, "Production")
    assert choices.standing("production", [NEW]).renewal is None


def test_certificates_of_the_simulator_come_anew_at_each_start(choices: Choices) -> None:
    choices.remember("simulator", OLD)
    assert choices.standing("simulator", [NEW], lasting=False) == Standing(NEW)
    choices.remember("simulator", None)
    assert choices.standing("simulator", [NEW], lasting=False) == Standing()


def test_who_uses_one_is_known(choices: Choices) -> None:
    choices.remember("production", OLD)
    choices.remember("map-stage", NEW)
    assert choices.used_in(OLD.ref, ["map-stage", "production"]) == ("production",)


def test_caiso_first_the_newest_first_cards_last() -> None:
    stranger = replace(
        OTHER,
        certificate=replace(OTHER.certificate, issuer="CN=Some CA", not_after=NEW.certificate.not_after + timedelta(1)),
    )
    assert in_order([CARD, stranger, OLD, NEW]) == (NEW, OLD, stranger, CARD)
