"""The file an answer goes to: when the disk is full, and when the answer is larger than memory should be."""

import hashlib
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import StorageError
from caiso_desktop.model.transport import Request
from caiso_desktop.model.transport_error import TransportError
from caiso_desktop.wire.keep import HELD, Keep
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Authority, Server, echo, read_request, server_context


def test_what_is_written_is_there(tmp_path: Path) -> None:
    with Keep(tmp_path / "answer") as keep:
        keep.write(b"one")
        keep.write(b"")
        keep.write(b"two")
    assert (tmp_path / "answer").read_bytes() == b"onetwo"
    assert (keep.size, keep.hash) == (6, hashlib.sha256(b"onetwo").hexdigest())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    with Keep(tmp_path / "answer"):
        assert (tmp_path / "answer").stat().st_mode & 0o777 == 0o600


def test_what_is_small_is_held_as_well(tmp_path: Path) -> None:
    with Keep(tmp_path / "small") as keep:
        assert keep.held == b""
        keep.write(b"one")
        keep.write(bytes(HELD - 3))
    assert keep.held == (tmp_path / "small").read_bytes()
    with Keep(tmp_path / "large") as keep:
        keep.write(bytes(HELD))
        keep.write(b"one")
        keep.write(b"two")
    assert keep.held is None
    assert (tmp_path / "large").stat().st_size == HELD + 6


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "answer").write_bytes(b"one")
    with pytest.raises(StorageError, match="answer"), Keep(tmp_path / "answer"):
        pytest.fail("an answer would have been written over")
    assert (tmp_path / "answer").read_bytes() == b"one"


def test_an_error_takes_what_arrived_along(tmp_path: Path) -> None:
    with pytest.raises(TransportError) as caught, Keep(tmp_path / "answer") as keep:
        keep.write(b"half")
        raise TransportError("broken")
    assert caught.value.kept == tmp_path / "answer"
    with pytest.raises(TransportError) as caught, Keep(tmp_path / "empty"):
        raise TransportError("broken")
    assert caught.value.kept is None
    assert not (tmp_path / "empty").exists()


def test_an_unexpected_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Keep(tmp_path / "answer") as keep:
        keep.write(b"half")
        raise RuntimeError
    assert not (tmp_path / "answer").exists()


FULL = """
import resource, signal, sys
from pathlib import Path
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import StorageError
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.transport import Request
from caiso_desktop.wire.transport import HttpTransport

port, trust, keep = int(sys.argv[1]), Path(sys.argv[2]).read_bytes(), Path(sys.argv[3])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
transport = HttpTransport()
request = Request(
    url=f"https://localhost:{port}/", headers=(), body=b"x" * 3_000_000, keep=keep,
    hosts=frozenset({("localhost", port)}), trust=Trust((trust,)),
)
try:
    transport.send(request, CancelToken())
except StorageError as error:
    print(error.fate.name, error.kept == keep, keep.stat().st_size, error)
transport.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of a file")
def test_a_disk_that_fills_up_is_told_and_what_fits_is_kept(
    serve: Callable[..., Server], server_pem: Path, authority: Authority, tmp_path: Path
) -> None:
    server = serve(echo, server_context(server_pem))
    trust = tmp_path / "trust.pem"
    trust.write_bytes(authority.pem)
    arguments = [sys.executable, "-c", FULL, str(server.port), str(trust), str(tmp_path / "answer")]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("ANSWERED True 1000000 The file could not be written")
    assert str(tmp_path / "answer") in done.stdout


def test_memory_stays_flat_for_a_large_answer(
    serve: Callable[..., Server],
    server_pem: Path,
    transport: HttpTransport,
    ask: Callable[..., Request],
) -> None:
    resource = pytest.importorskip("resource")
    size = 80_000_000
    piece = bytes(1_000_000)

    def large(server: Server, connection: socket.socket) -> None:
        while read_request(connection)[0]:
            connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
            for _ in range(size // len(piece)):
                connection.sendall(piece)

    server = serve(large, server_context(server_pem))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    response = transport.send(ask(server.port), CancelToken())
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert response.size == response.body.stat().st_size == size
    assert grown < 20_000  # kilobytes
