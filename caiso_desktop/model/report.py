"""What happens when the program itself breaks: it is written down, and offered to the user at the next start."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Recorder(Protocol):
    """The log of one process and its reports of crashes; nothing of it holds payloads or secrets. Never raises."""

    def open(self) -> None:
        """Begin to log, and to catch what nobody caught: in C, in any thread, at the very end."""
        ...

    def report(self, error: BaseException) -> Path | None:
        """Write down a fault of the program; its file, None where it cannot be written."""
        ...

    def pending(self) -> Sequence[Path]:
        """The reports that the user has not been offered yet, oldest first."""
        ...

    def dismiss(self, report: Path) -> None:
        """Offer a report no more."""
        ...

    def close(self) -> None:
        """End in good order."""
        ...
