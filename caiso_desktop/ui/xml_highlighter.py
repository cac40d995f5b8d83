"""Colours for XML in an editor: every line is read, a slice at a time, and those in sight are coloured.

So a long text never holds up typing, and other colours cost as much as a screen has lines.
"""

import re
import time
from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from caiso_desktop.ui.editor.position import moved
from caiso_desktop.ui.token import Tokens

_SLICE_SECONDS = 0.008
_AT_ONCE = 400
"""So many lines are read before the next paint; the rest follows in slices."""


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


_ONLY_WHOLE_TAGS = re.compile(r"""[^<]*+(?>(?:<(?![!?])(?>(?:[^<>"']++|"[^"]*+"|'[^']*+')*)>[^<]*+)*)""")
"""A line as most are: it begins and ends between tags."""

_BITS = 3
_ONE = (1 << _BITS) - 1
_READ = (1 << 2 * _BITS) - 1


class XmlHighlighter(QObject):
    """Follows a document's changes. ``in_sight`` tells the first line in sight, and how many are.

    A block's user state, where it is not negative, holds from its lowest bits: what the line after it begins in, what
    it begins in itself, and in which colours it has been coloured (0: in none since it was read).
    """

    def __init__(self, document: QTextDocument, tokens: Tokens, in_sight: Callable[[], tuple[QTextBlock, int]]) -> None:
        super().__init__(document)
        self._document = document
        self._in_sight = in_sight
        self._formats: dict[str, QTextCharFormat] = {}
        self._tokens: Tokens | None = None
        self._colours = 0
        # What has not been read since it changed, as positions.
        self._from: int | None = None
        self._until = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)
        self.set_tokens(tokens)
        self._changed(0, 0, document.characterCount())
        document.contentsChange.connect(self._changed)

    def set_tokens(self, tokens: Tokens) -> None:
        """Colour everything in other colours; Qt tells of one change of palette many times."""
        if tokens is self._tokens:
            return
        self._tokens = tokens
        self._colours += 1
        for name, colour in (
            ("tag", tokens.xml_tag),
            ("name", tokens.xml_attribute),
            ("value", tokens.xml_value),
            ("comment", tokens.xml_comment),
            ("cdata", tokens.xml_cdata),
        ):
            self._formats[name] = QTextCharFormat()
            self._formats[name].setForeground(QColor(colour))
        self.colour()

    def colour(self) -> None:
        """Colour what is in sight, as far as it has been read."""
        block, lines = self._in_sight()
        unread = self._from if self._from is not None else self._document.characterCount()
        until = time.perf_counter() + _SLICE_SECONDS
        while block.isValid() and lines > 0 and block.position() < unread:
            state = block.userState()
            if state >= 0 and state >> 2 * _BITS != self._colours:
                self._colour(block)
                if time.perf_counter() > until:
                    self._timer.start()
                    return
            block, lines = block.next(), lines - 1

    def _changed(self, position: int, removed: int, added: int) -> None:
        start, end = self._document.findBlock(position).position(), position + added
        if self._from is not None:
            start = min(start, moved(self._from, position, removed, added))
            end = max(end, moved(self._until, position, removed, added))
        self._from, self._until = start, end
        self._read(_AT_ONCE)

    def _go_on(self) -> None:
        self._timer.stop()
        self._read()

    def _read(self, most: int = 1_000_000) -> None:
        """Read on for a while: up to the last change, and from there to a line that ends in what it ended in before."""
        clock = time.perf_counter() + _SLICE_SECONDS
        block = self._document.findBlock(self._from if self._from is not None else -1)
        self._from = None
        until, state = self._until, _state_after(block.previous())
        while block.isValid():
            if not most or time.perf_counter() > clock:
                self._from = block.position()
                self._timer.start()
                break
            text, before, begins = block.text(), block.userState(), state
            if state is not _State.TEXT or not _ONLY_WHOLE_TAGS.fullmatch(text):
                state, _ = _spans(text, state)
            block.setUserState(state | begins << _BITS)
            most -= 1
            last, block = block, block.next()
            if last.position() + last.length() > until and before >= 0 and before & _ONE == state:
                break
        self.colour()

    def _colour(self, block: QTextBlock) -> None:
        state = block.userState()
        _, spans = _spans(block.text(), _State(state >> _BITS & _ONE))
        ranges = []
        for start, length, name in spans:
            found = QTextLayout.FormatRange()
            found.start, found.length, found.format = start, length, self._formats[name]
            ranges.append(found)
        block.layout().setFormats(ranges)
        block.setUserState(state & _READ | self._colours << 2 * _BITS)
        self._document.markContentsDirty(block.position(), block.length())


def _state_after(block: QTextBlock) -> _State:
    return _State(max(0, block.userState()) & _ONE) if block.isValid() else _State.TEXT


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
