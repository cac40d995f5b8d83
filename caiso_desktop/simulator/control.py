"""Lets things go wrong by their names, which lie as data in ``simulator/faults.toml``, and tells what came."""

import difflib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.simulation import (
    Disturbance,
    FaultChoice,
    FaultKind,
    Heard,
    OnTape,
    Scope,
    SimulatorState,
)
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.arrangement import Arrangements
from caiso_desktop.simulator.clock import MovedClock
from caiso_desktop.simulator.fault import AnswerFault, Fault
from caiso_desktop.simulator.plan import Address
from caiso_desktop.simulator.record import Received, Record
from caiso_desktop.simulator.tape import Tape

CLOCK = "clock"
_MEGABYTE = 1_000_000
_LISTED = 200
_SERVICE = "It is written as sibr, sibr/RetrieveCleanBidSet or sibr/RetrieveCleanBidSet/v4."
MAKERS: Mapping[str, Callable[[float], Fault]] = MappingProxyType(
    {
        "slow": fault.Delay,
        "trickle": lambda pause: fault.Trickle(pause=pause),
        "cut": lambda after: fault.CutOff(int(after) or None),
        "403": lambda _: fault.Status(403),
        "404": lambda _: fault.Status(404),
        "429": lambda _: fault.Status(429),
        "500": lambda _: fault.Status(500),
        "502": lambda _: fault.Status(502),
        "503": lambda _: fault.Status(503),
        "504": lambda _: fault.Status(504),
        "maintenance": lambda _: fault.Maintenance(),
        "html": lambda _: fault.HtmlPage(),
        "acceptable-use": lambda _: fault.AcceptableUse(),
        "empty": lambda _: fault.EmptyBody(),
        "no-data": lambda _: fault.NoData(),
        "not-entitled": lambda _: fault.NotEntitled(),
        "no-operation": lambda _: fault.NoOperation(),
        "hidden-error": lambda _: fault.HiddenError(),
        "wrong-hash": lambda _: fault.WrongHash(),
        "broken-gzip": lambda _: fault.BrokenGzip(),
        "damaged-gzip": lambda _: fault.BrokenGzip(truncated=False),
        "huge": lambda size: fault.HugeReport(int(size * _MEGABYTE)),
        "huge-inline": lambda size: fault.HugeBody(int(size * _MEGABYTE)),
        "expired": lambda _: fault.ExpiredClient(),
        "server-expired": lambda _: fault.ExpiredServer(),
    }
)
"""What each name makes of its amount; that of `CLOCK` is no fault but moves the clock."""


def read_kinds(resources: Path) -> tuple[FaultKind, ...]:
    """What can go wrong, in the order of the file."""
    table = tomllib.loads((resources / "simulator" / "faults.toml").read_text(encoding="utf-8"))
    return tuple(FaultKind(name, **{**row, "scope": Scope(row["scope"])}) for name, row in table.items())


class Control:
    """The port of this name; ``hang_up`` ends connections, ``forgotten`` empties the simulator's memory."""

    def __init__(
        self,
        resources: Path,
        addresses: Mapping[str, Address],
        arrangements: Arrangements,
        clock: MovedClock,
        record: Record,
        tape: Tape,
    ) -> None:
        self._kinds = {kind.name: kind for kind in read_kinds(resources)}
        self._addresses = addresses
        self._arrangements = arrangements
        self._clock = clock
        self._record = record
        self._tape = tape
        self.hang_up: Callable[[], None] = lambda: None
        self.forgotten: Callable[[], None] = record.clear

    def kinds(self) -> Sequence[FaultKind]:
        """What can go wrong, in the order to show it."""
        return tuple(self._kinds.values())

    def services(self) -> Sequence[str]:
        """The applications, and ``application/service`` of each service, sorted."""
        addresses = self._addresses.values()
        return sorted({a.application for a in addresses} | {f"{a.application}/{a.service}" for a in addresses})

    def disturb(self, disturbance: Disturbance) -> None:
        """Arrange it: faults of calls and of connections apart; the clock is moved at once, to the amount."""
        scopes = {choice: self._kind(choice).scope for choice in disturbance.faults}
        made = {choice: self._make(choice) for choice in disturbance.faults if scopes[choice] is not Scope.CLOCK}
        self._check(disturbance, scopes, list(made.values()))
        paths = self._paths(disturbance.service) if disturbance.service else None
        for choice in disturbance.faults:
            if scopes[choice] is Scope.CLOCK:
                self._clock.skew = timedelta(minutes=self._amount(choice))
        for scope in (Scope.CALL, Scope.CONNECTION):
            chosen = tuple(choice for choice in made if scopes[choice] is scope)
            if chosen:
                told = Disturbance(chosen, disturbance.service, disturbance.times, disturbance.share, disturbance.seed)
                self._arrangements.arrange([made[choice] for choice in chosen], paths, told)
                if scope is Scope.CONNECTION:
                    self.hang_up()

    def withdraw(self, number: int) -> None:
        """Take one arrangement back; nothing happens where it is over."""
        self._arrangements.withdraw(number)

    def calm(self) -> None:
        """Take everything back that is arranged, the moved clock too."""
        self._arrangements.clear()
        self._clock.skew = timedelta()

    def forget(self) -> None:
        """Empty the record, and forget what was handed in."""
        self.forgotten()

    def play(self, source: Path) -> int:
        """Serve saved exchanges again; how many calls they are."""
        return self._tape.load(source)

    def stop_playing(self) -> None:
        """Answer everything as usual again."""
        self._tape.eject()

    def state(self) -> SimulatorState:
        """How things stand; of what came the last 200."""
        return SimulatorState(
            self._clock(),
            self._clock.skew,
            self._arrangements.told,
            tuple(self._heard(received) for received in self._record.requests[-_LISTED:]),
            self._record.failures[-_LISTED:],
            tuple(OnTape(str(self._addresses[one.path]), one.recorded.status, one.times) for one in self._tape.calls),
        )

    def _kind(self, choice: FaultChoice) -> FaultKind:
        kind = self._kinds.get(choice.name)
        if kind is None:
            raise UsageError(
                f"no fault is called '{choice.name}'.",
                advice=_like(choice.name, self._kinds) or f"Known are {', '.join(self._kinds)}.",
            )
        return kind

    def _amount(self, choice: FaultChoice) -> float:
        kind = self._kind(choice)
        if choice.amount is None:
            return kind.usual
        if not kind.unit:
            raise UsageError(f"'{kind.name}' takes no amount.")
        if not kind.least <= choice.amount <= kind.most:
            raise UsageError(f"'{kind.name}' takes {kind.least:,g} to {kind.most:,g} {kind.unit}.")
        return choice.amount

    def _make(self, choice: FaultChoice) -> Fault:
        return MAKERS[choice.name](self._amount(choice))

    def _check(self, disturbance: Disturbance, scopes: Mapping[FaultChoice, Scope], made: Sequence[Fault]) -> None:
        if not disturbance.faults:
            raise UsageError("no fault is named.")
        if sum(isinstance(one, AnswerFault) for one in made) > 1:
            raise UsageError(
                "an answer can have one fault of its own.", advice="Others may be slow, trickle or cut beside it."
            )
        if sum(scope is Scope.CONNECTION for scope in scopes.values()) > 1:
            raise UsageError("a handshake can have one fault.")
        if disturbance.service and Scope.CALL not in scopes.values():
            raise UsageError("this befalls every service: none is known in a handshake, and all go by one clock.")
        if disturbance.times is not None and disturbance.times < 1:
            raise UsageError("how many times is a number from 1.")
        if not 0 < disturbance.share <= 1:
            raise UsageError("the share of the calls is more than 0 and at most 1.")
        for choice in disturbance.faults:
            self._amount(choice)

    def _paths(self, service: str) -> frozenset[str]:
        paths = frozenset(path for path, address in self._addresses.items() if address.lies_in(service))
        if not paths:
            raise UsageError(f"no service is called '{service}'.", advice=_like(service, self.services()) or _SERVICE)
        return paths

    def _heard(self, received: Received) -> Heard:
        path = received.path.partition("?")[0]
        address = self._addresses.get(path)
        return Heard(
            received.moment,
            path if address is None else str(address),
            received.subject,
            len(received.body),
            received.verdict,
            received.fault,
        )


def _like(name: str, known: Mapping[str, object] | Sequence[str]) -> str:
    """The names that come near, as a question; empty where none does."""
    lower = {each.lower(): each for each in known}
    near = [lower[each] for each in difflib.get_close_matches(name.lower(), list(lower), 4, 0.5)]
    return f"Do you mean {' or '.join(near)}?" if near else ""
