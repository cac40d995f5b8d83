"""How long everything is kept, how much room it takes, where it lies; and deleting it now."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from caiso_desktop.model.retention import FOREVER, Deleted, Keeper, Lies, Retention
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import size_words
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.side_dialog import SideDialog

_GB = 1_000_000_000
_MOST_DAYS = 3650


class RetentionDialog(SideDialog):
    """``open_folder`` shows a folder in the system's own file manager."""

    def __init__(self, ports: Ports, parent: QWidget, open_folder: Callable[[Path], object] | None = None) -> None:
        super().__init__("retentionDialog", "Data and retention", "Keep it so", parent)
        self._ports = ports
        self._open_folder = open_folder or _open_folder
        self._lies: Sequence[Lies] = ()
        self.answer_days = self._days("answerDays", "Days that answers are kept")
        self.answer_room = named(QSpinBox(), "answerRoom", "Gigabytes that answers may take")
        self.answer_room.setRange(1, 10_000)
        self.answer_room.setSuffix(" GB")
        self.record_days = self._days("recordDays", "Days that the record of a call is kept")
        self.bin_days = self._days("binDays", "Days that closed drafts are kept")
        self.form.addRow("Answers", self.answer_days)
        self.form.addRow("Answers take at most", self.answer_room)
        self.form.addRow("What the journal says of a call", self.record_days)
        self.form.addRow("Closed drafts", self.bin_days)
        self.table = RowsTable(
            "whereTable", "Where everything lies", ("What", "Size", "Where"), numbers=(1,), stretch=2
        )
        self.table.setMinimumHeight(132)
        self.table.activated.connect(lambda index: self._show_folder())
        self._layout.insertWidget(1, styled(QLabel("Where everything lies"), title=True))
        self._layout.insertWidget(2, self.table, 1)
        self._layout.insertLayout(3, self._deleting())
        self.resize(720, 480)
        self._said.hide()
        self.verb.setEnabled(False)
        self._read()

    def do(self) -> None:
        """Keep everything for as long as the form says, from now on."""
        retention = Retention(
            answer_days=self.answer_days.value(),
            answer_bytes=self.answer_room.value() * _GB,
            record_days=self.record_days.value(),
            bin_days=self.bin_days.value(),
        )

        def keep(keeper: Keeper) -> Deleted:
            keeper.set_retention(retention)
            return keeper.tidy()

        self._work(keep)

    def _days(self, object_name: str, accessible_name: str) -> QSpinBox:
        box = named(QSpinBox(), object_name, accessible_name)
        box.setRange(FOREVER, _MOST_DAYS)
        box.setSuffix(" days")
        box.setSpecialValueText("for ever")
        return box

    def _deleting(self) -> QHBoxLayout:
        folder = named(QPushButton("Open folder"), "openFolderButton", "Open the selected folder")
        folder.setAutoDefault(False)
        folder.clicked.connect(lambda checked=False: self._show_folder())
        self.answers = named(QCheckBox("answers"), "deleteAnswers", "Delete answers")
        self.records = named(QCheckBox("what records say"), "deleteRecords", "Delete what records say")
        self.drafts = named(QCheckBox("closed drafts"), "deleteDrafts", "Delete closed drafts")
        self.delete = named(QPushButton("Delete now"), "deleteNowButton", "Delete what is ticked, now")
        self.delete.setAutoDefault(False)
        self.delete.setEnabled(False)
        self.delete.setToolTip("It cannot be brought back. Calls of unknown fate stay until somebody looked into them.")
        self.delete.clicked.connect(lambda checked=False: self._delete())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(folder)
        row.addStretch(1)
        for box in (self.answers, self.records, self.drafts):
            box.toggled.connect(lambda on: self.delete.setEnabled(self._ticked()))
            row.addWidget(box)
        row.addWidget(self.delete)
        return row

    def _ticked(self) -> bool:
        return any(box.isChecked() for box in (self.answers, self.records, self.drafts))

    def _delete(self) -> None:
        answers, records, drafts = (box.isChecked() for box in (self.answers, self.records, self.drafts))
        for box in (self.answers, self.records, self.drafts):
            box.setChecked(False)
        self._work(lambda keeper: keeper.delete_now(answers=answers, records=records, drafts=drafts))

    def _work(self, verb: Callable[[Keeper], Deleted]) -> None:
        self.verb.setEnabled(False)
        self.say("Deleting…")
        memory = self._ports.safety.memory

        def done(deleted: Deleted) -> None:
            self._read()
            self.say(str(deleted), "success")

        self._ports.jobs.run(lambda token: verb(memory.keeper), owner=self, done=done, failed=self.tell, long=True)

    def _read(self) -> None:
        memory = self._ports.safety.memory

        def done(found: tuple[Retention, Sequence[Lies]]) -> None:
            retention, self._lies = found
            self.answer_days.setValue(retention.answer_days)
            self.answer_room.setValue(max(1, retention.answer_bytes // _GB))
            self.record_days.setValue(retention.record_days)
            self.bin_days.setValue(retention.bin_days)
            self.table.set_rows([(each.what, size_words(each.size), str(each.where)) for each in self._lies])
            self.table.selectRow(0)
            self.verb.setEnabled(True)

        self._ports.jobs.run(
            lambda token: (memory.keeper.retention, memory.keeper.where()), owner=self, done=done, failed=self.tell
        )

    def _show_folder(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self._lies):
            where = self._lies[row].where
            self._open_folder(where if where.is_dir() else where.parent)


def _open_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
