"""The layers of the network one by one, against real servers that fail in each of them."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.probe import TLS_VERSIONS, Probe, Reached
from caiso_desktop.model.route import DIRECT
from caiso_desktop.model.transport import Limits
from caiso_desktop.model.transport_error import NameNotFound, ServerNotTrusted, TimedOut, TlsFailed, Unreachable
from caiso_desktop.wire.probe import NetworkProbe
from tests.wire.conftest import Authority, Server, echo, server_context

Serve = Callable[..., Server]


@pytest.fixture
def probe() -> Probe:
    return NetworkProbe()


def silent(server: Server, connection: socket.socket) -> None:
    """Accept, and say nothing."""
    server.released.wait(20)


def test_a_name_has_addresses_or_none(probe: Probe, token: CancelToken) -> None:
    assert "127.0.0.1" in probe.look_up("localhost", 443, token)
    assert probe.look_up("127.0.0.1", 443, token) == ("127.0.0.1",)
    with pytest.raises(NameNotFound):
        probe.look_up("no-such-host.invalid", 443, token)


def test_a_port_is_open_or_refused(probe: Probe, serve: Serve, token: CancelToken) -> None:
    server = serve(silent)
    assert probe.reach("127.0.0.1", server.port, token) == Reached("127.0.0.1", DIRECT)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreachable, match="refused"):
        probe.reach("127.0.0.1", port, token)


def test_the_chain_and_the_question_for_a_certificate_are_seen(
    probe: Probe, serve: Serve, server_pem: Path, authority: Authority, version: ssl.TLSVersion, token: CancelToken
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    seen = probe.shake_hands("localhost", server.port, authority.trust, token)
    assert seen.failure is None
    assert seen.version == {ssl.TLSVersion.TLSv1_2: "TLSv1.2", ssl.TLSVersion.TLSv1_3: "TLSv1.3"}[version]
    assert x509.load_der_x509_certificate(seen.chain[0]).issuer == authority.certificate.subject
    assert seen.asked is True
    assert seen.authorities == ()  # CPython's servers name none
    assert server.heads == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the program openssl is not installed")
@pytest.mark.parametrize("name", TLS_VERSIONS)
def test_the_authorities_that_a_server_accepts_are_seen(
    probe: Probe,
    server_pem: Path,
    authority: Authority,
    stranger: Authority,
    tmp_path: Path,
    token: CancelToken,
    name: str,
) -> None:
    accepted = tmp_path / "accepted.pem"
    accepted.write_bytes(authority.pem + stranger.pem)
    command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", str(server_pem), "-key", str(server_pem)]
    with subprocess.Popen(
        [*command, "-Verify", "2", "-CAfile", str(accepted)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        try:
            assert server.stdout is not None
            port = next(int(line.rpartition(b":")[2]) for line in server.stdout if line.startswith(b"ACCEPT"))
            seen = probe.shake_hands("localhost", port, authority.trust, token, (), name)
        finally:
            server.terminate()
    assert (seen.failure, seen.version, seen.asked) == (None, name, True)
    assert seen.authorities == tuple(each.certificate.subject.public_bytes() for each in (authority, stranger))


def test_a_server_that_asks_nobody(
    probe: Probe, serve: Serve, server_pem: Path, authority: Authority, version: ssl.TLSVersion, token: CancelToken
) -> None:
    server = serve(echo, server_context(server_pem, version))
    seen = probe.shake_hands("localhost", server.port, authority.trust, token)
    assert (seen.failure, seen.asked, seen.authorities) == (None, False, ())
    assert seen.cipher


def test_each_version_is_offered_or_not(
    probe: Probe, serve: Serve, server_pem: Path, authority: Authority, version: ssl.TLSVersion, token: CancelToken
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    offered = [
        name
        for name in TLS_VERSIONS
        if probe.shake_hands("localhost", server.port, authority.trust, token, (), name).version
    ]
    assert offered == [{ssl.TLSVersion.TLSv1_2: "TLSv1.2", ssl.TLSVersion.TLSv1_3: "TLSv1.3"}[version]]


@pytest.mark.parametrize("name", TLS_VERSIONS)
def test_the_chain_of_a_server_that_is_not_trusted_is_seen_too(
    probe: Probe,
    serve: Serve,
    tmp_path: Path,
    authority: Authority,
    stranger: Authority,
    token: CancelToken,
    name: str,
) -> None:
    both = server_context(stranger.server_files(tmp_path))
    both.minimum_version = ssl.TLSVersion.TLSv1_2
    server = serve(echo, both)
    seen = probe.shake_hands("localhost", server.port, authority.trust, token, (), name)
    assert isinstance(seen.failure, ServerNotTrusted)
    assert x509.load_der_x509_certificate(seen.chain[0]).issuer == stranger.certificate.subject
    assert server.heads == []


def test_the_certificate_of_another_host_is_seen_with_its_name(
    probe: Probe, serve: Serve, tmp_path: Path, authority: Authority, token: CancelToken
) -> None:
    server = serve(echo, server_context(authority.server_files(tmp_path, "elsewhere.example")))
    seen = probe.shake_hands("localhost", server.port, authority.trust, token)
    assert isinstance(seen.failure, ServerNotTrusted)
    assert "another host" in seen.failure.detail
    assert b"elsewhere.example" in seen.chain[0]


def test_the_systems_trust_is_looked_at_in_the_same_way(
    probe: Probe, serve: Serve, server_pem: Path, authority: Authority, token: CancelToken
) -> None:
    seen = probe.shake_hands("localhost", serve(echo, server_context(server_pem)).port, Trust(), token)
    assert isinstance(seen.failure, ServerNotTrusted)
    shown = x509.load_der_x509_certificate(seen.chain[0])
    assert shown.public_bytes(serialization.Encoding.PEM) in server_pem.read_bytes()


def test_a_listener_that_does_not_speak_tls(
    probe: Probe, serve: Serve, authority: Authority, token: CancelToken
) -> None:
    def greet(server: Server, connection: socket.socket) -> None:
        connection.sendall(b"220 mail.example ESMTP\r\n")
        connection.recv(4096)

    seen = probe.shake_hands("localhost", serve(greet).port, authority.trust, token)
    assert isinstance(seen.failure, TlsFailed)
    assert "does not speak TLS" in seen.failure.detail
    assert (seen.version, seen.chain) == ("", ())


def test_a_listener_that_says_nothing_is_given_up(serve: Serve, authority: Authority, token: CancelToken) -> None:
    probe = NetworkProbe(limits=Limits(connect=0.3, read=1, total=5))
    seen = probe.shake_hands("localhost", serve(silent).port, authority.trust, token)
    assert isinstance(seen.failure, TimedOut)


def test_a_cancel_ends_the_handshake_at_once(
    probe: Probe, serve: Serve, authority: Authority, token: CancelToken
) -> None:
    server = serve(silent)
    with ThreadPoolExecutor(1) as thread:
        shaking = thread.submit(probe.shake_hands, "localhost", server.port, authority.trust, token)
        begun = time.monotonic()
        threading.Timer(0.2, token.cancel).start()
        with pytest.raises(Cancelled):
            shaking.result(10)
    assert time.monotonic() - begun < 2
