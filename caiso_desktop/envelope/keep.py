"""Files that appear whole or not at all: written beside, renamed when they are done."""

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

_TRIES = 5


class Sink(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take these bytes."""
        ...


class Kept:
    """A file under way. ``wanted`` false drops it at the end; ``target`` may be changed until then."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.wanted = True
        self.size = 0
        self._temporary = target.with_name(f"{target.name}.writing")
        self._file = self._temporary.open("wb")

    def write(self, data: bytes, /) -> int:
        """Take these bytes."""
        self.size += len(data)
        return self._file.write(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        finally:
            if kind is None and self.wanted:
                _replace(self._temporary, self.target)
            else:
                self._temporary.unlink(missing_ok=True)


def _replace(source: Path, target: Path) -> None:
    """Rename; on Windows a virus scanner may hold a new file for a moment, so a few times."""
    for attempt in range(_TRIES):
        try:
            os.replace(source, target)  # noqa: PTH105
        except PermissionError:
            if attempt == _TRIES - 1:
                raise
            time.sleep(0.05 * 2**attempt)
        else:
            return
