"""Keeps the draft in front as a template."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from caiso_desktop.model.service import Target
from caiso_desktop.model.template import BadFile, Owner, Template
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.named import named
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.side_dialog import SideDialog

OWNER_WORDS = {Owner.USER: "Yours", Owner.COMPANY: "Company's, for everybody who has its folder"}


class SaveTemplate(SideDialog):
    """A name that is there already is replaced only where that is ticked."""

    def __init__(self, panel: DraftPanel, target: Target, ports: Ports, parent: QWidget) -> None:
        super().__init__("saveTemplate", f"Save as a template – {panel.title}", "Save", parent)
        self._panel = panel
        self._target = target
        self._ports = ports
        self._known: Sequence[Template] = ()
        self.name = named(QLineEdit(), "templateName", "Name of the template")
        self.note = named(QLineEdit(), "templateNote", "What it is for")
        self.owner = named(QComboBox(), "templateOwner", "Whose template it is")
        self.replace = named(QCheckBox("&Replace the template of this name"), "templateReplace", "Replace it")
        self.form.addRow("&Name", self.name)
        self.form.addRow("N&ote", self.note)
        self.form.addRow("&Whose", self.owner)
        self.form.addRow("", self.replace)
        self.replace.hide()
        self.name.textChanged.connect(self._judge)
        self.owner.currentIndexChanged.connect(self._judge)
        self.replace.toggled.connect(self._judge)
        self.close_with(panel.desk)
        self._judge()
        ports.jobs.run(lambda token: self._ask(), owner=self, done=self._know, failed=self.tell)

    def do(self) -> None:
        """Save it."""
        if not self.verb.isEnabled():
            return
        self._panel.payload.settle()
        draft = self._panel.desk.draft
        template = Template(self.name.text(), self._target, self.note.text(), self._whose)
        replace = self.replace.isVisible() and self.replace.isChecked()
        self.verb.setEnabled(False)

        def done(saved: Template) -> None:
            self._panel.bar.tell(f"Saved as the template '{saved.name}'. Ctrl+Shift+O lists them.")
            self.close()

        self._ports.jobs.run(
            lambda token: self._ports.workshop.templates().save(template, draft, replace=replace),
            owner=self,
            done=done,
            failed=self.tell,
        )

    @property
    def _whose(self) -> Owner:
        return Owner(self.owner.currentData()) if self.owner.count() else Owner.USER

    def _ask(self) -> tuple[Sequence[Owner], Sequence[Template], Sequence[BadFile]]:
        templates = self._ports.workshop.templates()
        return templates.owners, *templates.list()

    def _know(self, found: tuple[Sequence[Owner], Sequence[Template], Sequence[BadFile]]) -> None:
        owners, self._known, _ = found
        for owner in owners:
            self.owner.addItem(OWNER_WORDS[owner], owner)
        self._judge()

    def _judge(self) -> None:
        name = " ".join(self.name.text().split())
        mine = (each for each in self._known if each.owner is self._whose)
        there = next((each for each in mine if each.name.casefold() == name.casefold()), None)
        self.replace.setVisible(there is not None)
        free = there is None or self.replace.isChecked()
        self.verb.setEnabled(bool(name) and free and self.owner.count() > 0)
        if not name:
            self.say("Give it a name. The payload is kept as it stands, with its macros.")
        elif there is None:
            self.say("A new template. Its macros are replaced when a draft of it is sent, not before.")
        else:
            target = there.target
            words = f"'{there.name}' is there already, for {target.service} {target.version}".rstrip()
            self.say(f"{words}. {'It is replaced.' if free else 'Replace it, or choose another name.'}", "warning")
