"""One draft: its head, its verbs, its payload and its answer, over a desk of its own.

Its parts are imported when the first draft is made: the window, which opens without one, is painted 60 ms earlier.
"""

from os import urandom

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.draft_store import SavedDraft
from caiso_desktop.model.error import CaisoError, CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.model.source import Payload
from caiso_desktop.model.watch import Look
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.named import named
from caiso_desktop.ui.phrase import duration_words
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.stripe import SIMULATOR

VIEW = "payload.view"
"""The setting with the name of the view in which payloads were last looked at."""


class DraftPanel(QWidget):
    """``ended`` carries every exchange, also when its tab is closed meanwhile; ``titled``: its title is another.

    The others say what the user wants: the page of an application (its id); another address of an application for a
    target in an environment (its id); a draft like this one for a newer row; to have the way to the service examined;
    the page of certificates.
    """

    ended = Signal(Exchange)
    titled = Signal()
    page_asked = Signal(str)
    address_asked = Signal(str, object, str)
    newer_asked = Signal(Target)
    doctor_asked = Signal()
    elsewhere_asked = Signal(Environment)
    certificates_asked = Signal()

    def __init__(
        self, environment: Environment, target: Target, ports: Ports, id: str = "", parent: QWidget | None = None
    ) -> None:
        from caiso_desktop.ui.answer_offers import AnswerOffers
        from caiso_desktop.ui.answer_panel import AnswerPanel
        from caiso_desktop.ui.answer_saving import AnswerSaving
        from caiso_desktop.ui.call_bar import CallBar
        from caiso_desktop.ui.certificate.draft_watch import CertificateWatch
        from caiso_desktop.ui.deadline_watch import DeadlineWatch
        from caiso_desktop.ui.draft_call import DraftCall
        from caiso_desktop.ui.draft_guard import DraftGuard
        from caiso_desktop.ui.draft_head import DraftHead
        from caiso_desktop.ui.form.opening import offer_form
        from caiso_desktop.ui.grid.opening import offer_grid
        from caiso_desktop.ui.macro.wording import Wording
        from caiso_desktop.ui.past_payload import PastPayload
        from caiso_desktop.ui.payload_panel import PayloadPanel
        from caiso_desktop.ui.watch.following import Following
        from caiso_desktop.ui.watch.panel import WatchPanel

        super().__init__(parent)
        self.id = id or urandom(16).hex()
        self._ports = ports
        self._wanted: IdentityRef | None = None
        self.desk = Desk(environment, target, self)
        self.wording = Wording(self.desk, ports.offer, self)
        self.call = DraftCall(self.desk, self.wording, ports.courier, ports.jobs, self)
        self.head = DraftHead(self.desk, ports.offer, ports.identities)
        self.bar = CallBar()
        self.following = Following(ports, self)
        self.watch = WatchPanel(self.desk, self.wording, ports)
        self.payload = PayloadPanel(self.desk, ports.payloads, ports.jobs, ports.files)
        self._past = PastPayload(self.payload, ports, self)
        self.wording.send_file(lambda: self.payload.file)
        offer_form(self.payload, self.desk, ports.payloads, ports.jobs)
        offer_grid(self.payload, self.desk, ports)
        self.payload.views.choose(ports.settings.get(VIEW) or "form")
        self.payload.views.chosen.connect(lambda name: ports.settings.set(VIEW, name))
        self.answer = AnswerPanel(
            AnswerSaving(ports.saving, ports.safety.dossiers, ports.files, ports.jobs, self), ports
        )
        self.offers = AnswerOffers(self.desk, ports, self.answer.summary, self)
        self._lay_out()
        self.deadlines = DeadlineWatch(self.desk, self.wording, ports, self)
        self.certificates = CertificateWatch(self.desk, ports, self)
        self.guard = DraftGuard(self.desk, self.payload, self.wording, ports, self._stack, self)
        self._url = ""
        self._awaited = False
        self._connect()
        self._aim()
        self.certificates.look()

    def _lay_out(self) -> None:
        self.splitter = named(QSplitter(Qt.Orientation.Horizontal), "draftSplitter", "Payload and answer")
        self.splitter.addWidget(self.payload)
        self.splitter.addWidget(self.answer)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([520, 480])
        self._stack = QStackedWidget()
        self._stack.addWidget(self.splitter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.bar)
        layout.addWidget(self.watch)
        layout.addWidget(self._stack, 1)

    @property
    def title(self) -> str:
        """What its tab says: service (of ADS the procedure, which tells more), version and environment."""
        target = self.desk.target
        called = self.head.procedure.currentText()
        name = f"{called or target.service} {target.version}".rstrip() if target is not None else "New"
        return f"{name} – {self.desk.environment.name}"

    @property
    def pristine(self) -> bool:
        """Whether nothing of the user's is in it, so that it may follow the bar's environment."""
        return self.payload.pristine and self.desk.exchange is None and not self.call.under_way

    def begin(self) -> None:
        """Begin with the skeleton."""
        self.payload.begin()

    def show_exchange(self, exchange: Exchange) -> None:
        """Show a call of the past with the payload that was sent."""
        self.desk.set_identity(exchange.call.identity, exchange.certificate)
        self._past.show_of(exchange)
        self.desk.set_exchange(exchange)

    def begin_with(self, payload: Payload, thumbprint: str) -> None:
        """Begin with the payload of a call of the past, and with its certificate where that is here."""
        known = self._ports.identities.known(self.desk.environment.id) or ()
        found = next((each for each in known if each.certificate.thumbprint == thumbprint), None)
        if found is not None:
            self.desk.set_identity(found.ref, found.certificate)
        self._past.show(payload)

    def bring_back(self, saved: SavedDraft) -> None:
        """Show a draft as it was left; it is never armed."""
        self._wanted = saved.identity
        self.desk.set_identity(saved.identity, None)
        if saved.file is not None:
            self.payload.open(saved.file)
        else:
            self.payload.bring_back(saved.draft, saved.undo, saved.caret, saved.anchor)
        self._recall(self.desk.environment.id)

    def follow(self, environment: Environment) -> bool:
        """Go to another environment; only a draft without content does, and only where its service is."""
        target = self.desk.target
        if target is None or not self.pristine or environment == self.desk.environment:
            return False
        try:
            self._ports.catalogue.url(environment.id, target)
        except CatalogueError:
            return False
        self.desk.set_environment(environment)
        self.payload.begin()
        return True

    def send(self) -> None:
        """Send what is in the editor, unless something hinders it; to the real market only past the guard."""
        if self.bar.hindrance or self.call.under_way:
            return
        self.payload.settle()
        self.guard.send()

    def show_view(self, name: str) -> None:
        """Show the payload in another view, and give it the keyboard."""
        self.payload.views.choose(name)
        self.payload.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _connect(self) -> None:
        desk, call, bar = self.desk, self.call, self.bar
        desk.environment_changed.connect(self._aim)
        desk.target_changed.connect(self._aim)
        desk.exchange_changed.connect(self._show_answer)
        self.head.target_chosen.connect(self._choose)
        self.head.doubts.why_asked.connect(self._ask_page)
        self._ports.offer.changed.connect(self._renew)
        self._ports.offer.minute_passed.connect(self._warn)
        bar.validate.clicked.connect(self.payload.check)
        bar.send.clicked.connect(self.send)
        bar.cancel.clicked.connect(call.cancel)
        bar.watch.clicked.connect(self.watch.open)
        self.watch.looked.connect(self._looked)
        self.watch.failed.connect(self._failed)
        self.certificates.told.connect(bar.say_certificate)
        self.head.certificate.page_asked.connect(self.certificates_asked)
        self.deadlines.counted.connect(bar.show_deadlines)
        self.deadlines.marked.connect(bar.mark_closed)
        self.wording.told.connect(bar.say_macros)
        bar.disarm.clicked.connect(lambda: self.guard.arming.disarm("Disarmed; nothing was sent."))
        self.guard.permitted.connect(call.begin)
        self.guard.refused.connect(self._failed)
        self.guard.told.connect(bar.say_guard)
        self.guard.arming.ticked.connect(lambda left: bar.show_armed(left, desk.environment.name))
        self.guard.arming.disarmed.connect(self._disarmed)
        self._ports.identities.changed.connect(self._recall)
        self._connect_offers()
        call.began.connect(self._began)
        call.progressed.connect(self._progressed)
        call.ended.connect(self._ended)
        call.failed.connect(self._failed)

    def _connect_offers(self) -> None:
        offers = self.offers
        offers.certificates_asked.connect(self.certificates_asked)
        offers.doctor_asked.connect(self.doctor_asked)
        offers.elsewhere_asked.connect(self.elsewhere_asked)
        offers.newer_asked.connect(self.newer_asked)
        offers.address_asked.connect(self.address_asked)
        offers.despite_asked.connect(self._despite)
        offers.place_asked.connect(self.payload.editor.go_to)
        offers.told.connect(self.bar.tell)

    def renew_contract(self) -> None:
        """A schema package has come or gone: tell anew where the names come from, and judge the payload by it."""
        self._aim()
        if self.pristine and self.desk.exchange is None and not self.call.under_way:
            self.payload.begin()
        else:
            self.payload.check()

    def _aim(self) -> None:
        environment, target = self.desk.environment, self.desk.target
        self.titled.emit()
        if target is None:
            return
        try:
            url = self._ports.catalogue.url(environment.id, target)
            hindrance = self.guard.forbidden
        except CatalogueError as error:
            url, hindrance = "", f"{error.detail} {error.advice}".strip()
        self._url = url
        self.bar.watch.setVisible(self.watch.possible)
        self.bar.aim(environment, url, hindrance, guarded=self.guard.guarded)
        self._warn()
        self._ask_basis(Call(environment.id, target, b""))

    def _disarmed(self, why: str) -> None:
        self.bar.show_armed(0, self.desk.environment.name)
        self.bar.say_guard(why)

    def _recall(self, environment: str) -> None:
        """Find the certificate again that the draft was left with; without it the draft has none."""
        known = self._ports.identities.known(environment) if environment == self.desk.environment.id else None
        if self._wanted is None or known is None:
            return
        wanted, self._wanted = self._wanted, None
        found = next((each for each in known if each.ref == wanted), None)
        if found is None and environment == SIMULATOR:
            # The simulator makes its certificates anew at each start.
            found = self._ports.identities.choice(environment)
        self.desk.set_identity(found.ref if found else None, found.certificate if found else None)
        if found is None:
            self.bar.tell("The certificate that this draft was left with is not on this computer now. Choose another.")

    def _warn(self) -> None:
        self.bar.warn(self._ports.offer.availability(self.desk.environment.id).warning)

    def _choose(self, target: Target) -> None:
        """Call another row of the same service; an untouched payload begins anew for it."""
        before = self.desk.target
        self.desk.set_target(target)
        if before is not None and before.variant == target.variant and self.pristine:
            self.payload.begin()

    def _renew(self) -> None:
        """Another catalogue counts: keep what is here, and say so when it goes elsewhere now."""
        before = self._url
        for environment in self._ports.catalogue.environments:
            self.desk.renew_environment(environment)
        self._aim()
        if self._url != before:
            where = f"It goes to {self._url} now" if self._url else "It has no address any more"
            was = f"; it went to {before} before." if before else "."
            self.bar.tell(f"The catalogue changed. {where}{was}")

    def _ask_page(self) -> None:
        if self.desk.target is not None:
            self.page_asked.emit(self.desk.target.application)

    def _ask_basis(self, call: Call) -> None:
        def done(operation: Operation) -> None:
            if call.target == self.desk.target:
                self.head.show_basis(operation.basis)

        self._ports.jobs.run(
            lambda token: self._ports.courier.operation(call),
            owner=self,
            done=done,
            failed=lambda error: self.head.show_basis(None),
        )

    def _began(self) -> None:
        self._awaited = True
        self.bar.set_under_way(True)
        self.answer.wait()

    def _progressed(self, progress: object, elapsed: float) -> None:
        self.bar.progress.show_progress(progress, elapsed, stopping=self.call.stopping)  # type: ignore[arg-type]

    def _looked(self, look: Look) -> None:
        """A watch has looked: what came is shown, as if it had been sent by hand."""
        self._awaited = not self.call.under_way
        self.desk.set_exchange(look.exchange)
        self._awaited = self.call.under_way
        self.ended.emit(look.exchange)

    def _ended(self, exchange: Exchange) -> None:
        self._awaited = False
        self.bar.set_under_way(False)
        took = exchange.response.timings.total if exchange.response is not None else None
        self.bar.progress.rest(f"Answered in {duration_words(took)}" if took is not None else "")
        self.ended.emit(exchange)

    def _failed(self, error: CaisoError) -> None:
        self._awaited = False
        self.bar.set_under_way(False)
        self.bar.progress.rest()
        self.answer.show_error(error)
        self.offers.about(error)

    def _despite(self, payload_hash: str, revision: int) -> None:
        """Send what breaks its schema all the same."""
        if self.desk.draft.revision == revision:
            self.call.repeat_despite(payload_hash)
        else:
            self.send()  # it was changed meanwhile, so it is another payload

    def _show_answer(self, exchange: Exchange | None) -> None:
        if exchange is None:
            return
        self.answer.show_exchange(exchange)
        self.following.after(exchange, self.answer.summary, new=self._awaited)
        self.offers.after(exchange)
