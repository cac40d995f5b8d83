"""How a cell is typed into: a line, or where the schema lists what is allowed, a list that can be typed into too."""

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from caiso_desktop.ui.grid.model import GridModel
from caiso_desktop.ui.named import named


class GridDelegate(QStyledItemDelegate):
    """What is not in the list can be typed all the same: the schema's word is told, it forbids nothing."""

    def __init__(self, model: GridModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """Called by Qt."""
        column = self._model.table.columns[index.column()]
        if column.value is None or not column.value.choices:
            return named(super().createEditor(parent, option, index), "gridCellEditor", column.title)
        box = named(QComboBox(parent), "gridCellChoice", column.title)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        for choice in column.value.choices:
            box.addItem(choice.value)
            box.setItemData(box.count() - 1, choice.documentation, Qt.ItemDataRole.ToolTipRole)
        box.activated.connect(lambda row: self.commitData.emit(box))
        return box

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Called by Qt."""
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            return
        super().setEditorData(editor, index)

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Called by Qt."""
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
            return
        super().setModelData(editor, model, index)
