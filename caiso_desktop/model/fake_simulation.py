"""A simulator's control for tests: does what is arranged with it to nobody, and tells what it was given."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.playback import PlaybackError
from caiso_desktop.model.simulation import Arranged, Disturbance, FaultKind, OnTape, Scope, SimulatorState

_KINDS = (
    FaultKind("503", "503 Service Unavailable", "The gateway's page.", Scope.CALL),
    FaultKind("slow", "Slow answer", "The answer is held back.", Scope.CALL, "seconds", 5, 0, 3600),
    FaultKind("expired", "Your certificate has expired", "The handshake fails.", Scope.CONNECTION),
    FaultKind("clock", "Clock skew", "The clock is moved.", Scope.CLOCK, "minutes", 30, -600, 600),
)


class FakeSimulation:
    """``now`` is how things stand, for a test to set; a service outside of `services` is refused."""

    def __init__(self) -> None:
        self.now = SimulatorState(datetime(2026, 11, 26, 20, tzinfo=UTC), timedelta(), (), (), ())
        self.forgotten = 0

    def kinds(self) -> Sequence[FaultKind]:
        """Four: one of each scope, and one with an amount."""
        return _KINDS

    def services(self) -> Sequence[str]:
        """Two services of one application."""
        return ("sibr", "sibr/RetrieveCleanBidSet", "sibr/SubmitRawBidSet")

    def disturb(self, disturbance: Disturbance) -> None:
        """Remember it."""
        if disturbance.service and disturbance.service not in self.services():
            raise UsageError(f"no service is called '{disturbance.service}'.", advice="Do you mean sibr?")
        number = max((one.number for one in self.now.arranged), default=0) + 1
        self.now = replace(self.now, arranged=(*self.now.arranged, Arranged(number, disturbance, 0)))

    def withdraw(self, number: int) -> None:
        """Forget one."""
        self.now = replace(self.now, arranged=tuple(one for one in self.now.arranged if one.number != number))

    def calm(self) -> None:
        """Forget all of them."""
        self.now = replace(self.now, arranged=(), skew=timedelta())

    def forget(self) -> None:
        """Forget what came."""
        self.forgotten += 1
        self.now = replace(self.now, received=(), failures=())

    def play(self, source: Path) -> int:
        """Remember that one call is played; a file without a name that ends in zip is none."""
        if source.suffix != ".zip":
            raise PlaybackError(f"the file {source.name} is no saved exchange.")
        self.now = replace(self.now, playing=(*self.now.playing, OnTape(source.stem, 200, 0)))
        return 1

    def stop_playing(self) -> None:
        """Play nothing."""
        self.now = replace(self.now, playing=())

    def state(self) -> SimulatorState:
        """How things stand."""
        return self.now
