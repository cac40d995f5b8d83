"""The answer of a draft: what it means, what it says, and how it travelled."""

from functools import cached_property
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from caiso_desktop.model.answer import Part
from caiso_desktop.model.dossier import Hidden
from caiso_desktop.model.error import CaisoError, Cancelled, StorageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.ui.answer_saving import HAND_ON, HAND_ON_HIDDEN, AnswerSaving, handed_on_words
from caiso_desktop.ui.answer_summary import AnswerSummary
from caiso_desktop.ui.answer_table import AnswerTable
from caiso_desktop.ui.answer_views import AnswerViews
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import clock_words
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.saving_strip import SavingStrip

_BEFORE = ("No answer yet", "Send the draft (Ctrl+Enter). What comes back is shown here.")
_EARLIER = "This is the answer to the earlier call, of {}. The one that is under way has none yet."
_WAITING = ("On its way", "The answer is shown here as soon as it has come.")


class AnswerPanel(QWidget):
    """Shows one exchange at a time; before there is any it says what to do."""

    def __init__(self, saving: AnswerSaving, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saving = saving
        self._ports = ports
        self._exchange: Exchange | None = None
        self._shown: Path | None = None
        self._empty = EmptyState(*_BEFORE)
        self._stack = QStackedWidget()
        self.setFocusProxy(self._empty)
        self._stack.addWidget(self._empty)
        self.save_button = self._save_button()
        self._said = _banner("savedLabel")
        self._earlier = styled(_banner("earlierAnswer"), banner="warning")
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(styled(QLabel("Answer"), title=True))
        head.addStretch(1)
        head.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._earlier)
        layout.addWidget(self._stack, 1)
        self.strip = SavingStrip(ports.jobs)
        layout.addWidget(self.strip)
        layout.addWidget(self._said)
        saving.saved.connect(self._tell_saved)
        saving.failed.connect(self._tell_failed)
        saving.handed_on.connect(lambda path, replaced: self._say(handed_on_words(path, replaced), "success"))

    @cached_property
    def views(self) -> AnswerViews:
        """The views of the answer, made when the first comes."""
        views = AnswerViews(
            self._ports.jobs,
            lambda: AnswerTable(self._ports.workshop, self._ports.saving, self._ports.files, self._ports.jobs),
        )
        views.save_asked.connect(self._save_part)
        views.open_asked.connect(self._open_part)
        self._stack.addWidget(views)
        return views

    @property
    def summary(self) -> AnswerSummary:
        """What the answer means."""
        return self.views.summary

    @property
    def said(self) -> str:
        """What is said under the answer about saving it."""
        return self._said.text()

    @property
    def empty_text(self) -> str:
        """What is said before there is an answer, empty afterwards."""
        return self._empty.text if self._stack.currentWidget() is self._empty else ""

    @property
    def earlier(self) -> str:
        """What is said over an answer that is not of the call that is under way, empty over any other."""
        return self._earlier.text() if self._earlier.isVisibleTo(self) else ""

    def wait(self) -> None:
        """A call is under way: an older answer stays in sight until the new one is there, and says that it is older."""
        self._said.hide()
        if self._exchange is None:  # why nothing was sent the last time says nothing any more
            self._empty.say(*_WAITING)
            self._stack.setCurrentWidget(self._empty)
            self.setFocusProxy(self._empty)
        else:
            self._earlier.setText(_EARLIER.format(clock_words(self._exchange.started)))
            self._earlier.show()

    def show_exchange(self, exchange: Exchange) -> None:
        """Show what became of a call."""
        self._earlier.hide()
        self._exchange = exchange
        answer, response = exchange.answer, exchange.response
        report = answer.report if answer is not None else None
        self._shown = report or (response.body if response is not None else None)
        self.views.show_exchange(exchange, self._shown)
        self._show_views()
        self._report.setEnabled(self._shown is not None)
        # Without an answer there still is a request, and what went wrong.
        self.save_button.setEnabled(True)
        named_by = "Save answer…" if self._shown is not None else "Save exchange…"
        self.save_button.setText("Save report…" if report is not None else named_by)
        self._wire.setEnabled(response is not None)

    def show_error(self, error: CaisoError) -> None:
        """Show why nothing was sent."""
        self._earlier.hide()
        self._exchange = self._shown = None
        self.views.show_error(error)
        self._show_views()
        self.save_button.setEnabled(False)

    def _show_views(self) -> None:
        self._stack.setCurrentWidget(self.views)
        self.setFocusProxy(self.views)

    def save(self) -> None:
        """Save the report (or, where there is none, the answer as it came; without an answer the exchange)."""
        if self._exchange is not None and self._shown is not None:
            self._saving.save(self._exchange, self._shown)
        elif self._exchange is not None:
            self.hand_on(Hidden())

    def save_wire(self) -> None:
        """Save the answer's body as it came over the wire."""
        if self._exchange is not None and self._exchange.response is not None:
            self._saving.save(self._exchange, self._exchange.response.body)

    def save_request(self) -> None:
        """Save the request's body as it was sent."""
        if self._exchange is not None:
            self._saving.save(self._exchange, self._exchange.request.body)

    def hand_on(self, hidden: Hidden) -> None:
        """Save all there is of the call for somebody else."""
        if self._exchange is not None:
            self._said.hide()
            self._saving.hand_on(self._exchange, hidden, self.strip)

    def _save_button(self) -> QToolButton:
        menu = QMenu(self)
        self._report = menu.addAction("Save report…", self.save)
        self._wire = menu.addAction("Save the answer as it came…", self.save_wire)
        menu.addAction("Save the request as sent…", self.save_request)
        menu.addSeparator()
        menu.addAction(HAND_ON, lambda: self.hand_on(Hidden()))
        menu.addAction(HAND_ON_HIDDEN, lambda: self.hand_on(Hidden(market=True)))
        button = named(QToolButton(), "saveAnswerButton", "Save the answer", "Save the report (Ctrl+S)")
        button.setText("Save report…")
        button.setIcon(icon(Symbol.SAVE))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setMenu(menu)
        button.clicked.connect(self.save)
        button.setEnabled(False)
        return button

    def _save_part(self, part: Part) -> None:
        path = self._file(part)
        if self._exchange is not None and path is not None:
            self._saving.save(self._exchange, path)

    def _open_part(self, part: Part) -> None:
        path = self._file(part)
        if path is not None:
            self.views.open_text(path)

    def _file(self, part: Part) -> Path | None:
        try:
            return part.file()
        except StorageError as error:
            self._tell_failed(error)
            return None

    def _tell_saved(self, path: Path) -> None:
        self._say(f"Saved as {path}", "success")

    def _tell_failed(self, error: CaisoError) -> None:
        if isinstance(error, Cancelled):
            self._say(error.detail, "info")
            return
        self._say(f"{error.title}: {error.detail} {error.advice}".strip(), "error")

    def _say(self, words: str, tone: str) -> None:
        self._said.setText(words)
        styled(self._said, banner=tone)
        self._said.show()


def _banner(name: str) -> QLabel:
    """A line of words that is hidden as long as there is nothing to say."""
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.hide()
    return label
