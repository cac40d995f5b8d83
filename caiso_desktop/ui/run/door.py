"""The window's way to run lists."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.run_list import RunList, RunListError, Step, as_file
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.notice import Notice, error_notice
from caiso_desktop.ui.notice_strip import NoticeStrip
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs


class RunDoor(QObject):
    """``record`` lists an exchange in the history, ``show`` shows one; ``strip`` says why no list was opened."""

    def __init__(
        self,
        window: QWidget,
        ports: Ports,
        desk: Desk,
        drafts: DraftTabs,
        record: Callable[[Exchange], object],
        show: Callable[[Exchange], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._desk = desk
        self._drafts = drafts
        self._record = record
        self._show = show
        self.strip = NoticeStrip("runStrip")

    def verbs(self) -> Verbs:
        """The lines it adds to the Draft menu."""
        return (
            Verb("&Run a list of calls…", ("Ctrl+Shift+R",), self.choose, "runList"),
            Verb("Save the open drafts as a list to run…", (), self.save_drafts, "saveRunList"),
            Verb("Run all retrieves o&nce…", (), self.all_retrieves, "runAllRetrieves"),
            Verb("Run all retrieves of this application…", (), self.all_of_application, "runApplication"),
        )

    def choose(self) -> None:
        """Let the user choose a list, and open its page; nothing is sent before Start."""
        path = self._ports.files.list_to_run(self._window)
        if path is not None:
            self._open_file(path)

    def save_drafts(self) -> None:
        """Save what the open drafts would send, from left to right, as a list that somebody completes, and runs."""
        steps = []
        for panel in self._drafts.panels:
            if panel.desk.target is None:
                continue
            panel.payload.settle()
            if panel.payload.file is not None:
                words = f"{panel.title} is too large to stand in a list."
                self._fail(RunListError(words, advice="Name its file as payload_file in the list, or close the draft."))
                return
            steps.append(Step(panel.desk.target, panel.desk.draft.to_bytes()))
        if not steps:
            self._fail(RunListError("no draft is open.", advice="Open the calls that the list is to hold."))
            return
        destination = self._ports.files.to_save(self._window, "run-list.json")
        if destination is None:
            return
        path, run_list = destination.path, RunList(destination.path.stem, tuple(steps))

        def done(nothing: None) -> None:
            words = "Write into it what is expected of each call, its scenario and its pause; success is expected now."
            notice = Notice("success", f"{len(steps):,} calls were saved as {path}", words)
            notice.offer("openSavedRunList", "Open it", lambda: self._open_file(path))
            notice.offer("hideRunSaved", "Hide", lambda: self.strip.drop("run"))
            self.strip.put("run", notice)

        self._ports.jobs.run(
            lambda token: self._ports.saving.save_bytes(
                as_file(run_list).encode(), path, overwrite=destination.replace
            ),
            owner=self,
            done=done,
            failed=self._fail,
        )

    def all_retrieves(self) -> None:
        """Open the list of every retrieve of the bar's environment."""
        place = self._desk.environment
        self._open(place, lambda token: self._ports.workshop.runs.all_retrieves(place.id))

    def all_of_application(self) -> None:
        """Open the list of every retrieve of the application of the draft in front."""
        panel = self._drafts.current
        if panel is None or panel.desk.target is None:
            return
        place, application = panel.desk.environment, panel.desk.target.application
        self._open(place, lambda token: self._ports.workshop.runs.all_retrieves(place.id, application))

    def _place(self) -> Environment:
        """The environment of the draft in front, else the bar's."""
        panel = self._drafts.current
        return panel.desk.environment if panel is not None else self._desk.environment

    def _open_file(self, path: Path) -> None:
        self._open(self._place(), lambda token: self._ports.workshop.runs.read(path))

    def _open(self, place: Environment, make: Callable[[CancelToken], RunList]) -> None:
        def done(run_list: RunList) -> None:
            self._show_list(run_list, place)

        self._ports.jobs.run(make, owner=self, done=done, failed=self._fail)

    def _show_list(self, run_list: RunList, place: Environment) -> None:
        from caiso_desktop.ui.run.page import RunPage

        self.strip.drop("run")
        page = RunPage(self._ports, run_list, place)
        page.ended.connect(self._record)
        page.show_asked.connect(self._show)
        self._drafts.show_page(page, run_list.title, Symbol.TABLE)
        page.setFocus()

    def _fail(self, error: CaisoError) -> None:
        notice = error_notice(error)
        notice.offer("hideRunTrouble", "Hide", lambda: self.strip.drop("run"))
        self.strip.put("run", notice)
