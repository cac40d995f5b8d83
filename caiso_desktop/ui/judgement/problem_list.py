"""The problems of a payload, one in a row, under it: where each stands, and the way there."""

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from caiso_desktop.model.call import Problem
from caiso_desktop.model.judgement import Judgement
from caiso_desktop.model.step import path_in_words
from caiso_desktop.ui.rows_table import RowsTable

MOST_ROWS = 5


class ProblemList(QWidget):
    """``chosen`` carries the problem that the user wants to see. Hidden where there are less than two."""

    chosen = Signal(Problem)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problems: tuple[Problem, ...] = ()
        self._at = -1
        self.table = RowsTable(
            "problemTable",
            "Problems of the payload",
            ("Line", "Problem", "Inside"),
            numbers=(0,),
            stretch=1,
            grows=MOST_ROWS,
        )
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.hide()

    def show_judgement(self, judgement: Judgement | None) -> None:
        """Show the problems of another judgement."""
        problems = judgement.problems if judgement is not None else ()
        if problems == self.problems:
            return
        self.problems, self._at = problems, -1
        tips = [f"{each.sentence}\n{path_in_words(each.path)}".strip() for each in problems]
        self.table.set_rows([_row(each) for each in problems], tips)
        self.setVisible(len(problems) > 1)

    def next(self) -> None:
        """Go to the next problem, after the last to the first again."""
        if self.problems:
            self._at = (self._at + 1) % len(self.problems)
            self.table.selectRow(self._at)
            self.chosen.emit(self.problems[self._at])

    def _choose(self, index: QModelIndex) -> None:
        self._at = index.row()
        self.chosen.emit(self.problems[self._at])


def _row(problem: Problem) -> tuple[str, str, str]:
    # The sentence names the element itself; the rest of the path is in the tip.
    return f"{problem.line:,}", problem.sentence, path_in_words(problem.path[-2:-1])
