"""What is thought of a payload before it is sent. A judgement of ours never keeps anything from being sent."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeAlias

from caiso_desktop.model.call import Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.provenance import Provenance
from caiso_desktop.model.service import Target
from caiso_desktop.model.source import PayloadFile


class Conformity(StrEnum):
    """How a payload stands to its schema; what no schema is known of is not checked, never valid."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_CHECKED = "not checked"
    NOT_XML = "not XML"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A payload's conformity, and why.

    ``problems`` are the first of ``count`` (``counted`` is false where there are more than that). ``provenance`` is
    that of the schema, None where none is known; ``why`` says why it was not checked. ``barred`` says that it must not
    be sent there at all: it has the simulator's own shape.
    """

    conformity: Conformity
    problems: tuple[Problem, ...] = ()
    count: int = 0
    counted: bool = True
    provenance: Provenance | None = None
    why: str = ""
    barred: bool = False

    @property
    def sendable_after_a_word(self) -> bool:
        """Whether sending it wants one confirmation: it breaks its schema, but can be put into a message."""
        return self.conformity is Conformity.INVALID and not self.barred

    @property
    def title(self) -> str:
        """The judgement in a few words."""
        match self.conformity:
            case Conformity.VALID:
                return "Valid"
            case Conformity.NOT_CHECKED:
                return "Well-formed, not checked"
            case Conformity.NOT_XML:
                return "Not XML"
        more = "" if self.counted else "more than "
        return f"{more}{self.count:,} problem{'' if self.count == 1 else 's'}".capitalize()

    def __str__(self) -> str:
        basis = str(self.provenance) if self.provenance is not None else ""
        match self.conformity:
            case Conformity.VALID:
                return f"Valid · {basis}"
            case Conformity.NOT_CHECKED:
                return f"Well-formed, not checked: {self.why}"
            case Conformity.NOT_XML:
                return str(self.problems[0]) if self.problems else "Not XML."
        first = f" The first: {self.problems[0]}" if self.problems else ""
        return f"{' · '.join(filter(None, (self.title, basis)))}.{first}"


Judged: TypeAlias = str | bytes | Path | PayloadFile
"""What can be judged: a draft's text, what is sent, or a file of any size."""


class Judge(Protocol):
    """Who judges payloads. May take a while: never on a thread that must answer."""

    def validate(
        self, payload: Judged, target: Target, environment: str, token: CancelToken | None = None
    ) -> Judgement:
        """The judgement on a draft's text (its macros are replaced first), on bytes, or on a file of any size.

        `Cancelled` where the token says so; `StorageError` for a file that cannot be read.
        """
        ...
