"""How a widget gets the names that tests and assistive tools know it by, and the style it is drawn in."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, object_name: str, accessible_name: str, tip: str = "") -> W:
    """Give a widget its object name, its accessible name and a tool tip."""
    if isinstance(widget, QAbstractSpinBox):
        # The style sheet's padding stops at the field inside: what is typed would touch the frame.
        widget.lineEdit().setTextMargins(4, 0, 0, 0)
    widget.setObjectName(object_name)
    widget.setAccessibleName(accessible_name)
    if tip:
        widget.setToolTip(tip)
    return widget


def styled(widget: W, **properties: object) -> W:
    """Give a widget the properties that the style sheet draws by: ``primary``, ``quiet``, ``tone``, ``title`` ..."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    # One that was never shown is polished when it is, and once is enough.
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
    return widget
