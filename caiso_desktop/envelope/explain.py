"""What CAISO's answers mean, in words for a scheduler: known texts, HTTP statuses, and damage on the way.

Sources: texts that public clients of these services meet, and CAISO's access document.
"""

import re
from dataclasses import dataclass, replace

from caiso_desktop.model.answer import Note, Severity

_NO_DATA = re.compile(
    r"no\s+(?:\w+\s+)?(?:data|records?|rows?|results?)\s+(?:was|were|is|are)?\s*(?:found|available)", re.I
)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.I | re.S)
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.I | re.S)

MISFIT = "The payload does not fit the schema"
"""The title of the note about a refusal of the payload's form: who asked was accepted by then."""

NO_RIGHT = "No right to this data"
"""The title of the note about a user without the role: the message and its signature were accepted by then."""

A_PAGE = "A web page instead of an answer"
"""The title of the note about a page of which nothing more is known."""


@dataclass(frozen=True, slots=True)
class _Text:
    pattern: re.Pattern[str]
    note: Note


def _text(pattern: str, title: str, meaning: str, advice: str) -> _Text:
    return _Text(re.compile(pattern, re.I), Note(Severity.ERROR, title, meaning, advice))


_TEXTS = (
    _text(
        r"signature\s+validation\s+status:?\s*false",
        "The signature was not accepted",
        "CAISO could not verify the message's signature, or does not know the certificate that made it here.",
        "Check that the certificate belongs to this environment and has not expired, and that this computer's clock "
        "is right. Another cause, such as a payload of the wrong version, can hide behind this text.",
    ),
    _text(
        r"CAISOUsernameToken\s+validation\s+error",
        "The user name was not accepted",
        "The user name in the message is not the subject of the certificate, as CAISO spells it.",
        "Choose the certificate again. If it was renewed lately, its subject may have changed: ask CAISO's help desk.",
    ),
    _text(
        r"invalid\s+role\s+and/?\s*or\s+entity\s+list",
        NO_RIGHT,
        "The certificate's user has no role for this service, or none for the scheduling coordinator asked for.",
        "Check the SC identifiers in the payload, then ask your company's user access administrator for the role.",
    ),
    _text(
        r"acceptable\s+use\s+policy",
        "CAISO's gateway stopped the request",
        "The answer is a page about the acceptable use policy: a firewall took the request for something it forbids.",
        "Look for unusual characters in the payload, and wait before trying again: repeated calls can lead to a block.",
    ),
    _text(
        r"not\s+authorized\s+to\s+access\s+this\s+page",
        "No access with this certificate",
        "CAISO knows the certificate, but it is not allowed to use this address.",
        "Check the environment, then ask your company's user access administrator for access to the application.",
    ),
    _text(
        r"(?:schema|xsd|cvc-|validation of .*(?:failed|error)|not a valid value|invalid content)",
        MISFIT,
        "CAISO's service refused the payload because an element is missing, misplaced or has a wrong value.",
        "Compare the payload with the service's interface specification, for the version that is called.",
    ),
)

NO_DATA = Note(
    Severity.INFO,
    "No data",
    "The service understood the request and has nothing for it.",
    "Check the trade date, the market and the identifiers if you expected some; it may not be published yet.",
)

_STATUSES = {
    400: ("The request was not understood", "The service could not read the message.", "Check payload and version."),
    401: (
        "Not authorized",
        "The service does not accept who is asking.",
        "Choose the certificate of this environment.",
    ),
    403: (
        "Access refused",
        "The certificate has no access to this service in this environment.",
        "Check that it was issued for this environment and that the role was granted, then call CAISO's help desk.",
    ),
    404: (
        "Wrong address",
        "There is no service at this address in this environment.",
        "Check the version: it may be retired, or not yet released here.",
    ),
    405: ("Wrong address", "Something answers here, but it takes no calls.", "Check the environment's address."),
    413: ("Too large", "The service does not take a message of this size.", "Split it: the published limit is 15 MB."),
    429: ("Too many calls", "The service asks for fewer calls.", "Wait a moment, then try again."),
    500: (
        "The service failed",
        "The service reports an error of its own.",
        "Try again later; then call the help desk.",
    ),
    502: ("The service is not reachable", "CAISO's gateway does not reach it.", "Look for a maintenance window."),
    503: (
        "The service is not available",
        "It is down or overloaded.",
        "Look for a maintenance window; try again later.",
    ),
    504: ("The service took too long", "CAISO's gateway stopped waiting.", "Ask for less at once, or try again later."),
}


def is_no_data(text: str) -> bool:
    """Whether a fault's or an event's text says that there is nothing, rather than that something failed."""
    return _NO_DATA.search(text) is not None


def explain(text: str) -> Note | None:
    """The explanation of a known text of CAISO's, with the text itself; None for an unknown one."""
    for known in _TEXTS:
        if known.pattern.search(text):
            return replace(known.note, raw=text)
    return None


def explain_fault(text: str) -> Note:
    """The explanation of a fault's or an event's text; CAISO's own words where nothing more is known."""
    unknown = Note(
        Severity.ERROR,
        "The service refused the request",
        text or "The service gives no reason.",
        "If the words do not help, give them to CAISO's help desk, with the time and the message's identifier.",
        raw=text,
    )
    return explain(text) or unknown


def explain_status(status: int, reason: str) -> Note | None:
    """What an HTTP status means; None for a success."""
    if 200 <= status < 300:
        return None
    known = _STATUSES.get(status) or (
        ("Not where it should be", "The address sends elsewhere; redirects are not followed.", "Check the address.")
        if 300 <= status < 400
        else ("The service answered with an error", f"HTTP status {status}.", "Try again later.")
    )
    title, meaning, advice = known
    return Note(Severity.ERROR, title, meaning, advice, raw=f"HTTP {status} {reason}".strip())


def explain_page(page: str) -> Note:
    """What an HTML page in place of an answer means."""
    title = _TITLE.search(page)
    words = " ".join(_TAGS.sub(" ", page).split())[:500]
    known = explain(f"{title[1] if title else ''} {words}")
    if known is not None:
        return replace(known, raw=words)
    named = " ".join(title[1].split()) if title else ""
    return Note(
        Severity.ERROR,
        A_PAGE,
        f"Something on the way answered with a page{f' called “{named}”' if named else ''}, not the service.",
        "Check the address and the certificate; a company proxy or CAISO's gateway may have stepped in.",
        raw=words,
    )


def damaged(what: str, why: str) -> Note:
    """A piece of the answer, or the answer itself, that cannot be read."""
    whole = what if what == "answer" else f"{what} of the answer"
    return Note(
        Severity.ERROR,
        f"The {what} cannot be read",
        f"The {whole} is kept as it came, but {why}.",
        "Send the retrieve again; if it stays so, give the kept parts to CAISO's help desk.",
    )


def hash_differs(stated: str, found: str) -> Note:
    """The loud one: what arrived is not what CAISO sent."""
    return Note(
        Severity.ERROR,
        "The attachment is not what CAISO sent",
        f"Its hash is {found}, but the header says {stated}. It was changed or damaged on the way.",
        "Do not use this report. Send the retrieve again; the bytes that came are kept among the parts.",
    )
