"""The views of an answer as tabs; all but the summary are made, and filled, when they are first looked at.

A draft so has half the widgets until its answer comes: it opens sooner, and a change of colours reaches fewer.
"""

from collections.abc import Callable
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from caiso_desktop.model.answer import Part
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.ui.answer_parts import AnswerParts
from caiso_desktop.ui.answer_summary import AnswerSummary
from caiso_desktop.ui.answer_table import AnswerTable
from caiso_desktop.ui.document.text import DocumentText
from caiso_desktop.ui.document.tree import DocumentTree
from caiso_desktop.ui.exchange_details import ExchangeDetails
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named

W = TypeVar("W", bound=QWidget)


class View(IntEnum):
    """The tabs, from left to right."""

    SUMMARY = 0
    TREE = 1
    TEXT = 2
    TABLE = 3
    PARTS = 4
    EXCHANGE = 5


class AnswerViews(QTabWidget):
    """Shows one exchange at a time; who asks for a view gets it as if it had been looked at.

    ``make_table`` makes the view of the table.
    """

    save_asked = Signal(Part)
    open_asked = Signal(Part)

    def __init__(self, jobs: Jobs, make_table: Callable[[], AnswerTable], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "answerTabs", "Views of the answer")
        self.tabBar().setObjectName("answerTabsBar")
        self.tabBar().setAccessibleName("Views of the answer")
        self.setDocumentMode(True)
        self._jobs = jobs
        self._make_table = make_table
        self._fill: dict[View, Callable[[], object]] = {}
        self.summary = AnswerSummary()
        self.addTab(self.summary, "Summary")
        self._rooms: dict[View, QWidget] = {view: QWidget() for view in View if view is not View.SUMMARY}
        for view, room in self._rooms.items():
            self.addTab(room, view.name.capitalize())
        self.currentChanged.connect(self._look)

    @property
    def tree(self) -> DocumentTree:
        """The answer as a tree."""
        self._bring(View.TREE)
        return self._tree

    @property
    def text(self) -> DocumentText:
        """The answer as text."""
        self._bring(View.TEXT)
        return self._text

    @property
    def table(self) -> AnswerTable:
        """The answer as a table."""
        self._bring(View.TABLE)
        return self._table

    @property
    def parts(self) -> AnswerParts:
        """The pieces as they travelled."""
        self._bring(View.PARTS)
        return self._parts

    @property
    def details(self) -> ExchangeDetails:
        """How the call travelled."""
        self._bring(View.EXCHANGE)
        return self._details

    def show_exchange(self, exchange: Exchange, document: Path | None) -> None:
        """Show what became of a call; ``document`` is the file that the tree and the text show."""
        answer = exchange.answer
        self.summary.show_exchange(exchange)
        self._fill = {
            View.PARTS: lambda: self._parts.show_parts(answer.parts if answer is not None else ()),
            View.EXCHANGE: lambda: self._details.show_exchange(exchange),
        }
        if document is not None:
            self._fill[View.TREE] = lambda: self._tree.open(document)
            self._fill[View.TEXT] = lambda: self._text.open(document)
            self._fill[View.TABLE] = lambda: self._table.open(exchange, document)
        for view in (View.TREE, View.TEXT, View.TABLE):
            self.setTabEnabled(view, document is not None)
        self.setTabEnabled(View.PARTS, answer is not None and bool(answer.parts))
        self.setTabEnabled(View.EXCHANGE, True)  # noqa: FBT003  # Qt takes it so
        self.setCurrentIndex(View.SUMMARY)

    def show_error(self, error: CaisoError) -> None:
        """Show why nothing was sent."""
        self.summary.show_error(error)
        self._fill = {}
        for view in self._rooms:
            self.setTabEnabled(view, False)  # noqa: FBT003  # Qt takes it so
        self.setCurrentIndex(View.SUMMARY)

    def open_text(self, path: Path) -> None:
        """Show another file as text."""
        self._fill[View.TEXT] = lambda: self._text.open(path)
        self._bring(View.TEXT)
        self.setCurrentIndex(View.TEXT)

    @cached_property
    def _tree(self) -> DocumentTree:
        return self._settle(View.TREE, named(DocumentTree(self._jobs), "answerTree", "Answer as a tree"))

    @cached_property
    def _text(self) -> DocumentText:
        return self._settle(View.TEXT, named(DocumentText(self._jobs), "answerText", "Answer as text"))

    @cached_property
    def _table(self) -> AnswerTable:
        return self._settle(View.TABLE, self._make_table())

    @cached_property
    def _parts(self) -> AnswerParts:
        parts = self._settle(View.PARTS, AnswerParts())
        parts.save_asked.connect(self.save_asked)
        parts.open_asked.connect(self.open_asked)
        return parts

    @cached_property
    def _details(self) -> ExchangeDetails:
        return self._settle(View.EXCHANGE, ExchangeDetails(self._jobs))

    def _settle(self, view: View, page: W) -> W:
        """Put a page that was just made into its tab."""
        room = self._rooms[view]
        layout = QVBoxLayout(room)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(page)
        page.show()  # a layout whose widget is in sight would show it only after the next paint
        room.setFocusProxy(page)
        return page

    def _look(self, row: int) -> None:
        self._bring(View(row))

    def _bring(self, view: View) -> None:
        """Let a view show what is to be shown now, unless it does already."""
        fill = self._fill.pop(view, None)
        if fill is not None:
            fill()
