"""Offers the grid beside a payload's XML; what it is made of is imported when it is first looked at."""

from PySide6.QtWidgets import QWidget

from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.payload_panel import PayloadPanel
from caiso_desktop.ui.port import Ports

GRID = "grid"


def offer_grid(payload: PayloadPanel, desk: Desk, ports: Ports) -> None:
    """Offer it for a payload."""

    def make() -> QWidget:
        from caiso_desktop.ui.grid.panel import GridPanel
        from caiso_desktop.ui.grid.sheet_door import SheetDoor

        grid = GridPanel(
            desk, ports.payloads, ports.workshop.grids, ports.jobs, lambda: payload.hindrance, lambda: payload.pristine
        )
        grid.edited.connect(payload.become)
        grid.undo_asked.connect(payload.undo)
        grid.redo_asked.connect(payload.redo)
        payload.judged.connect(grid.show_judgement)
        grid.show_judgement(payload.judgement)
        SheetDoor(grid, desk, ports)
        return grid

    payload.add_view(GRID, "Grid", "What repeats in it, as a table (Alt+3)", Symbol.TABLE, make)
