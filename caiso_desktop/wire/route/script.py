"""PAC scripts: fetched or read, run in a process of their own, remembered for a while."""

import json
import subprocess  # a program of ours, without a shell
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled
from caiso_desktop.model.transport import Limits, Progress, Request
from caiso_desktop.model.transport_error import RouteUnknown
from caiso_desktop.wire.route import script_child
from caiso_desktop.wire.transport import HttpTransport

MAXIMUM = 1_000_000
"""Bytes of a script."""

KEPT = 600.0
"""Seconds a script is kept before it is fetched again."""

ANSWER_KEPT = 300.0
"""Seconds its answer for a host is kept."""

RUN = 15.0
"""Seconds a script may run, the look-ups of names included."""

_FETCH = Limits(connect=5, read=10, total=15)


class Scripts:
    """Scripts by their address or file; safe for many threads. ``clock`` is the monotonic one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._texts: dict[str, tuple[float, str]] = {}
        self._answers: dict[tuple[str, str], tuple[float, object]] = {}

    def ask(self, place: str, host: str, port: int) -> object:
        """What a script's ``FindProxyForURL`` returns for a host. `RouteUnknown` when it cannot be had."""
        key = (place, f"{host}:{port}")
        with self._lock:
            kept = self._answers.get(key)
        if kept is not None and self._clock() < kept[0]:
            return kept[1]
        answer = run(self._text(place), host, port, place)
        with self._lock:
            self._answers[key] = (self._clock() + ANSWER_KEPT, answer)
        return answer

    def forget(self) -> None:
        """Fetch and ask anew at the next call."""
        with self._lock:
            self._texts.clear()
            self._answers.clear()

    def _text(self, place: str) -> str:
        with self._lock:
            kept = self._texts.get(place)
        if kept is not None and self._clock() < kept[0]:
            return kept[1]
        text = read_script(place)
        with self._lock:
            self._texts[place] = (self._clock() + KEPT, text)
        return text


def read_script(place: str) -> str:
    """A script's text, from a file or by an address, straight and not by another proxy. `RouteUnknown` in words."""
    try:
        data = _fetch(place) if place.lower().startswith(("http://", "https://")) else _path(place).read_bytes()
    except OSError as error:
        raise RouteUnknown(f"the script {place} cannot be read ({error.strerror}).") from error
    except CaisoError as error:
        if isinstance(error, RouteUnknown):
            raise
        raise RouteUnknown(f"the script {place} cannot be fetched. {error.detail}") from error
    text = data.decode("utf-8-sig", "replace")
    if len(data) > MAXIMUM or "FindProxyForURL" not in text:
        raise RouteUnknown(f"{place} is no script that names proxies: it has no FindProxyForURL.")
    return text


def run(script: str, host: str, port: int, place: str) -> object:
    """Run a script for a host. It is given the address without path and query, as browsers do for https."""
    if getattr(sys, "frozen", False):
        raise RouteUnknown(
            "this build of the program cannot run scripts.", advice="Name the proxy itself under Network."
        )
    address = f"https://{host}/" if port == 443 else f"https://{host}:{port}/"
    question = json.dumps({"script": script, "url": address, "host": host})
    program = [sys.executable, "-I", str(Path(script_child.__file__).resolve())]
    try:
        done = subprocess.run(  # noqa: S603  a fixed program; the script comes on its stdin
            program, input=question.encode(), capture_output=True, timeout=RUN, check=False, env={}
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise RouteUnknown(f"the script {place} did not come to an end within {RUN:g} seconds.") from error
    except (OSError, ValueError) as error:
        raise RouteUnknown(f"the script {place} cannot be run, or used up more than its share.") from error
    if "error" in answer:
        raise RouteUnknown(f"the script {place} fails: {answer['error']}")
    return answer["found"]


def _path(place: str) -> Path:
    return Path(url2pathname(unquote(urlsplit(place).path)) if place.lower().startswith("file:") else place)


def _fetch(address: str) -> bytes:
    parts = urlsplit(address)
    where = (parts.hostname or "", parts.port or (443 if parts.scheme.lower() == "https" else 80))
    token = CancelToken()

    def watch(progress: Progress) -> None:
        if progress.received > MAXIMUM:
            token.cancel()

    transport = HttpTransport()
    try:
        with tempfile.TemporaryDirectory(prefix="caiso-") as folder:
            request = Request(
                address, (), b"", Path(folder) / "script", frozenset({where}), limits=_FETCH, method="GET",
                on_progress=watch,
            )  # fmt: skip
            response = transport.send(request, token)
            if response.status != 200:
                raise RouteUnknown(f"the script {address} cannot be fetched: its server answered {response.status}.")
            return response.body.read_bytes()
    except Cancelled as error:
        raise RouteUnknown(f"{address} is too long to be a script that names proxies.") from error
    finally:
        transport.close()
