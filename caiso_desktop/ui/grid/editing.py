"""Makes edits of a grid off the GUI thread, one at a time; asks where a pasted column can be read in two ways."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.grid.edit import Edited, outline_after
from caiso_desktop.model.grid.paste import Block, Decided, decide, paste
from caiso_desktop.model.grid.style import Marks, Question, Turn
from caiso_desktop.model.grid.table import Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.ui.jobs import Jobs

Selection: TypeAlias = tuple[int, int, list[int]]
"""Positions of the first and the last row, and columns, that are selected once an edit is seen."""

Answer: TypeAlias = Callable[[Marks | Turn | None], None]


class Made(NamedTuple):
    """An edit of the draft ``before``. ``outline`` is set where its elements are known already."""

    before: Draft
    edited: Edited
    outline: Outline | None
    notes: tuple[str, ...]
    selects: Selection | None


class GridEditing(QObject):
    """``made`` carries a `Made`, ``failed`` a `CaisoError`; ``asked`` a `Question` and what to do with its answer."""

    made = Signal(object)
    failed = Signal(object)
    asked = Signal(object, object)

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self.busy = False

    def run(
        self,
        draft: Draft,
        outline: Outline,
        edit: Callable[[Draft, Outline], Edited],
        notes: Sequence[str] = (),
        selects: Selection | None = None,
    ) -> None:
        """Make an edit."""

        def work() -> Made:
            edited = edit(draft, outline)
            return Made(draft, edited, outline_after(draft, outline, edited), tuple(notes), selects)

        self._start(work, self.made.emit)

    def fill(
        self,
        draft: Draft,
        outline: Outline,
        table: Table,
        block: Block,
        rows: Sequence[int],
        answers: Mapping[int, Marks | Turn],
        notes: Sequence[str],
        selects: Selection,
    ) -> None:
        """Fill rows from a block; what there is more of becomes new rows."""

        def work() -> Decided | Made:
            decided = decide(block, table, answers)
            if decided.questions:
                return decided
            edited, added = paste(draft, outline, table, block, decided, rows)
            more = [f"{added:,} row{'' if added == 1 else 's'} added."] if added else []
            return Made(draft, edited, outline_after(draft, outline, edited), (*notes, *more), selects)

        def done(found: Decided | Made) -> None:
            if isinstance(found, Made):
                self.made.emit(found)
                return
            at, question = found.questions[0]

            def answer(said: Marks | Turn | None) -> None:
                if said is not None:
                    self.fill(draft, outline, table, block, rows, {**answers, at: said}, notes, selects)

            self._ask(question, answer)

        self._start(work, done)

    def _ask(self, question: Question, answer: Answer) -> None:
        self.asked.emit(question, answer)

    def _start(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        def ended(found: object) -> None:
            self.busy = False
            done(found)

        def failed(error: CaisoError) -> None:
            self.busy = False
            self.failed.emit(error)

        self.busy = True
        self._jobs.run(lambda token: work(), owner=self, done=ended, failed=failed)
