"""Waiting for a signature: when the signer fails, hangs, is slow, or is asked late."""

import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from caiso_desktop.model.cancel import CancelToken, current_token
from caiso_desktop.model.error import Cancelled, Fate, IdentityError
from caiso_desktop.model.identity import Hash, Padding, Signer
from caiso_desktop.model.transport import Limits, Request
from caiso_desktop.model.transport_error import TimedOut, TlsFailed
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Authority, Server, echo, server_context
from tests.wire.provider.conftest import Broken, Hanging, Recorder, Signing, ask_late, late_context

Serve = Callable[..., Server]
Ask = Callable[..., Request]


def test_what_a_signer_says_reaches_the_person_and_nothing_is_sent(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    with pytest.raises(IdentityError, match="the card was taken out"):
        error = IdentityError("the card was taken out of its reader.")
        transport.send(ask(server.port, identity=signing(Broken(error=error))), CancelToken())
    with pytest.raises(IdentityError, match=r"did not sign \(ZeroDivisionError\)"):
        other = HttpTransport()
        try:
            other.send(ask(server.port, identity=signing(Broken(error=ZeroDivisionError("1/0")))), CancelToken())
        finally:
            other.close()
    assert server.heads == []


def test_a_cancel_ends_the_wait_for_a_signature_at_once(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
    token: CancelToken,
) -> None:
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Hanging()
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(transport.send, ask(server.port, identity=signing(signer)), token)
        assert signer.began.wait(10)
        token.cancel()
        with pytest.raises(Cancelled) as caught:
            sent.result(10)  # the signer is released afterwards, so nothing but the cancel ends the wait
    assert caught.value.fate is Fate.NOT_SENT
    signer.released.set()
    assert server.heads == []


def test_a_signer_that_never_answers_is_given_up_in_time(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
    token: CancelToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("caiso_desktop.wire.stream.PERSON", 0.2)
    server = serve(echo, server_context(server_pem, version, clients=authority))
    signer = Hanging()
    with pytest.raises(TimedOut, match="did not sign within"):
        transport.send(ask(server.port, identity=signing(signer)), token)
    signer.released.set()
    assert server.heads == []


def test_a_slow_signature_does_not_count_as_a_slow_server(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    version: ssl.TLSVersion,
    token: CancelToken,
) -> None:
    class Slow(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            time.sleep(0.6)
            return super().sign(digest, hash, padding)

    server = serve(echo, server_context(server_pem, version, clients=authority))
    request = ask(server.port, identity=signing(Slow()))
    quick = replace(request, limits=Limits(connect=0.5, read=5, total=10))
    assert transport.send(quick, token).status == 200


def test_a_certificate_that_is_asked_for_late_is_signed_for_late(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    token: CancelToken,
) -> None:
    server = serve(ask_late, late_context(server_pem, authority))
    signer = Recorder()
    response = transport.send(ask(server.port, identity=signing(signer)), token)
    assert response.body.read_bytes() == b"late"
    assert len(signer.asked) == 1


def test_a_late_signature_that_fails_leaves_the_fate_open(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    token: CancelToken,
) -> None:
    server = serve(ask_late, late_context(server_pem, authority))
    with pytest.raises(TlsFailed, match="the card was taken out") as caught:
        identity = signing(Broken(error=IdentityError("the card was taken out of its reader.")))
        transport.send(ask(server.port, identity=identity), token)
    assert caught.value.fate is Fate.UNKNOWN


def test_what_the_signer_asks_a_person_is_stopped_with_the_call(
    serve: Serve,
    server_pem: Path,
    authority: Authority,
    transport: HttpTransport,
    ask: Ask,
    signing: Callable[[Signer], Signing],
    token: CancelToken,
) -> None:
    tokens: list[CancelToken | None] = []

    class Asking(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            tokens.append(current_token())
            return super().sign(digest, hash, padding)

    server = serve(echo, server_context(server_pem, clients=authority))
    transport.send(ask(server.port, identity=signing(Asking())), token)
    assert tokens == [token]
