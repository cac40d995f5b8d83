"""Whether a call is tried again, and after how long. Only a retrieve ever is: it changes nothing.

A submit, or anything else that changes a state, is never sent again by itself: when its outcome is not known, a second
one could count twice (protocol of the SOAP services, what users complain of).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.passing import passing, retry_after
from caiso_desktop.model.service import Kind

AGAIN = 2
"""How often a retrieve is tried again at most."""

FIRST = 2.0
"""Seconds before the first new try; each later wait is `GROWTH` times as long."""

GROWTH = 3.0
JITTER = 0.25
"""The share by which a wait is shortened or lengthened by chance, so that clients that failed together part."""

LONGEST = 120.0
"""Seconds that a service may ask us to wait; for longer ones the user decides."""


@dataclass(frozen=True, slots=True)
class Again:
    """A new try, after so many seconds, with the reason in a few words."""

    seconds: float
    reason: str


def again(exchange: Exchange, tries: int, *, chance: Callable[[], float] = random.random) -> Again | None:
    """What to do after the try number ``tries`` (from 1); None where it stays as it is.

    ``chance`` gives numbers from 0 to 1.
    """
    if exchange.operation.kind is not Kind.RETRIEVE or tries > AGAIN:
        return None
    reason = passing(exchange)
    if not reason:
        return None
    asked = retry_after(exchange.response) if exchange.response is not None else None
    if asked is not None and asked > LONGEST:
        return None
    usual = FIRST * GROWTH ** (tries - 1) * (1 + JITTER * (2 * chance() - 1))
    return Again(max(usual, asked or 0.0), reason)
