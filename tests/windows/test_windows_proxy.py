"""Which way Windows names for a host: the user's setting in the registry, and a script (PAC)."""

import struct
import sys
import threading
import winreg
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from caiso_desktop.model.error import RouteUnknown
from caiso_desktop.model.fake_route import FakeNetworkSettings
from caiso_desktop.model.route import Mode, NetworkChoice, Proxy
from caiso_desktop.wire.route.chosen import ChosenRoutes

assert sys.platform == "win32", "these tests want a Windows Python; run_under_wine.sh gives them one"

KEY = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
VALUE = "DefaultConnectionSettings"
HOST = ("ws.caiso.com", 443)
SCRIPT = 'function FindProxyForURL(url, host) { return host == "ws.caiso.com" ? "PROXY gate:3128; DIRECT" : "DIRECT"; }'


@pytest.fixture
def setting() -> Iterator[Callable[..., None]]:
    """Sets the user's proxy as Windows keeps it, and takes it away again."""
    with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, KEY, access=winreg.KEY_ALL_ACCESS) as key:
        try:
            before: tuple[object, int] | None = winreg.QueryValueEx(key, VALUE)
        except FileNotFoundError:
            before = None

        def put(proxy: str = "", exceptions: str = "", script: str = "") -> None:
            flags = 1 | (2 if proxy else 0) | (4 if script else 0)
            texts = b"".join(
                struct.pack("<I", len(text)) + text.encode("ascii") for text in (proxy, exceptions, script)
            )
            blob = struct.pack("<III", 0x46, 1, flags) + texts + bytes(32)
            winreg.SetValueEx(key, VALUE, 0, winreg.REG_BINARY, blob)

        yield put
        if before is None:
            winreg.DeleteValue(key, VALUE)
        else:
            winreg.SetValueEx(key, VALUE, 0, before[1], before[0])


class Script(BaseHTTPRequestHandler):
    """Gives the script to whoever asks."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ns-proxy-autoconfig")
        self.send_header("Content-Length", str(len(SCRIPT)))
        self.end_headers()
        self.wfile.write(SCRIPT.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def script() -> Iterator[str]:
    """The address of the script."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/proxy.pac"
        server.shutdown()
        thread.join()


def routes(choice: NetworkChoice) -> ChosenRoutes:
    return ChosenRoutes(FakeNetworkSettings(choice))


def test_the_users_proxy_is_taken_and_its_exceptions_are_kept(setting: Callable[..., None]) -> None:
    setting("proxy.example.com:8080", "*.ecn.wepex.net;<local>")
    [route, *_] = routes(NetworkChoice(Mode.SYSTEM)).find(*HOST)
    assert route.proxy == Proxy("proxy.example.com", 8080)
    assert route.learnt == "Windows is set"
    [route] = routes(NetworkChoice(Mode.SYSTEM)).find("ws.ecn.wepex.net", 443)
    assert route.proxy is None


def test_without_a_proxy_the_way_is_straight(setting: Callable[..., None]) -> None:
    setting()
    assert [route.proxy for route in routes(NetworkChoice(Mode.SYSTEM)).find(*HOST)] == [None]


@pytest.mark.parametrize("chosen", [Mode.PAC, Mode.SYSTEM])
def test_a_script_names_the_way(setting: Callable[..., None], script: str, chosen: Mode) -> None:
    setting(script=script)
    found = routes(NetworkChoice(chosen, pac=script if chosen is Mode.PAC else ""))
    assert found.find(*HOST)[0].proxy == Proxy("gate", 3128)
    assert [route.proxy for route in found.find("other.example.com", 443)] == [None]


def test_a_script_that_is_not_there_is_told() -> None:
    with pytest.raises(RouteUnknown, match="Windows found no way"):
        routes(NetworkChoice(Mode.PAC, pac="http://127.0.0.1:9/proxy.pac")).find(*HOST)
