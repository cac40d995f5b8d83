"""A certificate put into a context: its chain, and what OpenSSL does not take."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Hash
from caiso_desktop.wire.provider.openssl import Rejected
from caiso_desktop.wire.provider.presentation import present, provider
from tests.wire.conftest import Authority, Server, TestIdentity, echo, server_context
from tests.wire.provider.conftest import Recorder, client, shake

Serve = Callable[..., Server]
ROOT = Path(__file__).parents[3]


def test_a_store_that_knows_sha_1_only_is_refused_in_words(authority: Authority, jane: TestIdentity) -> None:
    with pytest.raises(IdentityError, match="neither with SHA-256"):
        client(authority, jane, Recorder(hashes=(Hash.SHA1,)))


def test_a_certificate_that_openssl_does_not_take_is_named(authority: Authority, jane: TestIdentity) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(Rejected, match="NOT_AN_RSA_KEY"):
        present(context, ssl.PEM_cert_to_DER_cert(authority.pem.decode()), (), Recorder())
    with pytest.raises(Rejected):
        present(context, b"no certificate", (), Recorder())
    # Nothing of it is left for the next use of OpenSSL to stumble over.
    assert provider().openssl.last_error() == 0
    present(context, jane.certificate.der, (), Recorder())


def test_the_chain_is_shown_too(
    serve: Serve, server_pem: Path, authority: Authority, stranger: Authority, jane: TestIdentity
) -> None:
    seen: list[bytes] = []

    def look(server: Server, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket)
        _own, *chain = connection._sslobj.get_unverified_chain()  # type: ignore[attr-defined]
        seen.extend(link.public_bytes(2) for link in chain)  # 2 is DER
        echo(server, connection)

    server = serve(look, server_context(server_pem, clients=authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.pem.decode())
    # Not her issuer, which OpenSSL would find by itself.
    link = ssl.PEM_cert_to_DER_cert(stranger.pem.decode())
    present(context, jane.certificate.der, (link,), Recorder())
    shake(context, server.port)
    assert seen == [link]


def test_the_first_contexts_of_a_process_may_be_made_side_by_side() -> None:
    for _ in range(3):
        program = [sys.executable, "-m", "tests.wire.provider.first_contexts"]
        done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
