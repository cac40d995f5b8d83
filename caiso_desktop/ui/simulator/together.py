"""The faults that are put together for one call, as they are written on the command line; each can be taken out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from caiso_desktop.model.simulation import FaultChoice
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled


class Together(QWidget):
    """Hidden while there are none; ``changed`` when one came or went."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "faultTogether", "What goes wrong together with it")
        self._chosen: dict[str, FaultChoice] = {}
        self._buttons: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.hide()

    @property
    def faults(self) -> tuple[FaultChoice, ...]:
        """What is put together, in the order in which it came."""
        return tuple(self._chosen.values())

    def add(self, choice: FaultChoice) -> None:
        """Put one in; it takes the place of one of its name."""
        self._chosen[choice.name] = choice
        self._show()

    def remove(self, name: str) -> None:
        """Take one out."""
        del self._chosen[name]
        self._show()

    def clear(self) -> None:
        """Take all out."""
        self._chosen.clear()
        self._show()

    def _show(self) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [self._button(choice) for choice in self._chosen.values()]
        for place, button in enumerate(self._buttons):
            self._row.insertWidget(place, button)
        self.setVisible(bool(self._buttons))
        self.changed.emit()

    def _button(self, choice: FaultChoice) -> QToolButton:
        words = f"Take {choice} out"
        button = styled(named(QToolButton(), f"faultTogether-{choice.name}", words, words), chip=True)
        button.setText(str(choice))
        button.setIcon(icon(Symbol.CLOSE))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the word, and the cross behind it
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda checked=False: self.remove(choice.name))
        return button


def order_label() -> QLabel:
    """What would be said on the command line, to be copied from there."""
    label = styled(named(QLabel(), "faultOrder", "The same as an order on the command line"), tone="muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
