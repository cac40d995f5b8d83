"""What is made at its first use, mostly in a worker, and once: ports whose real thing is heavy to import.

So the window can hold them from the start and still paint before HTTP, XML and cryptography are loaded.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that heavy imports wait for the first paint; a window that starts minimised never paints."""


class Late(Generic[T]):
    """Something that is made when it is first asked for, by whichever thread asks; the others wait.

    With ``after`` even the first waits until that has happened (the first paint), but not longer than `PATIENCE`.
    """

    def __init__(self, make: Callable[[], T], after: threading.Event | None = None) -> None:
        self._make = make
        self._after = after
        self._lock = threading.Lock()
        self._made: list[T] = []

    def get(self) -> T:
        """The thing itself."""
        with self._lock:
            made = self._made
            if not made:
                if self._after is not None:
                    self._after.wait(PATIENCE)
                made.append(self._make())
            return made[0]

    @property
    def port(self) -> T:
        """Its verbs, to hand on before it is made: see `port`."""
        return port(self.get)

    def renew(self) -> None:
        """Make it again at the next question; waits for nobody."""
        self._made = []


def port(get: Callable[[], T], **known: Any) -> T:
    """A port that asks ``get`` for the real one when one of its verbs is called, and not when the verb is handed on.

    It has the verbs of the real one, and of its attributes those alone that are ``known`` before.
    """
    return cast(T, _Port(get, known))


class _Port:
    def __init__(self, get: Callable[[], Any], known: dict[str, Any]) -> None:
        self._get = get
        self.__dict__.update(known)

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        if verb.startswith("_"):  # what Python looks for in any object, and what nobody should ask a port for
            raise AttributeError(verb)

        def ask(*arguments: Any, **named: Any) -> Any:
            return getattr(self._get(), verb)(*arguments, **named)

        return ask
