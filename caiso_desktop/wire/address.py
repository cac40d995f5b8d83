"""Where a request goes: its address, taken apart, and whether it may be called."""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from caiso_desktop.model.error import GuardError, UsageError
from caiso_desktop.model.transport import Request


class Target(NamedTuple):
    """A checked address; ``path`` is the request target with its query, ``place`` what the header Host says."""

    scheme: str
    host: str
    port: int
    path: str
    place: str


def checked_target(request: Request) -> Target:
    """The address of a request. Raises `UsageError` when it is none, `GuardError` when it must not be called."""
    target = parse(request.url)
    if (target.host, target.port) not in request.hosts:
        raise GuardError(
            f"{target.host}, port {target.port}, is not a host of this environment, so nothing was sent there.",
            advice="Choose the environment to which the address belongs, or add the host to it.",
        )
    if target.scheme == "http" and request.identity is not None:
        raise GuardError(
            f"{request.url} is not a secure address, and a certificate proves nothing there.",
            advice="Use the address that begins with https://.",
        )
    return target


@lru_cache(maxsize=64)  # a run list asks the same few addresses a thousand times
def parse(url: str) -> Target:
    """An address, taken apart. Raises `UsageError` when it is none, `GuardError` when it holds a user name."""
    try:
        parts = urlsplit(url)
        usual = 443 if parts.scheme == "https" else 80
        port = parts.port or usual
        host = (parts.hostname or "").encode("ascii").decode("ascii")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        path.encode("ascii")
    except (ValueError, UnicodeError) as error:
        raise UsageError(f"{url} is not an address.") from error
    if parts.scheme not in {"https", "http"} or not host:
        raise UsageError(f"{url} is not an address: it must begin with https://, followed by a host.")
    if parts.username is not None or parts.password is not None:
        raise GuardError(f"The address of {host} holds a user name. Take it out: it would travel with the request.")
    name = f"[{host}]" if ":" in host else host
    return Target(parts.scheme, host, port, path, name if port == usual else f"{name}:{port}")
