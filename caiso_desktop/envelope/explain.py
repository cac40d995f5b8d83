"""What an answer's texts, statuses and pages mean, by the table of failures; and damage on the way."""

import re
from dataclasses import replace
from html import unescape

from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.call import Basis
from caiso_desktop.model.error import Side
from caiso_desktop.model.failure import A_PAGE, Failure, Failures

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.I | re.S)
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.I | re.S)

_BY_RULE = (
    "The operation's names are by rule, not from CAISO's WSDL: if this goes on, import CAISO's schema package for this "
    "service, which tells the right ones."
)
_LONGEST_NUMBER = 40
_NO_SIDE = "The service does not say whose side this is on"
_LOOK = f"{_NO_SIDE}: look at the payload first. "
_NOT_DONE = f"Do not take it for done: look first, by a retrieve, what became of it. {_NO_SIDE}. "


def explain_fault(failures: Failures, text: str, basis: Basis | None = None, side: Side | None = None) -> Note:
    """The explanation of a fault's or an event's text; CAISO's own words where nothing more is known.

    ``basis`` says where the operation's names come from: what a wrong name looks like is then told as well. ``side`` is
    whose side the service itself says that it is on, if it does.
    """
    known = failures.of_text(text)
    if known is not None:
        return _told(known, basis)
    return Note(
        Severity.ERROR,
        "The service refused the request",
        text or "The service gives no reason.",
        f"{'' if side else _LOOK}If the words do not help, give them to CAISO's help desk, with the time and the "
        "MessageID, which stands in the request as it was sent.",
        raw=text,
        side=side,
    )


def explain_code(failures: Failures, codes: str, number: str) -> Note | None:
    """What a number of a list of codes means; None where nothing was said in a list in which no number says no.

    Where one may, a number that nobody knows is no success: what was asked for may not have been done.
    """
    known = failures.of_code(codes, number)
    if known is not None:
        return replace(known.note, raw=number)
    grave = failures.may_refuse(codes)
    if not (number or grave):
        return None
    said = f"the number {number[:_LONGEST_NUMBER]}" if number else "no number"
    return Note(
        Severity.ERROR if grave else Severity.WARNING,
        "An answer whose meaning is not known",
        f"The service answered with {said}, which is not among the answers that its specification names.",
        f"{_NOT_DONE if grave else ''}Tell CAISO's help desk, with the time.",
        raw=number,
    )


def explain_status(failures: Failures, status: int, reason: str, basis: Basis | None = None) -> Note | None:
    """What an HTTP status means; None for a success."""
    if 200 <= status < 300:
        return None
    known = failures.of_status(status)
    raw = f"HTTP {status} {reason}".strip()
    if known is None:
        said = f"It answered with the HTTP status {status}, whose meaning is not known."
        advice = f"{_NO_SIDE}. Try again later; if it stays so, give the status to CAISO's help desk, with the time."
        return Note(Severity.ERROR, "The service answered with an error", said, advice, raw=raw)
    return replace(_told(known, basis), raw=raw)


def explain_page(failures: Failures, page: str, status: Note | None = None) -> Note:
    """What an HTML page, or bare text, in place of an answer means.

    ``status`` is what its HTTP status means, None for a success. One thing is told once: a page that is known says more
    than its status, of another the status says more.
    """
    found = _TITLE.search(page)
    named = " ".join(unescape(found[1]).split()) if found else ""
    words = " ".join(unescape(_TAGS.sub(" ", _TITLE.sub(" ", page))).split())[:500] or named
    known = failures.of_text(f"{named} {words}")
    raw = words if status is None else f"{status.raw}: {words}".removesuffix(": ")
    if known is not None:
        return replace(known.note, raw=raw)
    called = f" called “{named}”" if named else ""
    if status is not None:
        origin = f"It came as a page{called}, which something on the way, such as a company proxy, may have written."
        return replace(status, meaning=f"{status.meaning} {origin}".strip(), raw=raw)
    return Note(
        Severity.ERROR,
        "A web page instead of an answer",
        f"Something on the way answered with a page{called}, not the service.",
        "Check the address and the certificate; a company proxy or CAISO's gateway may have stepped in.",
        raw=raw,
        side=Side.BETWEEN,
        matter=A_PAGE,
    )


def explain_text(failures: Failures, text: str, status: Note | None = None) -> Note:
    """What bare text in place of an answer means; ``status`` as of a page. Bytes that are no text are damage."""
    if any(mark in text for mark in "\0\ufffd"):
        return status or damaged("answer", "it is not XML")
    if status is None and failures.of_text(text) is None:
        return replace(damaged("answer", "it is not XML"), raw=" ".join(text.split())[:500])
    return explain_page(failures, text, status)


def _told(failure: Failure, basis: Basis | None) -> Note:
    note = failure.note
    if not failure.wrong_names or basis is not Basis.RULE:
        return note
    return replace(note, advice=f"{note.advice} {_BY_RULE}".strip())


def damaged(what: str, why: str, side: Side = Side.BETWEEN) -> Note:
    """A piece of the answer, or the answer itself, that cannot be read; with a right hash it left CAISO so."""
    whole = what if what == "answer" else f"{what} of the answer"
    return Note(
        Severity.ERROR,
        f"The {what} cannot be read",
        f"The {whole} is kept as it came, but {why}.",
        "Send the retrieve again; if it stays so, give the kept parts to CAISO's help desk.",
        side=side,
    )


def hash_differs(stated: str, found: str) -> Note:
    """The loud one: what arrived is not what CAISO sent."""
    return Note(
        Severity.ERROR,
        "The attachment is not what CAISO sent",
        f"Its hash is {found}, but the header says {stated}. It was changed or damaged on the way.",
        "Do not use this report. Send the retrieve again; the bytes that came are kept among the parts.",
        side=Side.BETWEEN,
    )
