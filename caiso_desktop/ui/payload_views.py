"""The views of one payload, its XML first among them: one is seen, and a place in one is the same place in the next."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QStackedWidget, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.payload_editor import PayloadEditor
from caiso_desktop.ui.view_switch import ViewSwitch

XML = "xml"
"""The name of the view that every payload has."""


@runtime_checkable
class ShowsProblems(Protocol):
    """A view that can show where a problem is."""

    def go_to_problem(self, problem: Problem) -> bool:
        """Show the place; false where it is not in this view."""
        ...


@runtime_checkable
class FollowsCursor(Protocol):
    """A view of the same text whose place follows the XML's cursor, and the other way round."""

    def enter(self, position: int) -> None:
        """It is shown from now on, or another draft is: go to a position of the draft's text."""
        ...

    def leave(self) -> int | None:
        """It is shown no more; where in the draft's text it was."""
        ...


class PayloadViews(QStackedWidget):
    """``switch`` chooses among them; each is made when it is first shown."""

    def __init__(self, editor: PayloadEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._made: dict[str, QWidget] = {XML: editor}
        self.switch = ViewSwitch("payloadViews", "How the payload is shown")
        self.switch.add(XML, "XML", "The payload's XML (Alt+2)", Symbol.XML)
        self.addWidget(editor)

    def add(
        self, name: str, words: str, tip: str, symbol: Symbol, make: Callable[[], QWidget], *, before: str = ""
    ) -> None:
        """Offer another one, to the left of one there is or behind all."""
        self._makers[name] = make
        self.switch.add(name, words, tip, symbol, before=before)

    def made(self, name: str) -> QWidget | None:
        """One that has been shown already."""
        return self._made.get(name)

    def enter(self, name: str, draft: Draft) -> QWidget:
        """Show one of them, at the place where one was in the one before."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._makers[name]()
            self.addWidget(made)
        before: object = self.currentWidget()
        if before is not made and isinstance(before, FollowsCursor):
            place = before.leave()
            if place is not None:
                caret = draft.in_view(place)
                self._editor.set_caret(caret, caret)
        self.setCurrentWidget(made)
        shown: object = made
        if isinstance(shown, FollowsCursor):
            shown.enter(draft.from_view(self._editor.caret()[0]))
        return made

    def go_to(self, problem: Problem) -> None:
        """Show where a problem is, in the view that is shown where it can; the XML's cursor goes there in any case."""
        shown: object = self.currentWidget()
        elsewhere = isinstance(shown, ShowsProblems) and shown.go_to_problem(problem)
        if not elsewhere:
            self.switch.choose(XML)
        self._editor.go_to(problem.line, problem.column, focus=not elsewhere)
