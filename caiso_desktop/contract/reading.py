"""Reads a payload in the market's words: whose it is and what for, whatever the service.

A large one is not read element by element, but record by record (`caiso_desktop.contract.sieve`). What is read is the
same: wherever that way finds something wrong, the plain way has the word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from caiso_desktop.contract.document import REMEMBERED
from caiso_desktop.contract.gather import Gathered, Uncertain
from caiso_desktop.contract.large import Soundness
from caiso_desktop.contract.plan import wanted
from caiso_desktop.contract.scan import CHUNK, Scanner, scan
from caiso_desktop.contract.sieve import Run, Sieve
from caiso_desktop.model.error import PayloadError
from caiso_desktop.model.reading import Reading
from caiso_desktop.model.source import Payload, PayloadFile, pieces_of

SIFTED = 64 << 10
"""The size from which on a payload is sifted; to read a smaller one takes less than to learn what its records are."""


def read(payload: Payload) -> Reading:
    """What a payload says. `PayloadError` for what is not well-formed XML.

    Of the last few what was read is remembered, where remembering the payload costs little: the same one is checked,
    shown, sent, and often sent again.
    """
    small = isinstance(payload, PayloadFile) or len(payload) <= REMEMBERED
    return (_remembered(payload) if small else _look(payload)).reading


def is_sound(payload: PayloadFile) -> bool:
    """Whether a payload is known to be well-formed UTF-8 with its namespaces and without a DOCTYPE: as it may leave.

    Where it is not sound, or too small to be looked at in this way, others have the word who can say what is wrong.
    """
    try:
        return _remembered(payload).is_sound
    except PayloadError:
        return False


@dataclass(frozen=True, slots=True)
class _Look:
    """What one pass over a payload finds out for all who want to know something of it."""

    reading: Reading
    is_sound: bool = False


def _look(payload: Payload) -> _Look:
    if len(payload) < SIFTED:
        return _Look(read_plainly(payload))
    soundness = Soundness()
    try:
        reading = read_sifted(Sieve(wanted).sift(pieces_of(payload)), soundness)
    except (PayloadError, Uncertain):
        # What is wrong, and in which line, is told by the plain way.
        return _Look(read_plainly(payload))
    return _Look(reading, soundness.told())


_remembered = lru_cache(maxsize=8)(_look)


def read_plainly(payload: Payload) -> Reading:
    """What a payload says, element by element."""
    gathered = Gathered()
    for node in scan(payload):
        gathered.take(node)
    return gathered.reading()


def read_sifted(parts: Iterable[bytes | Run], soundness: Soundness | None = None) -> Reading:
    """What a sifted payload says. `PayloadError` where something is wrong with it, or `Uncertain`."""
    gathered, scanner = Gathered(), Scanner()
    for part in parts:
        if isinstance(part, Run):
            if (scanner.depth, scanner.ended) != (part.depth, part.ended):
                raise Uncertain
            scanner.pass_child()
            gathered.take_run(part)
        else:
            if soundness is not None:
                soundness.feed(part)
            for start in range(0, len(part), CHUNK):
                for node in scanner.feed(part[start : start + CHUNK]):
                    gathered.take(node)
    for node in scanner.close():
        gathered.take(node)
    return gathered.reading()
