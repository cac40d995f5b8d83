"""What the menus do with the draft in front; without one they do nothing."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs


class DraftVerbs:
    """The lines of the menus that are about a draft, for a window; dialogs are imported when they open."""

    def __init__(self, window: QWidget, ports: Ports, drafts: DraftTabs) -> None:
        self._window = window
        self._ports = ports
        self._drafts = drafts

    def open_payload(self) -> Verb:
        """The line that puts a file into the draft."""
        return Verb("&Open payload…", ("Ctrl+O",), self._with(lambda draft: draft.payload.open_file()), "open")

    def save_answer(self) -> Verb:
        """The line that saves its answer."""
        return Verb("&Save answer…", ("Ctrl+S",), self._with(lambda draft: draft.answer.save()), "save")

    def carrying(self) -> Verbs:
        """The lines that send the draft, and stop that."""
        # Esc alone would stop a submit by accident: it is what one presses to close a menu or a completion.
        return (
            Verb("&Send", ("Ctrl+Return", "Ctrl+Enter"), self._with(DraftPanel.send), "send"),
            Verb("&Watch until…", ("Ctrl+Shift+U",), self._with(lambda draft: draft.watch.open()), "watch"),
            Verb("&Cancel the call", ("Shift+Esc",), self._with(lambda draft: draft.call.cancel()), "cancel"),
        )

    def checking(self) -> Verbs:
        """The lines that judge its payload."""
        return (
            Verb("&Validate", ("F7",), self._with(lambda draft: draft.payload.check()), "validate"),
            Verb("&Go to the problem", ("F8",), self._with(lambda draft: draft.payload.problem.go()), "problem"),
        )

    def writing(self) -> Verbs:
        """The lines that change its payload, or tell what could stand there."""
        return (
            Verb("Shift to another &trade date…", ("Ctrl+T",), self._with(self._shift), "shiftDraft"),
            Verb("Set trade date and &hours…", ("Ctrl+E",), self._with(self._set_hours), "setHours"),
            Verb("Insert a &macro…", ("Ctrl+M",), self._with(_show_macros), "insertMacro"),
            Verb("&Find in the XML…", (), self._with(_find), "findInPayload"),
            Verb("&Replace in the XML…", ("Ctrl+R",), self._with(_replace), "replaceInPayload"),
            Verb(
                "F&ormat the XML", ("Ctrl+Shift+F",), self._with(lambda draft: draft.payload.format()), "formatPayload"
            ),
            Verb("Put in a &full sample", (), self._with(lambda draft: draft.payload.fill()), "fullSample"),
            Verb("Compare the service's &versions", (), self._with(self._compare_versions), "compareVersions"),
        )

    def going(self) -> Verbs:
        """The lines that go to another draft."""
        return (
            Verb("Ne&xt draft", ("Ctrl+Tab", "Ctrl+PgDown"), lambda: self._drafts.step(1), "nextDraft"),
            Verb("&Previous draft", ("Ctrl+Shift+Tab", "Ctrl+PgUp"), lambda: self._drafts.step(-1), "previousDraft"),
        )

    def views(self) -> Verbs:
        """The lines that choose how its payload is shown."""
        return (
            Verb("Payload as &form", ("Alt+1",), self._with(_view("form")), "viewForm"),
            Verb("Payload as &XML", ("Alt+2",), self._with(_view("xml")), "viewXml"),
            Verb("Payload as &grid", ("Alt+3",), self._with(_view("grid")), "viewGrid"),
        )

    def _with(self, verb: Callable[[DraftPanel], object]) -> Callable[[], None]:
        def do() -> None:
            if self._drafts.current is not None:
                verb(self._drafts.current)

        return do

    def _set_hours(self, draft: DraftPanel) -> None:
        from caiso_desktop.ui.day_shift.hours_dialog import HoursDialog

        HoursDialog(draft, self._ports, self._window).show()

    def _shift(self, draft: DraftPanel) -> None:
        from caiso_desktop.ui.day_shift.dialog import ShiftDialog

        ShiftDialog(draft, self._ports, self._window).show()

    def _compare_versions(self, draft: DraftPanel) -> None:
        from caiso_desktop.ui.judgement.version_page import VersionPage

        target = draft.desk.target
        if target is not None:
            page = VersionPage(target, draft.desk.environment.id, self._ports)
            self._drafts.show_page(page, f"Versions of {target.service}", Symbol.VERSION)


def _find(draft: DraftPanel) -> None:
    draft.payload.look_for(replacing=False)


def _replace(draft: DraftPanel) -> None:
    draft.payload.look_for(replacing=True)


def _view(name: str) -> Callable[[DraftPanel], object]:
    return lambda draft: draft.payload.views.choose(name)


def _show_macros(draft: DraftPanel) -> None:
    from caiso_desktop.ui.macro.menu import show_macros

    show_macros(draft.payload.editor, draft.wording)
