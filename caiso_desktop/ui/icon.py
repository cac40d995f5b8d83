"""Icons by what they mean, in the colours of the palette.

The glyphs are those of Material Design Icons as qtawesome packs them. Only its font and character map are read
(15 ms, when the first icon is painted): importing qtawesome itself takes 230 ms, for the namespaces of its Qt wrapper
(CPython 3.11, 2 cores), and fixes an icon's colour when it is made, while these follow the palette when it changes.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap

from caiso_desktop.model.error import StorageError
from caiso_desktop.ui.palette import tokens_of
from caiso_desktop.ui.token import Tokens


class Symbol(StrEnum):
    """What an icon means; the value is its glyph's name in Material Design Icons 6."""

    SEND = "send"
    CANCEL = "close-circle-outline"
    STOP = "stop-circle-outline"
    SAVE = "content-save-outline"
    OPEN = "folder-open-outline"
    NEW = "plus"
    REMOVE = "minus"
    DELETE = "delete-outline"
    EDIT = "pencil-outline"
    COPY = "content-copy"
    UNDO = "undo"
    REDO = "redo"
    REFRESH = "refresh"
    CLOSE = "close"
    MORE = "dots-horizontal"
    VALIDATE = "check-decagram-outline"
    SIGN = "seal"
    CERTIFICATE = "certificate-outline"
    KEY = "shield-key-outline"
    SECURE = "lock-outline"
    ENVIRONMENT = "earth"
    SERVER = "server-network"
    PROXY = "swap-horizontal"
    APPLICATION = "apps"
    SERVICE = "application-outline"
    VERSION = "tag-outline"
    RETRIEVE = "download-outline"
    SUBMIT = "upload-outline"
    STATE_CHANGING = "lightning-bolt-outline"
    SIMULATOR = "play-outline"
    SUCCESS = "check-circle-outline"
    INFO = "information-outline"
    WARNING = "alert-outline"
    ERROR = "alert-circle-outline"
    HELP = "help-circle-outline"
    DOCTOR = "stethoscope"
    DISPATCH = "transmission-tower"
    WAITING = "progress-clock"
    HISTORY = "history"
    CLOCK = "clock-outline"
    CALENDAR = "calendar"
    SEARCH = "magnify"
    FILTER = "filter-outline"
    PREVIOUS = "chevron-up"
    NEXT = "chevron-down"
    EXPAND = "unfold-more-horizontal"
    COLLAPSE = "unfold-less-horizontal"
    SUMMARY = "format-list-bulleted"
    TREE = "file-tree-outline"
    TEXT = "text-box-outline"
    TABLE = "table"
    FORM = "file-document-outline"
    XML = "code-tags"
    FORMAT = "format-indent-increase"
    RESET = "restore"
    SAMPLE = "text-box-plus-outline"
    PART = "paperclip"
    PACKAGE = "package-variant-closed"
    SCHEME = "theme-light-dark"
    SETTINGS = "cog-outline"
    OUTSIDE = "open-in-new"
    STAR = "star"
    STAR_OUTLINE = "star-outline"


class Tone(StrEnum):
    """The colour of an icon, as the name of a token."""

    PLAIN = "text"
    MUTED = "text_muted"
    ACCENT = "accent"
    ON_ACCENT = "on_accent"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"
    INFO = "info"


def icon(symbol: Symbol, tone: Tone = Tone.MUTED) -> QIcon:
    """The icon of a meaning; sharp at every size, and it changes colour with the application's palette.

    It is a copy: PySide (6.11) takes the first icon of an engine for the engine's parent, and where Python's collector
    of cycles frees the two, the engine is deleted twice. A copy is nobody's parent, and the first goes before this
    returns.
    """
    return QIcon(QIcon(_GlyphEngine(symbol, tone)))


class _GlyphEngine(QIconEngine):
    """Draws one glyph in the colour that its tone has in the application's palette at that moment."""

    def __init__(self, symbol: Symbol, tone: Tone) -> None:
        super().__init__()
        self._symbol = symbol
        self._tone = tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        family, characters = _glyphs()
        tokens = tokens_of(QGuiApplication.palette())
        font = QFont(family)
        font.setPixelSize(max(1, min(rect.width(), rect.height())))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        painter.save()
        painter.setPen(QColor(self._colour(tokens, mode)))
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, characters[self._symbol])
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        drawn = QPixmap(size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return drawn

    def _colour(self, tokens: Tokens, mode: QIcon.Mode) -> str:
        if mode == QIcon.Mode.Disabled:
            return tokens.text_disabled
        colour: str = getattr(tokens, self._tone)
        return colour


@cache
def _glyphs() -> tuple[str, Mapping[str, str]]:
    """The family of the icon font, loaded into Qt's font database (which is the process's), and name -> character."""
    package = find_spec("qtawesome")
    folders = package.submodule_search_locations if package is not None else None
    fonts = Path(folders[0]) / "fonts" if folders else Path()
    font = next(iter(sorted(fonts.glob("materialdesignicons6-webfont-[0-9]*.ttf"))), None)
    characters = next(iter(sorted(fonts.glob("materialdesignicons6-webfont-charmap-*.json"))), None)
    if font is None or characters is None:
        raise StorageError("the icon font of qtawesome is not installed.", advice="Install the program again.")
    # From the data, not the name: a font database reads some paths (in a frozen bundle) only in part.
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFontFromData(font.read_bytes()))
    codes = json.loads(characters.read_text(encoding="utf-8"))
    return families[0], {symbol.value: chr(int(codes[symbol.value], 16)) for symbol in Symbol}
