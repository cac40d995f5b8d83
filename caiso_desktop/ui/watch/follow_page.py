"""The page on which it is chosen what follows each kind of submit: offered, asked by itself, or never."""

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from caiso_desktop.model.error import CaisoError, CatalogueError
from caiso_desktop.model.follow_up import Chain
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import error_notice
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.watch.choosing import FollowChoice, Wish

_WIDEST = 960
_INTRODUCTION = (
    "After a submit CAISO only says that it was received; these retrieves show what became of it. For each kind you "
    "choose whether the retrieve is offered beside the answer, filled in; runs by itself, in a tab of its own, until "
    "there are data; or is left out. Nothing but a retrieve is ever sent by itself."
)


class FollowPage(QScrollArea):
    """A line for each kind; what is chosen counts at once."""

    def __init__(self, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "followPage", "What follows a submit")
        self._ports = ports
        self._choice = FollowChoice(ports.settings)
        self.choices: dict[str, QComboBox] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    @property
    def text(self) -> str:
        """All that is said."""
        inside = self.widget()
        return "\n".join(label.text() for label in inside.findChildren(QLabel)) if inside is not None else ""

    def read(self) -> None:
        """Read the kinds anew, and show what is chosen for each."""
        ups = self._ports.watching.follow_ups
        self._ports.jobs.run(lambda token: ups.kinds(), owner=self, done=self._show, failed=self._tell)

    def _show(self, kinds: Sequence[Chain]) -> None:
        self.choices.clear()
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        for row, kind in enumerate(kinds):
            grid.addLayout(_words(kind, self._application(kind)), row, 0)
            if not kind.none:
                grid.addWidget(self._box(kind), row, 1, Qt.AlignmentFlag.AlignTop)
        self._put(grid)
        first = next(iter(self.choices.values()), None)
        if first is not None:
            self.setFocusProxy(first)

    def _tell(self, error: CaisoError) -> None:
        column = QVBoxLayout()
        column.addWidget(error_notice(error))
        self._put(column)

    def _put(self, what: QGridLayout | QVBoxLayout) -> None:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(styled(QLabel("What follows a submit"), title=True))
        layout.addWidget(_wrapped(_INTRODUCTION))
        layout.addSpacing(8)
        layout.addLayout(what)
        layout.addStretch(1)
        inside.setMaximumWidth(_WIDEST)
        self.setWidget(inside)

    def _application(self, kind: Chain) -> str:
        """The application's own short name."""
        name = kind.services[0].partition("/")[0] if kind.services else ""
        with suppress(CatalogueError):
            return self._ports.catalogue.application(name).acronym
        return name

    def _box(self, kind: Chain) -> QComboBox:
        box = named(QComboBox(), f"followChoice-{kind.id}", f"What follows: {kind.name}")
        for wish in Wish:
            box.addItem(wish.words, wish)
        box.setCurrentIndex(box.findData(self._choice.of(kind.id)))
        box.activated.connect(lambda index: self._choice.choose(kind.id, Wish(box.itemData(index))))
        self.choices[kind.id] = box
        return box


def _words(kind: Chain, application: str) -> QVBoxLayout:
    """A kind's name, which submits it follows with which retrieves, and what is known of it."""
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(styled(QLabel(kind.name), title=True))
    steps = " \u2192 ".join(_last(name) for name in kind.then) or kind.none
    submits = ", ".join(_last(name) for name in kind.services)
    if submits:
        column.addWidget(_wrapped(f"{application}: after {submits}"))
    if steps:
        column.addWidget(_wrapped(steps))
    guess = "" if kind.source.proven else f"Not tried with CAISO: {kind.source.document}."
    for words in filter(None, (kind.shows, guess)):
        column.addWidget(styled(_wrapped(words), tone="muted"))
    return column


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _wrapped(words: str) -> QLabel:
    label = QLabel(words)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
