"""What Windows says of proxies: a script in a file, and the user's own setting, by WinHTTP."""

import contextlib
import struct
import sys
import threading
import winreg
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from caiso_desktop.model.fake_route import FakeNetworkSettings
from caiso_desktop.model.route import Mode, NetworkChoice, Proxy
from caiso_desktop.model.transport_error import RouteUnknown
from caiso_desktop.wire.route.chosen import ChosenRoutes
from caiso_desktop.wire.route.windows import WindowsSystem

assert sys.platform == "win32", "these tests want a Windows Python; run_under_wine.sh gives them one"

SCRIPT = """function FindProxyForURL(url, host) {
    if (shExpMatch(host, "*.example.com")) return "PROXY proxy.corp:8080; PROXY other.corp:81";
    return "DIRECT";
}
"""
SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"
NAME = "DefaultConnectionSettings"


def ways(choice: NetworkChoice, host: str) -> list[str]:
    return [str(route) for route in ChosenRoutes(FakeNetworkSettings(choice)).find(host, 443)]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "wpad.dat"
    file.write_text(SCRIPT, encoding="ascii")
    return file


def test_a_script_names_the_proxy(script: Path) -> None:
    choice = NetworkChoice(Mode.PAC, pac=str(script))
    assert ways(choice, "ws.example.com")[0] == "proxy proxy.corp:8080"
    assert ways(choice, "elsewhere.test") == ["direct"]
    assert ways(choice, "localhost") == ["direct"]


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RouteUnknown, match="cannot be read"):
        ways(NetworkChoice(Mode.PAC, pac=str(tmp_path / "none.dat")), "ws.example.com")


def blob(flags: int, server: str = "", bypass: str = "", script: str = "") -> bytes:
    """The setting as Windows keeps it: flags (2 a proxy, 4 a script, 8 detection), three texts with their lengths."""
    texts = b"".join(struct.pack("<I", len(each)) + each.encode() for each in (server, bypass, script))
    return struct.pack("<III", 0x46, 1, flags | 1) + texts + bytes(32)


@pytest.fixture
def set_to() -> Iterator[Callable[[bytes], None]]:
    """Sets the user's setting, and brings back what was."""
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, SETTINGS) as key:
        try:
            before = winreg.QueryValueEx(key, NAME)
        except FileNotFoundError:
            before = None

    def put(value: bytes) -> None:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, SETTINGS) as key:
            winreg.SetValueEx(key, NAME, 0, winreg.REG_BINARY, value)

    yield put
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, SETTINGS) as key:
        if before is None:
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteValue(key, NAME)
        else:
            winreg.SetValueEx(key, NAME, 0, before[1], before[0])


def test_the_user_s_proxy_and_its_exceptions(set_to: Callable[[bytes], None]) -> None:
    set_to(blob(2, "http=plain.corp:80;https=proxy.corp:8080", "*.intra.corp;<local>"))
    choice = NetworkChoice(Mode.SYSTEM)
    assert ways(choice, "ws.example.com") == ["proxy proxy.corp:8080"]
    assert ways(choice, "a.intra.corp") == ["direct"]
    assert ways(choice, "build") == ["direct"]
    (found,) = WindowsSystem().find("ws.example.com", 443)
    assert found.learnt == "Windows is set"


def test_the_user_s_script(set_to: Callable[[bytes], None]) -> None:
    class Script(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SCRIPT.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        set_to(blob(4, script=f"http://127.0.0.1:{server.server_address[1]}/wpad.dat"))
        found = WindowsSystem().find("ws.example.com", 443)
        server.shutdown()
        thread.join()
    assert found[0].proxy == Proxy("proxy.corp", 8080)
    assert "wpad.dat" in found[0].learnt


def test_nothing_set(set_to: Callable[[bytes], None]) -> None:
    set_to(blob(0))
    assert ways(NetworkChoice(Mode.SYSTEM), "ws.example.com") == ["direct"]
