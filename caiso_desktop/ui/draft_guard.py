"""Stands before a draft's Send where the real market is: shows the sheet, arms the draft, and disarms it."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from caiso_desktop.model.call import Call
from caiso_desktop.model.error import CaisoError, CatalogueError, GuardError, StorageError
from caiso_desktop.model.guard import Approval, Sheet, is_guarded
from caiso_desktop.model.macro import in_words
from caiso_desktop.model.policy import Policy
from caiso_desktop.ui.arming import Arming
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.macro.wording import Worded, Wording
from caiso_desktop.ui.payload_panel import PayloadPanel
from caiso_desktop.ui.port import Ports

_NO_FOLDER = "your company has no folder for approvals on this computer, and its policy wants one."


class DraftGuard(QObject):
    """``permitted`` lets the call leave, with its permit (None where none is needed) and what it was given for.

    ``refused`` says why it may not.

    ``told`` has words for the bar; ``arming`` says whether the draft is armed. The sheet takes the place of what is in
    ``stack``.
    """

    permitted = Signal(object, object)
    refused = Signal(object)
    told = Signal(str)

    def __init__(
        self,
        desk: Desk,
        payload: PayloadPanel,
        wording: Wording,
        ports: Ports,
        stack: QStackedWidget,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        from caiso_desktop.ui.guard_sheet import GuardSheet

        self._desk = desk
        self._payload = payload
        self._wording = wording
        self._ports = ports
        self._stack = stack
        self._asked = 0
        self._call: Call | None = None
        self._worded: Worded | None = None
        self._approval: Approval | None = None
        self.arming = Arming(self)
        self.arming.disarmed.connect(lambda why: wording.pin(None))
        self.sheet = GuardSheet()
        stack.addWidget(self.sheet)
        self.sheet.armed.connect(self._arm)
        self.sheet.left.connect(self.leave)
        self.sheet.approval_asked.connect(self.look_again)
        self.sheet.approved.connect(self._approve)
        payload.editor.textChanged.connect(self._changer("The payload"))
        desk.draft_changed.connect(self._changer("The payload"))
        desk.environment_changed.connect(self._changer("The environment"))
        desk.target_changed.connect(self._changer("The service"))
        desk.identity_changed.connect(self._changer("The certificate"))
        ports.offer.changed.connect(self._catalogue_changed)

    @property
    def guarded(self) -> bool:
        """Whether a call of this draft has to pass the guard."""
        if self._desk.target is None:
            return False
        try:
            kind = self._ports.catalogue.kind(self._desk.target)
        except CatalogueError:
            return self._desk.environment.guarded
        return is_guarded(self._desk.environment, kind)

    @property
    def forbidden(self) -> str:
        """Why no submit of this draft may leave at all; empty where one may."""
        if not self.guarded or self._policy.production_submits:
            return ""
        return (
            f"Your company's policy does not allow submits to {self._desk.environment.name} from this computer. "
            "Retrieves work; a submit can be tried in every other environment."
        )

    @property
    def reviewing(self) -> bool:
        """Whether the sheet is shown."""
        return self._stack.currentWidget() is self.sheet

    def send(self) -> None:
        """Let the call leave where nothing stands before it or the draft is armed; else show the sheet."""
        if not self.guarded:
            self.permitted.emit(None, None)
        elif self.arming.permit is not None:
            worded = self._worded
            self.permitted.emit(self.arming.take(), worded)
        else:
            self.review()

    def review(self) -> None:
        """Read from the payload what would be submitted, and show it."""
        self._worded = None
        self.look_again()

    def look_again(self) -> None:
        """Show it once more, with the macros as they were replaced for what is shown now."""
        self._payload.settle()
        desk, policy, target = self._desk, self._policy, self._desk.target
        if target is None:
            return
        self._asked += 1
        mine = self._asked
        environment, identity, word = desk.environment.id, desk.identity, self._wording.worder()
        shown = self._worded

        def read(token: object) -> tuple[Worded, Call, Sheet | None, Approval | None]:
            worded = shown or word()
            call = Call(environment, target, worded.payload, identity)
            sheet = self._ports.safety.guard.sheet(call)
            return worded, call, sheet, self._find(sheet) if sheet is not None and policy.second_person else None

        def done(found: tuple[Worded, Call, Sheet | None, Approval | None]) -> None:
            if mine != self._asked:
                return
            self.told.emit("")
            self._worded, self._call, sheet, self._approval = found
            if sheet is None:
                self.permitted.emit(None, self._worded)
                return
            self._stack.setCurrentWidget(self.sheet)
            self.sheet.show_sheet(sheet, policy, self._approval, in_words(self._worded.macros))

        def failed(error: CaisoError) -> None:
            if mine == self._asked:
                self.told.emit("")
                self.refused.emit(error)

        self.told.emit("Reading from the payload what would be submitted…")
        self._ports.jobs.run(read, owner=self, done=done, failed=failed)

    def leave(self) -> None:
        """Back to the draft; nothing is sent."""
        self._asked += 1
        self.told.emit("")
        if self.reviewing:
            self._stack.setCurrentIndex(0)
            self._payload.setFocus()

    @property
    def _policy(self) -> Policy:
        return self._ports.offer.layers.policy

    def _find(self, sheet: Sheet) -> Approval | None:
        approvals = self._ports.safety.approvals()
        if approvals is None:
            raise StorageError(_NO_FOLDER, advice="Ask whoever looks after the program in your company.")
        return approvals.find(sheet.seal.payload)

    def _approve(self) -> None:
        """Leave the user's own approval, for a colleague who sends the same payload."""
        call = self._call
        if call is None:
            return

        def give(token: object) -> None:
            approvals = self._ports.safety.approvals()
            if approvals is None:
                raise StorageError(_NO_FOLDER)
            approvals.give(call.payload)

        def done(nothing: None) -> None:
            self.leave()
            self.told.emit("You have approved this payload. A colleague can send it within 12 hours; you cannot.")

        self._ports.jobs.run(give, owner=self, done=done, failed=self.refused.emit)

    def _arm(self, typed: str) -> None:
        sheet = self.sheet.sheet
        if sheet is None:
            return
        try:
            permit = sheet.arm(typed, datetime.now(UTC), self._approval)
        except GuardError as error:
            self.refused.emit(error)
            return
        self.leave()
        self._wording.pin(self._worded)
        self.arming.arm(permit)

    def _catalogue_changed(self) -> None:
        """A method, so Qt lets go of it with this draft: the catalogue's offer goes on."""
        self._changed("The catalogue")

    def _changed(self, what: str) -> None:
        self.arming.disarm(f"{what} changed, so the draft is no longer armed.")
        if self.reviewing:
            self.leave()
            self.told.emit(f"{what} changed; look at it again before it is sent.")
        self._asked += 1

    def _changer(self, what: str) -> Callable[[], None]:
        return lambda: self._changed(what)
