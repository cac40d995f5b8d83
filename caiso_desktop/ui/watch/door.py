"""The way from the window to what is looked at again: opens what follows a submit, and says what is new."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError, CatalogueError
from caiso_desktop.model.follow_up import Filled, FollowUp
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.notice import error_notice
from caiso_desktop.ui.notice_strip import NoticeStrip
from caiso_desktop.ui.port import Ports


class WatchDoor(QObject):
    """``strip`` says what is new."""

    def __init__(
        self,
        window: QWidget,
        ports: Ports,
        drafts: DraftTabs,
        open_with: Callable[[Target, Draft, Environment], DraftPanel],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._drafts = drafts
        self._open_with = open_with
        self.strip = NoticeStrip("watchStrip")

    def listen(self, panel: DraftPanel) -> None:
        """Open what follows a draft's call when that is asked for."""
        panel.following.asked.connect(lambda found, alone: self._follow(panel, found, alone=alone))

    def _follow(self, panel: DraftPanel, found: FollowUp, *, alone: bool) -> None:
        try:
            environment = self._ports.catalogue.environment(found.environment)
        except CatalogueError as error:
            self._fail(error)
            return
        identity, certificate = panel.desk.identity, panel.desk.certificate
        front = self._drafts.tabs.currentWidget()

        def done(filled: Filled) -> None:
            opened = self._open_with(found.target, filled.draft, environment)
            opened.desk.set_identity(identity, certificate)
            opened.following.origin = found.origin
            opened.bar.tell(filled.words)
            if alone:
                if front is not None and self._drafts.tabs.indexOf(front) >= 0:
                    self._drafts.tabs.setCurrentWidget(front)
                opened.send()

        fill = self._ports.watching.follow_ups.fill
        self._ports.jobs.run(lambda token: fill(found), owner=self, done=done, failed=self._fail)

    def _fail(self, error: CaisoError) -> None:
        notice = error_notice(error)
        notice.offer("hideWatchTrouble", "Hide", lambda: self.strip.drop("trouble"))
        self.strip.put("trouble", notice)
