"""What comes after a submit, as the chains say; and the draft of it, with what the submit said in it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from caiso_desktop.catalogue.chain import chain_of, chain_with, counterpart, next_step
from caiso_desktop.catalogue.namesake import batch_status, namesake
from caiso_desktop.contract.filling import fill
from caiso_desktop.contract.reading import read
from caiso_desktop.contract.scan import scan
from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import EDITABLE_BYTES, Draft
from caiso_desktop.model.error import CaisoError, CatalogueError, Fate, PayloadError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import BATCH_STATUS, OTHER, Chain, Filled, FollowUp, Origin
from caiso_desktop.model.journal import Entry, Filter, History, Standing
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.service import Kind, Source, Target
from caiso_desktop.model.source import Payload

_LOOKED_BACK = timedelta(days=3)
_MOST = 100
_SHOWS = "It is the retrieve of the same name."
_OTHER_NAME = "Other submits"
_BATCH_UID = "batchUID"


class ChainFollowUps:
    """The port `caiso_desktop.model.follow_up.FollowUps`.

    A request that was answered before is the best to begin with: it has all that CAISO wants. So the last one to the
    same service is filled, and the skeleton only where the journal has none.
    """

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        chains: Callable[[], Sequence[Chain]],
        payloads: Payloads,
        history: Callable[[], History],
    ) -> None:
        self._catalogue = catalogue
        self._chains = chains
        self._payloads = payloads
        self._history = history

    def after(self, exchange: Exchange, origin: Origin | None = None) -> FollowUp | None:
        """What to look at after a call that was answered with success, or a submit of unknown fate."""
        answer = exchange.answer
        if exchange.fate is Fate.UNKNOWN and exchange.operation.kind is not Kind.RETRIEVE:
            call = exchange.call
            return self._look(call.target, call.environment, _held(call.payload), exchange.id)
        if answer is None or answer.outcome is not Outcome.SUCCESS:
            return None
        if answer.batch is not None and not answer.batch.taken:
            return None
        target = exchange.call.target
        submit = exchange.operation.kind is not Kind.RETRIEVE
        chain = self._chain(target, origin, submit=submit)
        batch = (answer.result.batch if answer.result is not None else None) or ""
        found = self._target(exchange, chain, batch, submit=submit)
        if found is None or found == target:
            return None
        if submit or origin is None:
            said = _held(exchange.call.payload)
            batch = batch or (_uid(said) if found.procedure else "")
            origin = Origin(chain.id if chain else OTHER, said, batch, exchange.id)
        shows = chain.shows if chain else _SHOWS
        return FollowUp(origin.chain, _name(chain), found, exchange.call.environment, origin, shows)

    def beside(self, entry: Entry) -> FollowUp | None:
        """What to look at where it is not known what became of a call."""
        record = entry.record
        return self._look(record.target, record.environment, b"", record.exchange)

    def through(self, entry: Entry, target: Target) -> FollowUp:
        """A retrieve that somebody chose, to follow a submit of the journal."""
        record, ending = entry.record, entry.ending
        chain = chain_of(self._chains(), record.target)
        batch = next(iter(ending.batches), "") if ending is not None else ""
        origin = Origin(chain.id if chain else OTHER, b"", batch, record.exchange)
        return FollowUp(origin.chain, _name(chain), target, record.environment, origin)

    def kinds(self) -> Sequence[Chain]:
        """Every kind of follow-up, and what is done for a submit that none of them names."""
        other = Chain(OTHER, _OTHER_NAME, (), (), Source("the words of the services' names"), _SHOWS)
        return (*self._chains(), other)

    def _look(self, target: Target, environment: str, payload: bytes, exchange: str) -> FollowUp | None:
        """The retrieve that shows whether a submit arrived of which that is not known."""
        chains = self._chains()
        chain = chain_of(chains, target)
        found = counterpart(self._catalogue(), chains, target, environment)
        if found is None:
            return None
        origin = Origin(chain.id if chain else OTHER, payload, exchange=exchange)
        shows = chain.shows if chain else _SHOWS
        return FollowUp(origin.chain, _name(chain), found, environment, origin, shows, doubt=True)

    def fill(self, follow_up: FollowUp) -> Filled:
        """The draft of a follow-up."""
        origin, procedure = follow_up.origin, follow_up.target.procedure
        with self._said(follow_up) as said:
            batch = origin.batch or (_uid(said) if procedure else "")
            batch = batch if procedure or follow_up.of_batch else ""
            return fill(Draft.from_bytes(self._begun(follow_up)), read(said) if said else Reading(), batch)

    def left(self) -> Sequence[FollowUp]:
        """The batches of the last days whose check nobody has asked about."""
        catalogue, history = self._catalogue(), self._history()
        since = utc_now() - _LOOKED_BACK
        found = []
        wanted = Filter(kind=Kind.SUBMIT, standing=Standing.SUCCESS, since=since)
        for entry in history.search(wanted, limit=_MOST):
            record = entry.record
            for batch in entry.ending.batches if entry.ending is not None else ():
                asked = Filter(record.environment, record.target.application, BATCH_STATUS, since=since, text=batch)
                if history.search(asked, limit=1):
                    continue
                with suppress(CatalogueError):
                    status = batch_status(catalogue, record.target, record.environment)
                    if status is not None:
                        chain = chain_of(self._chains(), record.target)
                        name = f"{record.target.service} of {record.started:%Y-%m-%d %H:%M} GMT"
                        origin = Origin(chain.id if chain else OTHER, b"", batch, record.exchange)
                        found.append(FollowUp(origin.chain, name, status, record.environment, origin))
        return found

    @contextmanager
    def _said(self, follow_up: FollowUp) -> Iterator[Payload]:
        """The payload of the submit that is followed; nothing where the journal has it no more, or cannot be asked."""
        with ExitStack() as until:
            said: Payload = follow_up.origin.payload
            with suppress(CaisoError):
                history = self._history()
                entry = None if said else self._submit(history, follow_up)
                if entry is not None and entry.payload_size <= EDITABLE_BYTES:
                    said = history.payload(entry.id)
                elif entry is not None:
                    folder = until.enter_context(TemporaryDirectory(prefix="caiso-"))
                    said = history.payload_into(entry.id, Path(folder, "payload"))
            yield said

    def _submit(self, history: History, follow_up: FollowUp) -> Entry | None:
        """The submit that is followed: by its exchange, else by the batch that it opened."""
        batch, exchange = follow_up.origin.batch, follow_up.origin.exchange
        found = history.find(exchange) if exchange else None
        if found is not None or not batch:
            return found
        application = follow_up.target.application
        wanted = Filter(follow_up.environment, application, kind=Kind.SUBMIT, standing=Standing.SUCCESS)
        entries = history.search(wanted, limit=_MOST)
        return next((each for each in entries if each.ending is not None and batch in each.ending.batches), None)

    def _chain(self, target: Target, origin: Origin | None, *, submit: bool) -> Chain | None:
        chains = self._chains()
        if submit:
            return chain_of(chains, target)
        if origin is not None:
            return next((each for each in chains if each.id == origin.chain), None)
        return chain_with(self._catalogue(), chains, target)

    def _target(self, exchange: Exchange, chain: Chain | None, batch: str, *, submit: bool) -> Target | None:
        catalogue, target, environment = self._catalogue(), exchange.call.target, exchange.call.environment
        if batch and submit and (status := batch_status(catalogue, target, environment)) is not None:
            return status
        if chain is not None:
            return next_step(catalogue, chain, target, environment)
        return namesake(catalogue, target, environment) if submit else None

    def _begun(self, follow_up: FollowUp) -> bytes:
        target, environment = follow_up.target, follow_up.environment
        if not follow_up.of_batch:
            wanted = Filter(environment, target.application, target.service, Kind.RETRIEVE, Standing.SUCCESS)
            with suppress(CaisoError):
                history = self._history()
                for entry in history.search(wanted, limit=10):
                    if entry.record.target == target:
                        return history.payload(entry.id)
        return self._payloads.skeleton(target, environment).encode()


def _held(payload: Payload) -> bytes:
    """A payload as it was sent; one so large that it lies in a file is read from the journal when it is wanted."""
    return payload if isinstance(payload, bytes) else b""


def _name(chain: Chain | None) -> str:
    return chain.name if chain else _OTHER_NAME


def _uid(payload: Payload) -> str:
    """The UID of the batch that a call of ADS is about."""
    with suppress(PayloadError):
        return next((node.text for node in scan(payload) if node.name == _BATCH_UID), "") if payload else ""
    return ""
