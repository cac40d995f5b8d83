"""What comes after a submit, as the chains say; and the draft of it, with what the submit said in it."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from caiso_desktop.catalogue.chain import chain_of, chain_with, next_step
from caiso_desktop.catalogue.counterpart import batch_status, counterpart
from caiso_desktop.contract.filling import fill
from caiso_desktop.contract.reading import read
from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.follow_up import Chain, Filled, FollowUp, Origin
from caiso_desktop.model.journal import Filter, History, Standing
from caiso_desktop.model.payload import Payloads
from caiso_desktop.model.service import Catalogue, Kind, Target

_SHOWS = "It is the retrieve of the same name."
OTHER = "other"
"""The id of the kind of a submit that no chain names."""


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
        """What to look at after a call that was answered with success."""
        answer = exchange.answer
        if answer is None or answer.outcome is not Outcome.SUCCESS or exchange.operation.procedure is not None:
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
            origin = Origin(chain.id if chain else OTHER, exchange.call.payload, batch)
        name = chain.name if chain else "Other submits"
        shows = chain.shows if chain else _SHOWS
        return FollowUp(origin.chain, name, found, exchange.call.environment, origin, shows)

    def fill(self, follow_up: FollowUp) -> Filled:
        """The draft of a follow-up."""
        origin = follow_up.origin
        batch = origin.batch if follow_up.of_batch else ""
        return fill(Draft.from_bytes(self._begun(follow_up)), read(origin.payload), batch)

    def _chain(self, target: Target, origin: Origin | None, *, submit: bool) -> Chain | None:
        chains = self._chains()
        if submit:
            return chain_of(chains, target)
        if origin is not None:
            return next((each for each in chains if each.id == origin.chain), None)
        return chain_with(chains, target)

    def _target(self, exchange: Exchange, chain: Chain | None, batch: str, *, submit: bool) -> Target | None:
        catalogue, target, environment = self._catalogue(), exchange.call.target, exchange.call.environment
        if batch and submit and (status := batch_status(catalogue, target, environment)) is not None:
            return status
        if chain is not None:
            return next_step(catalogue, chain, target, environment)
        return counterpart(catalogue, target, environment) if submit else None

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
