"""Where the problems of a payload are in its grid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from caiso_desktop.model.call import Problem
from caiso_desktop.model.grid.table import Table, path_of
from caiso_desktop.model.outline import NodePath, Outline


@dataclass(slots=True)
class ProblemPlaces:
    """Finds the cells that problems are about; the rows are looked through once."""

    table: Table
    outline: Outline
    _rows: dict[NodePath, int] = field(default_factory=dict)

    def cell(self, problem: Problem) -> tuple[int, int] | None:
        """The row and column of a problem; the row's first column where it is about none; None outside of the rows."""
        path = path_of(self.outline, problem.path) if problem.path else None
        return self.cell_of(path, problem.attribute) if path is not None else None

    def cell_of(self, path: NodePath, attribute: str = "") -> tuple[int, int] | None:
        """The row and column that an element, or an attribute of it, is shown in; as for a problem of it."""
        row = self._row(path)
        return None if row is None else (row, self._column(row, path, attribute))

    def cells(self, problems: Iterable[Problem]) -> Mapping[tuple[int, int], str]:
        """What is wrong with which cell; the first problem of each."""
        found: dict[tuple[int, int], str] = {}
        for problem in problems:
            cell = self.cell(problem)
            if cell is not None:
                found.setdefault(cell, problem.sentence)
        return found

    def _row(self, path: NodePath) -> int | None:
        """The first row that an element is in, or that is in it."""
        if not self._rows:
            for row, place in enumerate(self.table.rows):
                for end in range(1, len(place) + 1):
                    self._rows.setdefault(place[:end], row)
        least = min((column.level for column in self.table.columns), default=1)
        return next(
            (self._rows[path[:end]] for end in range(len(path), least - 1, -1) if path[:end] in self._rows), None
        )

    def _column(self, row: int, path: NodePath, attribute: str) -> int:
        wanted = attribute.rpartition("}")[2]
        for number, column in enumerate(self.table.columns):
            place = self.table.place(self.outline, row, column)
            if place.path == path and (column.attribute or "").rpartition("}")[2] == wanted:
                return number
        return 0
