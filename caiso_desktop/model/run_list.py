"""Run lists: many calls to one environment, what is expected of each, and what was found.

A list is a plain file of JSON; the environment is given for the whole of it when it runs::

    {"format": "caiso-run-list", "version": 1, "title": "Market simulation, day 1", "calls": [
        {"scenario": "MS1-04", "service": "sibr/RetrieveCleanBidSet", "version": "v4", "variant": "docattach",
         "payload_file": "clean.xml", "expected": ["success", "no data"], "pause": 2}]}

``service`` is all that a call must have. ``payload`` holds the XML itself instead of a file's name (beside the list, or
in a folder there); a retrieve without either begins with the usual one. ``operation`` names one of ADS. ``expected`` is
one outcome or several, success where it is left out. ``pause`` are seconds before the call. ``send_invalid`` sends
what its schema speaks against, for who tests what is refused.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate, UsageError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.service import Kind, Target, Variant

FORMAT = "caiso-run-list"
VERSION = 1
MOST_AT_ONCE = 16


class RunListError(UsageError):
    """A run list is wrong; the detail names the file, and the call by its number."""

    title = "The run list cannot be used"
    advice = "Correct it there; nothing was sent."


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a list. ``payload`` is None where the usual one of the service is sent; ``pause`` in seconds."""

    target: Target
    payload: bytes | None = None
    expected: tuple[Standing, ...] = (Standing.SUCCESS,)
    scenario: str = ""
    pause: float = 0.0
    send_invalid: bool = False


@dataclass(frozen=True, slots=True)
class RunList:
    """Calls in the order in which they begin."""

    title: str
    steps: tuple[Step, ...]

    @property
    def wants_certificate(self) -> bool:
        """Whether a call of it cannot be made without one: all but the public ones."""
        return any(step.target.variant is not Variant.REST for step in self.steps)


def as_file(run_list: RunList) -> str:
    """A list as the file that holds it, its payloads in it. `RunListError` for one that is no UTF-8."""
    calls = [_told(number, step) for number, step in enumerate(run_list.steps, 1)]
    told = {"format": FORMAT, "version": VERSION, "title": run_list.title, "calls": calls}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _told(number: int, step: Step) -> dict[str, object]:
    target = step.target
    try:
        payload = step.payload.decode() if step.payload is not None else ""
    except UnicodeDecodeError as error:
        raise RunListError(
            f"the payload of call {number} ({target.service}) is not UTF-8.",
            advice="Write it to a file of its own, and name that as its payload_file.",
        ) from error
    told: dict[str, object] = {
        "scenario": step.scenario,
        "service": f"{target.application}/{target.service}",
        "version": target.version,
        "minor_version": target.minor_version,
        "variant": str(target.variant),
        "operation": target.procedure,
        "payload": payload,
        "expected": [str(each) for each in step.expected],
        "pause": step.pause,
        "send_invalid": step.send_invalid,
    }
    always = ("scenario", "expected", "pause")  # what its user will want to write into it
    return {key: value for key, value in told.items() if value or key in always}


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a list is about to do in an environment, said before it starts: the kind of each step.

    ``refused`` says in a sentence why it may not start there, empty where it may.
    """

    kinds: tuple[Kind, ...]
    refused: str = ""

    @property
    def changing(self) -> int:
        """How many of the calls change something."""
        return sum(kind is not Kind.RETRIEVE for kind in self.kinds)

    def words(self, place: str) -> str:
        """How many calls of which kind go to a place, in words."""
        changing = self.changing
        retrieves = len(self.kinds) - changing
        told = [_count(retrieves, "retrieve")] if retrieves else []
        if changing:
            told.append(f"{_count(changing, 'submit or other change', 'submits and other changes')}")
        return f"{' and '.join(told) or 'Nothing'} will be sent to {place}."


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a step, by its ``number`` from 1. ``words`` say what went wrong, or what the answer says.

    ``exchange`` is None where nothing was sent.
    """

    number: int
    step: Step
    found: Standing
    started: datetime
    words: str = ""
    exchange: Exchange | None = None

    @property
    def passed(self) -> bool:
        """Whether it is as expected."""
        return self.found in self.step.expected

    @property
    def seconds(self) -> float | None:
        """How long the call took, None where no answer came."""
        response = self.exchange.response if self.exchange is not None else None
        return response.timings.total if response is not None else None

    @property
    def status(self) -> int | None:
        """The HTTP status, None where no answer came."""
        response = self.exchange.response if self.exchange is not None else None
        return response.status if response is not None else None


class Watcher(Protocol):
    """Hears of a run, on any thread; numbers count from 1."""

    def begun(self, number: int) -> None:
        """A step has begun: its pause, or its call."""
        ...

    def said(self, number: int, words: str) -> None:
        """How far a step is."""
        ...

    def ended(self, result: Result) -> None:
        """A step is over."""
        ...


class Runs(Protocol):
    """Reads lists and runs them; for a worker."""

    def read(self, path: Path) -> RunList:
        """The list in a file. `RunListError` or `StorageError`; `CatalogueError` for what no catalogue has."""
        ...

    def all_retrieves(self, environment: str, application: str = "") -> RunList:
        """Every retrieve of an environment once, newest version, or those of one application (its id)."""
        ...

    def outlook(self, run_list: RunList, environment: str) -> Outlook:
        """What the list is about to do there."""
        ...

    def run(
        self,
        run_list: RunList,
        environment: str,
        identity: IdentityRef | None,
        token: CancelToken,
        watcher: Watcher,
        *,
        at_once: int = 1,
    ) -> Sequence[Result]:
        """Run a list; a result for each step, in their order. `GuardError` before anything is sent.

        A cancel stops what is under way, and what has not begun is not sent.
        """
        ...


Wording = Callable[[bytes, str], bytes]
"""A payload for an environment with its macros replaced."""


def standing_of(exchange: Exchange) -> Standing:
    """How a call stands, as the journal would say it."""
    if exchange.fate is Fate.UNKNOWN:
        return Standing.UNKNOWN
    if isinstance(exchange.failure, Cancelled):
        return Standing.CANCELLED
    if exchange.fate is Fate.NOT_SENT:
        return Standing.NOT_SENT
    return Standing(exchange.answer.outcome) if exchange.answer is not None else Standing.UNREADABLE


def words_of(exchange: Exchange) -> str:
    """What a call has to say, in one line: its failure, else what is wrong with its answer, else what that holds."""
    if exchange.failure is not None:
        return str(exchange.failure)
    if exchange.answer is None:
        return ""
    grave = [note for note in exchange.answer.notes if note.severity is not Severity.INFO]
    wrong = "; ".join(" ".join(filter(None, (note.title, note.raw))) for note in grave)
    return wrong or ", ".join(f"{count:,} {name}" for name, count in exchange.answer.counts)


def _count(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
