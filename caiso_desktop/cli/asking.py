"""How the terminal asks for something secret: at a prompt without echo, or from a file descriptor; never otherwise."""

import getpass
import os
import sys
import threading

from caiso_desktop.model.error import UsageError


class TerminalAsking:
    """Asks at the terminal; reads one line of a file descriptor instead where one is given; else answers nothing.

    A secret as an argument or in an environment variable could be read by other programs.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._line: str | None = None

    def passphrase(self, question: str, *, new: bool) -> str | None:
        """What the person types, or the line; None where nobody can be asked."""
        with self._lock:
            if self._descriptor is not None:
                return self._read(self._descriptor)
            if sys.stdin is None or not sys.stdin.isatty():
                return None
            typed = getpass.getpass(f"{question}: ")
            if new and typed and getpass.getpass("Once more, to be sure: ") != typed:
                raise UsageError("the two were not the same.", advice="Try again.")
            return typed or None

    def _read(self, descriptor: int) -> str:
        """One line, the same one however often it is asked for: a descriptor can be read once."""
        if self._line is None:
            try:
                with os.fdopen(os.dup(descriptor), encoding="utf-8") as file:
                    self._line = file.readline().rstrip("\r\n")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(
                    f"nothing can be read from file descriptor {descriptor}.",
                    advice="Open it for reading, for example with 3<FILE in a shell.",
                ) from error
        return self._line
