"""What scripts and systems call a proxy, read: "PROXY a:80; DIRECT" and "https=a:80;b:81"."""

import re
from collections.abc import Sequence

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.route import Route
from caiso_desktop.model.route_words import read_proxy
from caiso_desktop.model.transport_error import ProxyNotSupported, RouteUnknown

_KINDS = {"HTTPS": "https://", "SOCKS": "SOCKS", "SOCKS4": "SOCKS", "SOCKS5": "SOCKS"}


def read_script_answer(answer: object, learnt: str) -> Sequence[Route]:
    """The ways a script's ``FindProxyForURL`` names; those of a kind that is not supported are passed over.

    Raises `ProxyNotSupported` where there is no other, `RouteUnknown` where it is no answer at all.
    """
    if answer is None or answer == "":
        return (Route(None, learnt),)  # as every browser takes it
    if not isinstance(answer, str):
        raise RouteUnknown(f"{learnt}, but it names no way.")
    found: list[Route] = []
    others: list[str] = []
    for part in filter(None, (each.strip() for each in answer.split(";"))):
        kind, _, place = part.partition(" ")
        kind = kind.upper()
        if kind == "DIRECT":
            found.append(Route(None, learnt))
        elif kind in ("PROXY", "HTTP"):
            found.append(_through(place, learnt))
        elif kind in _KINDS:
            others.append(_KINDS[kind])
        else:
            raise RouteUnknown(f"what names the proxy gave an answer that is none: '{part[:60]}'.")
    if not found and others:
        raise ProxyNotSupported(f"the way leads through a proxy of the kind {others[0]}, and nothing else is named.")
    return tuple(dict.fromkeys(found))


def read_system_list(text: str, learnt: str) -> Sequence[Route]:
    """The ways that a system's list names for https: entries between semicolons or blanks, some with ``https=``."""
    entries = [each for each in re.split(r"[;\s]+", text) if each]
    own = [each.partition("=")[2] for each in entries if each.lower().startswith("https=")]
    general = [each for each in entries if "=" not in each]
    places = own or general
    if not places:
        if any(each.lower().startswith("socks=") for each in entries):
            raise ProxyNotSupported("the system names a SOCKS proxy alone.")
        return (Route(None, learnt),)
    return tuple(dict.fromkeys(_through(place, learnt) for place in places))


def _through(place: str, learnt: str) -> Route:
    text = place.strip()
    if not re.search(r":\d+/?$", text):
        text = f"{text.rstrip('/')}:80"  # as every browser takes it
    try:
        return Route(read_proxy(text), learnt)
    except UsageError as error:
        raise ProxyNotSupported(f"the proxy that is named cannot be used: {error.detail}") from error
