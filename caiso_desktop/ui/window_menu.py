"""The menus of the window, and the keys that do the same."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from caiso_desktop.ui.palette import Scheme

SCHEME_WORDS = {Scheme.SYSTEM: "&System", Scheme.LIGHT: "&Light", Scheme.DARK: "&Dark"}


class Verb(NamedTuple):
    """One line of a menu: its words, its keys, what it does."""

    words: str
    keys: tuple[str, ...]
    do: Callable[[], object]
    name: str

    @property
    def plain(self) -> str:
        """The words without the mark of the access key and the dots."""
        return self.words.replace("&", "").rstrip("…")


Verbs: TypeAlias = tuple[Verb | None, ...]
"""The lines of a menu; None is a line between groups."""


def add_menu(window: QMainWindow, title: str, verbs: Verbs) -> QMenu:
    """Add a menu of verbs to a window."""
    menu = window.menuBar().addMenu(title)
    menu.setToolTipsVisible(True)
    for verb in verbs:
        if verb is None:
            menu.addSeparator()
            continue
        action = QAction(verb.words, window)
        action.setObjectName(verb.name)
        action.setShortcuts([QKeySequence(keys) for keys in verb.keys])
        action.triggered.connect(lambda checked=False, do=verb.do: do())
        menu.addAction(action)
    return menu


def add_theme_menu(window: QMainWindow, view: QMenu, current: Scheme, choose: Callable[[Scheme], None]) -> None:
    """Add the choice of light or dark."""
    menu = view.addMenu("&Theme")
    group = QActionGroup(window)
    for scheme, words in SCHEME_WORDS.items():
        action = menu.addAction(words)
        action.setObjectName(f"theme-{scheme}")
        action.setCheckable(True)
        action.setChecked(scheme is current)
        action.triggered.connect(lambda checked=False, chosen=scheme: choose(chosen))
        group.addAction(action)
