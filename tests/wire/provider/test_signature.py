"""What a signer is asked for: padding and hash on both versions of TLS, and on many threads."""

import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Fate
from caiso_desktop.model.identity import Hash, Padding, Signer
from caiso_desktop.model.transport import Request
from caiso_desktop.model.transport_error import TransportError
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Authority, Server, TestIdentity, echo, server_context
from tests.wire.provider.conftest import Recorder, Signing, client, shake

Serve = Callable[..., Server]
Ask = Callable[..., Request]


def test_the_signer_is_asked_for_pss_with_sha_256(
    serve: Serve, server_pem: Path, authority: Authority, jane: TestIdentity, version: ssl.TLSVersion
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Recorder()
    shake(client(authority, jane, signer), server.port)
    assert signer.asked == [(Hash.SHA256, Padding.PSS)]
    assert server.peers == [jane.certificate.thumbprint]


def test_a_signer_without_pss_authenticates_with_tls_1_2_only(
    serve: Serve, server_pem: Path, authority: Authority, jane: TestIdentity
) -> None:
    both = server_context(server_pem, clients=authority)
    both.minimum_version = ssl.TLSVersion.TLSv1_2
    server = serve(echo, both)
    signer = Recorder(paddings=(Padding.PKCS1,))
    assert shake(client(authority, jane, signer), server.port) == "TLSv1.2"
    assert signer.asked == [(Hash.SHA256, Padding.PKCS1)]


def test_a_signer_without_pss_says_so_to_a_server_that_insists_on_tls_1_3(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    token: CancelToken,
) -> None:
    server = serve(echo, server_context(server_pem, ssl.TLSVersion.TLSv1_3, clients=authority))
    identity = signing(Recorder(paddings=(Padding.PKCS1,)))
    with pytest.raises(TransportError) as caught:
        transport.send(ask(server.port, identity=identity), token)
    assert caught.value.fate is Fate.NOT_SENT


def test_a_longer_hash_is_used_where_the_store_knows_only_that(
    serve: Serve, server_pem: Path, authority: Authority, jane: TestIdentity, version: ssl.TLSVersion
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Recorder(hashes=(Hash.SHA512,))
    shake(client(authority, jane, signer), server.port)
    assert signer.asked == [(Hash.SHA512, Padding.PSS)]


def test_a_wrong_signature_is_refused_by_the_server(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
    token: CancelToken,
) -> None:
    class Wrong(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            return bytes(256)

    server = serve(echo, server_context(server_pem, version, clients=authority))
    with pytest.raises(TransportError):
        transport.send(ask(server.port, identity=signing(Wrong())), token)
    assert server.heads == []


def test_eight_threads_shake_hands_twenty_times(
    serve: Serve, server_pem: Path, authority: Authority, jane: TestIdentity, version: ssl.TLSVersion
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Recorder()
    context = client(authority, jane, signer)
    together = threading.Barrier(8)

    def work(_number: int) -> int:
        together.wait()
        return len([shake(context, server.port) for _ in range(20)])

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(work, range(8))) == 160
    assert server.peers == [jane.certificate.thumbprint] * 160
    assert len(signer.asked) == 160
