"""Help with a payload: what a service wants to begin with, and the first thing that is wrong with a text."""

from dataclasses import dataclass
from typing import Protocol

from caiso_desktop.model.service import Target


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a payload, in a sentence, and where: ``line`` and ``column`` count characters from 1."""

    line: int
    column: int
    message: str
    advice: str = ""


class Payloads(Protocol):
    """What is known of the payloads of services. Both verbs may take a while: never on a thread that must answer."""

    def skeleton(self, target: Target, environment: str) -> str:
        """A payload to begin with; `CatalogueError` or `PayloadError` where none is known."""
        ...

    def check(self, text: str, target: Target) -> Problem | None:
        """The first thing wrong with a text (not well-formed, another root than the service's), or None."""
        ...
