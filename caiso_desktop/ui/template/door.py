"""The window's way to templates."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.template import Template
from caiso_desktop.ui.draft_opening import OpenWith
from caiso_desktop.ui.draft_tabs import DraftTabs
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.window_menu import Verb, Verbs


class TemplateDoor(QObject):
    """``open_with`` opens a new draft of a target with a payload, in the environment of the bar."""

    def __init__(self, window: QWidget, ports: Ports, drafts: DraftTabs, open_with: OpenWith) -> None:
        super().__init__(window)
        self._window = window
        self._ports = ports
        self._drafts = drafts
        self._open_with = open_with

    def verbs(self) -> Verbs:
        """The lines it adds to the File menu."""
        return (
            Verb("New draft from a te&mplate…", ("Ctrl+Shift+O",), self.show_list, "openTemplate"),
            Verb("Save as a &template…", ("Ctrl+Shift+S",), self.save, "saveTemplate"),
        )

    def show_list(self) -> None:
        """Show the templates."""
        from caiso_desktop.ui.template.list_dialog import TemplateList

        TemplateList(self._ports, self._open, self._window).show()

    def save(self) -> None:
        """Keep the draft in front as a template."""
        panel = self._drafts.current
        if panel is None or panel.desk.target is None:
            return
        if panel.payload.file is not None:
            panel.bar.tell(f"This payload is too big to be kept as a template; it stays in {panel.payload.file}.")
            return
        from caiso_desktop.ui.template.save_dialog import SaveTemplate

        SaveTemplate(panel, panel.desk.target, self._ports, self._window).show()

    def _open(self, template: Template, draft: Draft) -> None:
        self._ports.catalogue.row(template.target)
        self._open_with(template.target, draft)
