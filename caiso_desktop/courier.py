"""What the program is for: a call is guarded, dressed, recorded, sent, its answer undressed, recorded. No Qt."""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Protocol
from urllib.parse import urlsplit

from caiso_desktop.contract.difference import compare
from caiso_desktop.contract.document import root_of
from caiso_desktop.contract.operation import Operations
from caiso_desktop.contract.reading import read
from caiso_desktop.envelope.dress import Preparation, prepare
from caiso_desktop.envelope.large import REQUEST, Packing, PreparedFile, travels_as_file
from caiso_desktop.envelope.undress import undress
from caiso_desktop.model.answer import Answer
from caiso_desktop.model.cabinet import TrackRecord
from caiso_desktop.model.call import Call, Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.destination import Destination
from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.error import (
    CaisoError,
    Cancelled,
    Fate,
    GuardError,
    HostNotApproved,
    IdentityError,
    PayloadError,
    PayloadInvalid,
    StorageError,
)
from caiso_desktop.model.evidence import evidence_of
from caiso_desktop.model.exchange import Exchange, Preview, SentRequest
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.guard import KnownHosts, Seal, Sheet, hash_of, is_guarded, is_own, is_this_computer, refusal
from caiso_desktop.model.identity import Certificate, Identity, Keystore, Trust
from caiso_desktop.model.journal import CallJournal, Ending, Record
from caiso_desktop.model.judgement import Conformity, Judge, Judgement
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.policy import Policy
from caiso_desktop.model.reading import Difference, Reading
from caiso_desktop.model.schema import for_the_simulator
from caiso_desktop.model.source import FileSource, Payload, PayloadFile, bytes_of
from caiso_desktop.model.transport import Limits, Phase, Progress, Request, Response, Transport
from caiso_desktop.model.transport_error import TransportError
from caiso_desktop.model.trust import Witness

JUDGED_FOR = 15.0
"""Seconds that a call waits for what is thought of its payload."""

DESTINATIONS = 256
"""How many rows, each in one environment, a courier remembers the destination of: its catalogue does not change."""

_SMALL = 1 << 20


class Shelf(Protocol):
    """Where each exchange's files lie."""

    def new(self) -> Path:
        """A new private folder; its name is the exchange's id."""
        ...


@dataclass(frozen=True, slots=True)
class _Begun:
    """A call that is written down: its folder, when it began, and its number in the journal."""

    folder: Path
    started: datetime
    number: int


class CallCourier:
    """Carries calls; safe to use from several threads at once.

    ``trust`` gives the authorities of an environment by its id: the simulator's are known only once it runs.
    ``hosts`` knows to which hosts outside CAISO's domains a certificate may be shown, ``record`` where it was accepted,
    ``witness`` who vouches for the servers.
    ``operations`` tells what each row takes, by rule alone where it is left out. ``judge`` judges payloads: one that
    breaks its schema leaves only once the user has said so. ``policy`` is the company's, ``user`` the name of who
    sends, which a second person's must not be.
    ``failures`` says what the services' texts and statuses mean.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        transport: Transport,
        keystores: Sequence[Keystore],
        shelf: Shelf,
        trust: Callable[[str], Trust],
        journal: CallJournal,
        *,
        hosts: KnownHosts,
        operations: Operations | None = None,
        record: TrackRecord | None = None,
        witness: Witness | None = None,
        judge: Judge | None = None,
        policy: Policy | None = None,
        user: str = "",
        failures: Failures | None = None,
        limits: Limits | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._catalogue = catalogue
        self._edition = catalogue.edition
        self._transport = transport
        self._keystores = {store.name: store for store in keystores}
        self._shelf = shelf
        self._trust = trust
        self._journal = journal
        self._hosts = hosts
        self._operations = operations or Operations(catalogue)
        self._record = record
        self._witness = witness
        self._judge = judge
        self._policy = policy or Policy()
        self._user = user
        self._failures = failures or Failures()
        self._limits = limits or Limits()
        self._clock = clock
        self._aside = ThreadPoolExecutor(thread_name_prefix="judge")
        self._destination = lru_cache(maxsize=DESTINATIONS)(partial(Destination.of, catalogue))
        self._reached: dict[str, frozenset[tuple[str, int]]] = {}

    def operation(self, call: Call) -> Operation:
        """The operation a call names. `CatalogueError` when there is none."""
        return self._operations.operation(call.target)

    def preview(self, call: Call) -> Preview:
        """Dress a call without sending it; its signature is real, and too old in a quarter of an hour."""
        operation = self.operation(call)
        to = self._destination(call.environment, call.target)
        message = self._prepare(call, operation, self._identity(call), to).sign()
        return Preview(url=to.url, headers=message.headers, body=message.body, operation=operation)

    def sheet(self, call: Call) -> Sheet | None:
        """What to show before a call that the guard stands before; None for one that may just leave."""
        operation = self.operation(call)
        environment = self._catalogue.environment(call.environment)
        if not is_guarded(environment, operation.kind):
            return None
        to = self._destination(call.environment, call.target)
        _keep_from_caiso(call.payload, to)
        reading = _read(call.payload)
        judgement = self._judgement(call, None)
        try:
            difference, doubt = self._difference(call), ""
        except CaisoError as error:
            difference, doubt = None, f"How it differs from the last one is not known. {error}"
        return Sheet(
            environment=environment,
            seal=_seal(call, to),
            service=f"{call.target.service} {call.target.version}".strip(),
            host=to.host,
            subject=self._identity(call).certificate.subject,
            reading=reading,
            verdict=str(judgement) if judgement is not None else "",
            invalid=judgement is not None and judgement.sendable_after_a_word,
            difference=difference,
            doubt=doubt,
        )

    def _difference(self, call: Call) -> Difference | None:
        last = self._journal.last_submit(call.target, call.environment)
        if last is None:
            return None
        if last.payload_size <= EDITABLE_BYTES:
            return compare(self._journal.payload(last.id), call.payload)
        with TemporaryDirectory(prefix="caiso-") as folder:  # neither of two large payloads is held
            return compare(self._journal.payload_into(last.id, Path(folder, "payload")), call.payload)

    def carry(self, call: Call, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        """Carry a call out, once.

        Raises `UsageError`, `IdentityError` or `StorageError` before anything is sent; whatever goes wrong after
        that is the exchange's ``failure``.
        """
        operation = self.operation(call)
        to = self._destination(call.environment, call.target)
        _keep_from_caiso(call.payload, to)
        if isinstance(call.payload, PayloadFile):
            on_progress(Progress(Phase.CHECKING))
        # Once for all who want to know something of it, and before the judge's time runs.
        reading = _read(call.payload)
        self._guard(call, operation, to, reading)
        identity = self._identity(call)
        self._introduce(identity.certificate, to.host)
        judgement = self._confirmed(call, token)
        trust = self._trust(call.environment)
        packing = self._packing(call, operation, token, on_progress)
        prepared = self._pack(identity, packing, to) if packing else self._prepare(call, operation, identity, to)
        try:
            record = self._begin(
                call, operation, to.url, identity.certificate, prepared.message_id, reading, judgement, packing
            )
        except StorageError:
            if packing is not None:
                # Nobody has written down this call: its folder goes too.
                rmtree(packing.folder, ignore_errors=True)
            raise
        try:
            message = prepared.sign()
        except BaseException as error:
            if packing is not None:
                packing.clear()
            self._end_unsent(record.number, error)
            raise
        try:
            body = _keep(record.folder / REQUEST, message.body)
        except StorageError as error:
            self._end_unsent(record.number, error)
            raise
        request = Request(
            url=to.url,
            headers=message.headers,
            body=message.body,
            keep=record.folder / "response",
            hosts=self._reachable(call.environment),
            identity=identity,
            trust=trust,
            limits=self._limits,
            on_progress=on_progress,
        )
        exchange = Exchange(
            id=record.folder.name,
            call=call,
            operation=operation,
            certificate=identity.certificate,
            started=record.started,
            request=SentRequest("POST", to.url, message.headers, body),
        )
        return self._send(exchange, request, token, record.number)

    def _judgement(self, call: Call, token: CancelToken | None) -> Judgement | None:
        """What is thought of the payload, but not for ever: a deadline waits for no opinion."""
        if self._judge is None:
            return None
        ended = CancelToken()
        if token is not None:
            token.on_cancel(ended.cancel)
        judging = self._aside.submit(self._judge.validate, call.payload, call.target, call.environment, ended)
        try:
            return judging.result(timeout=JUDGED_FOR)
        except TimeoutError:
            ended.cancel()
            return Judgement(Conformity.NOT_CHECKED, why=f"that took longer than {JUDGED_FOR:.0f} seconds.")
        finally:
            if token is not None:
                token.forget(ended.cancel)

    def _confirmed(self, call: Call, token: CancelToken) -> Judgement | None:
        """What is thought of the payload; `PayloadInvalid` where that wants a word which the user has not given.

        A permit is such a word: the sheet that it was typed on shows the judgement.
        """
        judgement = self._judgement(call, token)
        if judgement is None or not judgement.sendable_after_a_word:
            return judgement
        payload_hash = hash_of(call.payload)
        if call.permit is None and call.despite != payload_hash:
            first = judgement.problems[0]
            raise PayloadInvalid(str(judgement), payload_hash, first.line, first.column)
        return judgement

    def _begin(
        self,
        call: Call,
        operation: Operation,
        url: str,
        certificate: Certificate,
        message_id: str,
        reading: Reading,
        judgement: Judgement | None,
        packing: Packing | None,
    ) -> _Begun:
        """Make the call's folder where it has none yet, and write the call down."""
        folder, started = self._shelf.new() if packing is None else packing.folder, self._clock()
        permit = call.permit
        record = Record(
            started=started,
            environment=call.environment,
            url=url,
            target=call.target,
            operation=operation.name,
            kind=operation.kind,
            exchange=folder.name,
            subject=certificate.subject,
            thumbprint=certificate.thumbprint,
            message_id=message_id,
            scheduling_coordinators=reading.scheduling_coordinators,
            trade_dates=reading.trade_dates,
            door=call.door,
            typed=permit.typed if permit else "",
            approved_by=permit.approval.by if permit and permit.approval else "",
            conformity=str(judgement.conformity) if judgement else "",
            problems=judgement.count if judgement else 0,
            confirmed=judgement is not None and judgement.sendable_after_a_word,
        )
        return _Begun(folder, started, self._journal.begin(record, call.payload))

    def _end_unsent(self, number: int, error: BaseException) -> None:
        """Record that a call was not sent after all: its key did not sign, or its request could not be kept."""
        stopped = isinstance(error, Cancelled)
        ending = Ending(self._clock(), Fate.NOT_SENT, cancelled=stopped, failure=str(error))
        with suppress(StorageError):
            self._journal.end(number, ending)

    def _reachable(self, environment: str) -> frozenset[tuple[str, int]]:
        found = self._reached.get(environment)
        if found is None:
            found = self._reached[environment] = self._catalogue.hosts(environment)
        return found

    def _send(self, exchange: Exchange, request: Request, token: CancelToken, number: int) -> Exchange:
        """Send what has been recorded, and record what became of it, whatever did."""
        response: Response | None = None
        answer: Answer | None = None
        failure: TransportError | StorageError | Cancelled | None = None
        try:
            response = self._transport.send(request, token)
            answer = undress(response, exchange.operation, request.keep.parent, self._failures)
        except (TransportError, StorageError, Cancelled) as error:
            failure = error
        except BaseException as error:
            fate = Fate.ANSWERED if response else Fate.NOT_SENT if isinstance(error, CaisoError) else Fate.UNKNOWN
            with suppress(StorageError):
                self._journal.end(number, Ending(self._clock(), fate, failure=str(error)))
            raise
        if request.identity is not None and response is not None:
            self._note(request.identity, exchange.call.environment, response)
        if answer is not None and response is not None:
            answer = self._observe(request.url, response, answer)
        place = request.identity.key_facts.place if request.identity is not None else ""
        done = replace(exchange, response=response, answer=answer, failure=failure, key_place=place)
        try:
            self._journal.end(number, _ending(done, self._clock(), self._edition))
        except StorageError as error:
            # The call is over and its record lies there without an end: the next start lists it as not known.
            lost = StorageError(f"what became of the call could not be recorded. {error.detail}", fate=done.fate)
            return replace(done, failure=done.failure or lost)
        return done

    def _observe(self, url: str, response: Response, answer: Answer) -> Answer:
        """Tell beside the answer when another authority than the last time vouches for the server."""
        if self._witness is None or response.tls is None or response.timings.tls is None:
            return answer
        note = self._witness.observe(urlsplit(url).hostname or "", response.tls.peer_certificate)
        return answer if note is None else replace(answer, notes=(*answer.notes, note))

    def _note(self, identity: Identity, environment: str, response: Response) -> None:
        """Remember that a certificate was accepted: an answer that is not about access says so."""
        if self._record is not None and response.status not in (401, 403):
            self._record.note(identity.ref, environment, response.started)

    def _guard(self, call: Call, operation: Operation, to: Destination, reading: Reading) -> None:
        if not is_guarded(to.environment, operation.kind):
            return
        why = refusal(call.permit, _seal(call, to), reading, self._policy, self._clock(), user=self._user)
        if why:
            raise GuardError(
                f"{operation.name} changes the real market of {to.environment.name}, and {why}",
                advice="To try it without consequences, send it to MAP Stage, Sandbox or the simulator.",
            )

    def _introduce(self, certificate: Certificate, host: str) -> None:
        """Show a certificate outside CAISO's domains only where the user has approved the host for it."""
        if not is_own(host) and not self._hosts.approved(host, certificate.thumbprint):
            raise HostNotApproved(host, certificate.thumbprint, certificate.common_name)

    def _identity(self, call: Call) -> Identity:
        if call.identity is None:
            raise IdentityError("the call has no certificate, and CAISO's services ask for one.")
        store = self._keystores.get(call.identity.store)
        if store is None:
            known = ", ".join(self._keystores) or "none"
            raise IdentityError(f"there is no keystore '{call.identity.store}'.", advice=f"Known are: {known}.")
        return store.open(call.identity)

    def _prepare(self, call: Call, operation: Operation, identity: Identity, to: Destination) -> Preparation:
        return prepare(
            operation,
            bytes_of(call.payload),
            identity,
            hash=to.environment.signature_hash,
            now=self._clock(),
            packaging=to.packaging,
        )

    def _packing(
        self, call: Call, operation: Operation, token: CancelToken, on_progress: Callable[[Progress], None]
    ) -> Packing | None:
        """How a payload that lies in a file gets into its message; None for one that is held."""
        if not isinstance(call.payload, PayloadFile) or not travels_as_file(operation):
            return None
        return Packing(call.payload, self._shelf.new(), operation, token, on_progress)

    def _pack(self, identity: Identity, packing: Packing, to: Destination) -> PreparedFile:
        try:
            return packing.prepare(
                identity, hash=to.environment.signature_hash, now=self._clock, packaging=to.packaging
            )
        except BaseException:
            # Nobody has written down this call: its folder goes too.
            rmtree(packing.folder, ignore_errors=True)
            raise


def _keep_from_caiso(payload: Payload, to: Destination) -> None:
    """Send what has a shape of the simulator's own to a simulator only, whatever else is allowed."""
    if for_the_simulator(root_of(payload)) and not is_this_computer(to.host):
        raise GuardError(
            "the payload has the simulator's own shape, which CAISO does not know.",
            advice="Reset the payload to begin with CAISO's, import CAISO's schema package, or open a payload that "
            "CAISO accepted.",
        )


def _keep(path: Path, data: bytes | FileSource) -> Path:
    if isinstance(data, FileSource):
        return data.path  # it was made there
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(file, rest) :]
        finally:
            os.close(file)
    except OSError as error:
        raise StorageError(
            f"the request could not be kept in {path.parent} ({error.strerror}), so it was not sent."
        ) from error
    return path


def _seal(call: Call, to: Destination) -> Seal:
    return Seal.of(call.environment, to.url, call.payload, call.identity.thumbprint if call.identity else "")


def _read(payload: Payload) -> Reading:
    """What the payload says; nothing where it is not XML, which dressing it will tell."""
    try:
        return read(payload)
    except PayloadError:
        return Reading()


def _ending(exchange: Exchange, ended: datetime, catalogue: str) -> Ending:
    response, answer, failure = exchange.response, exchange.answer, exchange.failure
    kept = response.body if response else getattr(failure, "kept", None)
    results = (answer.result, answer.fault.result if answer.fault else None) if answer else ()
    digest, size = (response.hash, response.size) if response and response.hash else _measure(kept)
    return Ending(
        ended=ended,
        fate=exchange.fate,
        cancelled=isinstance(failure, Cancelled),
        outcome=answer.outcome if answer else None,
        status=response.status if response else None,
        failure=str(failure) if failure else "",
        answer=kept,
        answer_hash=digest,
        answer_size=size,
        batches=tuple(result.batch for result in results if result and result.batch),
        timings=response.timings if response else None,
        text=(answer.report if answer and answer.report else kept) or "",
        content_type=(response.header("Content-Type") or "") if response else "",
        content_encoding=(response.header("Content-Encoding") or "") if response else "",
        evidence=evidence_of(exchange, catalogue),
    )


def _measure(path: Path | None) -> tuple[str, int]:
    """The SHA-256 (hex) and size of a file; nothing where it cannot be read."""
    try:
        if path is None:
            return "", 0
        size = path.stat().st_size
        if size <= _SMALL:
            return hashlib.sha256(path.read_bytes()).hexdigest(), size
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), size
    except OSError:
        return "", 0
