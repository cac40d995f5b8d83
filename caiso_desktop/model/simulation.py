"""The ports to the simulator: for whoever runs one, and for whoever lets things go wrong there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class Scope(StrEnum):
    """What a fault befalls: one answer, one TLS handshake, or the simulator's clock until it is calmed."""

    CALL = "call"
    CONNECTION = "connection"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One thing that can go wrong on demand; ``unit`` is that of the amount that can be chosen, empty where none can.

    ``usual``, ``least`` and ``most`` are in that unit: ``seconds``, ``bytes``, ``MB``, ``minutes``.
    """

    name: str
    title: str
    words: str
    scope: Scope
    unit: str = ""
    usual: float = 0.0
    least: float = 0.0
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class FaultChoice:
    """A fault by its name; ``amount`` None is the usual one."""

    name: str
    amount: float | None = None

    def __str__(self) -> str:
        return self.name if self.amount is None else f"{self.name}={self.amount:g}"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What is to go wrong, together, with which calls.

    ``service`` is ``application``, ``application/service`` or ``application/service/version``, empty for all.
    ``times`` None goes on until it is taken back. ``share`` (0 to 1) of the calls that fit are hit, drawn from
    ``seed``: the same seed hits the same calls of a sequence.
    """

    faults: tuple[FaultChoice, ...]
    service: str = ""
    times: int | None = None
    share: float = 1.0
    seed: int = 0

    def __str__(self) -> str:
        words = [" ".join(str(fault) for fault in self.faults), f"--for {self.service}" if self.service else ""]
        words.append(f"--times {self.times}" if self.times is not None else "")
        words.append(f"--share {self.share:g} --seed {self.seed}" if self.share < 1 else "")
        return " ".join(filter(None, words))


@dataclass(frozen=True, slots=True)
class Arranged:
    """A disturbance that waits for its calls; ``number`` names it, ``hits`` counts the calls that it befell."""

    number: int
    disturbance: Disturbance
    hits: int

    @property
    def left(self) -> int | None:
        """How many calls it will befall yet; None: all."""
        return None if self.disturbance.times is None else self.disturbance.times - self.hits


@dataclass(frozen=True, slots=True)
class Heard:
    """A call that the simulator received, in short; ``size`` is that of its body in bytes.

    ``service`` is ``application/service version variant``, or the path where no service has it. ``verdict`` is
    ``accepted``, ``played back``, or why it was turned away; ``fault`` what befell it on demand.
    """

    moment: datetime
    service: str
    subject: str
    size: int
    verdict: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class OnTape:
    """A call that is answered from a saved exchange: its service as `Heard` has it, the status, how often it was."""

    service: str
    status: int
    times: int


@dataclass(frozen=True, slots=True)
class SimulatorState:
    """How things stand: its time, how far that is from the computer's, what is arranged and what came, newest last.

    ``received`` are the last calls, ``failures`` the last connections that came to nothing, ``playing`` what is
    played back.
    """

    now: datetime
    skew: timedelta
    arranged: tuple[Arranged, ...]
    received: tuple[Heard, ...]
    failures: tuple[str, ...]
    playing: tuple[OnTape, ...] = ()


class SimulatorControl(Protocol):
    """Lets things go wrong, and tells what came; safe on any thread."""

    def kinds(self) -> Sequence[FaultKind]:
        """What can go wrong, in the order to show it."""
        ...

    def services(self) -> Sequence[str]:
        """The names that a disturbance may have for a service: ``sibr/RetrieveCleanBidSet``."""
        ...

    def disturb(self, disturbance: Disturbance) -> None:
        """Arrange it; `UsageError` when a name is not known, or an amount, a number or a share is out of bounds."""
        ...

    def withdraw(self, number: int) -> None:
        """Take one arrangement back; nothing happens where it is over."""
        ...

    def calm(self) -> None:
        """Take everything back that is arranged, the moved clock too."""
        ...

    def forget(self) -> None:
        """Empty the record, and forget what was handed in."""
        ...

    def play(self, source: Path) -> int:
        """Serve what a folder or a zip holds as the answer to the same calls; how many calls these are.

        `PlaybackError` or `StorageError` in a sentence; then nothing is taken.
        """
        ...

    def stop_playing(self) -> None:
        """Answer everything as usual again."""
        ...

    def state(self) -> SimulatorState:
        """How things stand."""
        ...


class ReadyIdentity(Protocol):
    """The simulator's client identity: certificate and key in PEM, the key not encrypted."""

    @property
    def certificate(self) -> bytes:
        """The certificate and its authority's."""
        ...

    @property
    def key(self) -> bytes:
        """The key."""
        ...

    @property
    def subject(self) -> str:
        """The subject as CAISO spells it."""
        ...


class SimulatorServer(Protocol):
    """A CAISO on this computer, on a port of its own."""

    @property
    def origin(self) -> str:
        """``https://127.0.0.1:PORT``."""
        ...

    @property
    def authority(self) -> bytes:
        """The certificate of the simulator's authority, in PEM."""
        ...

    @property
    def identity(self) -> ReadyIdentity:
        """The identity that is ready to be used."""
        ...

    @property
    def control(self) -> SimulatorControl:
        """What lets things go wrong there."""
        ...

    def bases(self) -> Mapping[str, str]:
        """The web-service base of each application."""
        ...

    def start(self) -> object:
        """Begin to answer."""
        ...

    def stop(self) -> None:
        """End."""
        ...
