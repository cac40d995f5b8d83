"""Which headers of a call are kept: those that are known to be harmless, with values that look as harmless ones do.

A list of what is forbidden would miss what nobody has thought of (``X-Auth-Token``, ``X-Amz-Security-Token``); so each
name has its own form of a value, and whatever is not on the list is told by its name alone.
"""

import re
from functools import lru_cache

from caiso_desktop.model.call import Headers

NOT_KEPT = "(not kept)"
"""What stands for a value that may be a secret, or may not be known to be none."""

LONGEST = 400
MOST = 60

_NAME = re.compile(r"[A-Za-z][A-Za-z-]{0,39}")
# A media type or coding with its parameters: short words, and the boundaries of multipart messages.
_MEDIA = r"[\w.+*/-]{1,80}(?:\s*;\s*[\w.-]{1,24}=(?:[\w.:/+-]{1,80}|\"[\w.:/+<>@ ='?()-]{0,100}\"))*"
_LIST = rf"{_MEDIA}(?:\s*,\s*{_MEDIA})*"
_DATE = r"[A-Za-z]{3,9},? [\w :-]{8,30}|-?\d{1,10}"
_PRODUCT = r"[A-Za-z][\w.-]{0,30}(?:/[\w.+-]{1,24})?(?: [\w.-]{1,24}(?:/[\w.+-]{1,24})?| \([\w.;:, /+-]{1,60}\)){0,6}"
_PLACE = r"(?:https?://[\w.:\[\]-]{1,120})?/?[\w./~-]{0,240}"
_VALUES = {
    "accept": _LIST,
    "accept-encoding": _LIST,
    "accept-ranges": r"[a-z]{1,12}",
    "age": r"\d{1,10}",
    "allow": r"[A-Z, ]{0,80}",
    "cache-control": r"[a-z0-9=, -]{0,120}",
    "connection": r"[A-Za-z, -]{0,60}",
    "content-encoding": r"[a-z0-9, -]{0,40}",
    "content-id": r"<[\w.@:+-]{1,120}>",
    "content-language": r"[A-Za-z0-9, -]{0,40}",
    "content-length": r"\d{1,15}",
    "content-transfer-encoding": r"[\w-]{1,24}",
    "content-type": _MEDIA,
    "date": _DATE,
    "expires": _DATE,
    "host": r"[\w.:\[\]-]{1,200}",
    "keep-alive": r"[a-z0-9=, ]{0,60}",
    "last-modified": _DATE,
    # Where it leads, but never what is asked there: a query may hold a ticket.
    "location": _PLACE,
    "mime-version": r"[\d.]{1,8}",
    "pragma": r"[a-z-]{1,24}",
    "retry-after": _DATE,
    "server": _PRODUCT,
    "soapaction": rf"\"?(?:{_PLACE}|[\w.:/#-]{{0,240}})\"?",
    "strict-transport-security": r"[A-Za-z0-9=; -]{0,80}",
    "transfer-encoding": r"[a-z, ]{1,40}",
    "user-agent": _PRODUCT,
    "vary": r"[A-Za-z*, -]{0,120}",
    # How to log on, but no challenge: Negotiate and NTLM answer with a token.
    "www-authenticate": r"(?:Basic|Digest|Negotiate|NTLM|Bearer)(?: realm=\"[\w .-]{0,40}\")?",
    "x-content-type-options": r"nosniff",
    "x-frame-options": r"[A-Za-z]{1,16}",
    "x-powered-by": _PRODUCT,
}
_FORMS = {name: re.compile(form) for name, form in _VALUES.items()}
_REASON = re.compile(r"[A-Za-z][A-Za-z0-9 ,.'()/-]{0,79}")
_LONG_RUN = re.compile(r"[A-Za-z0-9]{24}")


def kept_headers(headers: Headers) -> Headers:
    """The headers as they may be kept and handed on; a name that is no plain word is left out altogether."""
    found = (_kept(name, value) for name, value in headers[:MOST])
    return tuple(header for header in found if header is not None)


def kept_reason(reason: str) -> str:
    """The words beside an HTTP status, where they are some."""
    return reason if _REASON.fullmatch(reason) and not _LONG_RUN.search(reason) else ""


@lru_cache(maxsize=256)
def _kept(name: str, value: str) -> tuple[str, str] | None:
    if not _NAME.fullmatch(name):
        return None
    form = _FORMS.get(name.lower())
    is_harmless = form is not None and len(value) <= LONGEST and form.fullmatch(value)
    return name, (value if is_harmless else NOT_KEPT)
