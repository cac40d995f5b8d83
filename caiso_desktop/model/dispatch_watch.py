"""The port to the watch of dispatch: what ADS sends while one looks, batch by batch. It never answers anything.

Facts (protocol of ADS): asked every ten seconds with the UID of the batch processed last; ``-1`` gives about the
last 24 hours; UIDs have no order. One session is active for a user, certificate and environment.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from typing import Protocol

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.watch import Watched

APPLICATION, SERVICE = "ads", "APIWebService"
LIST, FETCH = "getDispatchBatchesSinceUID", "getDispatchBatch"
EVERY = 10.0
"""Seconds between two questions (ADS API specification)."""

ALL = "-1"
"""The UID that asks for all that is held."""

ONE_SESSION = (
    "ADS keeps one session active for a user, certificate and environment. While this watches, another ADS client with "
    "the same certificate may be signed out, or may end this watch."
)
NEVER_ANSWERS = (
    "Watch with a certificate that nobody answers instructions with. This asks and shows; it never validates a batch "
    "and never accepts or declines an instruction."
)


@dataclass(frozen=True, slots=True)
class DispatchBatch:
    """The head of a batch; ``type`` and ``status`` in words. Moments have a zone; None where ADS gave none.

    ``answers`` counts what was answered to its instructions, in ADS's own words; empty where nobody looked.
    """

    uid: str
    type: str
    status: str
    market: str = ""
    start: datetime | None = None
    sent: datetime | None = None
    expires: datetime | None = None
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A batch as it is now, and as it was ``before``."""

    batch: DispatchBatch
    before: DispatchBatch

    @property
    def news(self) -> bool:
        """Whether it is worth a word: what is read of it for the first time is not."""
        return self.batch != replace(self.before, answers=self.before.answers or self.batch.answers)

    @property
    def words(self) -> str:
        """What it was, as far as that is another now."""
        status = f"was {self.before.status}" if self.before.status != self.batch.status else ""
        answers = f"was {self.before.answers}" if self.before.answers not in ("", self.batch.answers) else ""
        times = (self.before.start, self.before.expires) != (self.batch.start, self.batch.expires)
        return ", ".join(filter(None, (status, answers, "had other times" if times else "")))


@dataclass(frozen=True, slots=True)
class Poll:
    """One question: what is new, oldest first; ``first`` says that it is what was there already.

    ``changes`` are those of batches that came before.

    ``last`` is the UID to go on from. ``trouble`` is what went wrong this time, where something did that passes.
    The next question follows after so many seconds.
    """

    number: int
    exchange: Exchange
    last: str
    batches: tuple[DispatchBatch, ...] = ()
    first: bool = False
    trouble: str = ""
    changes: tuple[Change, ...] = ()
    following: float = EVERY

    @property
    def telling(self) -> bool:
        """Whether it says anything that the one before did not."""
        return bool(self.batches or self.changes or self.first or self.trouble)


class DispatchWatcher(Protocol):
    """Asks for batches until it is stopped, or meets what does not pass."""

    def watch(
        self,
        target: Target,
        environment: str,
        identity: IdentityRef | None,
        since: str,
        token: CancelToken,
        on_poll: Callable[[Poll], None],
    ) -> Watched:
        """Ask every `EVERY` seconds from the batch ``since`` on; for a worker, which it keeps.

        What a courier raises before it sends is raised too.
        """
        ...


def targets(catalogue: Catalogue, environment: str) -> Sequence[Target]:
    """The versions of the service that an environment has, as what lists batches; newest first."""
    found = []
    with suppress(CatalogueError):
        for version in catalogue.service(APPLICATION, SERVICE).versions:
            target = Target(APPLICATION, SERVICE, version.version, Variant.RPC, version.minor_version, LIST)
            with suppress(CatalogueError):
                catalogue.url(environment, target)
                found.append(target)
    return found


def question(root: str, uid: str) -> bytes:
    """The payload that calls a procedure of one parameter; ``root`` is its element in Clark notation."""
    namespace, local = root.removeprefix("{").split("}")
    return (
        f'<ads:{local} xmlns:ads="{escape(namespace)}">\n  <batchUID>{escape(uid)}</batchUID>\n</ads:{local}>\n'
    ).encode()
