"""What the Help menu opens: the keys, and what this program is."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from caiso_desktop import __version__
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.rows_table import RowsTable
from caiso_desktop.ui.window_menu import Verb

OTHER_KEYS = (
    ("Tab, Shift+Tab", "In the payload's XML: indent, take the indent back; in its form: from value to value"),
    ("Enter", "In the form: write the value, open or close a section"),
    ("Ins, Ctrl+D, Del", "In the form: add an element, duplicate it, remove it"),
    ("Alt+Up, Alt+Down", "In the form: move an element up, or down, among those of its name"),
    ("Ctrl+D, Del, F9", "In the grid: fill down, clear, go to the next wrong cell"),
    ("Ctrl++, Ctrl+-", "In the grid: copy the selected rows, delete them"),
    ("F3, Shift+F3", "In the payload's XML: the next place of what is looked for, the one before"),
    ("Ctrl+F", "In a document: find; elsewhere: look for a service"),
    ("Down", "In the filter: go to the services"),
    ("Esc", "In the filter: clear it"),
    ("Alt+E", "Choose the environment of new drafts"),
)
"""The keys that no menu tells, and what they do."""


def keys_dialog(verbs: Iterable[Verb], parent: QWidget) -> QDialog:
    """Every key, of these verbs and of the panels, and what it does; not modal, so it can stay beside the window."""
    dialog, layout = _dialog("Keyboard shortcuts", parent)
    table = RowsTable("keysTable", "Keyboard shortcuts", ("Key", "Does"), stretch=1)
    table.set_rows([*((keys, verb.plain) for verb in verbs for keys in verb.keys), *OTHER_KEYS])
    layout.insertWidget(0, table)
    dialog.resize(480, 520)
    return dialog


def about_dialog(catalogue: Catalogue, parent: QWidget) -> QDialog:
    """The program, its version, and which edition of CAISO's document the catalogue follows."""
    dialog, layout = _dialog("About CAISO Desktop", parent)
    lines = (
        styled(QLabel(f"CAISO Desktop {__version__}"), title=True),
        QLabel("Every web service of the California ISO from one window: build, sign, send, read."),
        styled(
            QLabel(f"Catalogue: {catalogue.edition}."),
            tone="muted",
        ),
        styled(QLabel("Not a product of the California ISO. MIT licence."), tone="muted"),
    )
    for row, label in enumerate(lines):
        label.setWordWrap(True)
        layout.insertWidget(row, label)
    dialog.setMinimumWidth(420)
    return dialog


def _dialog(title: str, parent: QWidget) -> tuple[QDialog, QVBoxLayout]:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(16, 16, 16, 16)
    layout.setSpacing(8)
    buttons = named(QDialogButtonBox(QDialogButtonBox.StandardButton.Close), "dialogButtons", "Close")
    close = named(buttons.button(QDialogButtonBox.StandardButton.Close), "dialogCloseButton", "Close")
    close.setDefault(True)
    buttons.rejected.connect(dialog.close)
    layout.addWidget(buttons)
    return dialog, layout
