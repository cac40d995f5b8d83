"""The texts that a person types for a proxy, a script and exceptions, read and refused in one place for every door."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.route import Mode, NetworkChoice, Proxy

_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")
_EXAMPLE = "Write it as host:port, such as proxy.example.com:8080."

MODE_WORDS = {
    Mode.DIRECT: "no proxy",
    Mode.SYSTEM: "as the system is set",
    Mode.EXPLICIT: "this proxy",
    Mode.PAC: "a script (PAC)",
    Mode.DETECT: "look for a script in the network (WPAD)",
}


def read_proxy(text: str) -> Proxy:
    """A proxy from ``host:port`` or ``http://host:port``. `UsageError` for anything else, in words."""
    plain = text.strip()
    scheme, mark, rest = plain.partition("://")
    if mark and scheme.lower() != "http":
        raise UsageError(f"a proxy of the kind {scheme.lower()}:// is not supported, only http://.", advice=_EXAMPLE)
    place = (rest if mark else plain).rstrip("/")
    if "@" in place:
        raise UsageError(
            "a proxy's address must hold no user name and no password.",
            advice="Give the user name by itself; the password is asked for when the proxy wants it.",
        )
    try:
        parts = urlsplit(f"//{place}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"'{plain}' is not the address of a proxy.", advice=_EXAMPLE) from error
    if parts.path or parts.query or parts.fragment or not _is_host(host):
        raise UsageError(f"'{plain}' is not the address of a proxy.", advice=_EXAMPLE)
    if not port:
        raise UsageError(f"'{plain}' names no port.", advice=_EXAMPLE)
    return Proxy(host, port)


def read_exceptions(text: str) -> tuple[str, ...]:
    """Exceptions between commas, semicolons or white space, each once."""
    return tuple(dict.fromkeys(each.lower() for each in re.split(r"[\s,;]+", text) if each))


def checked(choice: NetworkChoice) -> NetworkChoice:
    """The choice, if the program can go by it. `UsageError` says what is missing."""
    if choice.mode is Mode.EXPLICIT and choice.proxy is None:
        raise UsageError("no proxy is named.", advice=_EXAMPLE)
    if choice.mode is Mode.PAC and not choice.pac:
        raise UsageError(
            "no script is named.", advice="Give its address, such as http://wpad.example.com/wpad.dat, or its file."
        )
    scheme = choice.pac.partition("://")[0].lower() if "://" in choice.pac else ""
    if scheme not in ("", "http", "https", "file"):
        raise UsageError(f"a script is not fetched by {scheme}://.", advice="Use http://, https://, or a file.")
    if scheme and "@" in urlsplit(choice.pac).netloc:
        raise UsageError("the script's address must hold no user name and no password.")
    if ":" in choice.user:
        raise UsageError("a proxy's user name cannot hold a colon.", advice="The password is asked for separately.")
    return choice


def is_exception(host: str, exceptions: Iterable[str]) -> bool:
    """Whether a host is one that exceptions name.

    ``*.example.com`` and ``.example.com`` are all hosts below it, ``10.0.0.0/8`` the addresses of a network,
    ``<local>`` names without a dot; a ``*`` stands for any letters; anything else is the host itself.
    """
    name = host.lower().rstrip(".")
    return any(_covers(pattern.lower(), name) for pattern in exceptions)


def is_this_computer(host: str) -> bool:
    """Whether a host is this computer itself, which is never reached through a proxy."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address is not None and address.is_loopback


def _covers(pattern: str, name: str) -> bool:
    if pattern == "<local>":
        return "." not in name and ":" not in name
    address = _address(name)
    if address is not None:
        try:
            return address in ipaddress.ip_network(pattern, strict=False)
        except ValueError:
            pass
    if pattern.startswith("."):
        return name.endswith(pattern)
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) is not None


def _is_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None or _address(host) is not None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
