"""The menu of macros, at the cursor: what can be written, and what it means now."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from caiso_desktop.model.macro import MEANINGS, macros
from caiso_desktop.ui.macro.wording import Wording
from caiso_desktop.ui.named import named
from caiso_desktop.ui.payload_editor import PayloadEditor


def show_macros(editor: PayloadEditor, wording: Wording) -> QMenu:
    """Offer the macros where one writes: in the field that has the keyboard, else in the payload's XML."""
    field = QApplication.focusWidget()
    inside = isinstance(field, QLineEdit) and editor.window().isAncestorOf(field) and not field.isReadOnly()
    menu = named(QMenu(editor), "macroMenu", "Macros")
    menu.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    menu.setToolTipsVisible(True)
    for written, meaning in MEANINGS:
        action = menu.addAction(f"{written}\t{macros(written, wording.moment())[0].value}")
        action.setToolTip(meaning)
        target = field if inside and isinstance(field, QLineEdit) else editor
        action.triggered.connect(lambda checked=False, words=written, into=target: _insert(into, words))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(_place(field if inside and field is not None else editor))
    return menu


def _insert(into: QWidget, words: str) -> None:
    if isinstance(into, QLineEdit):
        into.insert(words)
    elif isinstance(into, PayloadEditor) and not into.isReadOnly():
        into.step_began.emit()
        into.textCursor().insertText(words)


def _place(widget: QWidget) -> QPoint:
    if isinstance(widget, PayloadEditor):
        return widget.viewport().mapToGlobal(widget.cursorRect().bottomLeft())
    return widget.mapToGlobal(QPoint(0, widget.height()))
