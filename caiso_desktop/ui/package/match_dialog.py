"""Says by hand which service an operation is about, where its name does not."""

import re

from PySide6.QtWidgets import QLabel, QWidget

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.package import SOAP_VARIANTS, Package
from caiso_desktop.model.package_words import row_words
from caiso_desktop.ui.named import named
from caiso_desktop.ui.package.row_choice import RowChoice
from caiso_desktop.ui.package.work import PackageWork
from caiso_desktop.ui.side_dialog import SideDialog


class MatchDialog(SideDialog):
    """The match is remembered with the package, also when that is replaced."""

    def __init__(
        self, work: PackageWork, catalogue: Catalogue, package: Package, operation: str, parent: QWidget
    ) -> None:
        super().__init__("matchDialog", f"Match {operation}", "Match", parent)
        self._work = work
        self._package = package
        self._operation = operation
        self.form.addRow("Operation", named(QLabel(operation), "matchOperationName", "Operation"))
        self.row = RowChoice("match", catalogue, SOAP_VARIANTS)
        self.row.setParent(self)
        self.row.add_to(self.form)
        self.row.chosen.connect(self._judge)
        known = package.by_hand.get(operation)
        if known is not None:
            self.row.choose(known)
        else:
            self.row.suggest(re.sub(r"(?i)_?(v\d+|DocAttach)", "", operation))
        self._judge()

    def do(self) -> None:
        """Match, and close: the page tells what came of it."""
        target = self.row.target
        if target is not None:
            self._work.match(self._package, self._operation, target)
            self.close()

    def _judge(self) -> None:
        target = self.row.target
        self.verb.setEnabled(target is not None)
        if target is None:
            self.say("Choose the service that this operation is called for.")
        else:
            self.say(f"Calls of {row_words(target)} will go by what the WSDL says of {self._operation}.")
