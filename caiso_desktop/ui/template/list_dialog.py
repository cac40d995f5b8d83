"""The templates: find one, open it as a new draft, remove it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QPushButton, QWidget

from caiso_desktop.model.draft import Draft, too_big_to_edit
from caiso_desktop.model.error import CaisoError, CatalogueError, UsageError
from caiso_desktop.model.template import BadFile, Owner, Template
from caiso_desktop.ui.named import named
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.side_dialog import SideDialog

_HEADERS = ("Name", "Service", "Version", "Whose", "Saved", "By", "Note")
_NONE_YET = "There is no template yet. Save the draft in front as one: Draft, Save as a template (Ctrl+Shift+S)."


class TemplateList(SideDialog):
    """``opened`` gets a template and its payload; it raises `CatalogueError` where it cannot be opened here."""

    def __init__(self, ports: Ports, opened: Callable[[Template, Draft], None], parent: QWidget) -> None:
        super().__init__("templateList", "Templates", "Open as a new draft", parent)
        self._ports = ports
        self._opened = opened
        self._all: Sequence[Template] = ()
        self._shown: list[Template] = []
        self._bad: Sequence[BadFile] = ()
        self._sure = ""
        self.filter = named(QLineEdit(), "templateFilter", "Find a template")
        self.filter.setPlaceholderText("Part of a name, a service or a note")
        self.filter.setClearButtonEnabled(True)  # Qt takes it so
        self.form.addRow("&Find", self.filter)
        self.table = RowsTable("templateTable", "Templates", _HEADERS, stretch=6)
        self.table.activated.connect(lambda index: self.do())
        self._layout.insertWidget(1, self.table, 1)
        self.remover = named(QPushButton("Remove"), "removeTemplate", "Remove this template", "Del, twice")
        self.remover.setAutoDefault(False)
        self.remover.clicked.connect(lambda checked=False: self.remove())
        buttons = self.findChild(QDialogButtonBox)
        if buttons is not None:
            buttons.addButton(self.remover, QDialogButtonBox.ButtonRole.DestructiveRole)
        self._layout.setStretch(self._layout.count() - 2, 0)
        self.resize(860, 420)
        self.filter.setFocus()
        self.filter.textChanged.connect(self._fill)
        self.table.selectionModel().currentRowChanged.connect(lambda now, before: self._judge())
        self._fill()
        self.say("Reading the templates…")
        self.look()

    def look(self) -> None:
        """Read the folders again."""
        self._ports.jobs.run(
            lambda token: self._ports.workshop.templates().list(), owner=self, done=self._know, failed=self.tell
        )

    def do(self) -> None:
        """Open the selected one as a new draft."""
        template = self._current
        if template is None:
            return

        def open_(draft: Draft) -> None:
            reason = too_big_to_edit(draft.text)
            if reason:
                advice = "`caiso template show` prints it into a file, which can be opened as a payload."
                self.tell(UsageError(reason, advice=advice))
                return
            try:
                self._opened(template, draft)
            except CatalogueError as error:
                self.tell(error)
            else:
                self.close()

        self._ports.jobs.run(
            lambda token: self._ports.workshop.templates().open(template), owner=self, done=open_, failed=self.tell
        )

    def remove(self) -> None:
        """Remove the selected one; the first time it only asks."""
        template = self._current
        if template is None:
            return
        key = str(template.file)
        if self._sure != key:
            self._sure = key
            self.remover.setText("Remove for good")
            whose = " It is your company's: nobody has it then." if template.owner is Owner.COMPANY else ""
            self.say(f"'{template.name}' is deleted when you press it again.{whose}", "warning")
            return
        self._sure = ""
        self._ports.jobs.run(
            lambda token: self._ports.workshop.templates().remove(template),
            owner=self,
            done=lambda nothing: self.look(),
            failed=self.tell,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Called by Qt: Del removes, Down goes from the filter to the list."""
        if event.matches(QKeySequence.StandardKey.Delete):
            self.remove()
        elif event.key() == Qt.Key.Key_Down and self.filter.hasFocus():
            self.table.setFocus()
        else:
            super().keyPressEvent(event)

    def tell(self, error: CaisoError) -> None:
        """Say what went wrong; what can be done with the list stays possible."""
        super().tell(error)
        self.verb.setEnabled(self._current is not None)

    @property
    def _current(self) -> Template | None:
        row = self.table.currentIndex().row()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def _know(self, found: tuple[Sequence[Template], Sequence[BadFile]]) -> None:
        self._all, self._bad = found
        self._fill()

    def _fill(self) -> None:
        words = self.filter.text().casefold().split()
        self._shown = [each for each in self._all if all(word in _searched(each) for word in words)]
        self.table.set_rows([_row(each) for each in self._shown], [str(each.file) for each in self._shown])
        if self._shown:
            self.table.selectRow(0)
        self._judge()

    def _judge(self) -> None:
        self._sure = ""
        self.remover.setText("Remove")
        there = self._current is not None
        self.verb.setEnabled(there)
        self.remover.setEnabled(there)
        if self._bad:
            more = f" And {len(self._bad) - 1} more." if len(self._bad) > 1 else ""
            self.say(f"Left alone, as something in it is wrong: {self._bad[0]}{more}", "warning")
        elif not self._all:
            self.say(_NONE_YET)
        else:
            self.say("" if self._shown else "No template fits. Take a word out of the filter.")


def _searched(template: Template) -> str:
    target = template.target
    return " ".join((template.name, target.application, target.service, template.note, template.by)).casefold()


def _row(template: Template) -> tuple[str, ...]:
    saved = template.saved.astimezone().strftime("%Y-%m-%d %H:%M") if template.saved else "–"
    return (
        template.name,
        template.target.service,
        template.target.version or "–",
        "Yours" if template.owner is Owner.USER else "Company's",
        saved,
        template.by or "–",
        " ".join(template.note.split()),
    )
