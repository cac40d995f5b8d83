"""The verbs of a view, in its menu and on the keyboard."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


def view_action(
    view: QWidget,
    words: str,
    key: QKeySequence | QKeySequence.StandardKey | str,
    do: Callable[[], None],
    *,
    shortcut: bool = True,
) -> QAction:
    """An action of a view; without ``shortcut`` its key is only named in the menu, as another widget obeys it."""
    action = QAction(words, view)
    action.setShortcut(key)
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda _=False: do())
    if shortcut:
        view.addAction(action)
    return action
