"""Which way a host is reached: as chosen, as scripts say, as the system says; with real scripts and a real server."""

import json
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.fake_route import FakeNetworkSettings
from caiso_desktop.model.route import DIRECT, Mode, NetworkChoice, Proxy, Route, Routes
from caiso_desktop.model.route_words import is_exception, is_this_computer, read_proxy
from caiso_desktop.model.transport_error import ProxyNotSupported, RouteUnknown
from caiso_desktop.wire.route.chosen import ChosenRoutes
from caiso_desktop.wire.route.script import Scripts, run
from caiso_desktop.wire.route.setting import SettingsNetwork
from caiso_desktop.wire.route.system import Variables
from tests.wire.conftest import Server, answer, read_request

CORP = Proxy("proxy.corp", 8080)
SCRIPT = """
function FindProxyForURL(url, host) {
    if (dnsDomainIs(host, ".caiso.com")) return "PROXY proxy.corp:8080; PROXY other.corp; DIRECT";
    if (shExpMatch(host, "*.socks")) return "SOCKS5 old.corp:1080";
    if (shExpMatch(host, "*.mixed")) return "SOCKS5 old.corp:1080; HTTPS safe.corp:443; PROXY proxy.corp:8080";
    if (host == "odd") return "TELEPHONE 12";
    if (host == "number") return 5;
    if (isInNet(host, "10.0.0.0", "255.0.0.0")) return "PROXY ten.corp:1";
    if (dnsResolve("localhost") == "127.0.0.1") return "DIRECT";
    return url;
}
"""


class Texts(dict[str, str]):
    """Settings in memory."""

    def set(self, name: str, value: str) -> None:
        self[name] = value

    def change(self, name: str, make: Callable[[str | None], str]) -> None:
        self[name] = make(self.get(name))


def ways(choice: NetworkChoice, host: str, port: int = 443) -> list[str]:
    return [str(route) for route in ChosenRoutes(FakeNetworkSettings(choice)).find(host, port)]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "wpad für alle.dat"
    file.write_text(SCRIPT, encoding="utf-8")
    return file


def test_nothing_chosen_and_a_proxy_chosen() -> None:
    assert ways(NetworkChoice(), "ws.caiso.com") == ["direct"]
    chosen = NetworkChoice(Mode.EXPLICIT, CORP, exceptions=("*.corp", "10.0.0.0/8", "<local>"))
    assert ways(chosen, "ws.caiso.com") == ["proxy proxy.corp:8080"]
    for host in ("intranet.corp", "10.1.2.3", "build"):
        assert ways(chosen, host) == ["direct"]


@pytest.mark.parametrize(
    ("choice", "host", "expected"),
    [
        (NetworkChoice(), "ws.caiso.com", "direct"),
        (NetworkChoice(Mode.EXPLICIT, CORP), "ws.caiso.com", "proxy proxy.corp:8080"),
        (NetworkChoice(Mode.EXPLICIT, CORP, exceptions=("*.caiso.com",)), "ws.caiso.com", "direct"),
        (NetworkChoice(Mode.PAC, pac="http://w/wpad.dat", exceptions=("*.caiso.com",)), "ws.caiso.com", "direct"),
        (NetworkChoice(Mode.DETECT), "localhost", "direct"),
        (NetworkChoice(Mode.PAC, pac="http://w/wpad.dat"), "ws.caiso.com", None),
        (NetworkChoice(Mode.SYSTEM, exceptions=("*.caiso.com",)), "ws.caiso.com", None),
        (NetworkChoice(Mode.DETECT, exceptions=("*.caiso.com",)), "ws.caiso.com", None),
    ],
)
def test_what_the_choice_alone_tells_is_known_without_asking_anybody(
    choice: NetworkChoice, host: str, expected: str | None
) -> None:
    settings = FakeNetworkSettings(NetworkChoice(Mode.DETECT))
    routes: Routes = ChosenRoutes(settings)
    routes.known(host, 443)
    settings.choose(choice)  # heeded at once
    known = routes.known(host, 443)
    assert (None if known is None else [str(route) for route in known]) == (expected and [expected])
    if known is not None:
        assert routes.find(host, 443) == known


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
)
def test_this_computer_is_never_reached_through_a_proxy(
    host: str, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.corp:8080")
    assert is_this_computer(host)
    for choice in (
        NetworkChoice(Mode.EXPLICIT, CORP),
        NetworkChoice(Mode.PAC, pac=str(script)),
        NetworkChoice(Mode.SYSTEM),
        NetworkChoice(Mode.DETECT),
    ):
        assert ways(choice, host) == ["direct"]


def test_what_exceptions_cover() -> None:
    assert is_exception("ws.caiso.com", ["*.caiso.com"])
    assert is_exception("WS.CAISO.COM.", [".caiso.com"])
    assert is_exception("10.255.0.1", ["10.0.0.0/8"])
    assert not is_exception("caiso.com", [".caiso.com"])
    assert not is_exception("wsxcaiso.com", ["*.caiso.com"])
    assert not is_exception("11.0.0.1", ["10.0.0.0/8"])
    assert not is_exception("ws.caiso.com", ["<local>", "caiso.com", "[", ""])


def test_a_script_from_a_file(script: Path) -> None:
    choice = NetworkChoice(Mode.PAC, pac=str(script))
    assert ways(choice, "ws.caiso.com") == ["proxy proxy.corp:8080", "proxy other.corp:80", "direct"]
    assert ways(choice, "a.mixed") == ["proxy proxy.corp:8080"]
    assert ways(choice, "10.1.1.1") == ["proxy ten.corp:1"]
    assert ways(choice, "elsewhere.example") == ["direct"]
    assert ways(NetworkChoice(Mode.PAC, pac=script.as_uri()), "a.mixed") == ["proxy proxy.corp:8080"]
    (found,) = ChosenRoutes(FakeNetworkSettings(choice)).find("10.1.1.1", 443)
    assert found.learnt == f"the script {script} says"
    with pytest.raises(ProxyNotSupported, match="SOCKS"):
        ways(choice, "a.socks")
    for host in ("odd", "number"):
        with pytest.raises(RouteUnknown):
            ways(choice, host)


def test_a_script_by_its_address_is_fetched_once_and_anew_after_another_choice(serve: Callable[..., Server]) -> None:
    def give(server: Server, connection: socket.socket) -> None:
        server.heads.append(read_request(connection)[0])
        connection.sendall(answer(SCRIPT.encode()))

    server = serve(give)
    choice = NetworkChoice(Mode.PAC, pac=f"http://127.0.0.1:{server.port}/wpad.dat")
    settings = FakeNetworkSettings(choice)
    routes = ChosenRoutes(settings)
    for _ in range(2):
        assert [str(route) for route in routes.find("a.mixed", 443)] == ["proxy proxy.corp:8080"]
    routes.find("b.mixed", 443)
    assert len(server.heads) == 1
    settings.choose(NetworkChoice())
    routes.find("a.mixed", 443)
    settings.choose(choice)
    routes.find("a.mixed", 443)
    assert len(server.heads) == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (answer(b"<html>log on</html>"), "is no script"),
        (answer(b"", "404 Not Found"), "its server answered 404"),
        (answer(b"", "302 Found", "Location: http://elsewhere/\r\n"), "its server answered 302"),
        (b"nonsense\r\n\r\n", "cannot be fetched"),
        (answer(b"x" * 3_000_000), "too long|is no script"),
    ],
)
def test_what_is_no_script(serve: Callable[..., Server], given: bytes, says: str) -> None:
    def give(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(given)

    with pytest.raises(RouteUnknown, match=says):
        ways(NetworkChoice(Mode.PAC, pac=f"http://127.0.0.1:{serve(give).port}/wpad.dat"), "a.mixed")


def test_a_script_that_is_missing_or_broken(tmp_path: Path) -> None:
    with pytest.raises(RouteUnknown, match="cannot be read"):
        ways(NetworkChoice(Mode.PAC, pac=str(tmp_path / "none.pac")), "a.mixed")
    broken = tmp_path / "broken.pac"
    broken.write_text("function FindProxyForURL(url, host) { return nobody.knows; }")
    with pytest.raises(RouteUnknown, match="fails"):
        ways(NetworkChoice(Mode.PAC, pac=str(broken)), "a.mixed")


@pytest.mark.parametrize(
    "reaching",
    [
        "require('fs')",
        "call_python('dukpy.load_module', '', 'dukpy')",
        "call_python('dukpy.normalize_module', '', 'dukpy')",
        "process.environ.HOME",
        "std.open('/etc/passwd', 'r')",
        "new XMLHttpRequest()",
        "fetch('http://127.0.0.1/')",
    ],
)
def test_a_script_reaches_nothing_but_names(reaching: str) -> None:
    script = (
        f"function FindProxyForURL(url, host) {{ if (host == '0.0.0.0') return 'DIRECT'; return '' + {reaching}; }}"
    )
    with pytest.raises(RouteUnknown, match="fails"):
        run(script, "a.mixed", 443, "this test")


def test_a_script_sees_no_path_and_no_more_than_pac_s_functions() -> None:
    seen = run("function FindProxyForURL(url, host) { return url + ' ' + host; }", "ws.caiso.com", 8443, "this test")
    assert seen == "https://ws.caiso.com:8443/ ws.caiso.com"


def test_a_script_without_an_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caiso_desktop.wire.route.script.RUN", 0.5)
    with pytest.raises(RouteUnknown, match=r"did not come to an end within 0[.]5 seconds"):
        run("function FindProxyForURL(url, host) { while (true) {} }", "a.mixed", 443, "this test")


@pytest.mark.parametrize(
    ("variables", "host", "expected"),
    [
        ({}, "ws.caiso.com", ["direct"]),
        ({"https_proxy": "http://proxy.corp:8080/"}, "ws.caiso.com", ["proxy proxy.corp:8080"]),
        ({"HTTPS_PROXY": "proxy.corp:8080", "no_proxy": ".caiso.com"}, "ws.caiso.com", ["direct"]),
        ({"all_proxy": "http://all.corp:1"}, "ws.caiso.com", ["proxy all.corp:1"]),
        ({"http_proxy": "http://plain.corp:1"}, "ws.caiso.com", ["direct"]),
    ],
)
def test_variables_count_where_the_system_was_chosen(
    variables: dict[str, str], host: str, expected: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    system = Variables(Scripts(), "linux")
    routes = ChosenRoutes(FakeNetworkSettings(NetworkChoice(Mode.SYSTEM)), system)
    assert [str(route) for route in routes.find(host, 443)] == expected
    assert ways(NetworkChoice(), host) == ["direct"]


@pytest.mark.parametrize(
    "value", ["socks5://old.corp:1080", "https://safe.corp:443", "http://jane:secret@proxy.corp:8080"]
)
def test_variables_that_cannot_be_used_are_not_passed_over(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", value)
    with pytest.raises(ProxyNotSupported) as told:
        Variables(Scripts(), "linux").find("ws.caiso.com", 443)
    assert "secret" not in str(told.value)


def test_the_choice_comes_back_as_it_was_kept() -> None:
    texts = Texts()
    settings = SettingsNetwork(texts)
    assert settings.choice() == NetworkChoice()
    chosen = NetworkChoice(
        Mode.EXPLICIT, Proxy("fe80::1", 8080), "http://w/wpad.dat", ("*.corp",), "corp\\jane", remember=True
    )
    settings.choose(chosen)
    assert SettingsNetwork(texts).choice() == chosen
    before = dict(texts)
    for wrong in (
        NetworkChoice(Mode.EXPLICIT),
        NetworkChoice(Mode.PAC),
        NetworkChoice(Mode.PAC, pac="ftp://w/wpad.dat"),
        NetworkChoice(Mode.PAC, pac="http://jane:secret@w/wpad.dat"),
        NetworkChoice(user="jane:secret"),
    ):
        with pytest.raises(UsageError):
            settings.choose(wrong)
        assert texts == before


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", json.dumps({"mode": "proxy", "proxy": ""}), '{"mode": "x"}'])
def test_a_damaged_choice_is_none(text: str) -> None:
    assert SettingsNetwork(Texts(network=text)).choice() == NetworkChoice()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "proxy.corp",
        "proxy.corp:",
        "proxy.corp:0",
        "proxy.corp:99999",
        "https://proxy.corp:443",
        "socks5://p:1",
        "jane:x@p:1",
        "p q:1",
        "p:1/x",
        "exämple:1",
    ],
)
def test_what_is_no_proxy(text: str) -> None:
    with pytest.raises(UsageError) as told:
        read_proxy(text)
    assert "jane" not in str(told.value)
    assert told.value.advice


def test_what_is_a_proxy() -> None:
    assert read_proxy(" http://Proxy.Corp:8080/ ") == Proxy("proxy.corp", 8080)
    assert str(read_proxy("[fe80::1]:8080")) == "[fe80::1]:8080"
    assert str(Route(CORP)) == "proxy proxy.corp:8080"
    assert str(DIRECT) == "direct"
