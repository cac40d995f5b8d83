"""Two payloads beside one another, line by line."""

import difflib
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.palette import tokens_of

MOST_LINES = 20_000
"""Lines of a payload that are compared; looking for what moved takes too long beyond."""


class Line(NamedTuple):
    """A line of both sides: ``kind`` is ``same``, ``changed``, ``added`` or ``removed``; a side may have none."""

    kind: str
    left: str
    right: str


def compared(left: str, right: str) -> Sequence[Line]:
    """Two texts as lines that face one another."""
    one, other = left.splitlines()[:MOST_LINES], right.splitlines()[:MOST_LINES]
    lines: list[Line] = []
    for what, i, j, k, m in difflib.SequenceMatcher(None, one, other, autojunk=len(one) > 2000).get_opcodes():
        if what == "equal":
            lines += [Line("same", text, text) for text in one[i:j]]
            continue
        before, after = one[i:j], other[k:m]
        for row in range(max(len(before), len(after))):
            in_left, in_right = row < len(before), row < len(after)
            kind = "changed" if in_left and in_right else "removed" if in_left else "added"
            lines.append(Line(kind, before[row] if in_left else "", after[row] if in_right else ""))
    return lines


class Comparison(QWidget):
    """Shows compared lines; both sides scroll together."""

    def __init__(self, titles: tuple[str, str], lines: Sequence[Line], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "comparison", "Two payloads compared")
        differing = sum(line.kind != "same" for line in lines)
        said = f"{differing:,} of {len(lines):,} lines differ." if differing else "Both payloads are the same."
        self._said = styled(named(QLabel(said), "comparisonSaid", said), title=True)
        self._lines = lines
        self.left = self._side("comparisonLeft", titles[0])
        self.right = self._side("comparisonRight", titles[1])
        sides = QHBoxLayout()
        sides.setSpacing(8)
        for title, side in zip(titles, (self.left, self.right), strict=True):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(styled(QLabel(title), tone="muted"))
            column.addWidget(side)
            sides.addLayout(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._said)
        layout.addLayout(sides, 1)
        self._fill(self.left, [line.left for line in lines])
        self._fill(self.right, [line.right for line in lines])
        for one, other in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)
        self.setFocusProxy(self.left)

    @property
    def said(self) -> str:
        """How much differs, in words."""
        return self._said.text()

    def _side(self, object_name: str, title: str) -> QPlainTextEdit:
        side = named(QPlainTextEdit(), object_name, title)
        side.setReadOnly(True)
        side.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        side.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        side.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return side

    def _fill(self, side: QPlainTextEdit, texts: Sequence[str]) -> None:
        side.setPlainText("\n".join(texts))
        tokens = tokens_of(self.palette())
        grounds = {"added": tokens.success_ground, "removed": tokens.error_ground, "changed": tokens.warning_ground}
        for number, line in enumerate(self._lines):
            ground = grounds.get(line.kind)
            if ground is not None:
                form = QTextBlockFormat()
                form.setBackground(QColor(ground))
                QTextCursor(side.document().findBlockByNumber(number)).setBlockFormat(form)
