"""Positions in a text: Qt counts UTF-16 units, we count characters."""

from PySide6.QtGui import QTextBlock, QTextCursor


def units(text: str) -> int:
    """How many UTF-16 units a text has, as Qt counts positions."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def characters(text: str, position: int) -> int:
    """How many characters lie before a position counted in UTF-16 units."""
    if text.isascii():
        return position
    return len(text.encode("utf-16-le", "surrogatepass")[: position * 2].decode("utf-16-le", "surrogatepass"))


def cursor_at(block: QTextBlock, column: int) -> QTextCursor:
    """A cursor at a column of a line, counted in characters from 1."""
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + units(block.text()[: max(0, column - 1)]))
    return cursor


def moved(place: int, position: int, removed: int, added: int) -> int:
    """Where a place is after an edit (as `QTextDocument.contentsChange` tells of it): behind what came right there.

    A `QTextCursor` would know too; but one that Python's collector lets go of after its document crashes.
    """
    if position + removed <= place:
        return place + added - removed
    return min(place, position + added)
