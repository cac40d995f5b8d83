"""Keeps the open drafts as one types, off the GUI thread, and brings them back at the next start."""

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.draft_store import SAVE_WITHIN, Binned, Drafts, Restored, SavedDraft
from caiso_desktop.model.error import CaisoError, CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.safety import Memory, Safety
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.pause import pause
from caiso_desktop.ui.port import Ports

AFTER_MS = int(SAVE_WITHIN * 500)
"""How long a change waits for others before it is saved: half of what is promised, the disk may have the rest."""

AGAIN_MS = 5000
BLAMED_MS = 5000
"""For how long an answer that was just shown is what a crash is blamed on."""

_log = logging.getLogger(__name__)


class Verbs:
    """What is to be done with the drafts, in its order, by whichever thread comes; one at a time."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._waiting: list[tuple[str, Callable[[Drafts], object]]] = []
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def add(self, verb: Callable[[Drafts], object], replaces: str = "") -> None:
        """Do this next; what waits under the same name ``replaces`` need not be done any more."""
        with self._lock:
            if replaces:
                self._waiting = [each for each in self._waiting if each[0] != replaces]
            self._waiting.append((replaces, verb))

    def do_all(self) -> None:
        """Do everything that waits; what fails is given up, after the rest has been tried. Raises the first error."""
        first: CaisoError | None = None
        with self._turn:
            for verb in self._all():
                try:
                    verb(self._memory.drafts)
                except CaisoError as error:
                    first = first or error
        if first is not None:
            raise first

    def _all(self) -> Iterator[Callable[[Drafts], object]]:
        while True:
            with self._lock:
                if not self._waiting:
                    return
                _, verb = self._waiting.pop(0)
            yield verb


class DraftKeeping(QObject):
    """Watches the drafts that are open.

    ``troubled`` says why drafts are not kept at the moment, or (empty) that they are again. ``brought_back`` comes
    once, when everything is open again, with what was held back. ``open_panel`` makes a panel among the tabs.
    """

    troubled = Signal(str)
    brought_back = Signal(Restored)

    def __init__(
        self,
        tabs: DraftTabs,
        ports: Ports,
        open_panel: Callable[[Environment, Target, str], DraftPanel],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tabs = tabs
        self._ports = ports
        self._jobs: Jobs = ports.jobs
        self._safety: Safety = ports.safety
        self._open_panel = open_panel
        self._verbs = Verbs(self._safety.memory)
        self._changed: dict[str, DraftPanel] = {}
        self._working_on = ""
        self._was_troubled = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.save)
        self._blame = pause(self, BLAMED_MS, self._work_on)
        tabs.selected.connect(self._selected)
        tabs.closed.connect(self._closed)
        tabs.reopened.connect(self._reopened)
        tabs.moved.connect(self._arrange)

    def watch(self, panel: DraftPanel) -> None:
        """Keep a draft from now on."""

        def changed() -> None:
            self._note(panel)

        panel.payload.editor.textChanged.connect(changed)
        panel.payload.editor.cursorPositionChanged.connect(changed)
        desk = panel.desk
        for signal in (desk.draft_changed, desk.environment_changed, desk.target_changed, desk.identity_changed):
            signal.connect(changed)
        desk.exchange_changed.connect(lambda exchange: self._answered(panel))

    def save(self) -> None:
        """Save what has changed since the last time."""
        self._gather()
        self._run()

    def bring_back(self) -> None:
        """Open the drafts of the last time again, one after the other."""
        self._jobs.run(
            lambda token: self._safety.memory.drafts.restore(),
            owner=self,
            done=lambda restored: self._open_next(list(restored.open), restored),
            failed=self._failed,
        )

    def bin(self, done: Callable[[list[Binned]], None], failed: Callable[[CaisoError], None]) -> None:
        """What lies in the bin, last closed first."""
        self.save()
        self._jobs.run(lambda token: list(self._in_turn().bin()), owner=self, done=done, failed=failed)

    def take_back(self, id: str, failed: Callable[[CaisoError], None]) -> None:
        """Open a draft from the bin, or one that was held back."""
        if self._tabs.reopen_one(id):
            return
        self._jobs.run(lambda token: self._in_turn().take_back(id), owner=self, done=self._show, failed=failed)

    def take_back_last(self, failed: Callable[[CaisoError], None]) -> None:
        """Open the draft that was closed last."""

        def open_newest(found: list[Binned]) -> None:
            if found:
                self.take_back(found[0].draft.id, failed)

        if not self._tabs.reopen():
            self.bin(open_newest, failed)

    def close(self) -> None:
        """Save everything now, on this thread, and end in good order."""
        self._timer.stop()
        self._gather()
        self._arrange(run=False)
        self._verbs.add(lambda drafts: drafts.close())
        try:
            self._verbs.do_all()
        except CaisoError as error:
            _log.warning("the drafts could not be kept at the end: %s", error)

    def _in_turn(self) -> Drafts:
        """The drafts, after everything that waited has been done."""
        self._verbs.do_all()
        return self._safety.memory.drafts

    def _note(self, panel: DraftPanel) -> None:
        self._changed[panel.id] = panel
        if not self._timer.isActive():
            self._timer.start(AFTER_MS)

    def _gather(self) -> None:
        changed, self._changed = self._changed, {}
        open_panels = self._tabs.panels
        for panel in changed.values():
            saved = _saved(panel)
            if saved is not None:
                self._verbs.add(partial(_save, saved), replaces=f"save {saved.id}")
            if panel not in open_panels:
                # After each save: what changes in a closed draft (its skeleton comes, an answer) must not open it.
                self._verbs.add(partial(_throw_away, panel.id), replaces=f"throw away {panel.id}")

    def _run(self) -> None:
        def well(nothing: None) -> None:
            if self._was_troubled:
                self._was_troubled = False
                self.troubled.emit("")
                self._timer.start(AFTER_MS)  # what changed meanwhile need not wait for the next try

        self._jobs.run(lambda token: self._verbs.do_all(), owner=self, done=well, failed=self._failed)

    def _failed(self, error: CaisoError) -> None:
        """Tell it, and try everything that is open again in a while."""
        self._was_troubled = True
        self.troubled.emit(f"Drafts are not kept at the moment: {error.detail} {error.advice}".strip())
        for panel in self._tabs.panels:
            self._changed.setdefault(panel.id, panel)
        self._timer.start(AGAIN_MS)

    def _selected(self, panel: DraftPanel | None) -> None:
        self._working_on = panel.id if panel is not None else ""
        self._work_on()

    def _work_on(self, *, answer: bool = False) -> None:
        tab = self._working_on or None
        self._verbs.add(lambda drafts: drafts.work_on(tab, answer=answer), replaces="work on")
        self._run()

    def _answered(self, panel: DraftPanel) -> None:
        self._note(panel)
        if panel.id == self._working_on:
            self._work_on(answer=True)
            self._blame.start()

    def _closed(self, panel: DraftPanel) -> None:
        self._changed[panel.id] = panel
        self.save()

    def _reopened(self, panel: DraftPanel) -> None:
        self._verbs.add(lambda drafts: drafts.take_back(panel.id))
        self._arrange()
        self._note(panel)

    def _arrange(self, *, run: bool = True) -> None:
        ids = [panel.id for panel in self._tabs.panels]
        self._verbs.add(lambda drafts: drafts.arrange(ids), replaces="arrange")
        if run:
            self._run()

    def _open_next(self, waiting: list[SavedDraft], restored: Restored) -> None:
        """Open one, then let the window breathe; each is noted first, so that a crash can be blamed on it."""
        if not waiting:
            panels = self._tabs.panels
            if panels:
                self._tabs.tabs.setCurrentWidget(panels[0])
            self.brought_back.emit(restored)
            return
        saved = waiting.pop(0)

        def noted(nothing: object) -> None:
            self._show(saved, answer=saved.id not in restored.answers_held_back)
            QTimer.singleShot(0, self, lambda: self._open_next(waiting, restored))

        self._jobs.run(lambda token: self._safety.memory.drafts.work_on(saved.id), owner=self, done=noted, failed=noted)

    def _show(self, saved: SavedDraft, *, answer: bool = True) -> None:
        try:
            environment = self._ports.catalogue.environment(saved.environment)
            self._ports.catalogue.row(saved.target)
        except CatalogueError as error:
            self.troubled.emit(f"A draft was not opened, but is still kept: {error.detail} {error.advice}".strip())
            return
        panel = self._open_panel(environment, saved.target, saved.id)
        panel.bring_back(saved)
        if saved.exchange and answer:
            self._show_answer(panel, saved)

    def _show_answer(self, panel: DraftPanel, saved: SavedDraft) -> None:
        """Read the answer again; what is no longer kept is left away."""

        def read(token: object) -> Exchange | None:
            entry = self._safety.memory.journal.find(saved.exchange)
            if entry is None:
                return None
            self._safety.memory.drafts.work_on(saved.id, answer=True)
            return self._safety.look_back.exchange(entry)

        def done(exchange: Exchange | None) -> None:
            if exchange is not None and panel.desk.exchange is None:
                panel.desk.set_exchange(exchange)
                self._blame.start()

        def failed(error: CaisoError) -> None:
            _log.info("the answer of a draft stays closed: %s", error.title)

        self._jobs.run(read, owner=panel, done=done, failed=failed)


def _save(tab: SavedDraft, drafts: Drafts) -> None:
    drafts.save(tab)


def _throw_away(id: str, drafts: Drafts) -> None:
    drafts.throw_away(id)


def _saved(panel: DraftPanel) -> SavedDraft | None:
    """A panel as it is saved; None while it has nothing yet."""
    desk, payload = panel.desk, panel.payload
    payload.settle()
    if desk.target is None or (not desk.draft.text and payload.preparing):
        return None
    caret, anchor = payload.editor.caret()
    return SavedDraft(
        id=panel.id,
        environment=desk.environment.id,
        target=desk.target,
        draft=Draft("", desk.draft.encoding, desk.draft.mark) if payload.file is not None else desk.draft,
        identity=desk.identity,
        file=payload.file,
        caret=caret,
        anchor=anchor,
        undo=payload.undone,
        exchange=desk.exchange.id if desk.exchange is not None else "",
    )
