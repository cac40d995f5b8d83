"""What is said before a certificate is shown, and on which days of its end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.concern import (
    WARNING_DAYS,
    concerns,
    differences,
    expiry_concern,
    issued_by_caiso,
    renewals,
    warning_step,
)
from caiso_desktop.model.fake import fake_identity
from caiso_desktop.model.identity import Certificate

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def certificate(days: float = 400) -> Certificate:
    own = fake_identity("Jane Doe x1234").certificate
    return replace(own, issuer="CN=CAISO Issuing CA,O=CAISO,C=US", not_before=NOW - DAY, not_after=NOW + days * DAY)


@pytest.mark.parametrize(
    ("days", "step"),
    [(61, None), (60.01, None), (60, 60), (31, 60), (30, 30), (14, 14), (8, 14), (7, 7), (1.5, 7), (1, 1), (0.1, 1)],
)
def test_the_days_of_warning(days: float, step: int | None) -> None:
    assert warning_step(certificate(days), NOW) == step


def test_an_expired_certificate_is_a_step_of_its_own() -> None:
    assert warning_step(certificate(0), NOW) == 0
    assert warning_step(certificate(-3), NOW) == 0


@given(st.floats(min_value=-100, max_value=100, allow_nan=False), st.floats(min_value=0, max_value=100))
def test_as_time_goes_on_the_step_only_falls(days: float, later: float) -> None:
    own = certificate(days)
    first, then = (warning_step(own, moment) for moment in (NOW, NOW + later * DAY))
    assert (len(WARNING_DAYS) if then is None else then) <= (1000 if first is None else first)


def test_what_is_said_of_the_end() -> None:
    assert expiry_concern(certificate(61), NOW) is None
    soon = expiry_concern(certificate(14), NOW)
    assert soon is not None
    assert (soon.severity, soon.title) == (Severity.WARNING, "The certificate expires in 14 days")
    assert "2026-12-07" in soon.meaning
    assert "user access administrator" in soon.advice
    assert getattr(expiry_concern(certificate(1.2), NOW), "title", "") == "The certificate expires in 1 day"
    assert getattr(expiry_concern(certificate(0.5), NOW), "title", "") == "The certificate expires today or tomorrow"
    over = expiry_concern(certificate(-1), NOW)
    assert over is not None
    assert (over.severity, over.title) == (Severity.ERROR, "The certificate has expired")


def titles(own: Certificate, worked: dict[str, datetime] | None = None, *, caiso: bool = True) -> list[str]:
    found = concerns(own, NOW, environment="production", worked=worked or {}, caiso=caiso)
    return [note.title for note in found]


def test_nothing_is_said_of_a_certificate_that_belongs() -> None:
    assert titles(certificate(), {"production": NOW}) == []


def test_each_thing_that_does_not_belong_is_said_gravest_first() -> None:
    worked = {"production": NOW}
    assert titles(certificate()) == ["The certificate is new here"]
    assert titles(replace(certificate(), issuer="CN=Acme CA"), worked) == ["The certificate is not CAISO's"]
    assert titles(replace(certificate(), client_use=False), worked) == ["The certificate is not made for this"]
    assert titles(replace(certificate(), not_before=NOW + DAY), worked) == ["The certificate is not valid yet"]
    assert titles(certificate(-1), worked) == ["The certificate has expired"]
    all_of_it = replace(certificate(10), issuer="CN=Acme CA", client_use=False)
    assert titles(all_of_it, {"map-stage": NOW}) == [
        "The certificate is not made for this",
        "The certificate expires in 10 days",
        "The certificate is not CAISO's",
        "The certificate is new here",
    ]
    [new] = concerns(certificate(), NOW, environment="production", worked={"map-stage": NOW})
    assert "It has worked in map-stage." in new.meaning


def test_an_environment_that_is_not_caisos_asks_for_no_certificate_of_caisos() -> None:
    assert titles(replace(certificate(), issuer="CN=Acme CA"), caiso=False) == []


@pytest.mark.parametrize(
    ("issuer", "is_caisos"),
    [
        ("CN=CAISO_ISSUING_CA,O=CAISO,C=US", True),
        ("CN=Issuing,O=California ISO,C=US", True),
        ("CN=x,O=California Independent System Operator", True),
        ("CN=Acme Issuing CA,O=Acme,C=US", False),
    ],
)
def test_who_issued_it(issuer: str, is_caisos: bool) -> None:
    assert issued_by_caiso(replace(certificate(), issuer=issuer)) is is_caisos


def test_a_renewed_certificate_is_found_with_its_difference() -> None:
    old, new, newest, other = (
        fake_identity(name, days) for name, days in (("Jane", 20), ("Jane", 400), ("Jane", 800), ("John", 900))
    )
    assert renewals(old.certificate, [other, old, new, newest]) == (newest, new)
    assert renewals(newest.certificate, [old, new, newest]) == ()
    changed = replace(new.certificate, serial=255, thumbprint="AB", key_bits=4096)
    found = {name: (before, after) for name, before, after in differences(old.certificate, changed)}
    assert found["Serial number"] == ("1", "FF")
    assert found["Key"] == ("RSA 0", "RSA 4096")
    assert "Subject" not in found
    assert differences(old.certificate, old.certificate) == ()
