"""Whose folder a package is imported into: one's own, or the company's for everybody, where that may be written to."""

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from caiso_desktop.model.package import Owner, ShelfPlace
from caiso_desktop.ui.elided_label import ElidedLabel
from caiso_desktop.ui.named import named, styled

_WORDS = {Owner.USER: "Your folder", Owner.COMPANY: "The company's folder, for everybody"}


class PlaceChoice(QWidget):
    """``chosen`` carries the `Owner`."""

    chosen = Signal(Owner)

    def __init__(self, places: Sequence[ShelfPlace], owner: Owner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places = places
        self.box = named(QComboBox(), "packageOwner", "Import into whose folder")
        self.folder = styled(named(ElidedLabel(), "packageFolder", "The folder"), tone="muted")
        for row, place in enumerate(places):
            self.box.addItem(_WORDS[place.owner], place.owner)
            item = cast("QStandardItemModel", self.box.model()).item(row)
            item.setEnabled(not place.hindrance)
            item.setToolTip(str(place.folder))
        self.box.setCurrentIndex(max(0, self.box.findData(owner)))
        self.box.activated.connect(self._choose)
        label = QLabel("Import i&nto")
        for each in (label, self.box):
            each.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        label.setBuddy(self.box)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(label)
        line.addWidget(self.box)
        line.addWidget(self.folder)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        for place in places:
            if place.hindrance:
                layout.addWidget(_why(place))
        self._show()

    def _choose(self, row: int) -> None:
        self._show()
        self.chosen.emit(Owner(self.box.itemData(row)))

    def _show(self) -> None:
        row = self.box.currentIndex()
        if row >= 0:
            self.folder.say(str(self._places[row].folder))
            self.folder.setToolTip(str(self._places[row].folder))


def _why(place: ShelfPlace) -> QLabel:
    whose = "the company's folder" if place.owner is Owner.COMPANY else "your folder"
    who = " Whoever looks after it can import for everybody." if place.owner is Owner.COMPANY else ""
    label = QLabel(f"Not into {whose}: {place.hindrance}.{who}")
    named(label, "packageFolderWhy", "Why not into that folder")
    label.setWordWrap(True)
    return styled(label, tone="muted")
