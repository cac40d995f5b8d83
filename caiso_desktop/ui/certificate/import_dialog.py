"""Takes a certificate and its key in from files: where to, and with which password where there is one."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from caiso_desktop.model.cabinet import Cabinet, ImportPlace
from caiso_desktop.model.concern import expiry_concern
from caiso_desktop.model.error import CaisoError, IdentityError, PasswordNeeded, UsageError, Way
from caiso_desktop.model.identity import Identity
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.certificate.secret_field import SecretField
from caiso_desktop.ui.file_choice import FileChoice
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.phrase import expiry_words, size_words
from caiso_desktop.ui.side_dialog import SideDialog
from caiso_desktop.ui.stripe import SIMULATOR

MOST_BYTES = 1_000_000
OWN_PLACE = "vault-with-passphrase"


class ImportDialog(SideDialog):
    """``imported`` names the new identity; ``use_asked`` that it be used in ``environment`` from now on."""

    imported = Signal(object)
    use_asked = Signal(object)

    def __init__(
        self, cabinet: Cabinet, jobs: Jobs, choice: FileChoice, environment: Environment, parent: QWidget
    ) -> None:
        super().__init__("importDialog", "Import a certificate", "Import", parent)
        self._cabinet = cabinet
        self._jobs = jobs
        self._choice = choice
        self._environment = environment
        self._files: tuple[Path, ...] = ()
        self._places: tuple[ImportPlace, ...] = ()
        self._wanted_place = ""
        self._new: Identity | None = None
        self._importing = self._left = False
        self._names = named(QLabel(), "importNames", "Files")
        self._names.setTextFormat(Qt.TextFormat.PlainText)
        self._names.setWordWrap(True)
        self.browse = named(QPushButton("&Files…"), "importBrowse", "Choose the files")
        self.browse.setIcon(icon(Symbol.OPEN))
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(lambda checked=False: self.choose())
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._names, 1)
        row.addWidget(self.browse)
        self.place = named(QComboBox(), "importPlace", "Where to")
        self.place.currentIndexChanged.connect(self._explain)
        self._meaning = styled(named(QLabel(), "importMeaning", "What becomes of the key there"), tone="muted")
        self._meaning.setWordWrap(True)
        self.password = SecretField("importPassword", "Password of the file")
        self._password_label = QLabel("&Password")
        self._password_label.setBuddy(self.password)
        self.password.textChanged.connect(lambda text: self._enable())
        self.form.addRow("Files", row)
        self.form.addRow("&Where to", self.place)
        self.form.addRow("", self._meaning)
        self.form.addRow(self._password_label, self.password)
        self._ask_password(asked=False)
        self.say("Looking where it can be imported to…")
        self._enable()
        jobs.run(lambda token: tuple(cabinet.import_places()), owner=self, done=self._offer, failed=self.tell)

    def choose(self) -> None:
        """Let the user choose files."""
        files = self._choice.to_import(self)
        if files:
            self.take(files)

    def take(self, files: Sequence[Path]) -> None:
        """Import these when the user says so."""
        self._files = tuple(files)
        self._new = None
        self._names.setText("\n".join(path.name for path in files))
        self._ask_password(asked=False)
        self.verb.setText("Import")
        self._invite()

    def prefer(self, place: str) -> None:
        """Begin with this place, by its id, where there is such a one."""
        self._wanted_place = place
        row = self.place.findData(place)
        if row >= 0:
            self.place.setCurrentIndex(row)

    def do(self) -> None:
        """Import; or, once that is done, use it."""
        if self._new is not None:
            self.use_asked.emit(self._new)
            self.close()
            return
        if not self._files or self.place.currentIndex() < 0 or not self.verb.isEnabled():
            return
        files, place = self._files, str(self.place.currentData())
        password = self.password.take() or None
        self.verb.setEnabled(False)  # Qt takes it so
        self._importing = True
        self.browse.setEnabled(False)
        self.say("Importing…")
        self._jobs.run(
            lambda token: self._cabinet.import_files([_read(path) for path in files], password, place),
            owner=self,
            done=self._done,
            failed=self.tell,
            long=True,
        )

    def tell(self, error: CaisoError) -> None:
        """Say what went wrong, and offer what leads on."""
        if self._over():
            return
        if isinstance(error, PasswordNeeded):
            first = self.password.isHidden()
            self._ask_password(asked=True)
            self.say(f"{begun(error.detail)} {error.advice}", "info" if first else "error")
            self._enable()
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        super().tell(error)
        ways = error.ways if isinstance(error, IdentityError) else ()
        if Way.OTHER_PLACE in ways and self.place.currentData() != OWN_PLACE and self.place.findData(OWN_PLACE) >= 0:
            self.prefer(OWN_PLACE)
            once_more = "press Import" if self.password.isHidden() else "type the file's password once more"
            self.say(f"{self.said}\n“{self.place.currentText()}” is chosen now: {once_more} to go on with it.", "error")
        self._enable()

    def reject(self) -> None:
        """Called by Qt when it is closed, too: what is being imported goes on out of sight, as it cannot be undone."""
        if self._importing:
            self._left = True
            self.hide()
            return
        super().reject()

    def _over(self) -> bool:
        """An import has ended; whether nobody looks any more."""
        self._importing = False
        self.browse.setEnabled(True)
        if self._left:
            self.deleteLater()
        return self._left

    def _offer(self, places: tuple[ImportPlace, ...]) -> None:
        self._places = places
        for place in places:
            self.place.addItem(place.title, place.id)
        self.prefer(self._wanted_place)
        self._invite()

    def _invite(self) -> None:
        self.say("" if self._files else "Choose a .p12 or .pfx file, or certificate and key in PEM.")
        self._enable()
        (self.verb if self._files else self.browse).setFocus(Qt.FocusReason.OtherFocusReason)

    def _explain(self, row: int) -> None:
        self._meaning.setText(self._places[row].meaning if 0 <= row < len(self._places) else "")

    def _ask_password(self, *, asked: bool) -> None:
        self.password.setVisible(asked)
        self._password_label.setVisible(asked)

    def _enable(self) -> None:
        waits = not self.password.isHidden() and not self.password.text()
        self.verb.setEnabled(bool(self._files) and bool(self._places) and not waits)

    def _done(self, identity: Identity) -> None:
        self.imported.emit(identity)
        if self._over():
            return
        own, now = identity.certificate, utc_now()
        self._ask_password(asked=False)
        note = expiry_concern(own, now)
        said = f"{own.common_name} is in: {self.place.currentText()}. It {expiry_words(own, now)}."
        if note is not None:
            said += f" {note.advice}"
        local = self._environment.id == SIMULATOR
        if local:
            said += " The simulator has a certificate of its own: choose another environment to use this one."
        else:
            self._new = identity
            self.verb.setText(f"Use it in {self._environment.name}")
            said += f" “{self.verb.text()}” lets new drafts there begin with it."
        self._files = ()
        self.say(said, "warning" if note is not None else "success")
        self.verb.setEnabled(not local)


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UsageError(f"{path.name} has {size_words(size)}: it is far too big to be a certificate file.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}).", advice="Check that it is there and that you may read it."
        ) from error
