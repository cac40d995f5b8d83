"""Which view of one thing is shown: a button for each, one of them pressed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named
from caiso_desktop.ui.tool_button import tool_button


class ViewSwitch(QWidget):
    """``chosen`` carries the name of the view that is to be shown from now on."""

    chosen = Signal(str)

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, object_name, accessible_name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._order: list[str] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)

    @property
    def names(self) -> tuple[str, ...]:
        """The views there are, from left to right."""
        return tuple(self._order)

    @property
    def current(self) -> str:
        """The view that is shown."""
        return next((name for name, button in self._buttons.items() if button.isChecked()), "")

    def add(self, name: str, words: str, tip: str, symbol: Symbol, *, before: str = "") -> None:
        """Offer one more view, to the left of another or behind all; the first that was added is shown."""
        button = tool_button(f"{self.objectName()}-{name}", words, tip, symbol, lambda: self.chosen.emit(name))
        button.setCheckable(True)
        self._group.addButton(button)
        place = self._order.index(before) if before in self._order else len(self._order)
        self._buttons[name] = button
        self._order.insert(place, name)
        self._row.insertWidget(place, button)
        button.setChecked(len(self._order) == 1)

    def choose(self, name: str) -> None:
        """Show a view; nothing where there is none of that name, or it is shown."""
        if name not in self._buttons or name == self.current:
            return
        self._buttons[name].setChecked(True)
        self.chosen.emit(name)
