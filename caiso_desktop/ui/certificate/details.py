"""All that is known of one certificate, and what can be done with it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from caiso_desktop.model.choice import Choices
from caiso_desktop.model.concern import concerns
from caiso_desktop.model.error import CaisoError, IdentityError, Way
from caiso_desktop.model.identity import Identity
from caiso_desktop.model.service import Environment
from caiso_desktop.ui.address_row import AddressRow
from caiso_desktop.ui.certificate.shelf import Entry
from caiso_desktop.ui.certificate.words import key_words, listed, store_words, validity_words, worked_words
from caiso_desktop.ui.icon import Symbol, icon
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice, error_notice, tone_of
from caiso_desktop.ui.phrase import expiry_words
from caiso_desktop.ui.stripe import swatch


class CertificateDetails(QFrame):
    """Signals name the identity: ``use_asked`` with the environment's id, ``import_asked`` with a place (or empty)."""

    use_asked = Signal(object, str)
    trial_asked = Signal(object)
    removal_asked = Signal(object)
    import_asked = Signal(str)

    def __init__(
        self,
        entry: Entry,
        worked: dict[str, datetime],
        choices: Choices,
        environments: Sequence[Environment],
        trouble: IdentityError | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        identity = entry.identity
        own = identity.certificate
        named(self, "certificateDetails", f"Certificate of {own.common_name}")
        self._identity = identity
        self._places = environments
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(styled(QLabel(own.common_name), title=True))
        now = datetime.now(UTC)
        if trouble is not None:
            self._column.addWidget(self._trouble(trouble))
        for note in concerns(own, now, environment="", worked={"": now}):
            self._column.addWidget(Notice(tone_of(note.severity), note.title, note.meaning, note.advice))
        chosen = choices.used_in(identity.ref, [each.id for each in environments])
        rows = (
            ("Subject", own.subject),
            ("Issued by", own.issuer),
            ("Valid", f"{validity_words(own)} ({expiry_words(own, now)})"),
            ("Kept in", store_words(identity.ref.store)),
            ("Its key", key_words(own, entry.key)),
            ("Its key lies", entry.key.place),
            ("Serial number", f"{own.serial:X}"),
            ("SHA-256", own.thumbprint),
            ("Worked last in", worked_words(worked, self._name) or "no environment yet"),
            ("Chosen for", listed([self._name(each) for each in chosen]) or "no environment"),
        )
        facts = QVBoxLayout()
        facts.setSpacing(0)
        for role, text in rows:
            facts.addWidget(AddressRow(role, text, opens=False))
        self._column.addLayout(facts)
        self._column.addLayout(self._verbs(chosen))
        self._question: Notice | None = None

    @property
    def identity(self) -> Identity:
        """Whose details these are."""
        return self._identity

    @property
    def question(self) -> Notice | None:
        """The decision that is asked for; None where none is."""
        return self._question

    def ask_removal(self, what: str, used: Sequence[str], remove: Callable[[], object]) -> None:
        """Ask for the one decision: ``what`` is deleted, and ``used`` says in which places it is used."""
        name = self._identity.certificate.common_name
        uses = f" {' '.join(used)}" if used else " No environment and no open draft uses it."
        notice = Notice(
            "warning",
            f"Delete {name} for good?",
            f"This deletes {what}. It cannot be undone: without another copy it has to be issued again.{uses}",
        )
        notice.offer("deleteForGood", "Delete for good", remove)
        notice.offer("keepCertificate", "Keep it", self.drop_question)
        self._ask(notice)

    def tell(self, error: CaisoError) -> None:
        """Say why it cannot be done, in the question's place."""
        self._ask(error_notice(error))

    def drop_question(self) -> None:
        """Nothing is decided."""
        if self._question is not None:
            self._question.hide()
            self._question.deleteLater()
            self._question = None

    def _ask(self, notice: Notice) -> None:
        self.drop_question()
        self._question = notice
        self._column.addWidget(self._question)

    def _trouble(self, error: IdentityError) -> Notice:
        notice = error_notice(error)
        for way in error.ways:
            if way is Way.AGAIN:
                notice.offer("tryAgain", "Try again…", lambda: self.trial_asked.emit(self._identity))
            elif way is Way.IMPORT:
                notice.offer("importAgain", "Import its file again…", lambda: self.import_asked.emit(""))
            elif way is Way.OTHER_PLACE:
                notice.offer(
                    "importElsewhere",
                    "Import it with a passphrase of yours…",
                    lambda: self.import_asked.emit("vault-with-passphrase"),
                )
        return notice

    def _verbs(self, chosen: Sequence[str]) -> QHBoxLayout:
        use = named(QPushButton("Use it in"), "useCertificate", "Use this certificate in an environment")
        use.setIcon(icon(Symbol.ENVIRONMENT))
        menu = QMenu(use)
        for place in self._places:
            action = menu.addAction(swatch(place.id, self.palette()), place.name)
            action.setCheckable(True)
            action.setChecked(place.id in chosen)
            action.triggered.connect(lambda checked=False, to=place.id: self.use_asked.emit(self._identity, to))
        use.setMenu(menu)
        test = named(QPushButton("Test…"), "testCertificate", "Test this certificate")
        test.setIcon(icon(Symbol.VALIDATE))
        test.clicked.connect(lambda checked=False: self.trial_asked.emit(self._identity))
        delete = named(QPushButton("Delete…"), "removeCertificate", "Delete this certificate and its key")
        delete.setIcon(icon(Symbol.DELETE))
        delete.clicked.connect(lambda checked=False: self.removal_asked.emit(self._identity))
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        for button in (use, test, delete):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _name(self, environment: str) -> str:
        return next((each.name for each in self._places if each.id == environment), environment)
