"""What can be done about an answer or a failure, offered beside it; the user takes it, or not."""

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.call import Call
from caiso_desktop.model.doctor import worth_examining
from caiso_desktop.model.error import CaisoError, HostNotApproved, IdentityError, PayloadInvalid
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.gone import Gone, probably_gone
from caiso_desktop.model.other_way import OtherWays, other_ways
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.ui.answer_summary import AnswerSummary
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.notice import Notice, tone_of
from caiso_desktop.ui.port import Ports


class AnswerOffers(QObject):
    """Each signal says what the user wants: the page of certificates; the way to the service examined; a draft like
    this one for another environment, or for a newer row; another address of an application for a target in an
    environment (its id); to send a payload (its hash) that breaks its schema, as long as the draft has this revision;
    a place (line, column) of the payload. ``told`` is a sentence for the draft's bar.
    """

    certificates_asked = Signal()
    doctor_asked = Signal()
    elsewhere_asked = Signal(Environment)
    newer_asked = Signal(Target)
    address_asked = Signal(str, object, str)
    despite_asked = Signal(str, int)
    place_asked = Signal(int, int)
    told = Signal(str)

    def __init__(self, desk: Desk, ports: Ports, summary: AnswerSummary, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._ports = ports
        self._summary = summary

    def after(self, exchange: Exchange) -> None:
        """Offer what an answer suggests."""
        if worth_examining(exchange):
            self._summary.offer("examineButton", "Examine the connection", self.doctor_asked.emit)
        ways = other_ways(exchange, self._ports.catalogue)
        if ways is not None:
            self._offer_ways(ways)
        gone = probably_gone(exchange, self._ports.catalogue)
        if gone is not None:
            self._show_gone(gone, exchange.call)

    def about(self, error: CaisoError) -> None:
        """Offer what can be done about a failure."""
        if isinstance(error, HostNotApproved):
            self._offer_host(error)
        if isinstance(error, IdentityError):
            self._offer_certificates()
        if isinstance(error, PayloadInvalid):
            self._offer_despite(error)

    def _offer_certificates(self) -> None:
        """Lead to where something can be done about a certificate that cannot be used."""
        notice = Notice("info", "See to the certificate", "All of them, and what can be done, are on one page.")
        notice.offer("showCertificatesButton", "Show the certificates", self.certificates_asked.emit)
        self._summary.add_first(notice)

    def _offer_despite(self, error: PayloadInvalid) -> None:
        """Let the user send what breaks its schema, by one word, and lead to the first problem."""
        revision, name = self._desk.draft.revision, self._desk.environment.name

        def despite() -> None:
            notice.hide()
            self.despite_asked.emit(error.payload_hash, revision)

        notice = Notice(
            "warning",
            f"Send it to {name} all the same?",
            "The journal keeps that you did, and what was thought of the payload.",
        )
        notice.offer("sendDespiteButton", f"Send to {name} anyway", despite)
        notice.offer(
            "goToFirstProblemButton",
            "Go to the first problem",
            lambda: self.place_asked.emit(error.line, error.column),
        )
        self._summary.add_first(notice)

    def _offer_host(self, error: HostNotApproved) -> None:
        """Let the user approve a host outside CAISO's domains, by its name, for this one certificate."""

        def approve() -> None:
            self._ports.safety.known_hosts.approve(error.host, error.thumbprint)
            notice.hide()
            self.told.emit(f"{error.host} is approved for this certificate. Nothing was sent yet.")

        notice = Notice("warning", f"Is {error.host} right?", "Ask whoever gave you the address if you are not sure.")
        notice.offer("approveHostButton", f"Approve {error.host} for this certificate", approve)
        self._summary.add_first(notice)

    def _offer_ways(self, ways: OtherWays) -> None:
        """Name the other ways to the same service."""
        notice = Notice("info", "There are other ways", ways.words)
        twin = ways.twin
        if twin is not None:
            notice.offer("openElsewhereButton", f"Open for {twin.name}", lambda: self.elsewhere_asked.emit(twin))
        self._summary.add(notice)

    def _show_gone(self, gone: Gone, call: Call) -> None:
        """Say that the row is probably retired, with what can be done about it beside it."""
        note = gone.note
        notice = Notice(tone_of(note.severity), note.title, note.told, note.advice, note.raw)
        newer = gone.newer
        if newer is not None:
            notice.offer("openNewerButton", f"Open {newer.version}", lambda: self.newer_asked.emit(newer))
        application = call.target.application
        notice.offer(
            "editAddressButton",
            "Edit address…",
            lambda: self.address_asked.emit(application, call.target, call.environment),
        )
        self._summary.add_first(notice)
