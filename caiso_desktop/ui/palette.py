"""The colours of the program as named tokens, light and dark, and how they reach Qt.

Every text token is legible (WCAG contrast of 4.5:1 or more) on every background it is meant for; the tests compute it.
A widget that paints by itself asks `tokens_of` with its own palette, so a change of scheme reaches it as the
``PaletteChange`` event that Qt sends anyway.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTemporaryDir, QTimer, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from caiso_desktop.ui.glyph import draw_glyphs
from caiso_desktop.ui.style_sheet import style_sheet
from caiso_desktop.ui.token import DARK, LIGHT, Tokens


class Scheme(StrEnum):
    """What the user chose: the system's scheme, or one of ours whatever the system says."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def scheme_of(text: str | None) -> Scheme:
    """The scheme that the settings name; the system's where they name none."""
    return Scheme(text) if text in set(Scheme) else Scheme.SYSTEM


class EnvironmentColour(NamedTuple):
    """The stripe of an environment, and the colour of a word written on that stripe."""

    stripe: str
    text: str


def tokens_of(palette: QPalette) -> Tokens:
    """The tokens that belong to a palette made by `palette_of`, told by the lightness of its window."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def environment_colour(environment: str, tokens: Tokens) -> EnvironmentColour:
    """The colour of an environment by its catalogue id; an environment that the palette does not know is grey."""
    stripe, text = {
        "simulator": (tokens.simulator, tokens.on_simulator),
        "sandbox": (tokens.sandbox, tokens.on_sandbox),
        "map-stage": (tokens.map_stage, tokens.on_map_stage),
        "production": (tokens.production, tokens.on_production),
        "production-ecn": (tokens.production_ecn, tokens.on_production_ecn),
    }.get(environment, (tokens.text_muted, tokens.base))
    return EnvironmentColour(stripe, text)


def palette_of(tokens: Tokens) -> QPalette:
    """Qt's palette made of our tokens, every group and role that Fusion draws with."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    for colour_role, colour in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.base),
        (role.AlternateBase, tokens.alternate),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.text_muted),
        (role.Button, tokens.button),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.error),
        (role.Highlight, tokens.selection),
        (role.HighlightedText, tokens.on_selection),
        (role.Accent, tokens.accent),
        (role.Link, tokens.accent),
        (role.LinkVisited, tokens.accent),
        (role.ToolTipBase, tokens.tip),
        (role.ToolTipText, tokens.on_tip),
        (role.Light, tokens.base),
        (role.Midlight, tokens.header),
        (role.Mid, tokens.line),
        (role.Dark, tokens.control_line),
        (role.Shadow, tokens.shadow),
    ):
        palette.setColor(colour_role, QColor(colour))
    for text_role in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
        palette.setColor(group.Disabled, text_role, QColor(tokens.text_disabled))
    palette.setColor(group.Disabled, role.Base, QColor(tokens.window))
    palette.setColor(group.Disabled, role.Highlight, QColor(tokens.header))
    palette.setColor(group.Inactive, role.Highlight, QColor(tokens.selection_inactive))
    return palette


class Appearance(QObject):
    """Keeps the application in the chosen scheme, and follows the system's while `Scheme.SYSTEM` is chosen."""

    changed = Signal(object)
    """The tokens (`Tokens`) now in use."""

    def __init__(
        self, application: QApplication, scheme: Scheme = Scheme.SYSTEM, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._scheme = scheme
        self._tokens: Tokens | None = None
        self._undressed: list[QWidget] = []
        # Goes away with this object; a style sheet takes pictures from files only.
        self._glyphs = QTemporaryDir()
        self._drawn: dict[Path, Mapping[str, str]] = {}
        self._hints = application.styleHints()
        application.setStyle("Fusion")
        self.choose(scheme)
        self._hints.colorSchemeChanged.connect(self._system_changed)

    @property
    def scheme(self) -> Scheme:
        """What was chosen."""
        return self._scheme

    @property
    def tokens(self) -> Tokens:
        """The tokens now in use."""
        return self._tokens or LIGHT

    def choose(self, scheme: Scheme) -> None:
        """Change the scheme of the whole application; what is in sight follows a moment later."""
        self._scheme = scheme
        # Window frames and native dialogs are the system's to draw: they follow this hint where there is one.
        if scheme is Scheme.SYSTEM:
            self._hints.unsetColorScheme()
        else:
            self._hints.setColorScheme(Qt.ColorScheme.Dark if scheme is Scheme.DARK else Qt.ColorScheme.Light)
        self._show()

    def _system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._show()

    def _show(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            dark = self._hints.colorScheme() is Qt.ColorScheme.Dark
        else:
            dark = self._scheme is Scheme.DARK
        tokens = DARK if dark else LIGHT
        if tokens is self._tokens:
            return
        self._tokens = tokens
        if self._undressed:
            return  # the step that comes takes the newest colours
        self._marks(tokens)  # drawn in this step, as the other one has more to do
        # Qt takes five times as long to put a sheet in another's place as to take that away and begin anew.
        self._undressed = self._still_windows()
        self._application.setStyleSheet("")
        if self._undressed:
            QTimer.singleShot(1, self, self._dress)  # 0 would be as good as now: before other timers and input
        else:
            self._dress()

    def _still_windows(self) -> list[QWidget]:
        """The windows in sight, which from now on show nothing new: nobody shall see them without a sheet."""
        windows = [each for each in self._application.topLevelWidgets() if each.isVisible() and each.updatesEnabled()]
        for window in windows:
            window.setUpdatesEnabled(False)
        return windows

    def _dress(self) -> None:
        """Put the colours in use on everything: a step of its own, as both together stop many drafts for too long."""
        tokens = self.tokens
        try:
            self._application.setPalette(palette_of(tokens))
            self._application.setStyleSheet(style_sheet(tokens, self._marks(tokens)))
        finally:
            windows, self._undressed = self._undressed, []
            for window in windows:
                if isValid(window):
                    window.setUpdatesEnabled(True)
        self.changed.emit(tokens)

    def _marks(self, tokens: Tokens) -> Mapping[str, str]:
        """The files with a scheme's marks, drawn once."""
        scheme, density = "dark" if tokens is DARK else "light", math.ceil(self._application.devicePixelRatio())
        # Qt caches pictures by file name, so each scheme has names of its own.
        folder = Path(self._glyphs.filePath(f"{scheme}-{density}"))
        if folder not in self._drawn:
            folder.mkdir()
            self._drawn[folder] = draw_glyphs(tokens, folder, density)
        return self._drawn[folder]


def apply(application: QApplication, scheme: Scheme) -> Appearance:
    """Give the application our look; the caller keeps what is returned for as long as it wants it kept up."""
    return Appearance(application, scheme, application)
