"""Proxies on loopback: real sockets that answer CONNECT as a test says, and carry bytes both ways."""

import base64
import contextlib
import select
import socket
from collections.abc import Callable
from typing import Any

from tests.wire.conftest import Handler, Server

Answer = Callable[[int, str], bytes | None]
"""From the number of the request on its connection (from 0) and its head to an answer; None makes the tunnel."""


def head_of(connection: socket.socket) -> str:
    """A request's head; empty when the client went."""
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            return ""
        data += piece
    return data.decode("latin-1")


def said(head: str, name: str) -> str:
    """A header's value."""
    for line in head.split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name.lower():
            return value.strip()
    return ""


def refusal(status: str, *headers: str, page: bytes = b"<html>no</html>") -> bytes:
    """A proxy's refusal with its page."""
    lines = "".join(f"{each}\r\n" for each in headers)
    return f"HTTP/1.1 {status}\r\n{lines}Content-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n".encode() + page


def wants_basic(user: str, password: str) -> Answer:
    """Lets whoever says this pair through."""
    expected = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def answer(number: int, head: str) -> bytes | None:
        if said(head, "Proxy-Authorization") == expected:
            return None
        return refusal(
            "407 Proxy Authentication Required",
            "Proxy-Authenticate: NTLM",
            'Proxy-Authenticate: Basic realm="Corp, West"',
        )

    return answer


def proxy(answer: Answer = lambda number, head: None, *, bytes_until_drop: int | None = None) -> Handler:
    """A proxy; ``heads`` of its server are the requests for tunnels. Names are not looked up: all lead to loopback."""

    def handle(server: Server, connection: socket.socket) -> None:
        number = 0
        while head := head_of(connection):
            server.heads.append(head.encode("latin-1"))
            refused = answer(number, head)
            number += 1
            if refused is not None:
                connection.sendall(refused)
                if b"connection: close" in refused.lower():
                    return
                continue
            port = int(head.split(" ")[1].rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port)) as beyond:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 corp\r\n\r\n")
                carry(connection, beyond, bytes_until_drop)
            return

    return handle


def carry(one: socket.socket, other: socket.socket, most: int | None = None) -> None:
    """Carry bytes both ways until one side ends, or until so many have come back."""
    back = 0
    with contextlib.suppress(OSError):
        while True:
            ready, _, _ = select.select([one, other], [], [], 20)
            if not ready:
                return
            for sock in ready:
                data = sock.recv(4096)
                if not data:
                    return
                if sock is other:
                    data = data if most is None else data[: most - back]
                    back += len(data)
                (other if sock is one else one).sendall(data)
            if most is not None and back >= most:
                return


class Tokens:
    """A log-on of two tokens, the second of which answers the proxy's."""

    def __init__(self) -> None:
        self.heard: list[bytes | None] = []

    def step(self, challenge: bytes | None) -> bytes | None:
        """A token that says which of them it is."""
        self.heard.append(challenge)
        return [b"I am jane", b"I answer " + (challenge or b"")][len(self.heard) - 1]


def wants_negotiate(*, drop: bool = False) -> Answer:
    """Lets the connection through on which both of `Tokens` were said in turn."""

    def answer(number: int, head: str) -> bytes | None:
        scheme, _, token = said(head, "Proxy-Authorization").partition(" ")
        plain = base64.b64decode(token)
        if scheme == "Negotiate" and number == 2 and plain == b"I answer who?":
            return None
        challenge = base64.b64encode(b"who?").decode()
        if scheme == "Negotiate" and number == 1 and plain == b"I am jane":
            more = ("Connection: close",) if drop else ()
            return refusal("407 Again", f"Proxy-Authenticate: Negotiate {challenge}", *more)
        return refusal("407 Log on", "Proxy-Authenticate: Negotiate", "Proxy-Authenticate: NTLM")

    return answer


def wants_account(accepting: Callable[[], Any]) -> Answer:
    """Lets the connection through whose tokens (SPNEGO) an acceptor takes; ``accepting`` makes one for each log-on."""
    acceptors: list[Any] = []

    def answer(number: int, head: str) -> bytes | None:
        scheme, _, token = said(head, "Proxy-Authorization").partition(" ")
        if scheme != "Negotiate":
            return refusal("407 Log on", "Proxy-Authenticate: Negotiate")
        if number == 1:
            acceptors.append(accepting())
        try:
            reply = acceptors[-1].step(base64.b64decode(token))
        except Exception:  # noqa: BLE001  whatever an acceptor raises, it does not take the account
            return refusal("407 Again", "Proxy-Authenticate: Negotiate")
        if acceptors[-1].complete:
            return None
        return refusal("407 Again", f"Proxy-Authenticate: Negotiate {base64.b64encode(reply).decode()}")

    return answer
