"""What the program remembers between two starts, opened when it is first asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from caiso_desktop.assembly.late import Late
from caiso_desktop.assembly.place import DATABASE, Places
from caiso_desktop.model.draft_store import Drafts
from caiso_desktop.model.journal import Chronicle, QuestionJournal
from caiso_desktop.model.report import Recorder
from caiso_desktop.model.retention import Keeper
from caiso_desktop.store.lock import FileLock
from caiso_desktop.store.run import Runs
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.store.spool import Spool


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts that share the database."""

    journal: Chronicle
    questions: QuestionJournal
    drafts: Drafts
    keeper: Keeper
    notice: Callable[[], str]


class Memory:
    """Journal, drafts and retention; each verb of theirs reads or writes the disk, so none is for the GUI thread."""

    def __init__(self, places: Places, settings: FileSettings) -> None:
        self._places = places
        self._settings = settings
        self.runs = Runs(places.data / "run")
        self.spool = Spool(places.data / "answers")
        self.window_lock = FileLock(places.data / "window.lock")
        self._opened = Late(self._open)
        self._close: list[Callable[[], None]] = [self.runs.close, self.window_lock.release]

    @property
    def journal(self) -> Chronicle:
        """The record of every call."""
        return self._opened.get().journal

    @property
    def questions(self) -> QuestionJournal:
        """The same record, for what is asked every few seconds and mostly answered with the same."""
        return self._opened.get().questions

    @property
    def drafts(self) -> Drafts:
        """The tabs, as they were last saved."""
        return self._opened.get().drafts

    @property
    def keeper(self) -> Keeper:
        """What deletes what is old, and knows where everything lies."""
        return self._opened.get().keeper

    @property
    def notice(self) -> str:
        """A sentence for the user where a file was put aside or left alone; known once something has been read."""
        return self._opened.get().notice()

    @property
    def log_folder(self) -> Path:
        """Where the log and the reports of crashes lie."""
        return self._places.data / "log"

    def diary(self, version: str, name: str = "window") -> Recorder:
        """The log and the reports of crashes of one door (``window`` or ``caiso``), not yet open."""
        from caiso_desktop.store.log import Diary

        facts = {"CAISO Desktop": version, "door": name, "data": str(self._places.data)}
        return Diary(self.log_folder, self.runs, facts, home=Path.home(), name=name)

    def close(self) -> None:
        """Let go of every file; a second time does nothing."""
        while self._close:
            self._close.pop()()

    def _open(self) -> Opened:
        from caiso_desktop.store.chain import HeadNote
        from caiso_desktop.store.database import Database
        from caiso_desktop.store.draft import DraftTable
        from caiso_desktop.store.format import STEPS
        from caiso_desktop.store.journal import prepare
        from caiso_desktop.store.quiet import QuietJournal
        from caiso_desktop.store.retention import HouseKeeper
        from caiso_desktop.store.swift import SwiftJournal

        path = self._places.data / DATABASE
        note = HeadNote(path.with_suffix(".head"))
        # Two connections, so that a long look at the journal does not make a draft wait for its turn.
        calls, tabs = (Database(path, STEPS, prepare=partial(prepare, note=note)) for _ in range(2))
        journal = SwiftJournal(calls, self.runs, note)
        questions = QuietJournal(journal, self.runs)
        questions.recover()
        drafts = DraftTable(tabs, self.runs)
        places = (
            ("the journal and the drafts", path),
            ("answers", self._places.data / "answers"),
            ("the log and reports of crashes", self.log_folder),
            ("settings", self._places.config),
        )
        keeper = HouseKeeper(self._settings, self.spool, journal, drafts, calls, places)
        self._close += [tabs.close, calls.close, journal.close, questions.close]
        said: tuple[Callable[[], str], ...] = (
            lambda: calls.notice or tabs.notice,
            lambda: questions.notice,
            lambda: self._settings.notice,
        )
        return Opened(journal, questions, drafts, keeper, lambda: " ".join(filter(None, (each() for each in said))))
