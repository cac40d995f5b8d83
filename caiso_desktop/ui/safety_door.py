"""The way from the window to everything that is kept: drafts, the bin, the record of calls, what lies where.

What it opens is imported when it is opened for the first time.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.draft_store import Restored, SavedDraft
from caiso_desktop.model.error import CaisoError, CatalogueError
from caiso_desktop.model.report import Recorder
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.ui.draft_keeping import DraftKeeping
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.notice_strip import NoticeStrip
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs

TIDY_AFTER_MS = 60_000
SAFE_MODE = "Safe mode"


class SafetyDoor(QObject):
    """``strip`` says what the user must know of what is kept; ``keeping`` keeps the drafts.

    In safe mode no draft of the last time is opened.
    """

    def __init__(
        self,
        window: QWidget,
        ports: Ports,
        drafts: DraftTabs,
        open_panel: Callable[[Environment, Target, str], DraftPanel],
        *,
        safe_mode: bool = False,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._safe_mode = safe_mode
        self._reports: Recorder | None = None
        self.strip = NoticeStrip("safetyStrip")
        self.keeping = DraftKeeping(drafts, ports, open_panel, self)
        self.keeping.troubled.connect(self._tell_trouble)
        self.keeping.brought_back.connect(self._tell_held_back)

    def verbs(self) -> Verbs:
        """The lines it adds to the File menu."""
        return (
            Verb("Closed &drafts…", (), self.show_closed, "showClosed"),
            Verb("Data and re&tention…", (), self.show_retention, "showRetention"),
        )

    def begin(self) -> None:
        """Bring the drafts back, and look after what is old later; once, after the window's first paint."""
        if self._safe_mode:
            self._say(
                "safe mode",
                "info",
                SAFE_MODE,
                "No draft of the last time was opened, and catalogue files of yours were left out. "
                "Everything is kept: start without --safe-mode to have it again.",
            )
        else:
            self.keeping.bring_back()
        QTimer.singleShot(TIDY_AFTER_MS, self, self._tidy)

    def offer_reports(self, reports: Recorder) -> None:
        """Offer what was written down when the program broke the last time."""
        self._reports = reports
        self._ports.jobs.run(
            lambda token: list(reports.pending()), owner=self, done=self._tell_reports, failed=_nothing
        )

    def reopen(self) -> None:
        """Open the draft that was closed last."""
        self.keeping.take_back_last(self._tell)

    def show_closed(self) -> None:
        """Show the drafts that were closed."""
        from caiso_desktop.ui.closed_drafts import ClosedDrafts

        ClosedDrafts(self.keeping, self._ports, self._window).show()

    def show_retention(self) -> None:
        """Show how long everything is kept, and where it lies."""
        from caiso_desktop.ui.retention_dialog import RetentionDialog

        RetentionDialog(self._ports, self._window).show()

    def close(self) -> None:
        """Save everything and end in good order."""
        self.keeping.close()

    def _tidy(self) -> None:
        memory = self._ports.safety.memory
        self._ports.jobs.run(lambda token: memory.keeper.tidy(), owner=self, done=_nothing, failed=_nothing, long=True)

    def _tell(self, error: CaisoError) -> None:
        self._say("trouble", "warning", error.title, f"{error.detail} {error.advice}".strip())

    def _tell_trouble(self, words: str) -> None:
        if words:
            self._say("drafts", "error", "What you type is not saved", words)
        else:
            self.strip.drop("drafts")

    def _tell_held_back(self, restored: Restored) -> None:
        notice = self._ports.safety.memory.notice
        if notice:
            self._say("data", "warning", "Some data could not be read", notice)
        for draft in restored.held_back:
            self._offer_held_back(draft)
        if restored.answers_held_back:
            self._say(
                "answers",
                "warning",
                "An answer was not shown again",
                "The program ended twice while it was shown. It is in the history, and can be shown from there.",
            )

    def _offer_held_back(self, draft: SavedDraft) -> None:
        from caiso_desktop.ui.notice import Notice

        matter = f"held back {draft.id}"

        def open_() -> None:
            self.strip.drop(matter)
            self.keeping.take_back(draft.id, self._tell)

        notice = Notice(
            "warning",
            f"A draft was not opened: {draft.target.service} {draft.target.version}".rstrip(),
            f"The program ended twice while it was open in {self._place(draft.environment)}. It is kept as it is.",
        )
        notice.offer(f"openHeldBack-{draft.id}", "Open it", open_)
        notice.offer(f"leaveHeldBack-{draft.id}", "Not now", lambda: self.strip.drop(matter))
        self.strip.put(matter, notice)

    def _tell_reports(self, pending: list[Path]) -> None:
        reports = self._reports
        if not pending or reports is None:
            return
        from caiso_desktop.ui.notice import Notice

        newest = pending[-1]

        def done_with(*_: object) -> None:
            self.strip.drop("report")
            for each in pending:
                reports.dismiss(each)

        def save() -> None:
            destination = self._ports.files.to_save(self._window, newest.name)
            if destination is None:
                return
            saving = self._ports.saving
            self._ports.jobs.run(
                lambda token: saving.save_copy(newest, destination.path, overwrite=destination.replace),
                owner=self,
                done=done_with,
                failed=self._tell,
            )

        notice = Notice(
            "info",
            "The program broke the last time",
            "A report of it was written. It holds no payload, no answer and no secret, and is sent nowhere by itself.",
            "Save it, read it, and give it to whoever looks after the program.",
        )
        notice.offer("saveReportButton", "Save the report…", save)
        notice.offer("dropReportButton", "Delete it", done_with)
        self.strip.put("report", notice)

    def _say(self, matter: str, tone: str, title: str, meaning: str) -> None:
        from caiso_desktop.ui.notice import Notice

        notice = Notice(tone, title, meaning)
        if matter != "drafts":
            notice.offer(f"hide-{matter.replace(' ', '-')}", "Hide", lambda: self.strip.drop(matter))
        self.strip.put(matter, notice)

    def _place(self, environment: str) -> str:
        try:
            return self._ports.catalogue.environment(environment).name
        except CatalogueError:
            return environment


def _nothing(outcome: object) -> None:
    """What could not be tidied or read now is tried again at the next start."""
