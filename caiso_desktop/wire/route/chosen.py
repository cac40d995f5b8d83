"""The ways to a host, by what a person has chosen: the port `caiso_desktop.model.route.Routes`."""

import sys
import threading
from collections.abc import Sequence

from caiso_desktop.model.route import DIRECT, Mode, NetworkChoice, NetworkSettings, Route
from caiso_desktop.model.route_words import is_exception, is_this_computer
from caiso_desktop.wire.route.named import read_script_answer
from caiso_desktop.wire.route.script import Scripts
from caiso_desktop.wire.route.system import System, Variables, detect

_HERE = Route(None, "this computer itself is never reached through a proxy")
_NONE = Route(None, "no proxy is chosen")
_EXCEPTION = Route(None, "an exception names the host")


class ChosenRoutes:
    """Goes by the settings at every call. ``system`` is for tests; else it is the platform's own."""

    def __init__(self, settings: NetworkSettings, system: System | None = None) -> None:
        self._settings = settings
        self._scripts = Scripts()
        self._system = system
        self._lock = threading.Lock()
        self._last: NetworkChoice | None = None

    def known(self, host: str, port: int) -> Sequence[Route] | None:
        """The ways to a host where the choice itself tells them, and neither the system nor a script is asked."""
        return _told(self._choice(), host)

    def find(self, host: str, port: int) -> Sequence[Route]:
        """The ways to a host."""
        choice = self._choice()
        told = _told(choice, host)
        if told is not None:
            return told
        if choice.mode is Mode.SYSTEM:
            return self._own_system().find(host, port)
        return self._by_script(choice, host, port)

    def _by_script(self, choice: NetworkChoice, host: str, port: int) -> Sequence[Route]:
        if sys.platform == "win32":
            from caiso_desktop.wire.route.windows import WindowsSystem

            windows = WindowsSystem()
            detecting = choice.mode is Mode.DETECT
            return windows.detect(host, port) if detecting else windows.ask(choice.pac, host, port)
        if choice.mode is Mode.DETECT:
            return detect(self._scripts, host, port)
        answer = self._scripts.ask(choice.pac, host, port)
        return read_script_answer(answer, f"the script {choice.pac} says")

    def _own_system(self) -> System:
        with self._lock:
            if self._system is None:
                if sys.platform == "win32":
                    from caiso_desktop.wire.route.windows import WindowsSystem

                    self._system = WindowsSystem()
                else:
                    self._system = Variables(self._scripts)
            return self._system

    def _choice(self) -> NetworkChoice:
        """What is chosen now; where that is another choice, what scripts have said before is old."""
        choice = self._settings.choice()
        with self._lock:
            changed, self._last = choice != self._last, choice
        if changed:
            self._scripts.forget()
        return choice


def _told(choice: NetworkChoice, host: str) -> Sequence[Route] | None:
    if is_this_computer(host):
        return (_HERE,)
    if choice.mode is Mode.DIRECT:
        return (_NONE,)
    if choice.mode in {Mode.SYSTEM, Mode.DETECT}:
        return None
    if is_exception(host, choice.exceptions):
        return (_EXCEPTION,)
    if choice.mode is Mode.EXPLICIT:
        return (Route(choice.proxy, "it is chosen here") if choice.proxy else DIRECT,)
    return None
