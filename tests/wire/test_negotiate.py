"""The log-on by the user's account: with a fake of what makes the tokens, and with pyspnego on both sides.

Off Windows pyspnego makes NTLM tokens inside of SPNEGO by itself, with the account that a file names instead of the one
that is logged on; the messages, their rounds and the tunnel are those of Windows with NTLM.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import spnego

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Fate
from caiso_desktop.model.fake_route import FakeLogOns, FakeRoutes
from caiso_desktop.model.route import Negotiation, Proxy, Route
from caiso_desktop.model.transport import Request
from caiso_desktop.model.transport_error import ProxyLogOn
from caiso_desktop.wire.negotiate import WindowsNegotiation, system_negotiation
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Authority, Server, echo, server_context
from tests.wire.proxies import proxy, wants_account

Serve = Callable[..., Server]
Ask = Callable[..., Request]
offline = pytest.mark.skipif(sys.platform == "win32", reason="there the tokens are Windows' own, of who is logged on")

PROXY = Proxy("proxy.corp", 8080)


class Context:
    """Makes one token, then fails."""

    def __init__(self, **given: Any) -> None:
        self.given = given

    def step(self, challenge: bytes | None) -> bytes | None:
        """A token for the first question."""
        if challenge is None:
            return b"token"
        if challenge == b"done":
            return None
        raise ValueError("the tickets are in German")


def test_the_tokens_are_those_of_the_proxy_s_service() -> None:
    made: list[Context] = []

    def client(**given: Any) -> Context:
        made.append(Context(**given))
        return made[-1]

    log_on: Negotiation = WindowsNegotiation(PROXY, client)
    assert made[0].given == {"hostname": "proxy.corp", "service": "HTTP", "protocol": "negotiate"}
    assert log_on.step(None) == b"token"
    assert log_on.step(b"done") is None
    with pytest.raises(ProxyLogOn, match=r"Windows makes no log-on for the proxy proxy[.]corp:8080") as told:
        log_on.step(b"bad")
    assert "German" not in str(told.value)


def test_a_client_that_cannot_be_made() -> None:
    def client(**given: Any) -> Context:
        raise OSError("no credentials")

    with pytest.raises(ProxyLogOn):
        WindowsNegotiation(PROXY, client)


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is logged on, and whom the proxy's acceptor knows."""
    (tmp_path / "accounts").write_text("CORP:jane:Schwertfisch-4711\n", "utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(tmp_path / "accounts"))


@offline
@pytest.mark.usefixtures("account")
def test_a_real_log_on_goes_through_a_real_tunnel_in_its_rounds(
    serve: Serve, ask: Ask, tmp_path: Path, authority: Authority
) -> None:
    accepted: list[Any] = []

    def accepting() -> Any:
        accepted.append(spnego.server(service="HTTP", protocol="negotiate"))
        return accepted[-1]

    server = serve(echo, server_context(authority.server_files(tmp_path, "localhost")))
    between = serve(proxy(wants_account(accepting)))
    way = Proxy("127.0.0.1", between.port)
    transport = HttpTransport(FakeRoutes(Route(way)), FakeLogOns(negotiation=WindowsNegotiation(way, spnego.client)))
    try:
        response = transport.send(ask(server.port), CancelToken())
    finally:
        transport.close()
    assert response.status == 200
    (one,) = accepted
    assert one.client_principal == "CORP\\jane"
    assert one.negotiated_protocol == "ntlm"
    assert between.accepted == 1, "the log-on is the connection's"
    assert len(between.heads) == 3
    assert all(b"Schwertfisch" not in head for head in between.heads)
    assert b"Proxy-Authorization" not in server.heads[0]


@offline
@pytest.mark.usefixtures("account")
def test_an_account_that_the_proxy_does_not_take_is_told_and_nothing_was_sent(
    serve: Serve, ask: Ask, tmp_path: Path, authority: Authority
) -> None:
    server = serve(echo, server_context(authority.server_files(tmp_path, "localhost")))
    between = serve(proxy(wants_account(partial(spnego.server, service="HTTP", protocol="negotiate"))))
    way = Proxy("127.0.0.1", between.port)
    other = partial(spnego.client, "CORP\\jane", "wrong")
    transport = HttpTransport(FakeRoutes(Route(way)), FakeLogOns(negotiation=WindowsNegotiation(way, other)))
    try:
        with pytest.raises(ProxyLogOn, match="did not accept the account") as told:
            transport.send(ask(server.port), CancelToken())
    finally:
        transport.close()
    assert told.value.fate is Fate.NOT_SENT
    assert server.accepted == 0


def test_there_is_none_outside_of_windows() -> None:
    assert system_negotiation(PROXY, "linux") is None
