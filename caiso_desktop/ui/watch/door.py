"""The way from the window to what is looked at again: opens what follows a submit, and says what is new."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.dispatch_watch import FETCH, question
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError, CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import Filled, FollowUp
from caiso_desktop.model.service import Environment, Target
from caiso_desktop.model.watch import BATCH_PLAN, RESULT_PLAN, Finish, Plan, Watched
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_opening import OpenWith
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.notice import Notice, error_notice
from caiso_desktop.ui.notice_strip import NoticeStrip
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.watch.announcing import Announcing
from caiso_desktop.ui.watch.choosing import FollowChoice, Wish
from caiso_desktop.ui.watch.open_watches import OpenWatches
from caiso_desktop.ui.window_menu import Verb, Verbs

_DISPATCH, _FOLLOW = "dispatchPage", "followPage"


class WatchDoor(QObject):
    """``strip`` says what is new; ``looked`` carries the calls that no draft made."""

    looked = Signal(Exchange)

    def __init__(
        self,
        window: QWidget,
        ports: Ports,
        desk: Desk,
        drafts: DraftTabs,
        open_with: OpenWith,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._desk = desk
        self._drafts = drafts
        self._open_with = open_with
        self.strip = NoticeStrip("watchStrip")
        self._announcing = Announcing(window, self.strip)
        self._open = OpenWatches(ports.settings)
        self._choice = FollowChoice(ports.settings)
        drafts.may_close = self._may_close
        drafts.selected.connect(self._seen)
        drafts.reopened.connect(lambda panel: self._keep(panel, None))
        drafts.closed.connect(lambda panel: self._open.keep(panel.id, None, None))

    def verbs(self) -> Verbs:
        """The lines it adds to the View menu."""
        return (
            Verb("&Dispatch as it comes", ("Ctrl+Shift+A",), self.show_dispatch, "showDispatch"),
            Verb("&What follows a submit", (), self.show_choice, "showFollowChoice"),
        )

    def show_choice(self) -> None:
        """Open the page on which each kind of follow-up is chosen, or bring it to the front."""
        from caiso_desktop.ui.watch.follow_page import FollowPage

        page = self._drafts.page(_FOLLOW)
        if not isinstance(page, FollowPage):
            page = FollowPage(self._ports)
        page.read()
        self._drafts.show_page(page, "What follows a submit", Symbol.WAITING)
        page.setFocus()

    def show_dispatch(self) -> None:
        """Open the page that watches ADS, or bring it to the front; it begins nothing by itself."""
        from caiso_desktop.ui.watch.dispatch_page import DispatchPage

        page = self._drafts.page(_DISPATCH)
        if not isinstance(page, DispatchPage):
            page = DispatchPage(self._ports, self._desk)
            page.announced.connect(self._announce_dispatch)
            page.fetch_asked.connect(self._fetch)
            page.polled.connect(lambda poll: self.looked.emit(poll.exchange))
        self._drafts.show_page(page, "Dispatch", Symbol.DISPATCH)
        page.setFocus()

    def begin(self) -> None:
        """Go on with what was watched when the program ended; once the drafts are there again."""
        for panel in self._drafts.panels:
            kept = self._open.of(panel.id)
            if kept is None:
                continue
            panel.following.origin = kept.origin
            if kept.plan is not None:
                panel.watch.resume(kept.plan)
            elif kept.over:
                self._keep(panel, None)
                words = "Its time went by while the program was closed. Send it once to see what there is."
                self._say(panel, "info", "A watch is over", words)
        self._offer_left()

    def close(self) -> None:
        """The window closes; what is watched goes on at the next start."""
        self._announcing.close()

    def listen(self, panel: DraftPanel) -> None:
        """Open what follows a draft's call when that is asked for."""
        panel.following.asked.connect(lambda found, alone: self._follow(panel, found, alone=alone))
        panel.following.choose_asked.connect(self.show_choice)
        panel.watch.kept.connect(lambda plan: self._keep(panel, plan))
        panel.watch.finished.connect(lambda watched: self._tell(panel, watched))
        panel.watch.failed.connect(lambda error: self._say(panel, "error", error.title, error.detail))

    def follow(self, found: FollowUp) -> None:
        """Open a retrieve that shows what became of a call; it is not sent by itself."""
        self._follow(None, found, alone=False)

    def _follow(self, panel: DraftPanel | None, found: FollowUp, *, alone: bool) -> None:
        try:
            environment = self._ports.catalogue.environment(found.environment)
        except CatalogueError as error:
            self._fail(error)
            return
        front = self._drafts.tabs.currentWidget()

        def done(filled: Filled) -> None:
            opened = self._open_with(found.target, filled.draft, environment)
            if panel is not None:
                opened.desk.set_identity(panel.desk.identity, panel.desk.certificate)
            opened.following.origin = found.origin
            self._keep(opened, None)
            opened.bar.tell(filled.words)
            if alone and front is not None and self._drafts.tabs.indexOf(front) >= 0:
                self._drafts.tabs.setCurrentWidget(front)
            if alone or found.of_batch:
                opened.watch.begin(BATCH_PLAN if found.of_batch else RESULT_PLAN)

        fill = self._ports.watching.follow_ups.fill
        self._ports.jobs.run(lambda token: fill(found), owner=self, done=done, failed=self._fail)

    def _announce_dispatch(self, tone: str, title: str, words: str) -> None:
        self._announcing.say("dispatch", tone, title, words, self.show_dispatch)

    def _fetch(self, target: Target, environment: Environment, uid: str) -> None:
        """Open a draft that fetches a batch, and send it: to look at a batch changes nothing."""
        wanted = replace(target, procedure=FETCH)
        courier = self._ports.courier

        def done(operation: Operation) -> None:
            payload = question(operation.request_root, uid).decode()
            self._open_with(wanted, Draft(payload), environment).send()

        asked = Call(environment.id, wanted, b"")
        self._ports.jobs.run(lambda token: courier.operation(asked), owner=self, done=done, failed=self._fail)

    def _offer_left(self) -> None:
        """Offer the batches whose check nobody followed to its end."""
        ups = self._ports.watching.follow_ups

        def done(left: Sequence[FollowUp]) -> None:
            followed = {panel.following.origin.batch for panel in self._drafts.panels if panel.following.origin}
            for found in left:
                if found.origin.batch not in followed and self._choice.of(found.chain) is not Wish.NEVER:
                    self._offer_batch(found)

        self._ports.jobs.run(lambda token: ups.left(), owner=self, done=done, failed=_nothing)

    def _offer_batch(self, found: FollowUp) -> None:
        batch = found.origin.batch
        matter = f"batch-{batch}"

        def follow() -> None:
            self.strip.drop(matter)
            self._follow(None, found, alone=False)

        words = f"{found.name}: what became of it was not looked at before the program ended."
        notice = Notice("info", f"Batch {batch} was received, not yet accepted", words)
        notice.offer(f"follow-{matter}", "Follow it", follow)
        notice.offer(f"hide-{matter}", "Hide", lambda: self.strip.drop(matter))
        self.strip.put(matter, notice)

    def _keep(self, panel: DraftPanel, plan: Plan | None) -> None:
        self._open.keep(panel.id, plan, panel.following.origin)

    def _tell(self, panel: DraftPanel, watched: Watched) -> None:
        tone = {Finish.MET: "success", Finish.TROUBLE: "error"}.get(watched.finish, "info")
        self._say(panel, "error" if watched.refused else tone, panel.title, watched.words)

    def _say(self, panel: DraftPanel, tone: str, title: str, words: str) -> None:
        if self._drafts.current is panel and self._window.window().isActiveWindow():
            return  # It stands in the draft, where the eye is.
        self._announcing.say(f"watch-{panel.id}", tone, title, words, lambda: self._show(panel))

    def _seen(self, panel: DraftPanel | None) -> None:
        if panel is not None:
            self.strip.drop(f"watch-{panel.id}")

    def _show(self, panel: DraftPanel) -> None:
        if self._drafts.tabs.indexOf(panel) >= 0:
            self._drafts.tabs.setCurrentWidget(panel)

    def _may_close(self, page: QWidget) -> bool:
        """Whether a draft, or the page of dispatch, may be closed: one that watches asks, and stops."""
        from caiso_desktop.ui.watch.dispatch_page import DispatchPage
        from caiso_desktop.ui.watch.panel import WatchPanel

        watch = page.watch if isinstance(page, DraftPanel) else page
        if not isinstance(watch, WatchPanel | DispatchPage) or not watch.under_way:
            return True
        title = page.title if isinstance(page, DraftPanel) else "Dispatch"
        if not self._ports.files.stop_watching(self._window, title):
            return False
        watch.stop()
        return True

    def _fail(self, error: CaisoError) -> None:
        notice = error_notice(error)
        notice.offer("hideWatchTrouble", "Hide", lambda: self.strip.drop("trouble"))
        self.strip.put("trouble", notice)


def _nothing(error: CaisoError) -> None:
    """What cannot be looked up now is not offered; the history has it."""
