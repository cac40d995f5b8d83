"""A page that is read from top to bottom: notices, headings, tables; rebuilt whole for something else."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.rows_table import RowsTable

_TALLEST_TABLE = 12
_LARGER = 1.3


class Page(QScrollArea):
    """Add from top to bottom after `clear`."""

    def __init__(self, object_name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, object_name, accessible_name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self.setWidget(self._content)

    @property
    def text(self) -> str:
        """All the words on the page, for a reader that cannot see it."""
        words = []
        for child in self._content.findChildren(QWidget):
            if isinstance(child, QLabel):
                words.append(child.text())
            elif isinstance(child, RowsTable):
                words += [" ".join(child.rows.row(row)) for row in range(child.rows.rowCount())]
        return "\n".join(words)

    def add(self, widget: QWidget) -> None:
        """Add something below what is there."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def add_first(self, widget: QWidget) -> None:
        """Add something above what is there."""
        self._column.insertWidget(0, widget)

    def add_second(self, widget: QWidget) -> None:
        """Add something below what is said first."""
        self._column.insertWidget(min(1, self._column.count() - 1), widget)

    def add_heading(self, text: str) -> None:
        """Add a heading."""
        self.add(styled(QLabel(text), title=True))

    def add_words(self, text: str) -> None:
        """Add a quiet line of text that can be selected."""
        label = styled(QLabel(text), tone="muted")
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add(label)

    def add_table(
        self,
        object_name: str,
        title: str,
        headers: Sequence[str],
        rows: Sequence[tuple[str, ...]],
        *,
        numbers: Sequence[int] = (),
        stretch: int = -1,
        wraps: bool = False,
    ) -> RowsTable:
        """Add a heading and a table under it, as tall as its rows."""
        self.add_heading(title)
        table = RowsTable(
            object_name, title, headers, numbers=numbers, stretch=stretch, grows=_TALLEST_TABLE, wraps=wraps
        )
        table.set_rows(rows)
        self.add(table)
        return table


def page_title(text: str) -> QLabel:
    """The title of a page, larger than the headings on it."""
    label = styled(QLabel(text), title=True)
    font = label.font()
    font.setPointSizeF(font.pointSizeF() * _LARGER)
    label.setFont(font)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
