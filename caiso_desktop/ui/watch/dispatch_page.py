"""Dispatch as it comes: a table of batches, asked for every ten seconds; a batch is fetched when one wants it."""

import queue

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.dispatch_watch import ALL, EVERY, NEVER_ANSWERS, ONE_SESSION, Poll, targets
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.model.watch import Finish, Watched
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.watch.batch_list import HEADERS, BatchList, announcement, pacific

_SETTING = "ads.last."
"""With the environment and the certificate behind it: the UID of the batch that was seen last."""


class DispatchPage(QWidget):
    """``polled`` carries each call that brought something, ``announced`` a tone, a title and words for what is new.

    ``fetch_asked`` wants a batch fetched: its UID, of a version of the service in an environment.
    """

    polled = Signal(Poll)
    announced = Signal(str, str, str)
    fetch_asked = Signal(Target, Environment, str)

    def __init__(self, ports: Ports, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dispatchPage")
        self._ports = ports
        self._desk = desk
        self._environment = desk.environment
        self._setting = ""
        self._token: CancelToken | None = None
        self._polls: queue.SimpleQueue[Poll] = queue.SimpleQueue()
        self._batches = BatchList()
        self._lay_out()
        desk.environment_changed.connect(self._look_around)
        desk.identity_changed.connect(self._look_around)
        self._look_around()

    @property
    def under_way(self) -> bool:
        """Whether it watches."""
        return self._token is not None

    @property
    def said(self) -> str:
        """What it says of itself."""
        return self._said.words

    def start(self) -> None:
        """Watch the bar's environment with the bar's certificate, from the batch that was seen last."""
        target, certificate = self._version.currentData(), self._desk.certificate
        if self.under_way or not isinstance(target, Target) or certificate is None:
            return
        environment, identity = self._environment, self._desk.identity
        self._setting = f"{_SETTING}{environment.id}.{certificate.thumbprint}"
        since = ALL if self._all.isChecked() else self._ports.settings.get(self._setting) or ALL
        watcher = self._ports.watching.dispatch
        # Not a single poll may be lost on the way, and a relay hands over the newest only.
        wake = self._ports.jobs.relay(lambda number: self._take(), owner=self)

        def on_poll(poll: Poll) -> None:
            self._polls.put(poll)
            wake(poll.number)

        self._token = self._ports.jobs.run(
            lambda token: watcher.watch(target, environment.id, identity, since, token, on_poll),
            owner=self,
            done=self._done,
            failed=self._failed,
            long=True,
        )
        self._tell("Asks for the batches of about 24 hours…" if since == ALL else "Asks for what came since…", "muted")
        self._show_state()

    def stop(self) -> None:
        """Stop asking."""
        if self._token is not None:
            self._token.cancel()
            self._tell("Stops…", "muted")

    def fetch(self) -> None:
        """Have the batch fetched that is chosen in the table."""
        row, target = self.table.currentIndex().row(), self._version.currentData()
        if self._batches.uid(row) and isinstance(target, Target):
            self.fetch_asked.emit(target, self._environment, self._batches.uid(row))

    def _lay_out(self) -> None:
        self._place = styled(QLabel(), title=True)
        self._version = named(QComboBox(), "dispatchVersion", "Version of the service")
        self._all = named(
            QCheckBox("All of 24 hours"),
            "dispatchAll",
            "Begin with all that is held",
            "Else with what came since",
        )
        self._start = styled(
            named(QPushButton("Start watching"), "dispatchStart", "Start watching dispatch"), primary=True
        )
        self._start.clicked.connect(self.start)
        self._stop = named(QPushButton("Stop watching"), "dispatchStop", "Stop watching dispatch")
        self._stop.setIcon(icon(Symbol.STOP))
        self._stop.clicked.connect(self.stop)
        self._fetch = named(QPushButton("Fetch the batch"), "dispatchFetch", "Fetch the batch that is chosen")
        self._fetch.setIcon(icon(Symbol.RETRIEVE))
        self._fetch.clicked.connect(self.fetch)
        self._said = named(ElidedLabel(), "dispatchLabel", "How the watch goes")
        self.table = RowsTable("dispatchTable", "Dispatch batches, newest first", HEADERS, stretch=8)
        self.table.activated.connect(lambda index: self.fetch())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_state())
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState("No batch yet", "Start watching: batches are listed here as they come."))
        self._stack.addWidget(self.table)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._place)
        head.addWidget(self._version)
        head.addWidget(self._start)
        head.addWidget(self._stop)
        head.addWidget(self._all)
        head.addWidget(self._said)
        head.addStretch(1)
        head.addWidget(self._fetch)
        notice = Notice(
            "warning",
            "One session for a certificate",
            ONE_SESSION,
            NEVER_ANSWERS,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(notice)
        layout.addWidget(self._stack, 1)
        self.setFocusProxy(self._start)

    def _look_around(self) -> None:
        """Go by the bar's environment, unless a watch is under way."""
        if self.under_way:
            return
        if self._environment != self._desk.environment:
            self._batches.clear()
            self._show_rows()
        self._environment = self._desk.environment
        self._place.setText(f"Dispatch · {self._environment.name}")
        self._version.clear()
        for target in targets(self._ports.catalogue, self._environment.id):
            self._version.addItem(target.version, target)
        if self._version.count() == 0:
            self._tell(f"{self._environment.name} has no ADS.", "muted")
        elif self._desk.certificate is None:
            self._tell("Choose a certificate first.", "muted")
        else:
            self._tell("", "muted")
        self._show_state()

    def _show_state(self) -> None:
        able = self._version.count() > 0 and self._desk.certificate is not None
        self._version.setEnabled(not self.under_way)
        self._all.setVisible(not self.under_way)
        self._start.setVisible(not self.under_way)
        self._start.setEnabled(able)
        self._stop.setVisible(self.under_way)
        self._fetch.setEnabled(self.table.currentIndex().isValid())

    def _take(self) -> None:
        while not self._polls.empty():
            self._polled(self._polls.get())

    def _polled(self, poll: Poll) -> None:
        if poll.telling:
            self.polled.emit(poll)
        self._ports.settings.set(self._setting, poll.last)
        if poll.batches or poll.changes:
            new, changed = self._batches.take(poll)
            self._show_rows()
            title, words = announcement(() if poll.first else new, changed)
            if title:
                self.announced.emit("info", f"{title} – {self._environment.name}", words)
        count = f"{len(self._batches):,} batches"
        when = pacific(poll.exchange.started, poll.exchange.started)
        if poll.trouble:
            self._tell(f"{when}: {poll.trouble}; asks again in {poll.following:.0f} s", "warning")
        else:
            self._tell(f"Asked at {when}, again every {EVERY:.0f} s; {count}", "muted")

    def _show_rows(self) -> None:
        chosen = self.table.currentIndex()
        uid = self.table.rows.row(chosen.row())[-1] if chosen.isValid() else ""
        self.table.set_rows(self._batches.rows(), strong=self._batches.news)
        self._stack.setCurrentIndex(1 if self._batches else 0)
        row = self._batches.row_of(uid)
        if row >= 0:
            self.table.selectRow(row)

    def _done(self, watched: Watched) -> None:
        self._take()
        self._token = None
        trouble = watched.finish is Finish.TROUBLE
        self._tell(watched.words, "error" if trouble else "muted")
        if trouble:
            if watched.exchange is not None:
                self.polled.emit(Poll(watched.looks, watched.exchange, "", trouble=watched.words))
            words = f"{watched.words} The call is the newest in the history."
            self.announced.emit("error", f"Dispatch is not watched any more – {self._environment.name}", words)
        self._show_state()

    def _failed(self, error: CaisoError) -> None:
        self._take()
        self._token = None
        self._tell(f"{error.title}: {error.detail} {error.advice}".strip(), "error")
        self._show_state()

    def _tell(self, words: str, tone: str) -> None:
        self._said.say(words)
        self._said.setToolTip(words)
        self._said.setAccessibleDescription(words)
        styled(self._said, tone=tone)
