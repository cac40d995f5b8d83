"""The password of a proxy: asked for once, kept where that is wished, and on no disk."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caiso_desktop.keystore.kept_password import KeptPasswords
from caiso_desktop.keystore.proxy_password import ProxyPasswords
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.fake_route import FakeNetworkSettings
from caiso_desktop.model.route import Mode, NetworkChoice, Proxy, ProxyLogOns
from caiso_desktop.model.transport import Request
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.wire.route.chosen import ChosenRoutes
from caiso_desktop.wire.route.setting import SettingsNetwork
from caiso_desktop.wire.transport import HttpTransport
from tests.keystore.conftest import FakePerson, FakeSecrets
from tests.wire.conftest import Authority, Server, ask, authority, echo, serve, server_context
from tests.wire.proxies import proxy, wants_basic

__all__ = ["ask", "authority", "serve"]


class Texts(dict[str, str]):
    """Settings that forget with the test."""

    def set(self, name: str, value: str) -> None:
        self[name] = value

    def change(self, name: str, make: Callable[[str | None], str]) -> None:
        self[name] = make(self.get(name))


CORP = Proxy("proxy.corp", 8080)
JANE = NetworkChoice(Mode.EXPLICIT, CORP, user="jane")
KEPT = NetworkChoice(Mode.EXPLICIT, CORP, user="jane", remember=True)


def make(person: FakePerson, secrets: FakeSecrets, choice: NetworkChoice) -> ProxyLogOns:
    network = FakeNetworkSettings(choice)
    return ProxyPasswords(secrets, KeptPasswords(Texts(), network, secrets), person, network, lambda proxy: None)


def test_it_is_asked_for_once_by_however_many_calls() -> None:
    person = FakePerson(["swordfish"])
    passwords = make(person, FakeSecrets(), JANE)
    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(lambda _: passwords.password(CORP, "Corp", refused=False), range(8)))
    assert given == [("jane", "swordfish")] * 8
    assert person.questions == ["Password of jane for the proxy proxy.corp:8080 (Corp)"]


def test_it_is_kept_when_it_was_accepted_and_only_where_that_is_wished() -> None:
    secrets = FakeSecrets()
    for choice, kept in ((JANE, {}), (KEPT, {"proxy jane@proxy.corp:8080": "swordfish"})):
        passwords = make(FakePerson(["swordfish"]), secrets, choice)
        passwords.password(CORP, "", refused=False)
        assert secrets.texts == {}
        passwords.accepted(CORP)
        assert secrets.texts == kept
    nobody = FakePerson([])
    assert make(nobody, secrets, KEPT).password(CORP, "", refused=False) == ("jane", "swordfish")
    assert nobody.questions == []


def test_one_that_was_refused_is_forgotten_and_asked_for_again() -> None:
    secrets = FakeSecrets(texts={"proxy jane@proxy.corp:8080": "old"})
    person = FakePerson(["new"])
    passwords = make(person, secrets, KEPT)
    assert passwords.password(CORP, "", refused=False) == ("jane", "old")
    assert passwords.password(CORP, "", refused=True) == ("jane", "new")
    assert secrets.texts == {}
    passwords.accepted(CORP)
    assert secrets.texts == {"proxy jane@proxy.corp:8080": "new"}


def test_what_is_wished_later_is_kept_at_the_next_call() -> None:
    secrets, network = FakeSecrets(), FakeNetworkSettings(JANE)
    kept = KeptPasswords(Texts(), network, secrets)
    passwords = ProxyPasswords(secrets, kept, FakePerson(["swordfish"]), network, lambda proxy: None)
    passwords.password(CORP, "", refused=False)
    passwords.accepted(CORP)
    assert secrets.texts == {}
    network.choose(KEPT)
    passwords.accepted(CORP)
    assert secrets.texts == {"proxy jane@proxy.corp:8080": "swordfish"}


def test_without_a_name_or_an_answer_there_is_none() -> None:
    assert make(FakePerson([]), FakeSecrets(), NetworkChoice()).password(CORP, "", refused=False) is None
    assert make(FakePerson([None]), FakeSecrets(), JANE).password(CORP, "", refused=False) is None


def test_a_keystore_that_fails_costs_only_the_memory() -> None:
    passwords = make(FakePerson(["swordfish"]), FakeSecrets(absent=True), KEPT)
    assert passwords.password(CORP, "", refused=False) == ("jane", "swordfish")
    passwords.accepted(CORP)
    assert passwords.password(CORP, "", refused=False) == ("jane", "swordfish")


def test_a_call_with_a_password_leaves_it_on_no_disk(
    tmp_path: Path,
    authority: Authority,
    serve: Callable[..., Server],
    ask: Callable[..., Request],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The positive control is the user's name, which is no secret and lies in the settings."""
    caplog.set_level(0)
    host, password = "ws.caiso.test", "Schwertfisch-4711"
    server = serve(echo, server_context(authority.server_files(tmp_path, host)))
    between = serve(proxy(wants_basic("jane.doe.4711", password)))
    settings = FileSettings(tmp_path / "settings.json")
    network = SettingsNetwork(settings)
    network.choose(NetworkChoice(Mode.EXPLICIT, Proxy("127.0.0.1", between.port), user="jane.doe.4711", remember=True))
    secrets = FakeSecrets()
    kept = KeptPasswords(settings, network, secrets)
    log_ons = ProxyPasswords(secrets, kept, FakePerson([password]), network, lambda proxy: None)
    transport = HttpTransport(ChosenRoutes(network), log_ons)
    try:
        response = transport.send(ask(server.port, host=host), CancelToken())
    finally:
        transport.close()
    assert response.status == 200
    assert list(secrets.texts.values()) == [password]
    settings.flush()
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    everything += caplog.text.encode() + repr(response).encode()
    assert b"jane.doe.4711" in everything
    encoded = wants_said("jane.doe.4711", password)
    for secret in (password.encode(), encoded):
        assert secret not in everything
    assert encoded in b"".join(between.heads)


def wants_said(user: str, password: str) -> bytes:
    return base64.b64encode(f"{user}:{password}".encode())
