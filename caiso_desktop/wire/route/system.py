"""What the system says of proxies: Windows by WinHTTP, macOS by its network settings, elsewhere by environment."""

import sys
import urllib.request
from collections.abc import Sequence
from typing import Any, Protocol

from caiso_desktop.model.route import Route
from caiso_desktop.model.transport_error import RouteUnknown
from caiso_desktop.wire.route.named import read_script_answer, read_system_list
from caiso_desktop.wire.route.script import Scripts

_variables: Any = urllib.request
"""Its functions for proxies, of which typeshed knows those of the platform that it looks at alone."""


class System(Protocol):
    """The system's own setting."""

    def find(self, host: str, port: int) -> Sequence[Route]:
        """The ways to a host. `RouteUnknown` or `ProxyNotSupported`."""
        ...


class Variables:
    """``https_proxy`` and ``no_proxy``, as curl and Python take them; on macOS its network settings besides."""

    def __init__(self, scripts: Scripts, platform: str = sys.platform) -> None:
        self._scripts = scripts
        self._platform = platform

    def find(self, host: str, port: int) -> Sequence[Route]:
        """The ways to a host."""
        named = _variables.getproxies_environment()
        if "https" in named or "all" in named or self._platform != "darwin":
            learnt = "the environment variables say"
            proxy = named.get("https") or named.get("all") or ""
            if not proxy or _variables.proxy_bypass_environment(host, named):
                return (Route(None, learnt),)
            return read_system_list(proxy, learnt)
        return self._of_macos(host, port)

    def _of_macos(self, host: str, port: int) -> Sequence[Route]:
        from pypac.os_settings import autoconfig_url_from_preferences

        place = autoconfig_url_from_preferences()
        if place:
            learnt = f"the script {place} of the system says"
            return read_script_answer(self._scripts.ask(place, host, port), learnt)
        learnt = "the system is set"
        if _variables.proxy_bypass(host):
            return (Route(None, learnt),)
        return read_system_list(_variables.getproxies().get("https", ""), learnt)


def detect(scripts: Scripts, host: str, port: int) -> Sequence[Route]:
    """Ask the script that the network offers (WPAD by DNS); only for whoever has chosen that: anyone who can answer
    for the name ``wpad`` could otherwise lead calls astray.
    """
    from pypac.wpad import proxy_urls_from_dns

    for place in proxy_urls_from_dns():
        try:
            answer = scripts.ask(place, host, port)
        except RouteUnknown:
            continue
        return read_script_answer(answer, f"the script {place} of the network says")
    raise RouteUnknown(
        "the network offers no script (WPAD).", advice="Choose the system's setting, a proxy, or none under Network."
    )
