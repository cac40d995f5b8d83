"""Colours for XML in an editor, a slice at a time, so that a long text never holds up typing."""

import re
import time
from enum import IntEnum

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from caiso_desktop.ui.token import Tokens

_SLICE_SECONDS = 0.008
_AT_ONCE = 400
"""So many lines are coloured before the next paint; the rest follows in slices."""


class _State(IntEnum):
    TEXT = 0
    TAG = 1
    COMMENT = 2
    CDATA = 3
    INSTRUCTION = 4


_OPENERS = (("<!--", _State.COMMENT), ("<![CDATA[", _State.CDATA), ("<?", _State.INSTRUCTION), ("<", _State.TAG))
_CLOSERS = {_State.COMMENT: "-->", _State.CDATA: "]]>", _State.INSTRUCTION: "?>"}
_IN_TAG = re.compile(
    r"""(?P<value>"[^"]*"?|'[^']*'?)|(?P<name>[^\s=<>"'/]+)(?=\s*=)|(?P<end>/?>)|(?P<tag>[^\s=<>"'/]+|</?)"""
)


class XmlHighlighter(QObject):
    """Follows a document's changes; a block's user state is what the line after it begins in."""

    def __init__(self, document: QTextDocument, tokens: Tokens) -> None:
        super().__init__(document)
        self._document = document
        self._formats: dict[str, QTextCharFormat] = {}
        self._tokens: Tokens | None = None
        self._pending = -1
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)
        self.set_tokens(tokens)
        document.contentsChange.connect(self._changed)

    def set_tokens(self, tokens: Tokens) -> None:
        """Colour everything in other colours; Qt tells of one change of palette many times."""
        if tokens is self._tokens:
            return
        self._tokens = tokens
        for name, colour in (
            ("tag", tokens.xml_tag),
            ("name", tokens.xml_attribute),
            ("value", tokens.xml_value),
            ("comment", tokens.xml_comment),
            ("cdata", tokens.xml_cdata),
        ):
            self._formats[name] = QTextCharFormat()
            self._formats[name].setForeground(QColor(colour))
        self._changed(0, 0, self._document.characterCount())

    def _changed(self, position: int, removed: int, added: int) -> None:
        block = self._document.findBlock(position)
        last = self._document.findBlock(position + added)
        end = last.blockNumber() if last.isValid() else self._document.blockCount() - 1
        for _ in range(_AT_ONCE):
            if not block.isValid():
                return
            settled = self._colour(block)
            block = block.next()
            if settled and block.blockNumber() > end:
                return
        if block.isValid():
            self._pending = block.blockNumber() if self._pending < 0 else min(self._pending, block.blockNumber())
            self._timer.start()

    def _go_on(self) -> None:
        block = self._document.findBlockByNumber(self._pending)
        until = time.perf_counter() + _SLICE_SECONDS
        while block.isValid() and time.perf_counter() < until:
            self._colour(block)
            block = block.next()
        self._pending = block.blockNumber() if block.isValid() else -1
        if not block.isValid():
            self._timer.stop()

    def _colour(self, block: QTextBlock) -> bool:
        """Colour one line; returns whether the next begins in the state in which it began before."""
        before = block.userState()
        previous = block.previous()
        state = _State(max(0, previous.userState())) if previous.isValid() else _State.TEXT
        state, spans = _spans(block.text(), state)
        ranges = []
        for start, length, name in spans:
            found = QTextLayout.FormatRange()
            found.start, found.length, found.format = start, length, self._formats[name]
            ranges.append(found)
        block.layout().setFormats(ranges)
        block.setUserState(state)
        self._document.markContentsDirty(block.position(), block.length())
        return before == state


def _spans(text: str, state: _State) -> tuple[_State, list[tuple[int, int, str]]]:
    """The coloured stretches of a line that begins in ``state``, and the state in which it ends."""
    spans: list[tuple[int, int, str]] = []
    at = 0
    while at < len(text):
        if state is _State.TEXT:
            at = text.find("<", at)
            if at < 0:
                break
            state = next(s for opener, s in _OPENERS if text.startswith(opener, at))
            if state is _State.TAG:
                length = 2 if text.startswith("</", at) else 1
                spans.append((at, length, "tag"))
                at += length
        elif state is _State.TAG:
            found = _IN_TAG.search(text, at)
            if found is None:
                break
            kind = found.lastgroup or "tag"
            spans.append((found.start(), len(found.group()), "tag" if kind == "end" else kind))
            at = found.end()
            if kind == "end":
                state = _State.TEXT
        else:
            closer = _CLOSERS[state]
            end = text.find(closer, at)
            stop = len(text) if end < 0 else end + len(closer)
            spans.append((at, stop - at, "cdata" if state is _State.CDATA else "comment"))
            at = stop
            if end >= 0:
                state = _State.TEXT
    return state, _in_utf16(text, spans)


def _in_utf16(text: str, spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The same stretches counted as Qt counts: in UTF-16 units."""
    if text.isascii() or max(text) < "\U00010000":
        return spans
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    return [(units[start], units[start + length] - units[start], name) for start, length, name in spans]
