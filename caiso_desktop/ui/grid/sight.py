"""What a grid shows of the desk's draft, and whether that is the payload as it is now."""

from collections.abc import Callable, Collection

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.grid.cell import shown
from caiso_desktop.model.grid.table import Table
from caiso_desktop.model.outline import Outline
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.grid.editing import GridEditing
from caiso_desktop.ui.grid.model import GridModel
from caiso_desktop.ui.grid.reading import TableRead


class GridSight:
    """``draft`` is what the cells are read of, ``outline`` its elements; None before the first read, and the outline
    where it is no XML.

    Where rows begin anew the draft is not the payload yet (``begun``): it becomes it with its first edit.
    """

    def __init__(self, desk: Desk, model: GridModel, editing: GridEditing) -> None:
        self._desk = desk
        self._model = model
        self._editing = editing
        self._base: Draft | None = None
        self.draft: Draft | None = None
        self.outline: Outline | None = None

    @property
    def table(self) -> Table:
        """Its rows and columns."""
        return self._model.table

    @property
    def is_current(self) -> bool:
        """Whether it was read of the desk's draft as it is now."""
        return self._base == self._desk.draft

    @property
    def ready(self) -> bool:
        """Whether it is current, and no edit under way."""
        return self._base is not None and self.is_current and not self._editing.busy

    @property
    def begun(self) -> bool:
        """Whether what is shown is not the payload yet."""
        return self.draft is not None and self.draft != self._base

    @property
    def payload(self) -> Outline | None:
        """The elements of the payload as it is now; None where something else is shown."""
        return self.outline if self.ready and not self.begun else None

    @property
    def texts(self) -> Callable[[int, int], str]:
        """What cells show by the table's row and column, as they are now; for any thread."""
        table, outline = self.table, self.outline
        return lambda row, column: (
            shown(table.columns[column], table.place(outline, row, table.columns[column]).text) if outline else ""
        )

    def look(self, read: TableRead) -> None:
        """Show what was read."""
        self._base, self.draft, self.outline = read.base, read.draft, read.outline

    def follow(self, draft: Draft, outline: Outline, columns: Collection[int]) -> None:
        """Some columns of the same rows were edited: the payload is this from now on."""
        self._base = self.draft = draft
        self.outline = outline
        self._model.touch(outline, columns)

    def forget(self) -> None:
        """Something else is to be read."""
        self._base = self.draft = None

    def is_edit_of_payload(self, before: Draft) -> bool:
        """Whether the payload is still what it was when an edit of this draft began."""
        return self._desk.draft == (self._base if before == self.draft else before)
