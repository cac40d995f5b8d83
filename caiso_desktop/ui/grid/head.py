"""What stands over the grid: which elements are rows, how many, what is wrong, and what can be done with them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from caiso_desktop.model.grid.table import RowKind, Table
from caiso_desktop.ui.icon import Symbol
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.tool_button import tool_button


class GridHead(QWidget):
    """``kind_chosen`` carries the names of the rows that are wanted, ``begin_chosen`` of those that begin anew; the
    others are what their buttons say.
    """

    kind_chosen = Signal(object)
    begin_chosen = Signal(object)
    wrong_asked = Signal()
    sort_asked = Signal()
    fill_asked = Signal()
    import_asked = Signal()
    export_asked = Signal()
    copy_asked = Signal()
    delete_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: list[tuple[str, tuple[str, ...], bool]] = []
        self.kinds = named(QComboBox(), "gridRows", "Which elements are rows")
        self.kinds.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kinds.setMinimumContentsLength(28)
        self.kinds.activated.connect(self._choose)
        self.count = styled(named(QLabel(), "gridCount", "How many rows there are"), tone="muted")
        tip = "Go to the next wrong cell (F9)"
        self.wrong = tool_button("gridWrong", "wrong", tip, Symbol.ERROR, self.wrong_asked.emit)
        self.wrong.hide()
        sort, fill = "Bring the payload into the order that is shown", "Copy the first selected cell down (Ctrl+D)"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.kinds, 8)
        row.addWidget(self.count)
        row.addWidget(self.wrong)
        row.addStretch(1)
        for button in (
            tool_button("gridSort", "Sort payload", sort, Symbol.TREE, self.sort_asked.emit),
            tool_button("gridFill", "Fill down", fill, Symbol.NEXT, self.fill_asked.emit),
            tool_button("gridImport", "", "Fill from a spreadsheet…", Symbol.OPEN, self.import_asked.emit),
            tool_button("gridExport", "", "Save as a spreadsheet…", Symbol.SAVE, self.export_asked.emit),
            tool_button("gridAdd", "", "Copy the selected rows (Ctrl++)", Symbol.NEW, self.copy_asked.emit),
            tool_button("gridDelete", "", "Delete the selected rows (Ctrl+-)", Symbol.REMOVE, self.delete_asked.emit),
        ):
            row.addWidget(button)

    def show_table(self, table: Table, ways: Sequence[tuple[str, ...]] = (), begun: tuple[str, ...] = ()) -> None:
        """Show what there is to choose from, what is chosen, and how many rows that gives.

        ``ways`` are those to rows with which the payload may begin anew, ``begun`` the one with which it does.
        """
        kinds, anew = () if begun else table.kinds, [RowKind(way, 0) for way in ways]
        choices = [
            *(
                (f"{words} ({each.count:,})", each.names, False)
                for words, each in zip(_brief(kinds), kinds, strict=True)
            ),
            *((f"Begin with {words}", each.names, True) for words, each in zip(_brief(anew), anew, strict=True)),
        ]
        if choices != self._choices:
            self._choices = choices
            self.kinds.clear()
            for words, names, _ in choices:
                self.kinds.addItem(words)
                self.kinds.setItemData(self.kinds.count() - 1, RowKind(names, 0).title, Qt.ItemDataRole.ToolTipRole)
            # The list is as wide as its longest line, however narrow the box is.
            self.kinds.view().setMinimumWidth(self.kinds.view().sizeHintForColumn(0) + 24)
        chosen = begun or (table.kind.names if table.kind is not None else ())
        row = next((n for n, (_, names, anew) in enumerate(choices) if (names, anew) == (chosen, bool(begun))), -1)
        self.kinds.setCurrentIndex(row)
        self.kinds.setToolTip(f"Which elements are rows: {RowKind(chosen, 0).title}" if chosen else "")
        self.kinds.setEnabled(len(choices) > 1)
        self.count.setText(f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}" if table.rows else "")

    def _choose(self, row: int) -> None:
        _, names, anew = self._choices[row]
        (self.begin_chosen if anew else self.kind_chosen).emit(names)

    def show_wrong(self, number: int, *, more: bool) -> None:
        """Show how many cells are wrong; ``more``: there may be others."""
        self.wrong.setText(f"{number:,}{'+' if more else ''} wrong")
        self.wrong.setVisible(bool(number))


def _brief(kinds: Sequence[RowKind]) -> list[str]:
    """What is a row, and what it is in; with all of the way where two would read the same."""
    briefs = []
    for kind in kinds:
        parts = kind.title.split(" / ")
        briefs.append(parts[-1] if len(parts) == 1 else f"{parts[-1]} in {parts[0]}")
    return [brief if briefs.count(brief) == 1 else kind.title for kind, brief in zip(kinds, briefs, strict=True)]
