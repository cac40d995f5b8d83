"""What every TLS context of ours insists on."""

import contextlib
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Fate, UsageError
from caiso_desktop.model.identity import Identity, Trust
from caiso_desktop.model.transport import Request
from caiso_desktop.model.transport_error import ServerNotTrusted
from caiso_desktop.wire.refusal import Scene, explain
from caiso_desktop.wire.tls import Contexts, client_context, shown_chain
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Authority, Server, TestIdentity, echo, server_context


@pytest.mark.parametrize("own_authorities", [True, False])
def test_every_context_verifies(authority: Authority, jane: TestIdentity, own_authorities: bool) -> None:
    for identity in (None, jane):
        context = client_context(identity, authority.trust if own_authorities else Trust())
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_an_authority_must_be_a_certificate() -> None:
    for wrong in (b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\xff"):
        with pytest.raises(UsageError, match="not a certificate in PEM"):
            client_context(None, Trust((wrong,)))


def test_a_context_is_made_once_for_each_certificate_and_trust(
    authority: Authority, stranger: Authority, jane: TestIdentity, john: TestIdentity
) -> None:
    contexts = Contexts()
    wanted = [(who, trust) for who in (None, jane, john) for trust in (authority.trust, stranger.trust)]
    made = [contexts.make(who, trust) for who, trust in wanted]
    assert len({id(each) for each in made}) == len(wanted)
    assert [contexts.known(who, trust) for who, trust in wanted] == made
    contexts.clear()
    assert [contexts.known(who, trust) for who, trust in wanted] == [None] * len(wanted)


def test_the_chain_is_shown_up_to_the_authority_that_vouches(
    serve: Callable[..., Server],
    server_pem: Path,
    authority: Authority,
    stranger: Authority,
    transport: HttpTransport,
    ask: Callable[..., Request],
    version: ssl.TLSVersion,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    server = serve(echo, server_context(server_pem, version))
    facts = transport.send(ask(server.port), CancelToken()).tls
    assert facts is not None
    assert facts.chain == (facts.peer_certificate, ssl.PEM_cert_to_DER_cert(authority.pem.decode()))
    assert not facts.as_sent
    assert [link.issuer for link in facts.links] == ["CN=Authority of this run"] * 2
    assert facts.links[1].subject == "CN=Authority of this run"
    own = x509.load_der_x509_certificate(facts.peer_certificate)
    assert facts.links[0].serial == f"{own.serial_number:X}".zfill(len(facts.links[0].serial))
    assert facts.links[0].thumbprint == own.fingerprint(hashes.SHA256()).hex().upper()
    assert facts.links[0].since == own.not_valid_before_utc
    assert facts.links[0].until == authority.certificate.not_valid_after_utc.replace(microsecond=0)
    # The system's trust, which truststore leaves to OpenSSL on Linux, with an authority beside it.
    bundle = tmp_path / "system.pem"
    bundle.write_bytes(stranger.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    beside = transport.send(ask(server.port, trust=Trust((authority.pem,), beside_system=True)), CancelToken()).tls
    assert beside is not None
    assert beside.chain == facts.chain


def test_authorities_beside_the_system_leave_the_system_in_place(
    serve: Callable[..., Server],
    server_pem: Path,
    authority: Authority,
    stranger: Authority,
    transport: HttpTransport,
    ask: Callable[..., Request],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    bundle = tmp_path / "system.pem"
    bundle.write_bytes(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    server = serve(echo, server_context(server_pem))
    both = Trust((stranger.pem,), beside_system=True)
    assert transport.send(ask(server.port, trust=both), CancelToken()).status == 200
    with pytest.raises(ServerNotTrusted):
        transport.send(ask(server.port, trust=Trust((stranger.pem,))), CancelToken())


def test_a_chain_that_was_only_sent_is_called_so(server_pem: Path, authority: Authority) -> None:
    """As on Windows and macOS, where truststore turns OpenSSL's verification off and asks the system instead."""
    ours, theirs = (ssl.MemoryBIO(), ssl.MemoryBIO()), server_context(server_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client, server = context.wrap_bio(*ours), theirs.wrap_bio(ours[1], ours[0], server_side=True)
    for side in (client, server, client, server):
        with contextlib.suppress(ssl.SSLWantReadError):
            side.do_handshake()
    chain, as_sent = shown_chain(client)
    assert as_sent
    assert [ssl.DER_cert_to_PEM_cert(each.der) in server_pem.read_text() for each in chain] == [True]


def test_a_list_of_revoked_certificates_that_is_not_reachable_has_its_own_sentence(
    serve: Callable[..., Server],
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Callable[..., Request],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def strict(identity: Identity | None, trust: Trust) -> ssl.SSLContext:
        context = client_context(identity, trust)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
        return context

    monkeypatch.setattr("caiso_desktop.wire.tls.client_context", strict)
    server = serve(echo, server_context(server_pem))
    with pytest.raises(ServerNotTrusted, match="nobody can say whether it was revoked") as told:
        transport.send(ask(server.port), CancelToken())
    assert "revocation list" in told.value.advice
    windows = ssl.SSLCertVerificationError(1, "whatever language")
    windows.verify_code = 0x80092013
    assert "the list is not reachable" in explain(windows, Scene("h", 1, None, agreed=True), Fate.NOT_SENT).detail
