"""Lines of a document, laid out and coloured for painting."""

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextCharFormat, QTextLayout, QTextOption

from caiso_desktop.ui.document.line import Line, Lines, PartKind
from caiso_desktop.ui.document.syntax import Inside, colours, inside_after
from caiso_desktop.ui.token import Tokens

_KEPT = 400
_WIDEST = 1e7


def qt_column(text: str, column: int) -> int:
    """A column as Qt counts: characters beyond U+FFFF are two."""
    return column if text.isascii() else len(text[:column].encode("utf-16-le")) // 2


def text_column(text: str, column: int) -> int:
    """A column of Qt's as Python counts."""
    return column if text.isascii() else len(text.encode("utf-16-le")[: column * 2].decode("utf-16-le", "ignore"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with its layout, and what is open where it ends."""

    line: Line
    text: str
    layout: QTextLayout
    after: Inside

    @property
    def width(self) -> float:
        """How wide it is, in pixels."""
        return self.layout.lineAt(0).naturalTextWidth()

    def x(self, column: int) -> float:
        """Where a column begins, in pixels from the line's begin."""
        # PySide answers with the position and the column it took, and has no type for that.
        position, _ = cast("tuple[float, int]", self.layout.lineAt(0).cursorToX(qt_column(self.text, column)))
        return position

    def column(self, x: float) -> int:
        """The column nearest to a place."""
        return text_column(self.text, self.layout.lineAt(0).xToCursor(x))

    def paint(self, painter: QPainter, x: float, y: float, marks: list[tuple[int, int, QTextCharFormat]]) -> None:
        """Paint at a place; ``marks`` are spans (from, to) in other colours."""
        ranges = [format_range(self.text, start, end, look) for start, end, look in marks]
        self.layout.draw(painter, QPointF(x, y), ranges)


def format_range(text: str, start: int, end: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    """A span of a text in Qt's terms."""
    made = QTextLayout.FormatRange()
    begin = qt_column(text, start)
    made.start, made.length, made.format = begin, qt_column(text, end) - begin, look
    return made


def look(text: str | None = None, ground: str | None = None) -> QTextCharFormat:
    """A way to write: text colour and background."""
    made = QTextCharFormat()
    if text is not None:
        made.setForeground(QColor(text))
    if ground is not None:
        made.setBackground(QColor(ground))
    return made


class LineLayouts:
    """Lays out lines as they are asked for, and remembers the last some hundred."""

    def __init__(self, lines: Lines, font: QFont, tokens: Tokens, *, xml: bool) -> None:
        self._lines = lines
        self._font = font
        self._xml = xml
        self._option = QTextOption()
        self._option.setWrapMode(QTextOption.WrapMode.NoWrap)
        self._option.setTabStopDistance(QFontMetricsF(font).horizontalAdvance(" ") * 4)
        names = ("xml_tag", "xml_attribute", "xml_value", "xml_comment", "xml_cdata")
        self._looks = {name: look(getattr(tokens, name)) for name in names}
        self._stand_ins = {PartKind.CHIP: look(tokens.on_chip, tokens.chip), PartKind.CUT: look(tokens.line_number)}
        self._kept: OrderedDict[int, Shown] = OrderedDict()

    def shown(self, number: int) -> Shown:
        """A line, laid out."""
        kept = self._kept.get(number)
        # The last line known may have been read only in part.
        if kept is not None and (self._lines.complete or number + 1 < self._lines.count):
            self._kept.move_to_end(number)
            return kept
        made = self._lay_out(number)
        self._kept[number] = made
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    def _lay_out(self, number: int) -> Shown:
        line = self._lines.line(number)
        text = line.text
        ranges: list[QTextLayout.FormatRange] = []
        after = Inside.TEXT
        if self._xml:
            before = self._kept.get(number - 1)
            begin = before.after if before is not None else inside_after(self._lines.before(line.start))
            spans, after = colours(text, begin)
            ranges.extend(format_range(text, start, end, self._looks[name]) for start, end, name in spans)
        column = 0
        for part in line.parts:
            end = column + len(part.text)
            if part.kind is not PartKind.TEXT:
                ranges.append(format_range(text, column, end, self._stand_ins[part.kind]))
            column = end
        layout = QTextLayout(text, self._font)
        layout.setTextOption(self._option)
        layout.setFormats(ranges)
        layout.beginLayout()
        layout.createLine().setLineWidth(_WIDEST)
        layout.endLayout()
        return Shown(line, text, layout, after)


def occurrences(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where a text occurs in a line, whatever the case of ASCII letters."""
    if not wanted:
        return []
    return [found.span() for found in re.finditer(re.escape(wanted), text, re.IGNORECASE | re.ASCII)]
