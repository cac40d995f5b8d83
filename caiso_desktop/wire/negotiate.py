"""The log-on at a proxy with the account that one is logged on to Windows with: SPNEGO by pyspnego over SSPI."""

import sys
from collections.abc import Callable
from typing import Any

from caiso_desktop.model.route import Negotiation, Proxy
from caiso_desktop.model.transport_error import ProxyLogOn


class WindowsNegotiation:
    """The port `caiso_desktop.model.route.Negotiation`. No password is touched: Windows makes the tokens.

    The proxy's service is ``HTTP/host`` (RFC 4559, section 4); a proxy named by its address gets NTLM from Windows.
    """

    def __init__(self, proxy: Proxy, client: Callable[..., Any]) -> None:
        self._proxy = proxy
        try:
            self._context = client(hostname=proxy.host, service="HTTP", protocol="negotiate")
        except Exception as error:
            raise self._failed(error) from error

    def step(self, challenge: bytes | None) -> bytes | None:
        """The next token."""
        try:
            token = self._context.step(challenge)
        except Exception as error:
            raise self._failed(error) from error
        return bytes(token) if token else None

    def _failed(self, error: Exception) -> ProxyLogOn:
        return ProxyLogOn(
            f"Windows makes no log-on for the proxy {self._proxy} ({type(error).__name__}).",
            advice="Log on to the company's domain (a VPN may be needed), then try again.",
        )


def system_negotiation(proxy: Proxy, platform: str = sys.platform) -> Negotiation | None:
    """A log-on with the user's account, on Windows alone."""
    if platform != "win32":
        return None
    try:
        from spnego import client
    except ImportError:
        return None
    return WindowsNegotiation(proxy, client)
