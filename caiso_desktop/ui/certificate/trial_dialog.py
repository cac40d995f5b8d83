"""Tries a certificate: its key signs, and a host of an environment is shown it; each step with its time."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.concern import concerns
from caiso_desktop.model.credential import Credentials
from caiso_desktop.model.doctor import Finding, Step
from caiso_desktop.model.doctor import Verdict as Found
from caiso_desktop.model.error import CaisoError, Cancelled, HostNotApproved, IdentityError
from caiso_desktop.model.guard import KnownHosts
from caiso_desktop.model.identity import Identity
from caiso_desktop.model.service import Environment
from caiso_desktop.model.trial import TRIED, Door, Verdict
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named
from caiso_desktop.ui.phrase import duration_words
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.side_dialog import SideDialog
from caiso_desktop.ui.stripe import swatch

_TO_COME = {
    Step.KEY: "its key signs a digest, as for a message",
    Step.NAME: "the host's name is looked up",
    Step.PROXY: "the way there is found",
    Step.CONNECTION: "a connection of its own is made",
    Step.TLS: "the host proves who it is",
    Step.CERTIFICATE: "the certificate is shown",
    Step.HTTP: "an empty request, which no service is called by",
    Step.CLOCK: "the two clocks are compared",
}


class TrialDialog(SideDialog):
    """``ended`` comes after each trial, with the identity's error where its key did not sign (else None).

    ``first`` is the environment and the application (their ids) to begin with.
    """

    ended = Signal(object)

    def __init__(
        self,
        identity: Identity,
        credentials: Credentials,
        known_hosts: KnownHosts,
        environments: Sequence[Environment],
        first: tuple[str, str],
        jobs: Jobs,
        parent: QWidget,
    ) -> None:
        name = identity.certificate.common_name
        super().__init__("trialDialog", f"Test {name}", "Test", parent)
        self.setMinimumWidth(760)
        self._identity = identity
        self._credentials = credentials
        self._known_hosts = known_hosts
        self._jobs = jobs
        self._token: CancelToken | None = None
        self._unknown: HostNotApproved | None = None
        self.environment = named(QComboBox(), "trialEnvironment", "Environment")
        for place in environments:
            self.environment.addItem(swatch(place.id, self.palette()), place.name, place.id)
        self.environment.setCurrentIndex(max(0, self.environment.findData(first[0])))
        self._application = first[1]
        self.door = named(QComboBox(), "trialDoor", "Application")
        self.stages = RowsTable(
            "trialStages", "What was tried", ("Step", "What was found", "Time"), stretch=1, grows=len(TRIED)
        )
        self.form.addRow("&Environment", self.environment)
        self.form.addRow("&Application", self.door)
        self.stages.set_rows(_rows(()))
        self.form.addRow(self.stages)
        self.environment.currentIndexChanged.connect(lambda row: self._begin())
        self.door.currentIndexChanged.connect(lambda row: self._forget_host())
        self._begin()

    @property
    def under_way(self) -> bool:
        """Whether a trial is going on."""
        return self._token is not None

    def do(self) -> None:
        """Try it; or stop, while it is tried."""
        if self._token is not None:
            self._token.cancel()
            self.say("Stopping…")
            return
        if self._unknown is not None:
            self._known_hosts.approve(self._unknown.host, self._unknown.thumbprint)
            self._forget_host()
        ref, place, door = self._identity.ref, str(self.environment.currentData()), self.door.currentData()
        self.stages.set_rows(_rows(()))
        self._set_running(running=True)
        self.say("The key signs; a card or Windows may ask for a PIN…")
        tell = self._jobs.relay(self._add, owner=self)
        told: list[Finding] = []

        def run(token: CancelToken) -> Verdict:
            def note(finding: Finding) -> None:
                told.append(finding)
                tell(tuple(told))

            return self._credentials.trial.run(ref, place, str(door) if door else None, token, note)

        self._token = self._jobs.run(run, owner=self, done=self._done, failed=self.tell, long=True)

    def tell(self, error: CaisoError) -> None:
        """Say why it failed or that it was stopped; a host nobody has approved yet can be approved here."""
        self._set_running(running=False)
        if isinstance(error, Cancelled):
            self.say("Stopped. Nothing was decided.")
        else:
            super().tell(error)
        if isinstance(error, HostNotApproved):
            self._unknown = error
            self.verb.setText(f"Approve {error.host} and test")
        self.ended.emit(error if isinstance(error, IdentityError) else None)

    def reject(self) -> None:
        """Called by Qt when it is closed, too: what is under way is stopped."""
        if self._token is not None:
            self._token.cancel()
        super().reject()

    def _begin(self) -> None:
        """Say what speaks against it there, and find the doors of the environment."""
        self._forget_host()
        place = str(self.environment.currentData())
        worked = self._credentials.record.worked(self._identity.ref)
        notes = concerns(
            self._identity.certificate, datetime.now(UTC), environment=place, worked=worked, name=self._name
        )
        tone = "info" if not notes or notes[0].severity is Severity.INFO else "warning"
        said = "\n".join(f"{note.title}. {note.meaning}" for note in notes)
        self.say(said or "Its key signs once, and the host is shown it. No service is called.", tone)
        self.door.clear()
        self.verb.setEnabled(False)  # Qt takes it so

        def offer(doors: Sequence[Door]) -> None:
            if place != self.environment.currentData():
                return
            for door in doors:
                self.door.addItem(door.acronym, door.application)
            self.door.setCurrentIndex(max(0, self.door.findData(self._application)))
            self.verb.setEnabled(bool(doors))
            if not doors:
                self.say("No application can be reached with a certificate there.", "warning")

        trial = self._credentials.trial
        self._jobs.run(lambda token: trial.doors(place), owner=self, done=offer, failed=self.tell)

    def _name(self, environment: str) -> str:
        return self.environment.itemText(self.environment.findData(environment)) or environment

    def _add(self, told: tuple[Finding, ...]) -> None:
        self.stages.set_rows(_rows(told))
        if self.under_way and told[-1].step is Step.KEY:
            self.say(f"Showing the certificate to {self.door.currentText()} in {self.environment.currentText()}…")

    def _done(self, verdict: Verdict) -> None:
        self._set_running(running=False)
        note = verdict.note
        self.say(f"{note.title}. {note.meaning} {note.advice}".strip(), "success" if verdict.accepted else "error")
        self.ended.emit(None)

    def _set_running(self, *, running: bool) -> None:
        if not running:
            self._token = None
        self.verb.setText("Stop" if running else "Test")
        for choice in (self.environment, self.door):
            choice.setEnabled(not running)

    def _forget_host(self) -> None:
        self._unknown = None
        if not self.under_way:
            self.verb.setText("Test")


def _rows(told: Sequence[Finding]) -> list[tuple[str, str, str]]:
    """One row for each step, what is still to come among them."""
    known = {each.step: each for each in told}
    rows = []
    for step in TRIED:
        finding = known.get(step)
        took = duration_words(finding.seconds) if finding is not None and finding.seconds is not None else ""
        rows.append((step.heading, _words(finding) if finding is not None else _TO_COME[step], took))
    return rows


def _words(finding: Finding) -> str:
    said = finding.verdict in (Found.OK, Found.NOT_REACHED)
    return finding.sentence if said else f"{finding.verdict.capitalize()}: {finding.sentence}"
