"""The grid's way to spreadsheets: fills it from a file, and saves it as one."""

from PySide6.QtCore import QObject

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.value import ValueKind
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.grid.panel import GridPanel
from caiso_desktop.ui.port import Ports

_NUMBERS = (ValueKind.NUMBER, ValueKind.WHOLE)


class SheetDoor(QObject):
    """Belongs to a grid."""

    def __init__(self, grid: GridPanel, desk: Desk, ports: Ports) -> None:
        super().__init__(grid)
        self._grid = grid
        self._desk = desk
        self._ports = ports
        grid.import_asked.connect(self.fill)
        grid.export_asked.connect(self.save)

    def fill(self) -> None:
        """Let the user choose a file, and which of its columns goes where."""
        path = self._ports.files.sheet_to_open(self._grid)
        if path is None:
            return
        from caiso_desktop.ui.grid.import_dialog import ImportDialog

        dialog = ImportDialog(self._grid, path, self._ports, self._grid.window())
        dialog.close_with(self._desk)
        dialog.show()

    def save(self) -> None:
        """Save the grid as it is shown: ``.xlsx``, or CSV where the name says so."""
        model, table = self._grid.model, self._grid.table
        target = self._desk.target
        name = f"{target.service if target is not None else 'payload'}.xlsx"
        destination = self._ports.files.to_save(self._grid, name)
        if destination is None:
            return
        shown = self._grid.view.shown_columns()
        head = [table.columns[column].title for column in shown]
        numbers = {at for at, column in enumerate(shown) if table.columns[column].kind in _NUMBERS}
        rows = self._grid.sight.texts
        order = model.order
        ports = self._ports

        def work() -> None:
            lines = [[rows(row, column) for column in shown] for row in order]
            data = ports.workshop.sheets.to_bytes(destination.path.suffix, head, lines, numbers)
            ports.saving.save_bytes(data, destination.path, overwrite=destination.replace)

        def done(nothing: None) -> None:
            self._grid.tell(f"{len(order):,} rows saved in {destination.path}.", "success")

        def failed(error: CaisoError) -> None:
            self._grid.tell(f"{error.title}: {error.detail} {error.advice}".strip(), "error")

        ports.jobs.run(lambda token: work(), owner=self, done=done, failed=failed)
