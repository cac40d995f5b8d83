"""Through a company's proxy: the CONNECT of HTTP (RFC 9110, section 9.3.6), before a byte of TLS.

The proxy learns the host's name and sees that something encrypted passes. What it answers belongs to the proxy and
never to the service, and nothing of the request has left by then: every failure here is `Fate.NOT_SENT`.
"""

import base64
import re
import socket
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import h11

from caiso_desktop.model.call import Headers
from caiso_desktop.model.route import Negotiation, Proxy, ProxyLogOns
from caiso_desktop.model.transport import Phase
from caiso_desktop.model.transport_error import (
    NameNotFound,
    ProxyError,
    ProxyLogOn,
    ProxyNotSupported,
    ProxyRefused,
    ProxyUnreachable,
    TransportError,
    Unreachable,
)
from caiso_desktop.wire.call import Call
from caiso_desktop.wire.connect import connect
from caiso_desktop.wire.proxy_line import Line, Pipe, challenges

T = TypeVar("T")

PERSON = 180.0
"""Seconds a person has to type the proxy's password."""

ROUNDS = 6
"""Messages that a log-on may take: Kerberos takes one or two, NTLM inside Negotiate three."""

_MEANING = {
    400: "does not understand the request for a tunnel",
    403: "does not allow connections to {host}",
    404: "does not make tunnels: another kind of server may be listening there",
    405: "does not make tunnels: another kind of server may be listening there",
    429: "has had too many requests",
    500: "failed",
    501: "does not make tunnels: another kind of server may be listening there",
    502: "could not reach {host}",
    503: "could not reach {host}, or is overloaded",
    504: "waited for {host} in vain",
}

_ALLOW = "Ask the network's administrators to allow {host}, port {port}, for this computer."
_BEYOND = "The service may be down, or a firewall stands behind the proxy. Ask the network's administrators."
_ADVICE = {403: _ALLOW, 502: _BEYOND, 503: _BEYOND, 504: _BEYOND}


def tunnel(call: Call, proxy: Proxy, host: str, port: int, log_ons: ProxyLogOns | None, agent: str) -> socket.socket:
    """A socket that leads through the proxy to the host.

    Raises `ProxyError` and those of its kinds, `TimedOut` or `Cancelled`.
    """
    digger = _Digger(call, proxy, host, port, agent)
    try:
        return digger.dig(log_ons)
    except BaseException:
        digger.close()
        raise


class _Digger:
    def __init__(self, call: Call, proxy: Proxy, host: str, port: int, agent: str) -> None:
        self._call = call
        self._proxy = proxy
        self._name = f"[{host}]" if ":" in host else host
        self._host = host
        self._port = port
        self._agent = agent
        self._line: Line | None = None
        self._dug: socket.socket | None = None

    def dig(self, log_ons: ProxyLogOns | None) -> socket.socket:
        answer = self._ask(None)
        if answer is not None and answer[0] == 407 and log_ons is not None:
            answer = self._log_on(log_ons, answer)
        if answer is not None or self._dug is None:
            raise self._refused(*(answer or (0, ())))
        return self._dug

    def close(self) -> None:
        if self._line is not None:
            self._line.close()

    def _log_on(self, log_ons: ProxyLogOns, answer: tuple[int, Headers]) -> tuple[int, Headers] | None:
        offered = challenges(answer[1])
        negotiation = log_ons.negotiation(self._proxy) if "negotiate" in offered else None
        if negotiation is not None:
            try:
                return self._negotiate(negotiation)
            except ProxyLogOn:
                if "basic" not in offered:
                    raise
        return self._say_password(log_ons, offered["basic"]) if "basic" in offered else answer

    def _say_password(self, log_ons: ProxyLogOns, challenge: str) -> tuple[int, Headers] | None:
        realm = _realm(challenge)
        answer: tuple[int, Headers] | None = None
        for again in (False, True):
            pair = self._aside("password", partial(log_ons.password, self._proxy, realm, refused=again))
            if pair is None:
                raise ProxyLogOn(
                    f"{self._proxy} wants a user name and a password, and none is known here.",
                    advice="Give the user name under Network; the password is asked for at the next call.",
                )
            plain = base64.b64encode(":".join(pair).encode()).decode("ascii")
            answer = self._ask(f"Basic {plain}")
            if answer is None or answer[0] != 407:
                self._aside("keep", partial(log_ons.accepted, self._proxy))  # the keystore may ask a person
                return answer
        raise ProxyLogOn(
            f"{self._proxy} refused the user name or the password.",
            advice="Look at the user name under Network, and type the password again at the next call. It is mostly "
            "the one you log on to this computer with.",
        )

    def _negotiate(self, negotiation: Negotiation) -> tuple[int, Headers] | None:
        """Rounds of tokens, all on one connection: the proxy logs the connection on, not the message."""
        challenge: bytes | None = None
        answer: tuple[int, Headers] | None = None
        for number in range(ROUNDS):
            token = self._aside("log-on", partial(negotiation.step, challenge))
            if not token:
                break
            if number and not (self._line and self._line.usable):
                raise ProxyLogOn(
                    f"{self._proxy} closed the connection in the middle of the log-on with your account.",
                    advice="Ask the network's administrators: the log-on (Negotiate) needs one connection throughout.",
                )
            answer = self._ask(f"Negotiate {base64.b64encode(token).decode('ascii')}")
            if answer is None or answer[0] != 407:
                return answer
            try:
                challenge = base64.b64decode(challenges(answer[1]).get("negotiate", ""), validate=True)
            except ValueError:
                break
            if not challenge:
                break
        raise ProxyLogOn(
            f"{self._proxy} did not accept the account that you are logged on with (Negotiate).",
            advice="Lock and unlock this computer to renew the log-on, check the VPN, then ask the administrators.",
        )

    # One request for a tunnel

    def _ask(self, authorization: str | None) -> tuple[int, Headers] | None:
        """Ask once; None when the tunnel is made, else the status and headers of the refusal."""
        line = self._line
        if line is None or not line.usable:
            line = self._line = self._connect()
        self._call.enter(Phase.TUNNELLING)
        place = f"{self._name}:{self._port}"
        headers = [(b"Host", place.encode("ascii")), (b"User-Agent", self._agent.encode("ascii"))]
        if authorization is not None:
            headers.append((b"Proxy-Authorization", authorization.encode("latin-1")))
        line.pipe.begin(self._call.limits.connect)
        try:
            with self._call.timed("proxy"):
                head = line.ask("CONNECT", place, headers)
                if 200 <= head.status < 300:
                    self._take(line)
                    return None
                line.read_page()
        except h11.RemoteProtocolError as error:
            if line.pipe.ended:
                raise self._dropped() from error
            raise ProxyError(
                f"{self._proxy} answered something that is not HTTP ({error}).",
                advice="Check the proxy's address and port under Network: another program may be listening there.",
            ) from error
        except OSError as error:
            raise self._dropped() from error
        return head.status, head.headers

    def _connect(self) -> Line:
        self.close()
        self._call.enter(Phase.CONNECTING)
        try:
            with self._call.timed("connect"):
                sock = connect(self._call, self._proxy.host, self._proxy.port)
        except (NameNotFound, Unreachable) as error:
            raise ProxyUnreachable(f"the proxy {self._proxy} does not answer. {error.detail}") from error
        return Line(Pipe(sock, self._call, str(self._proxy)))

    def _take(self, line: Line) -> None:
        """Nothing may come before the TLS that we begin: what does is not the host's."""
        if line.leftover:
            raise ProxyError(f"{self._proxy} put something of its own into the tunnel to {self._host}.")
        self._dug = line.pipe.sock

    def _aside(self, name: str, task: Callable[[], T]) -> T:
        until = time.monotonic() + PERSON
        return self._call.aside(name, task, until, f"Nobody answered within {PERSON:g} seconds what the proxy asked.")

    # What went wrong

    def _dropped(self) -> ProxyError:
        return ProxyError(
            f"{self._proxy} closed the connection instead of making a tunnel to {self._host}, port {self._port}.",
            advice=_ALLOW.format(host=self._host, port=self._port),
        )

    def _refused(self, status: int, headers: Headers) -> TransportError:
        if status == 407:
            return self._unknown_log_on(challenges(headers))
        what = _MEANING.get(status, "refused the tunnel to {host}").format(host=f"{self._host}, port {self._port}")
        advice = _ADVICE.get(status)
        return ProxyRefused(
            f"the proxy {self._proxy} {what} (it answered {status}). {self._host} itself said nothing.",
            advice=None if advice is None else advice.format(host=self._host, port=self._port),
        )

    def _unknown_log_on(self, offered: dict[str, str]) -> ProxyError:
        kinds = ", ".join({"ntlm": "NTLM"}.get(kind, kind.capitalize()) for kind in offered)
        if not kinds:
            return ProxyLogOn(f"{self._proxy} wants a log-on, and does not say of which kind.")
        return ProxyNotSupported(
            f"{self._proxy} wants a log-on of a kind that cannot be given here: {kinds}. "
            "This program knows Basic everywhere, and Negotiate on Windows."
        )


def _realm(challenge: str) -> str:
    found = re.search(r'realm\s*=\s*"([^"]{0,120})', challenge, re.IGNORECASE)
    return "".join(letter for letter in found[1] if letter.isprintable()) if found else ""
