"""What is offered beside an answer: the retrieve that shows what became of a submit, step by step."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox

from caiso_desktop.model.error import CaisoError, CatalogueFileError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import FollowUp, Origin
from caiso_desktop.model.service import Kind
from caiso_desktop.ui.answer_summary import AnswerSummary
from caiso_desktop.ui.named import named
from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.watch.choosing import FollowChoice, Wish


class Following(QObject):
    """One draft's. ``origin`` is what the draft itself follows.

    ``asked`` wants a follow-up opened; its second value says that it runs by itself, as the user chose for its kind.
    ``choose_asked`` wants the page on which that is chosen for every kind.
    """

    asked = Signal(FollowUp, bool)
    choose_asked = Signal()

    def __init__(self, ports: Ports, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ports = ports
        self._choice = FollowChoice(ports.settings)
        self._offers = 0
        self.origin: Origin | None = None

    def after(self, exchange: Exchange, summary: AnswerSummary, *, new: bool) -> None:
        """Find what follows a call, off this thread, and offer it; ``new``: the call has just ended."""
        self._offers += 1
        mine, origin, ups = self._offers, self.origin, self._ports.watching.follow_ups
        # Only a submit, and what follows one, leads on by itself.
        leads = new and (exchange.operation.kind is not Kind.RETRIEVE or origin is not None)

        def done(found: FollowUp | None) -> None:
            if found is None or mine != self._offers:
                return
            if found.doubt:
                summary.add_second(self._doubt(found))
                return
            wish = self._choice.of(found.chain)
            if wish is Wish.NEVER:
                return
            automatic = leads and wish is Wish.ALONE
            summary.add_second(self._notice(found, automatic=automatic))
            if automatic:
                self.asked.emit(found, True)  # noqa: FBT003  a signal takes it by position

        def failed(error: CaisoError) -> None:
            # What cannot be looked up is not offered; but who wrote a file that is wrong wants to know.
            if mine == self._offers and isinstance(error, CatalogueFileError):
                summary.add_second(Notice("warning", error.title, error.detail, error.advice))

        self._ports.jobs.run(lambda token: ups.after(exchange, origin), owner=self, done=done, failed=failed)

    def _notice(self, found: FollowUp, *, automatic: bool) -> Notice:
        name = found.target.procedure or found.target.service
        opened = "It was opened in a tab of its own and asks by itself." if automatic else ""
        title = f"Next: the check of batch {found.origin.batch}" if found.of_batch else f"Next: {name}"
        notice = Notice("info", title, f"{found.shows} {opened}".strip())
        words = "Follow it until it is checked" if found.of_batch else f"Open {name}, filled in"
        notice.offer("followUpButton", words, lambda: self.asked.emit(found, False))  # noqa: FBT003
        notice.offer("followChoiceButton", "All kinds…", self.choose_asked.emit)
        notice.hold(self._box(found))
        return notice

    def _doubt(self, found: FollowUp) -> Notice:
        """Where nobody knows whether a submit arrived: what shows it, whatever was chosen for its kind."""
        name = found.target.procedure or found.target.service
        words = "Look before you send it again; sent twice it may count twice."
        notice = Notice("warning", f"Whether it arrived shows in {name}", words)
        notice.offer("lookButton", f"Open {name}, filled in", lambda: self.asked.emit(found, False))  # noqa: FBT003
        return notice

    def _box(self, found: FollowUp) -> QCheckBox:
        kind = found.chain
        box = named(
            QCheckBox(f"From now on ask by itself: {found.name.lower()}"),
            "followByItselfBox",
            f"Follow submits of this kind by itself: {found.name}",
            "Only retrieves are ever sent by themselves. Off, the next step is offered here.",
        )
        box.setChecked(self._choice.of(kind) is Wish.ALONE)
        box.toggled.connect(lambda on: self._choice.choose(kind, Wish.ALONE if on else Wish.OFFER))
        return box
