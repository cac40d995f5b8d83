"""Takes one of the ways to a host: straight, or through a proxy; the next one where a way's beginning fails."""

import socket
import time
from collections.abc import Sequence

from caiso_desktop.model.route import DIRECT, ProxyLogOns, Route, Routes
from caiso_desktop.model.transport import Phase
from caiso_desktop.model.transport_error import ProxyUnreachable, RouteUnknown, TimedOut
from caiso_desktop.wire.call import Call
from caiso_desktop.wire.connect import connect
from caiso_desktop.wire.tunnel import tunnel

SEARCH = 45.0
"""Seconds the search for a way may take: the script is fetched, and may look up names."""


class Straight:
    """The port `caiso_desktop.model.route.Routes` where there is no proxy."""

    def known(self, host: str, port: int) -> Sequence[Route]:
        """Always the one."""
        return (DIRECT,)

    def find(self, host: str, port: int) -> Sequence[Route]:
        """Always the one."""
        return (DIRECT,)


def find_routes(call: Call, routes: Routes, host: str, port: int) -> Sequence[Route]:
    """The ways to a host; a cancel or a limit ends the wait for them. Raises what `Routes.find` does."""
    known = routes.known(host, port)
    if known is not None:
        return known
    call.enter(Phase.FINDING)
    late = f"Nobody said within {SEARCH:g} seconds which way {host} is reached."
    try:
        return call.aside("route", lambda: routes.find(host, port), time.monotonic() + SEARCH, late)
    except TimedOut as error:
        if error.detail != late:
            raise
        raise RouteUnknown(late, advice="Name the proxy itself under Network, or choose none.") from error


def open_way(
    call: Call, routes: Sequence[Route], host: str, port: int, log_ons: ProxyLogOns | None, agent: str
) -> tuple[socket.socket, Route]:
    """A socket that leads to the host, and the way it takes.

    A proxy at which nobody answers is passed over while there is another way, as the script that names several wants;
    what a proxy refuses is not tried past it. Raises as `connect` and `tunnel` do.
    """
    for number, route in enumerate(routes):
        try:
            if route.proxy is not None:
                return tunnel(call, route.proxy, host, port, log_ons, agent), route
            call.enter(Phase.CONNECTING)
            with call.timed("connect"):
                return connect(call, host, port), route
        except ProxyUnreachable:
            if number == len(routes) - 1:
                raise
    raise RouteUnknown(f"no way to {host} was named.")
