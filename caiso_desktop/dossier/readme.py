"""The readme of a dossier: what it is, what lies in it, and what in it is not what was sent."""

from collections.abc import Iterator, Sequence
from typing import Any

from caiso_desktop.dossier.facts import ANSWER, PAYLOAD, REPORT, REQUEST
from caiso_desktop.dossier.stand_in import MOST_REMEMBERED
from caiso_desktop.model import playback
from caiso_desktop.model.evidence import lacking_words

_FILES = {
    "exchange.json": "the address, headers, times, the secure connection, the certificate's public part, the verdict",
    PAYLOAD: "the payload, as it stood in the draft",
    REQUEST: "the request as it travelled",
    ANSWER: "the answer as it travelled (its attachment is packed again)",
    REPORT: "the report that was in the answer",
    playback.FILE: "what the simulator needs to play the answer back",
}
_ALWAYS = (
    "Tokens, nonces, the signature and the certificate in it, and the names of users and persons are replaced; so the "
    "signature of the request does not verify any more. Passwords and private keys are never part of an exchange."
)
_MARKET = (
    "Scheduling coordinators, resources and other market ids, prices and amounts are replaced too, and so are digests "
    "by which they could be tried out. What stands in free text under other names is not recognised: look before you "
    "pass it on."
)
_OVERFLOWED = (
    f"There were more than {MOST_REMEMBERED:,} ids or prices: those beyond are not counted, and are replaced in their "
    "own elements only, not where they stand in other words."
)
_NOT_MARKET = "Scheduling coordinators, resources and prices are as they were."


def readme(facts: dict[str, Any]) -> str:
    """The text of the readme."""
    exchange = facts["exchange"]
    target = exchange["target"]
    counts = [f"  {what} ({count:,})" for what, count in facts["replaced"].items()] or ["  nothing was found"]
    lines = [
        f"One call of {target['service']} {target['version']}".rstrip() + f" in {facts['environment']}",
        f"made {exchange['started']}, saved by CAISO Desktop {facts['program']} (form {facts['version']})",
        f"Catalogue: {facts['catalogue'] or 'the edition at the time is not known'}",
        "",
        "To look at it: CAISO Desktop, File, Open a saved exchange; or `caiso exchange show FILE`.",
        "It cannot be sent from there.",
        "",
        "What lies here",
        *(f"  {name:14} {what}" for name, what in _FILES.items() if name == "exchange.json" or name in facts["files"]),
        *_lacking(exchange["lacks"]),
        "",
        "What is not as it was",
        *counts,
        _ALWAYS,
        _MARKET if facts["market_hidden"] else _NOT_MARKET,
        *((_OVERFLOWED,) if facts["overflowed"] else ()),
        "The same value has the same stand-in everywhere in this zip.",
        "",
    ]
    return "\n".join(lines)


def _lacking(lacks: Sequence[str]) -> Iterator[str]:
    if lacks:
        yield ""
        yield "What is missing"
        yield f"  {lacking_words(lacks)}"
