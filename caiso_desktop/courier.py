"""The one use case: a call is dressed, kept, sent, and its answer undressed. No Qt, no globals."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.envelope.dress import dress
from caiso_desktop.envelope.undress import undress
from caiso_desktop.model.answer import Answer
from caiso_desktop.model.call import Call, Message, Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, GuardError, IdentityError, StorageError, TransportError
from caiso_desktop.model.exchange import Exchange, Preview, SentRequest
from caiso_desktop.model.identity import Identity, Keystore, Trust
from caiso_desktop.model.service import Catalogue, Kind
from caiso_desktop.model.transport import Limits, Progress, Request, Response, Transport


class Shelf(Protocol):
    """Where each exchange's files lie."""

    def new(self) -> Path:
        """A new private folder; its name is the exchange's id."""
        ...


def now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


class CallCourier:
    """Carries calls; safe to use from several threads at once.

    ``trust`` gives the authorities of an environment by its id: the simulator's are known only once it runs.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        transport: Transport,
        keystores: Sequence[Keystore],
        shelf: Shelf,
        trust: Callable[[str], Trust],
        *,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._catalogue = catalogue
        self._transport = transport
        self._keystores = {store.name: store for store in keystores}
        self._shelf = shelf
        self._trust = trust
        self._limits = limits or Limits()
        self._clock = clock

    def operation(self, call: Call) -> Operation:
        """The operation a call names. `CatalogueError` when there is none."""
        _, service, version = self._catalogue.row(call.target)
        return operation_by_rule(service, version, call.target.variant)

    def preview(self, call: Call) -> Preview:
        """Dress a call without sending it; its signature is real, and too old in a quarter of an hour."""
        operation = self.operation(call)
        url = self._catalogue.url(call.environment, call.target)
        message = self._dress(call, operation, self._identity(call))
        return Preview(url=url, headers=message.headers, body=message.body, operation=operation)

    def carry(self, call: Call, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        """Carry a call out, once.

        Raises `UsageError`, `IdentityError` or `StorageError` before anything is sent; whatever goes wrong after
        that is the exchange's ``failure``.
        """
        operation = self.operation(call)
        self._guard(call, operation)
        url = self._catalogue.url(call.environment, call.target)
        identity = self._identity(call)
        trust = self._trust(call.environment)
        folder = self._shelf.new()
        started = self._clock()
        # Signed at the moment of leaving: nothing slow stands between this line and the network.
        message = self._dress(call, operation, identity)
        sent = SentRequest("POST", url, message.headers, _keep(folder / "request", message.body))
        request = Request(
            url=url,
            headers=message.headers,
            body=message.body,
            keep=folder / "response",
            hosts=self._catalogue.hosts(call.environment),
            identity=identity,
            trust=trust,
            limits=self._limits,
            on_progress=on_progress,
        )
        response: Response | None = None
        answer: Answer | None = None
        failure: TransportError | StorageError | Cancelled | None = None
        try:
            response = self._transport.send(request, token)
            answer = undress(response, operation, folder)
        except (TransportError, StorageError, Cancelled) as error:
            failure = error
        return Exchange(
            id=folder.name,
            call=call,
            operation=operation,
            certificate=identity.certificate,
            started=started,
            request=sent,
            response=response,
            answer=answer,
            failure=failure,
        )

    def _guard(self, call: Call, operation: Operation) -> None:
        environment = self._catalogue.environment(call.environment)
        if environment.guarded and operation.kind is not Kind.RETRIEVE:
            raise GuardError(
                f"{operation.name} changes the real market, and such calls do not go to {environment.name} from here.",
                advice="Send it to MAP Stage, Sandbox or the simulator; retrieves work in every environment.",
            )

    def _identity(self, call: Call) -> Identity:
        if call.identity is None:
            raise IdentityError("the call has no certificate, and CAISO's services ask for one.")
        store = self._keystores.get(call.identity.store)
        if store is None:
            known = ", ".join(self._keystores) or "none"
            raise IdentityError(f"there is no keystore '{call.identity.store}'.", advice=f"Known are: {known}.")
        return store.open(call.identity)

    def _dress(self, call: Call, operation: Operation, identity: Identity) -> Message:
        environment = self._catalogue.environment(call.environment)
        return dress(operation, call.payload, identity, hash=environment.signature_hash, now=self._clock())


def _keep(path: Path, data: bytes) -> Path:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise StorageError(
            f"the request could not be kept in {path.parent} ({error.strerror}), so it was not sent."
        ) from error
    return path
