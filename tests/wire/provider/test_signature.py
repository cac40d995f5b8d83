"""What a signer is asked for: padding and hash on both versions of TLS, and on many threads."""

import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from caiso_desktop.model.error import Fate
from caiso_desktop.model.identity import Hash, Padding
from caiso_desktop.model.transport_error import TransportError
from tests.wire.conftest import Authority, echo, server_context
from tests.wire.provider.conftest import Recorder, Visit, Visitor, client, shake


def test_the_signer_is_asked_for_pss_with_sha_256(visitor: Visitor) -> None:
    signer = Recorder()
    visitor.shake(signer)
    assert signer.asked == [(Hash.SHA256, Padding.PSS)]
    assert visitor.server.peers == [visitor.jane.certificate.thumbprint]


def test_a_signer_without_pss_authenticates_with_tls_1_2_only(
    visit: Visit, server_pem: Path, authority: Authority
) -> None:
    both = server_context(server_pem, clients=authority)
    both.minimum_version = ssl.TLSVersion.TLSv1_2
    signer = Recorder(paddings=(Padding.PKCS1,))
    assert visit(echo, both).shake(signer) == "TLSv1.2"
    assert signer.asked == [(Hash.SHA256, Padding.PKCS1)]


def test_a_signer_without_pss_says_so_to_a_server_that_insists_on_tls_1_3(
    visit: Visit, server_pem: Path, authority: Authority
) -> None:
    visitor = visit(echo, server_context(server_pem, ssl.TLSVersion.TLSv1_3, clients=authority))
    with pytest.raises(TransportError) as caught:
        visitor.send(Recorder(paddings=(Padding.PKCS1,)))
    assert caught.value.fate is Fate.NOT_SENT


def test_a_longer_hash_is_used_where_the_store_knows_only_that(visitor: Visitor) -> None:
    signer = Recorder(hashes=(Hash.SHA512,))
    visitor.shake(signer)
    assert signer.asked == [(Hash.SHA512, Padding.PSS)]


def test_a_wrong_signature_is_refused_by_the_server(visitor: Visitor) -> None:
    class Wrong(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            return bytes(256)

    with pytest.raises(TransportError):
        visitor.send(Wrong())
    assert visitor.server.heads == []


def test_eight_threads_shake_hands_twenty_times(visitor: Visitor) -> None:
    signer = Recorder()
    context = client(visitor.authority, visitor.jane, signer)
    together = threading.Barrier(8)

    def work(_number: int) -> int:
        together.wait()
        return len([shake(context, visitor.server.port) for _ in range(20)])

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(work, range(8))) == 160
    assert visitor.server.peers == [visitor.jane.certificate.thumbprint] * 160
    assert len(signer.asked) == 160
