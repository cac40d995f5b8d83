"""The log-on by the user's account, with a fake of what makes the tokens: pyspnego needs Windows."""

from typing import Any

import pytest

from caiso_desktop.model.error import ProxyLogOn
from caiso_desktop.model.route import Negotiation, Proxy
from caiso_desktop.wire.negotiate import WindowsNegotiation, system_negotiation

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


def test_there_is_none_outside_of_windows() -> None:
    assert system_negotiation(PROXY, "linux") is None
