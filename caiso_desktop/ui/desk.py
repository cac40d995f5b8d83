"""What lies on the desk: the state of one draft, and of what a new one gets. One setter, one signal each."""

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import Certificate, IdentityRef
from caiso_desktop.model.service import Environment, Target


class Desk(QObject):
    """Environment, target, identity, draft and exchange. A signal is emitted only when the value is another one.

    ``left`` says that the draft's tab was closed: what stands beside it goes too.
    The window has one, whose environment and identity a new draft gets; each draft tab has its own.
    """

    environment_changed = Signal(Environment)
    target_changed = Signal(object)
    identity_changed = Signal(object)
    draft_changed = Signal(Draft)
    exchange_changed = Signal(object)
    left = Signal()

    def __init__(self, environment: Environment, target: Target | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._environment = environment
        self._target = target
        self._identity: IdentityRef | None = None
        self._certificate: Certificate | None = None
        self._draft = Draft("")
        self._exchange: Exchange | None = None

    def leave(self) -> None:
        """Say that the draft is put away; it may come back, what stood beside it does not."""
        self.left.emit()

    @property
    def environment(self) -> Environment:
        """Where a call goes."""
        return self._environment

    def set_environment(self, environment: Environment) -> None:
        """Go elsewhere; the identity of the other environment does not come along."""
        if environment == self._environment:
            return
        self._environment = environment
        self.set_identity(None, None)
        self.environment_changed.emit(environment)

    def renew_environment(self, environment: Environment) -> None:
        """The same environment, of which another thing is known now: its hours, its trust."""
        if environment.id == self._environment.id and environment != self._environment:
            self._environment = environment
            self.environment_changed.emit(environment)

    @property
    def target(self) -> Target | None:
        """What a call goes to."""
        return self._target

    def set_target(self, target: Target) -> None:
        """Call something else."""
        if target != self._target:
            self._target = target
            self.target_changed.emit(target)

    @property
    def identity(self) -> IdentityRef | None:
        """Who calls."""
        return self._identity

    @property
    def certificate(self) -> Certificate | None:
        """The certificate of the identity."""
        return self._certificate

    def set_identity(self, identity: IdentityRef | None, certificate: Certificate | None) -> None:
        """Call as someone else, or as nobody."""
        if (identity, certificate) != (self._identity, self._certificate):
            self._identity, self._certificate = identity, certificate
            self.identity_changed.emit(certificate)

    @property
    def draft(self) -> Draft:
        """What is said."""
        return self._draft

    def set_draft(self, draft: Draft) -> None:
        """Say something else."""
        if draft != self._draft:
            self._draft = draft
            self.draft_changed.emit(draft)

    @property
    def exchange(self) -> Exchange | None:
        """What became of the last call."""
        return self._exchange

    def set_exchange(self, exchange: Exchange | None) -> None:
        """Show what became of a call."""
        if exchange is not self._exchange:
            self._exchange = exchange
            self.exchange_changed.emit(exchange)
