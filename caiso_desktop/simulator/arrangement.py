"""What is arranged to go wrong, and with which calls: how many times, how often, drawn from a seed."""

import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from caiso_desktop.model.simulation import Arranged, Disturbance, FaultChoice
from caiso_desktop.simulator.fault import AnswerFault, Fault, HandshakeFault, LineFault


class Befallen(NamedTuple):
    """What befalls one call: at most one fault of its answer, any of its line, and their names."""

    own: AnswerFault | None = None
    line: tuple[LineFault, ...] = ()
    words: str = ""


@dataclass(slots=True)
class _Arrangement:
    number: int
    faults: tuple[Fault, ...]
    paths: frozenset[str] | None
    disturbance: Disturbance
    draw: random.Random
    hits: int = 0

    @property
    def told(self) -> Arranged:
        return Arranged(self.number, self.disturbance, self.hits)

    @property
    def own(self) -> AnswerFault | None:
        return next((fault for fault in self.faults if isinstance(fault, AnswerFault)), None)

    @property
    def of_handshakes(self) -> bool:
        return any(isinstance(fault, HandshakeFault) for fault in self.faults)


@dataclass(slots=True)
class Arrangements:
    """The faults that wait for their call; safe on any thread."""

    _waiting: list[_Arrangement] = field(default_factory=list)
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def told(self) -> tuple[Arranged, ...]:
        """What is arranged, oldest first."""
        with self._lock:
            return tuple(arrangement.told for arrangement in self._waiting)

    def arrange(
        self, faults: Iterable[Fault], paths: frozenset[str] | None = None, disturbance: Disturbance | None = None
    ) -> None:
        """These faults together, for calls to ``paths`` (None: any), as ``disturbance`` says (None: once)."""
        these = tuple(faults)
        told = disturbance or Disturbance(tuple(FaultChoice(type(fault).__name__) for fault in these), times=1)
        with self._lock:
            self._number += 1
            draw = random.Random(told.seed)  # noqa: S311 - the same each time is what a seed is for
            self._waiting.append(_Arrangement(self._number, these, paths, told, draw))

    def clear(self) -> None:
        """Forget what is arranged."""
        with self._lock:
            self._waiting.clear()

    def withdraw(self, number: int) -> None:
        """Forget one."""
        with self._lock:
            self._waiting = [arrangement for arrangement in self._waiting if arrangement.number != number]

    def take(self, path: str, befalls: Callable[[AnswerFault], bool] = lambda own: True) -> Befallen:
        """What befalls a call to this path: the first arrangement that fits and is drawn.

        One whose fault cannot befall the answer, by ``befalls``, waits for another call.
        """

        def fits(one: _Arrangement) -> bool:
            here = not one.of_handshakes and (one.paths is None or path in one.paths)
            return here and (one.own is None or befalls(one.own))

        hit = self._hit(fits)
        if hit is None:
            return Befallen()
        line = tuple(fault for fault in hit.faults if isinstance(fault, LineFault))
        return Befallen(hit.own, line, " ".join(str(choice) for choice in hit.disturbance.faults))

    def take_handshake(self) -> HandshakeFault | None:
        """What befalls the next connection."""
        hit = self._hit(lambda one: one.of_handshakes)
        return None if hit is None else next(fault for fault in hit.faults if isinstance(fault, HandshakeFault))

    def _hit(self, fits: Callable[[_Arrangement], bool]) -> _Arrangement | None:
        with self._lock:
            for arrangement in filter(fits, self._waiting):
                if arrangement.draw.random() >= arrangement.disturbance.share:
                    continue
                arrangement.hits += 1
                if arrangement.told.left == 0:
                    self._waiting.remove(arrangement)
                return arrangement
        return None
