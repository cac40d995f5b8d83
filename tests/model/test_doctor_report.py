"""The report of an examination: whole, and without what is nobody's business."""

from datetime import UTC, datetime

import pytest

from caiso_desktop.model.doctor import Chart, Examination, Finding, Place, Plan, Step, Verdict
from caiso_desktop.model.doctor_report import duration, redacted, report
from caiso_desktop.model.fake import fake_identity
from caiso_desktop.model.service import Environment

CERTIFICATE = fake_identity("Jane Doe x1234").certificate
PLACE = Place("ws.caiso.com", 443, "https://ws.caiso.com/sst/sibr/", ("SIBR", "CMRI"))


def examination(*findings: Finding) -> Examination:
    plan = Plan(Environment("production", "Production", "", guarded=True), (PLACE,), None, CERTIFICATE)
    return Examination(plan, datetime(2026, 11, 26, 12, tzinfo=UTC), 2.5, (Chart(PLACE, findings),))


def test_it_says_what_where_when_and_what_to_do() -> None:
    failed = Finding(Step.TLS, Verdict.FAILED, "Nobody vouches for it.", "Ask.", 0.25, (("Agreed", "TLS 1.3"),))
    text = report(examination(Finding(Step.NAME, Verdict.OK, "Found.", "", 0.012), failed), version="9.9")
    lines = text.splitlines()
    assert lines[0] == "Connection to Production: failed"
    assert lines[1] == "Pacific time  2026-11-26 04:00:00 PST"
    assert "Program       CAISO Desktop 9.9" in lines
    assert "ws.caiso.com, port 443  (SIBR, CMRI)" in lines
    assert "  OK           Name (DNS)  (12 ms)" in lines
    at = lines.index("  FAILED       Secure connection (TLS)  (250 ms)")
    assert [line.strip() for line in lines[at + 1 : at + 4]] == [
        "Nobody vouches for it.",
        "What to do: Ask.",
        "Agreed: TLS 1.3",
    ]


@pytest.mark.parametrize("subject", [False, True])
def test_the_owner_stands_in_it_only_where_the_user_says_so(subject: bool) -> None:
    said = f"The host refused the certificate of {CERTIFICATE.common_name}, {CERTIFICATE.subject}."
    clean = redacted(examination(Finding(Step.CERTIFICATE, Verdict.FAILED, said)), subject=subject)
    text = report(clean, version="1", subject=subject)
    assert (CERTIFICATE.subject in text) is subject
    assert ("Jane" in text) is subject
    assert CERTIFICATE.thumbprint in text


def test_names_folders_and_credentials_are_left_out_wherever_they_stand() -> None:
    finding = Finding(
        Step.PROXY,
        Verdict.OK,
        "The proxy http://jdoe:hunter2@proxy.example:8080 of JDOE.",
        "See /home/jdoe/proxy.pac.",
        None,
        (("File", "/home/jdoe/x"), ("Host", "jdoe-pc")),
    )
    told = examination(finding)
    clean = redacted(told, private=("jdoe", "/home/jdoe"), subject=True).charts[0].findings[0]
    assert clean.sentence == "The proxy http://proxy.example:8080 of …."
    assert clean.advice == "See …/proxy.pac."
    assert dict(clean.facts) == {"File": "…/x", "Host": "…-pc"}
    assert "hunter2" not in report(redacted(told), version="1")


def test_an_included_subject_stays_though_the_user_is_called_so() -> None:
    finding = Finding(Step.KEY, Verdict.OK, f"{CERTIFICATE.subject} signs.")
    clean = redacted(examination(finding), private=("jane",), subject=True)
    assert CERTIFICATE.subject in report(clean, version="1", subject=True)


def test_a_name_within_a_word_is_another_word() -> None:
    told = redacted(examination(Finding(Step.KEY, Verdict.OK, "root is rooted.")), private=("root",))
    assert told.charts[0].findings[0].sentence == "… is rooted."


def test_the_gravest_finding_is_the_verdict() -> None:
    ok, warning, failed = (Finding(Step.TLS, v, "") for v in (Verdict.OK, Verdict.WARNING, Verdict.FAILED))
    skipped = Finding(Step.RETRIEVE, Verdict.SKIPPED, "")
    assert examination(ok, skipped).verdict is Verdict.OK
    assert examination(ok, warning).verdict is Verdict.WARNING
    assert examination(warning, failed).verdict is Verdict.FAILED


def test_a_time_is_short() -> None:
    assert [duration(seconds) for seconds in (0.0004, 0.25, 1.26)] == ["0 ms", "250 ms", "1.3 s"]
