"""What is said to a simulator while it runs: one order a line on stdin, its answer on stderr."""

import argparse
import os
import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from caiso_desktop.cli import disturbance
from caiso_desktop.model.error import CaisoError, UsageError
from caiso_desktop.model.simulation import SimulatorControl

_PIECE = 4096
_AGAIN = 1.0  # seconds after which a terminal that belonged to another program is asked again
_HELP = """fault NAME[=AMOUNT]... [--for SERVICE] [--times N] [--share X] [--seed N]   let something go wrong
calm [NUMBER]   take everything back, or one that `show` lists
show            what is arranged, and the last calls
faults          what can go wrong
play FOLDER|FILE   answer the same calls as in a saved exchange
stop            play nothing any more
forget          empty the record, and forget what was handed in
quit            end the simulator"""
_SHOWN = 10


class Orders:
    """Takes orders for a simulator; ``ended`` is set by ``quit``."""

    def __init__(self, control: SimulatorControl, ended: threading.Event) -> None:
        self._control = control
        self._ended = ended
        self._verbs: dict[str, Callable[[list[str]], str]] = {
            "fault": self._disturb,
            "calm": self._calm,
            "show": self._show,
            "faults": lambda words: disturbance.listed(self._control.kinds()),
            "play": self._play,
            "stop": self._stop,
            "forget": self._forget,
            "help": lambda words: _HELP,
            "quit": self._quit,
        }

    def listen(self) -> None:
        """Take orders from stdin on a thread of its own, until stdin or the simulator ends."""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def obey(self, line: str) -> str:
        """Do what a line says; the words to say about it, empty for an empty line. `CaisoError` when it cannot be."""
        try:
            # On Windows a backslash belongs to a path.
            words = [word.strip('"') for word in shlex.split(line, comments=True, posix=os.name != "nt")]
        except ValueError as error:
            raise UsageError(f"this line cannot be read: {error}.") from error
        if not words:
            return ""
        verb = self._verbs.get(words[0])
        if verb is None:
            raise UsageError(f"there is no order '{words[0]}'.", advice="'help' lists them.")
        return verb(words[1:])

    def _listen(self) -> None:
        for line in _lines(self._ended):
            try:
                said = self.obey(line)
            except CaisoError as error:
                said = f"caiso: {error}"
            if said:
                print(said, file=sys.stderr, flush=True)

    def _disturb(self, words: list[str]) -> str:
        parser = _Parser(prog="fault", add_help=False)
        disturbance.add_arguments(parser, as_option=False)
        disturbance.arrange(self._control, parser.parse_intermixed_args(words))
        return self._arranged()

    def _calm(self, words: list[str]) -> str:
        if not words:
            self._control.calm()
        elif len(words) == 1 and words[0].isdecimal():
            self._control.withdraw(int(words[0]))
        else:
            raise UsageError("calm takes the number of one arrangement, or nothing.")
        return self._arranged()

    def _play(self, words: list[str]) -> str:
        if len(words) != 1:
            raise UsageError("play takes one folder or file.")
        count = self._control.play(Path(words[0]))
        return "1 call is played back" if count == 1 else f"{count} calls are played back"

    def _stop(self, words: list[str]) -> str:
        self._control.stop_playing()
        return "nothing is played back"

    def _forget(self, words: list[str]) -> str:
        self._control.forget()
        return "forgotten"

    def _quit(self, words: list[str]) -> str:
        self._ended.set()
        return ""

    def _show(self, words: list[str]) -> str:
        state = self._control.state()
        calls = [
            f"{heard.moment:%H:%M:%S}  {heard.service}  {heard.verdict}{f'  [{heard.fault}]' if heard.fault else ''}"
            for heard in state.received[-_SHOWN:]
        ]
        tape = [f"plays {one.service}: {one.status} ({one.times} times)" for one in state.playing]
        return "\n".join([self._arranged(), *tape, *calls])

    def _arranged(self) -> str:
        state = self._control.state()
        lines = [
            f"{one.number}  {one.disturbance}  ({one.hits} so far"
            + (")" if one.left is None else f", {one.left} to go)")
            for one in state.arranged
        ]
        if state.skew:
            lines.append(f"the clock is moved by {state.skew.total_seconds() / 60:+g} minutes")
        return "\n".join(lines) or "calm"


class _Parser(argparse.ArgumentParser):
    """Raises `UsageError` where another would end the program."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}.", advice="'help' lists the orders.")


def _lines(ended: threading.Event) -> Iterator[str]:
    """The lines of stdin as they come.

    Read from the descriptor: at the end of the program a thread in `sys.stdin` would hold the lock that closing it
    needs. In the background a terminal gives nothing (EIO where the signal about that is ignored): it is asked again.
    """
    try:
        source = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return  # no stdin at all, as in a service
    rest = b""
    while not ended.is_set():
        try:
            piece = os.read(source, _PIECE)
        except OSError:
            if not os.isatty(source) or ended.wait(_AGAIN):
                return
            continue
        if not piece:
            break
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)
    if rest:
        yield rest.decode("utf-8", "replace")
