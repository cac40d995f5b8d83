"""The port to a trial of a certificate: its key signs, and a host is shown it; no service is called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from caiso_desktop.model.answer import Note
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.doctor import STEPS, Finding, Step
from caiso_desktop.model.identity import IdentityRef

TRIED = (Step.KEY, *(step for step in STEPS if step is not Step.RETRIEVE))
"""What a trial tries, in this order: the steps of the connection doctor, but for the one that calls a service."""


@dataclass(frozen=True, slots=True)
class Door:
    """An application of an environment that can be tried: its id, what people call it, and its address."""

    application: str
    acronym: str
    url: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the certificate was accepted, and what that means."""

    accepted: bool
    note: Note


class Trial(Protocol):
    """Each verb may be used on any thread; `run` takes as long as a person and a host take."""

    def doors(self, environment: str) -> Sequence[Door]:
        """What can be tried in an environment (its id), in the catalogue's order."""
        ...

    def run(
        self,
        ref: IdentityRef,
        environment: str,
        application: str | None,
        token: CancelToken,
        tell: Callable[[Finding], None],
    ) -> Verdict:
        """Try a certificate, and ``tell`` on any thread what each step found; ``application`` None: the first door.

        Raises `IdentityError` where its key does not sign, `UsageError` where there is no such door,
        `HostNotApproved`, `TransportError` and `Cancelled`. An acceptance is remembered in the track record.
        """
        ...
