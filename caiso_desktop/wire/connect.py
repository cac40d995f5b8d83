"""From a host's name to a connected socket, every step of which can be stopped."""

import errno
import math
import os
import socket
import time
from contextlib import suppress
from typing import Any, NamedTuple

from caiso_desktop.model.transport_error import NameNotFound, Unreachable
from caiso_desktop.wire.call import Call

HEAD_START = 0.25
"""Seconds one address has before the next is tried beside it (RFC 8305, section 5)."""

UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)}

REASONS = {
    errno.ECONNREFUSED: "the connection was refused",
    errno.ENETUNREACH: "there is no route to its network",
    errno.EHOSTUNREACH: "there is no route to the host",
    errno.ETIMEDOUT: "nobody answered",
    errno.ECONNRESET: "the connection was reset",
    errno.EACCES: "this computer does not permit the connection",
    errno.EPERM: "this computer does not permit the connection",
}


class Address(NamedTuple):
    """Where a name leads to: the address family and the address as `socket.connect` wants it."""

    family: socket.AddressFamily
    place: Any


def connect(call: Call, host: str, port: int) -> socket.socket:
    """A non-blocking socket connected to the host; its addresses are tried in turn, each with a head start.

    Raises `NameNotFound`, `Unreachable`, `TimedOut` or `Cancelled`.
    """
    until = time.monotonic() + call.limits.connect
    late = f"{host}, port {port}, did not accept the connection within {call.limits.connect:g} seconds."
    addresses = resolve(call, host, port, until, late)
    trying: list[socket.socket] = []
    failure = 0
    next_try = 0.0
    try:
        while addresses or trying:
            if addresses and (not trying or time.monotonic() >= next_try):
                failure = _begin(addresses.pop(0), trying) or failure
                next_try = time.monotonic() + HEAD_START
                continue
            pause = next_try if addresses else math.inf
            for sock in call.wait(until, late, writable=trying, pause=pause):
                trying.remove(sock)
                error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if not error:
                    return sock
                sock.close()
                failure = error
    finally:
        for sock in trying:
            sock.close()
    # Windows numbers its socket errors from 10000; os.strerror knows both.
    reason = REASONS.get(failure) or REASONS.get(failure - 10000) or os.strerror(failure)
    raise Unreachable(f"{host}, port {port}: {reason}.")


def resolve(call: Call, host: str, port: int, until: float, late: str) -> list[Address]:
    """The addresses of a name. The system's resolver cannot be stopped, so a thread of its own waits for it."""
    with suppress(socket.gaierror, UnicodeError):  # then it is not an address but a name
        return _look_up(host, port, socket.AI_NUMERICHOST)
    try:
        return call.aside(f"resolve {host}", lambda: _look_up(host, port, 0), until, late)
    except (OSError, UnicodeError) as error:
        raise NameNotFound(f"The name {host} has no address.") from error


def _look_up(host: str, port: int, flags: int) -> list[Address]:
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [Address(family, place) for family, _, _, _, place in answers]


def _begin(address: Address, trying: list[socket.socket]) -> int:
    """Begin to connect; the error's number when it failed at once, else 0."""
    try:
        sock = socket.socket(address.family, socket.SOCK_STREAM)
    except OSError as error:
        return error.errno or errno.EAFNOSUPPORT
    try:
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        error_number = sock.connect_ex(address.place)
    except OSError as error:
        sock.close()
        return error.errno or errno.EINVAL
    if error_number and error_number not in UNDER_WAY:
        sock.close()
        return error_number
    trying.append(sock)
    return 0
