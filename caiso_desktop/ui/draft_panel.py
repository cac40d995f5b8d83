"""One draft: its head, its verbs, its payload and its answer, over a desk of its own.

Its parts are imported when the first draft is made: the window, which opens without one, is painted 60 ms earlier.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError, CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.named import named
from caiso_desktop.ui.phrase import duration_words
from caiso_desktop.ui.port import Ports


class DraftPanel(QWidget):
    """``ended`` carries every exchange, also when its tab is closed meanwhile; ``titled``: its title is another."""

    ended = Signal(Exchange)
    titled = Signal()

    def __init__(self, environment: Environment, target: Target, ports: Ports, parent: QWidget | None = None) -> None:
        from caiso_desktop.ui.answer_panel import AnswerPanel
        from caiso_desktop.ui.answer_saving import AnswerSaving
        from caiso_desktop.ui.call_bar import CallBar
        from caiso_desktop.ui.draft_call import DraftCall
        from caiso_desktop.ui.draft_head import DraftHead
        from caiso_desktop.ui.payload_panel import PayloadPanel

        super().__init__(parent)
        self._ports = ports
        self.desk = Desk(environment, target, self)
        self.call = DraftCall(self.desk, ports.courier, ports.jobs, self)
        self.head = DraftHead(self.desk, ports.catalogue, ports.identities)
        self.bar = CallBar()
        self.payload = PayloadPanel(self.desk, ports.payloads, ports.jobs, ports.files)
        self.answer = AnswerPanel(AnswerSaving(ports.saving, ports.files, ports.jobs, self), ports.jobs)
        self.splitter = named(QSplitter(Qt.Orientation.Horizontal), "draftSplitter", "Payload and answer")
        self.splitter.addWidget(self.payload)
        self.splitter.addWidget(self.answer)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([440, 560])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.bar)
        layout.addWidget(self.splitter, 1)
        self._connect()
        self._aim()

    @property
    def title(self) -> str:
        """What its tab says: service, version and environment."""
        target = self.desk.target
        name = f"{target.service} {target.version}".rstrip() if target is not None else "New"
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
        try:
            self.payload.show_draft(Draft.from_bytes(exchange.call.payload))
        except CaisoError as error:
            self.payload.problem.say(f"{error.title}: {error.detail}", "error")
        self.desk.set_exchange(exchange)

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
        """Send what is in the editor, unless something hinders it."""
        if self.bar.hindrance:
            return
        self.payload.settle()
        self.call.begin()

    def _connect(self) -> None:
        desk, call, bar = self.desk, self.call, self.bar
        desk.environment_changed.connect(self._aim)
        desk.target_changed.connect(self._aim)
        desk.exchange_changed.connect(self._show_answer)
        self.head.variant_chosen.connect(desk.set_target)
        bar.validate.clicked.connect(self.payload.check)
        bar.send.clicked.connect(self.send)
        bar.cancel.clicked.connect(call.cancel)
        call.began.connect(self._began)
        call.progressed.connect(self._progressed)
        call.ended.connect(self._ended)
        call.failed.connect(self._failed)

    def _aim(self) -> None:
        from caiso_desktop.ui.call_bar import guard_reason

        environment, target = self.desk.environment, self.desk.target
        self.titled.emit()
        if target is None:
            return
        _, service, _ = self._ports.catalogue.row(target)
        try:
            url = self._ports.catalogue.url(environment.id, target)
            hindrance = guard_reason(environment, service)
        except CatalogueError as error:
            url, hindrance = "", f"{error.detail} {error.advice}".strip()
        self.bar.aim(environment, url, hindrance)
        self._ask_basis(Call(environment.id, target, b""))

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
        self.bar.set_under_way(True)
        self.answer.wait()

    def _progressed(self, progress: object, elapsed: float) -> None:
        self.bar.progress.show_progress(progress, elapsed, stopping=self.call.stopping)  # type: ignore[arg-type]

    def _ended(self, exchange: Exchange) -> None:
        self.bar.set_under_way(False)
        took = exchange.response.timings.total if exchange.response is not None else None
        self.bar.progress.rest(f"Answered in {duration_words(took)}" if took is not None else "")
        self.ended.emit(exchange)

    def _failed(self, error: CaisoError) -> None:
        self.bar.set_under_way(False)
        self.bar.progress.rest()
        self.answer.show_error(error)

    def _show_answer(self, exchange: Exchange | None) -> None:
        if exchange is not None:
            self.answer.show_exchange(exchange)
