"""Two versions of a service beside one another: what their schemas added, removed, retyped."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.service import Target
from caiso_desktop.model.version_difference import VersionDifference
from caiso_desktop.ui.empty_state import EmptyState
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.port import Ports
from caiso_desktop.ui.rows_table import RowsTable

_ONE = "There is one version only"
_ASIDE = "A service of one version has nothing to be compared with."


class VersionPage(QWidget):
    """Compares as soon as two versions are chosen; begins with the target's own and the one before it."""

    def __init__(self, target: Target, environment: str, ports: Ports, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "versionPage", f"Versions of {target.service}")
        self._target = target
        self._environment = environment
        self._ports = ports
        self._asked = 0
        self._token = CancelToken()
        service = ports.catalogue.service(target.application, target.service)
        self._versions = list(dict.fromkeys(each.version for each in service.versions))
        self.before = named(QComboBox(), "versionBefore", "The version to compare with")
        self.after = named(QComboBox(), "versionAfter", "The version that is compared")
        for chooser in (self.before, self.after):
            for version in self._versions:
                chooser.addItem(version or "without a number", version)
        at = self._versions.index(target.version) if target.version in self._versions else 0
        self.after.setCurrentIndex(at)
        # The newest comes first, so the one before stands after it.
        self.before.setCurrentIndex(min(at + 1, len(self._versions) - 1))
        self._said = styled(named(QLabel(), "versionSummary", "How much differs"), tone="muted")
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self.table = RowsTable(
            "versionTable", "What differs", ("Change", "Where", "Before", "After", "Document"), stretch=1
        )
        # A path's end says what changed.
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._empty = EmptyState("Comparing…", "Their schemas are read.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(self._head())
        layout.addWidget(self._said)
        layout.addWidget(self._stack, 1)
        self.before.currentIndexChanged.connect(self.compare)
        self.after.currentIndexChanged.connect(self.compare)
        self.setFocusProxy(self.before)
        self.compare()

    @property
    def text(self) -> str:
        """What it says beside the table."""
        return f"{self._said.text()} {self._empty.text if self._stack.currentWidget() is self._empty else ''}".strip()

    def compare(self) -> None:
        """Compare the versions that are chosen, off this thread; the last choice counts."""
        self._asked += 1
        mine = self._asked
        self._token.cancel()
        self._said.setText("")
        if len(self._versions) < 2:
            self._say(_ONE, _ASIDE)
            return
        before, after = (
            replace(self._target, version=chooser.currentData(), minor_version=None)
            for chooser in (self.before, self.after)
        )
        if before.version == after.version:
            self._say("Twice the same version", "Choose two versions that differ.")
            return
        self._say("Comparing…", "Their schemas are read.")

        def done(found: VersionDifference) -> None:
            if mine == self._asked:
                self._show(found)

        def failed(error: CaisoError) -> None:
            if mine == self._asked:
                self._say("They cannot be compared", f"{error.detail} {error.advice}".strip())

        self._token = self._ports.jobs.run(
            lambda token: self._ports.payloads.compare_versions(before, after, self._environment),
            owner=self,
            done=done,
            failed=failed,
        )

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(styled(QLabel(self._target.service), title=True))
        row.addWidget(self.before)
        row.addWidget(QLabel("to"))
        row.addWidget(self.after)
        row.addStretch(1)
        return row

    def _say(self, title: str, advice: str) -> None:
        self._empty.say(title, advice)
        self._stack.setCurrentWidget(self._empty)

    def _show(self, found: VersionDifference) -> None:
        one, other = (str(each) for each in found.provenances)
        basis = one if one == other else f"{found.before}: {one}; {found.after}: {other}"
        self._said.setText(" ".join(filter(None, (found.summary, f"{basis}.", found.unknown))))
        if not found.differences:
            self._say("No difference", f"Compared were: {', '.join(found.documents)}.")
            return
        rows = [(str(each.change), each.place, each.before, each.after, each.document) for each in found.differences]
        self.table.set_rows(rows, [str(each) for each in found.differences])
        self._stack.setCurrentWidget(self.table)
