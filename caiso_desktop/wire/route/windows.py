"""What Windows says of proxies: the user's setting, scripts and detection, by WinHTTP (winhttp.h).

Windows runs the scripts in a process of its own (Auto-Proxy Service) and bounds their time.
"""

import ctypes
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import POINTER, byref
from ctypes.wintypes import BOOL, DWORD, HANDLE, LPCWSTR, LPVOID
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from caiso_desktop.model.route import Route
from caiso_desktop.model.route_words import is_exception
from caiso_desktop.model.transport_error import RouteUnknown
from caiso_desktop.wire.route.named import read_system_list
from caiso_desktop.wire.route.script import read_script

_AUTO_DETECT, _CONFIG_URL = 1, 2
_DETECT_DHCP_AND_DNS = 3
_NAMED_PROXY = 3
_NO_SCRIPT = 12180  # ERROR_WINHTTP_AUTODETECTION_FAILED
_REASONS = {
    12166: "the script fails",  # ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT
    12167: "the script cannot be fetched",  # ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT
    12178: "Windows' own service for scripts does not run",  # ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR
    _NO_SCRIPT: "the network offers no script (WPAD)",
}


_windows: Any = ctypes
"""ctypes as it is on Windows alone, which type checkers elsewhere do not know."""


def _library(name: str) -> Any:
    return _windows.WinDLL(name, use_last_error=True)


def _last_error() -> int:
    return int(_windows.get_last_error())


@contextmanager
def _served(script: str) -> Iterator[str]:
    """A script's address on this computer, for as long as it is asked: WinHTTP reads no files."""
    data = script.encode()

    class Script(BaseHTTPRequestHandler):
        """Gives it to whoever asks."""

        timeout = 10

        def do_GET(self) -> None:
            """Called by http.server."""
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ns-proxy-autoconfig")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Called by http.server, which would write to the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        thread = threading.Thread(target=server.serve_forever, name="script", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/proxy.pac"
        finally:
            server.shutdown()
            thread.join()


class _UserConfig(ctypes.Structure):
    """WINHTTP_CURRENT_USER_IE_PROXY_CONFIG."""

    _fields_ = (
        ("detect", BOOL),
        ("script", ctypes.c_void_p),
        ("proxy", ctypes.c_void_p),
        ("bypass", ctypes.c_void_p),
    )


class _Options(ctypes.Structure):
    """WINHTTP_AUTOPROXY_OPTIONS."""

    _fields_ = (
        ("flags", DWORD),
        ("detect", DWORD),
        ("script", LPCWSTR),
        ("reserved", LPVOID),
        ("reserved_too", DWORD),
        ("log_on", BOOL),
    )


class _Info(ctypes.Structure):
    """WINHTTP_PROXY_INFO."""

    _fields_ = (("kind", DWORD), ("proxy", ctypes.c_void_p), ("bypass", ctypes.c_void_p))


class WindowsSystem:
    """The port `caiso_desktop.wire.route.system.System`, and Windows' own way with scripts."""

    def __init__(self) -> None:
        http = _library("winhttp")
        self._free = _library("kernel32").GlobalFree
        self._free.argtypes, self._free.restype = (ctypes.c_void_p,), ctypes.c_void_p
        self._open = http.WinHttpOpen
        self._open.argtypes, self._open.restype = (LPCWSTR, DWORD, LPCWSTR, LPCWSTR, DWORD), HANDLE
        self._close = http.WinHttpCloseHandle
        self._close.argtypes, self._close.restype = (HANDLE,), BOOL
        self._user = http.WinHttpGetIEProxyConfigForCurrentUser
        self._user.argtypes, self._user.restype = (POINTER(_UserConfig),), BOOL
        self._ask = http.WinHttpGetProxyForUrl
        self._ask.argtypes, self._ask.restype = (HANDLE, LPCWSTR, POINTER(_Options), POINTER(_Info)), BOOL

    def find(self, host: str, port: int) -> Sequence[Route]:
        """The ways to a host as the user's setting says: detection first, then the script, then the proxy."""
        config = _UserConfig()
        if not self._user(byref(config)):
            return (Route(None, "Windows has no setting"),)
        script, proxy, bypass = (self._take(each) for each in (config.script, config.proxy, config.bypass))
        if config.detect:
            try:
                return self.detect(host, port)
            except RouteUnknown:
                if not script and not proxy:
                    return (Route(None, "Windows found no script in the network"),)
        if script:
            return self.ask(script, host, port)
        learnt = "Windows is set"
        if not proxy or is_exception(host, bypass.replace(";", " ").split()):
            return (Route(None, learnt),)
        return read_system_list(proxy, learnt)

    def ask(self, place: str, host: str, port: int) -> Sequence[Route]:
        """The ways that a script, by its address or file, names for a host."""
        learnt = f"the script {place} says"
        if place.lower().startswith(("http://", "https://")):
            return self._for(_Options(_CONFIG_URL, 0, place, None, 0, 0), host, port, learnt)
        with _served(read_script(place)) as address:
            return self._for(_Options(_CONFIG_URL, 0, address, None, 0, 0), host, port, learnt)

    def detect(self, host: str, port: int) -> Sequence[Route]:
        """The ways that the script which the network offers (DHCP, DNS) names for a host."""
        options = _Options(_AUTO_DETECT, _DETECT_DHCP_AND_DNS, None, None, 0, 0)
        return self._for(options, host, port, "the script of the network says")

    def _for(self, options: _Options, host: str, port: int, learnt: str) -> Sequence[Route]:
        session = self._open("caiso-desktop", 1, None, None, 0)
        if not session:
            raise RouteUnknown(f"Windows does not open its network (error {_last_error()}).")
        info = _Info()
        try:
            if not self._ask(session, f"https://{host}:{port}/", byref(options), byref(info)):
                code = _last_error()
                raise RouteUnknown(f"Windows found no way: {_REASONS.get(code, f'error {code}')}.")
        finally:
            self._close(session)
        proxy, bypass = self._take(info.proxy), self._take(info.bypass)
        if info.kind != _NAMED_PROXY or is_exception(host, bypass.replace(";", " ").split()):
            return (Route(None, learnt),)
        return read_system_list(proxy, learnt)

    def _take(self, pointer: int | None) -> str:
        """A text that Windows gave, and freed."""
        if not pointer:
            return ""
        text = ctypes.wstring_at(pointer)
        self._free(pointer)
        return text
