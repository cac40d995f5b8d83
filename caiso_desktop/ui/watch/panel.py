"""A draft's watch: until what, how often, for how long; and while it is under way what came and when it looks again."""

import math
import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.follow_up import BATCH_STATUS
from caiso_desktop.model.service import Kind
from caiso_desktop.model.transport import Progress
from caiso_desktop.model.watch import (
    FASTEST,
    LONGEST,
    SHORTEST,
    SLOWEST,
    Finish,
    Look,
    Plan,
    Until,
    Watched,
)
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.macro.wording import Wording
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import outcome_words
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.tool_button import tool_button

_TICK_MS = 500
_MINUTE = 60


class WatchPanel(QWidget):
    """Hidden until it is wanted. ``looked`` comes with each look, ``kept`` when what a restart needs has changed
    (the plan that is left, None: it is over), ``finished`` when it ended by itself, ``failed`` when it could not look.
    """

    looked = Signal(Look)
    kept = Signal(object)
    finished = Signal(Watched)
    failed = Signal(object)

    def __init__(self, desk: Desk, wording: Wording, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("watchPanel")
        self._desk = desk
        self._wording = wording
        self._ports = ports
        self._token: CancelToken | None = None
        self._waiting: Plan | None = None
        self._plan = Plan(Until.DATA)
        self._ends = self._next = 0.0
        self._last = ""
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._count_down)
        self._lay_out()
        desk.target_changed.connect(self._suit)
        desk.identity_changed.connect(self._resume)
        self._suit()
        self.hide()

    @property
    def under_way(self) -> bool:
        """Whether it watches."""
        return self._token is not None or self._waiting is not None

    @property
    def said(self) -> str:
        """What it says of itself."""
        return self._said.words

    @property
    def possible(self) -> bool:
        """Whether the draft's call may be repeated: only a retrieve may."""
        target = self._desk.target
        return target is not None and self._ports.catalogue.kind(target) is Kind.RETRIEVE

    def open(self) -> None:
        """Ask until what is to be watched."""
        if self.possible:
            self.show()
            self._until.setFocus()

    def begin(self, plan: Plan) -> None:
        """Watch; while one is under way this does nothing."""
        if self._token is not None or not self.possible:
            return
        desk, target = self._desk, self._desk.target
        if target is None:
            return
        environment, identity, word = desk.environment.id, desk.identity, self._wording.worder()
        self._waiting, self._plan, self._last = None, plan, ""
        self._ends, self._next = time.monotonic() + plan.lasting, 0.0
        on_look = self._ports.jobs.relay(self._looked, owner=self)
        watcher = self._ports.watching.watcher

        def call() -> Call:
            return Call(environment, target, word().payload, identity)

        self._token = self._ports.jobs.run(
            lambda token: watcher.watch(call, plan, token, on_look, _nothing),
            owner=self,
            done=self._done,
            failed=self._failed,
            long=True,
        )
        self._tick.start()
        self._show_state()
        self.kept.emit(plan)
        self._count_down()

    def resume(self, plan: Plan) -> None:
        """Go on after a restart, as soon as the draft has its certificate again."""
        self._waiting = plan
        self._show_state()
        self._said.say("Goes on as soon as its certificate is there.")
        self._resume()

    def stop(self) -> None:
        """Stop watching."""
        self._waiting = None
        if self._token is not None:
            self._token.cancel()
        self._show_state()
        self.kept.emit(None)

    def _resume(self) -> None:
        if self._waiting is not None and self._desk.certificate is not None:
            self.begin(self._waiting)

    def _lay_out(self) -> None:
        self._until = named(QComboBox(), "watchUntil", "Watch until")
        self._every = _spin("watchEvery", "Seconds between two looks", FASTEST, SLOWEST, 60, " s")
        self._for = _spin(
            "watchFor", "Minutes for which is watched", SHORTEST // _MINUTE, LONGEST // _MINUTE, 60, " min"
        )
        self._start = named(QPushButton("Start watching"), "watchStart", "Start watching")
        self._start.setIcon(icon(Symbol.CLOCK))
        self._start.clicked.connect(self._begin)
        self._stop = named(QPushButton("Stop watching"), "watchStop", "Stop watching")
        self._stop.setIcon(icon(Symbol.STOP))
        self._stop.clicked.connect(self.stop)
        self._said = ElidedLabel()
        named(self._said, "watchLabel", "How the watch goes")
        self._close = tool_button("watchClose", "", "Hide the watch", Symbol.CLOSE, self.hide)
        self._asks: tuple[QWidget, ...] = (
            QLabel("Watch until"),
            self._until,
            QLabel("every"),
            self._every,
            QLabel("for"),
            self._for,
            self._start,
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 8)
        row.setSpacing(8)
        for each in self._asks:
            row.addWidget(each)
        row.addWidget(self._stop)
        row.addWidget(self._said)
        row.addStretch(1)
        row.addWidget(self._close)
        self._show_state()

    def _suit(self) -> None:
        """Offer what the draft's service can be watched for."""
        target = self._desk.target
        batch = target is not None and target.service == BATCH_STATUS
        self._until.clear()
        for until in (Until.CHECKED,) if batch else (Until.DATA, Until.CHANGE):
            self._until.addItem(until.words, until)
        if not self.possible:
            self.hide()

    def _begin(self) -> None:
        until = self._until.currentData()
        self.begin(Plan(Until(until), self._every.value(), self._for.value() * _MINUTE))

    def _show_state(self) -> None:
        under_way = self.under_way
        for each in self._asks:
            each.setVisible(not under_way)
        self._stop.setVisible(under_way)
        self._close.setVisible(not under_way)
        if under_way:
            self.show()

    def _looked(self, look: Look) -> None:
        if self._token is None:
            return
        self._next = time.monotonic() + (look.following or 0.0)
        self._last = f"look {look.number}: {outcome_words(look.exchange).lower()}"
        self.looked.emit(look)
        if look.following is not None:
            left = max(1.0, look.left)
            plan = self._plan
            self.kept.emit(Plan(plan.until, plan.every, left, plan.growth, look.baseline))
        self._count_down()

    def _count_down(self) -> None:
        if self._token is None:
            return
        now = time.monotonic()
        left = max(0, math.ceil((self._ends - now) / _MINUTE))
        following = math.ceil(self._next - now)
        when = "looks now" if following <= 0 else f"looks again in {_span(following)}"
        words = f"Watching until {self._plan.until.words}: {when}; {left} min left"
        self._said.say(f"{words}; {self._last}" if self._last else words)
        self._said.setAccessibleDescription(words)

    def _over(self, words: str, tone: str) -> None:
        self._tick.stop()
        self._token = None
        self._show_state()
        self._said.say(words)
        styled(self._said, tone=tone)
        self.kept.emit(None)

    def _done(self, watched: Watched) -> None:
        tones = {Finish.MET: "success", Finish.TROUBLE: "error"}
        self._over(watched.words, "error" if watched.refused else tones.get(watched.finish, "muted"))
        if watched.finish is not Finish.STOPPED:
            self.finished.emit(watched)

    def _failed(self, error: CaisoError) -> None:
        self._over(f"{error.title}: {error.detail}", "error")
        self.failed.emit(error)


def _spin(name: str, accessible: str, low: int, high: int, value: int, suffix: str) -> QSpinBox:
    spin = named(QSpinBox(), name, accessible)
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setSuffix(suffix)
    return spin


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < 2 * _MINUTE else f"{seconds // _MINUTE} min {seconds % _MINUTE:02d} s"


def _nothing(progress: Progress) -> None:
    """How far one look is need not be told: the next is counted down to."""
