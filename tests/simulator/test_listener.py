"""Connections: who may make one, how they are used, and that nothing is left of them."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.simulator.tls import Tls
from tests.simulator.client import CLEAN_BIDS, CLEAN_BIDS_ACTION, Client, Draft, clean_bids, tls

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
DAY = timedelta(days=1)


def call(simulator: Simulator, identity: ClientIdentity | None, version: ssl.TLSVersion) -> int:
    """The status of a request; in TLS 1.3 a refusal comes after the handshake, with the first read."""
    parts = urlsplit(simulator.origin)
    with (
        socket.create_connection(("127.0.0.1", parts.port or 0), 10) as plain,
        tls(simulator.authority, identity, version).wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        return int(connection.recv(4096).split()[1])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_certificate_is_required(simulator: Simulator, version: ssl.TLSVersion) -> None:
    assert call(simulator, simulator.identity, version) == 404
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake failure|certificate required"):
        call(simulator, None, version)
    deadline = time.monotonic() + 10
    # The client hears of it before the server has written it down.
    while not any("peer did not return a certificate" in failure for failure in simulator.failures):
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("how", "alert"),
    [
        ({"not_after": datetime.now(UTC) - DAY}, "certificate expired"),
        ({"not_before": datetime.now(UTC) + DAY, "not_after": datetime.now(UTC) + 2 * DAY}, "bad certificate"),
        ({"stranger": True}, "unknown ca"),
        ({"server_only": True}, "unsupported certificate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_certificate_that_is_not_right(
    simulator: Simulator, version: ssl.TLSVersion, how: dict[str, datetime], alert: str
) -> None:
    """The alert reaches the client, in both versions, every time: it is how a client knows what was wrong."""
    identity = simulator.issue(**how)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(ssl.SSLError, match=rf"(?i){alert.replace(' ', '.')}"):
            call(simulator, identity, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_version_can_be_limited(resources: Path, catalogue: Catalogue, version: ssl.TLSVersion) -> None:
    other = next(v for v in VERSIONS if v is not version)
    with Simulator(resources, catalogue, tls=Tls(minimum=version, maximum=version)) as simulator:
        assert call(simulator, simulator.identity, version) == 404
        with pytest.raises(ssl.SSLError):
            call(simulator, simulator.identity, other)


@pytest.mark.parametrize(
    ("presented", "words"),
    [
        (Tls(names=("elsewhere.invalid",)), "IP address mismatch"),
        (Tls(not_after=datetime.now(UTC) - DAY), "certificate has expired"),
    ],
)
def test_a_server_that_should_not_be_trusted(resources: Path, catalogue: Catalogue, presented: Tls, words: str) -> None:
    with (
        Simulator(resources, catalogue, tls=presented) as simulator,
        pytest.raises(ssl.SSLCertVerificationError, match=words),
    ):
        call(simulator, simulator.identity, ssl.TLSVersion.TLSv1_3)


def test_a_connection_is_kept(simulator: Simulator, client: Client) -> None:
    client.connection.connect()
    port = client.connection.sock.getsockname()
    for _ in range(3):
        assert client.send(Draft(simulator.identity, clean_bids())).status == 200
    assert client.connection.sock.getsockname() == port


def test_many_at_once(simulator: Simulator, connect: Callable[..., Client]) -> None:
    def work(number: int) -> list[int]:
        client = connect(simulator)
        return [client.send(Draft(simulator.identity, clean_bids())).status for _ in range(5)]

    with ThreadPoolExecutor(8) as pool:
        assert [status for statuses in pool.map(work, range(8)) for status in statuses] == [200] * 40


def test_a_client_that_says_nothing_holds_nobody_up(simulator: Simulator, client: Client) -> None:
    with socket.create_connection(("127.0.0.1", simulator.port)):
        assert client.send(Draft(simulator.identity, clean_bids())).status == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ({"Content-Length": str(33 * 1024 * 1024)}, 413),
        ({"Transfer-Encoding": "chunked"}, 411),
        ({"Content-Length": "-1"}, 411),
        ({"Content-Length": "1_0"}, 411),
        ({}, 411),
    ],
)
def test_a_request_without_a_usable_length(client: Client, header: dict[str, str], status: int) -> None:
    client.connection.putrequest("POST", CLEAN_BIDS)
    for name, value in header.items():
        client.connection.putheader(name, value)
    client.connection.endheaders()
    assert client.answer().status == status


def test_a_large_request_is_asked_for_before_it_is_sent(simulator: Simulator, client: Client) -> None:
    """As curl does: it waits for 100 before it sends a large body."""
    body = Draft(simulator.identity, clean_bids()).envelope()
    connection = client.connection
    connection.putrequest("POST", CLEAN_BIDS)
    for name, value in {
        "Content-Type": "text/xml",
        "SOAPAction": CLEAN_BIDS_ACTION,
        "Expect": "100-continue",
        "Content-Length": str(len(body)),
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.send(body)
    assert client.answer().status == 200


def test_get_is_no_call(client: Client) -> None:
    client.connection.request("GET", CLEAN_BIDS)
    assert client.answer().status == 405


def test_stop_leaves_nothing(resources: Path, catalogue: Catalogue) -> None:
    """Threads end and sockets close although connections are open: idle, in a handshake, and waiting for an answer."""
    before = set(threading.enumerate())
    simulator = Simulator(resources, catalogue)
    simulator.start()
    port = simulator.port
    idle = Client(simulator)
    assert idle.send(Draft(simulator.identity, clean_bids())).status == 200
    silent = socket.create_connection(("127.0.0.1", port))
    simulator.stop()
    simulator.stop()
    assert not [t for t in threading.enumerate() if t not in before and t.name.startswith("simulator")]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    with pytest.raises((http.client.HTTPException, OSError)):
        idle.send(Draft(simulator.identity, clean_bids()))
    idle.close()
    silent.close()


def test_it_can_be_started_again(resources: Path, catalogue: Catalogue) -> None:
    simulator = Simulator(resources, catalogue)
    with pytest.raises(RuntimeError):
        _ = simulator.origin
    for _ in range(2):
        with simulator:
            assert call(simulator, simulator.identity, ssl.TLSVersion.TLSv1_3) == 404


def test_it_takes_over_a_socket(resources: Path, catalogue: Catalogue) -> None:
    door = socket.create_server(("127.0.0.1", 0))
    with Simulator(resources, catalogue, door=door) as simulator:
        assert simulator.port == door.getsockname()[1]
        assert call(simulator, simulator.identity, ssl.TLSVersion.TLSv1_3) == 404
    assert door.fileno() == -1
