"""On which steps of a certificate's end its user is told, once each."""

from dataclasses import replace
from datetime import timedelta

from caiso_desktop.model.concern import WARNING_DAYS
from caiso_desktop.model.expiry import ExpirySteps
from caiso_desktop.model.fake import FakeIdentity, FakeSettings, fake_identity
from caiso_desktop.model.identity import IdentityRef

DAY = timedelta(days=1)
JANE = fake_identity("Jane Doe x1234", 100)
END = JANE.certificate.not_after


def test_each_step_is_told_once_also_after_a_new_start() -> None:
    settings = FakeSettings()
    told = []
    for hours in range(24 * 70, -48, -6):
        now = END - timedelta(hours=hours)
        steps = ExpirySteps(settings)
        for identity, note in steps.due([JANE], set(), now):
            told.append(round((END - now) / DAY))
            steps.note(identity, now)
            assert "user access administrator" in note.advice
    assert told == [*WARNING_DAYS, 0]


def test_what_was_told_and_not_noted_is_told_again() -> None:
    steps = ExpirySteps(FakeSettings())
    now = END - 3 * DAY
    assert steps.due([JANE], set(), now) == steps.due([JANE], set(), now) != ()


def test_of_a_renewed_one_only_where_it_is_still_chosen() -> None:
    newer = fake_identity("Jane Doe x1234", 500)
    newer = FakeIdentity(IdentityRef("fake", "NEWER"), replace(newer.certificate, thumbprint="NEWER"))
    steps, now = ExpirySteps(FakeSettings()), END - 3 * DAY
    assert steps.due([JANE, newer], set(), now) == ()
    assert [identity for identity, _ in steps.due([JANE, newer], {JANE.ref}, now)] == [JANE]


def test_of_others_only_where_they_are_chosen() -> None:
    stranger = replace(JANE, certificate=replace(JANE.certificate, issuer="CN=Some CA,O=Company"))
    card = replace(JANE, certificate=replace(JANE.certificate, log_on_use=True))
    steps, now = ExpirySteps(FakeSettings()), END + DAY
    assert steps.due([stranger, card], set(), now) == ()
    assert len(steps.due([stranger], {stranger.ref}, now)) == 1
