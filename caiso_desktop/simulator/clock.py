"""The simulator's clock, which can be moved."""

from collections.abc import Callable
from datetime import datetime, timedelta


class MovedClock:
    """A clock that goes as another does, some time before or after it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.skew = timedelta()

    def __call__(self) -> datetime:
        """The time by it."""
        return self._clock() + self.skew
