"""A sentence where the eye is: what it is, what it means, what to do, and the raw text behind it when asked for."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.error import CaisoError, Fate
from caiso_desktop.model.sentence import sentence
from caiso_desktop.ui.icon import Symbol, Tone, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.picture import Picture

_PICTURES = {
    "success": (Symbol.SUCCESS, Tone.SUCCESS),
    "info": (Symbol.INFO, Tone.INFO),
    "warning": (Symbol.WARNING, Tone.WARNING),
    "error": (Symbol.ERROR, Tone.ERROR),
}
_TONES = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.ERROR: "error"}


def tone_of(severity: Severity) -> str:
    """The tone in which something so grave is said."""
    return _TONES[severity]


class Notice(QFrame):
    """``tone`` is ``success``, ``info``, ``warning`` or ``error``; an icon and the title say it too."""

    def __init__(
        self, tone: str, title: str, meaning: str = "", advice: str = "", raw: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("banner", tone)
        self.setAccessibleName(" ".join(filter(None, (title, meaning, advice))))
        self._title = title
        picture = Picture(*_PICTURES[tone])
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(_label(title, heading=True))
        for text in filter(None, (meaning, advice)):
            words.addWidget(_label(text))
        if raw:
            words.addLayout(self._raw(raw))
        self._words = words
        self._offers: QHBoxLayout | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 2)
        layout.setSpacing(8)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)

    @property
    def text(self) -> str:
        """All that is said, without the raw text."""
        return self.accessibleName()

    def offer(self, object_name: str, text: str, verb: Callable[[], object]) -> None:
        """Put a button under the words, for what can be done about it."""
        if self._offers is None:
            self._offers = QHBoxLayout()
            self._offers.setSpacing(8)
            self._offers.addStretch(1)
            self._words.addLayout(self._offers)
        button = named(QPushButton(text), object_name, text)
        button.clicked.connect(lambda checked=False: verb())
        self._offers.insertWidget(self._offers.count() - 1, button)

    def hold(self, widget: QWidget) -> None:
        """Put a widget under the words, for what can be chosen about it."""
        self._words.addWidget(widget)

    def _raw(self, raw: str) -> QVBoxLayout:
        text = named(QPlainTextEdit(raw), "noticeRaw", f"The text as it came: {self._title}")
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setMaximumHeight(120)
        text.setVisible(False)
        button = named(QToolButton(), "noticeRawButton", f"Show the text as it came: {self._title}")
        styled(button, quiet=True)
        button.setText("The text as it came")
        button.setIcon(icon(Symbol.NEXT))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setCheckable(True)
        button.toggled.connect(text.setVisible)
        column = QVBoxLayout()
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(text)
        return column


def error_notice(error: CaisoError, fate: Fate | None = None) -> Notice:
    """A notice for an error: with what is known of the request where one may have left."""
    known = {
        Fate.NOT_SENT: "" if "nothing was sent" in error.advice.lower() else "Nothing was sent.",
        Fate.UNKNOWN: "It is not known whether the service received the request.",
    }
    side = error.side.sentence if error.side is not None else ""
    meaning = " ".join(filter(None, (sentence(error.detail), side, known.get(fate, "") if fate is not None else "")))
    return Notice("error", error.title, meaning, error.advice)


def _label(text: str, *, heading: bool = False) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return styled(label, title=heading)
