"""A quiet button with an icon and a word, as panels have them in their heads."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled


def tool_button(object_name: str, text: str, tip: str, symbol: Symbol, verb: Callable[[], object]) -> QToolButton:
    """Make one; ``tip`` is its accessible name too, and ``verb`` what it does."""
    button = styled(named(QToolButton(), object_name, tip, tip), quiet=True)
    button.setText(text)
    button.setIcon(icon(symbol))
    beside, only = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
    button.setToolButtonStyle(beside if text else only)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    # Qt offers its "checked" to whatever takes an argument.
    button.clicked.connect(lambda checked=False: verb())
    return button
