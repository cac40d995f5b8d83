"""Waiting for a signature: when the signer fails, hangs, is slow, or is asked late."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from caiso_desktop.model.cancel import CancelToken, current_token
from caiso_desktop.model.error import Cancelled, Fate, IdentityError
from caiso_desktop.model.identity import Hash, Padding
from caiso_desktop.model.transport import Limits
from caiso_desktop.model.transport_error import TimedOut, TlsFailed
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.provider.conftest import Broken, Hanging, Recorder, Visitor


def test_what_a_signer_says_reaches_the_person_and_nothing_is_sent(visitor: Visitor) -> None:
    with pytest.raises(IdentityError, match="the card was taken out"):
        visitor.send(Broken(error=IdentityError("the card was taken out of its reader.")))
    with closing(HttpTransport()) as other, pytest.raises(IdentityError, match=r"did not sign \(ZeroDivisionError\)"):
        replace(visitor, transport=other).send(Broken(error=ZeroDivisionError("1/0")))
    assert visitor.server.heads == []


def test_a_cancel_ends_the_wait_for_a_signature_at_once(visitor: Visitor, token: CancelToken) -> None:
    signer = Hanging()
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(visitor.send, signer)
        assert signer.began.wait(10)
        token.cancel()
        with pytest.raises(Cancelled) as caught:
            sent.result(10)  # the signer is released afterwards, so nothing but the cancel ends the wait
    assert caught.value.fate is Fate.NOT_SENT
    signer.released.set()
    assert visitor.server.heads == []


def test_a_signer_that_never_answers_is_given_up_in_time(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caiso_desktop.wire.stream.PERSON", 0.2)
    signer = Hanging()
    with pytest.raises(TimedOut, match="did not sign within"):
        visitor.send(signer)
    signer.released.set()
    assert visitor.server.heads == []


def test_a_slow_signature_does_not_count_as_a_slow_server(visitor: Visitor, token: CancelToken) -> None:
    class Slow(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            time.sleep(0.6)
            return super().sign(digest, hash, padding)

    quick = replace(visitor.request(Slow()), limits=Limits(connect=0.5, read=5, total=10))
    assert visitor.transport.send(quick, token).status == 200


def test_a_certificate_that_is_asked_for_late_is_signed_for_late(late_visitor: Visitor) -> None:
    signer = Recorder()
    assert late_visitor.send(signer).body.read_bytes() == b"late"
    assert len(signer.asked) == 1


def test_a_late_signature_that_fails_leaves_the_fate_open(late_visitor: Visitor) -> None:
    with pytest.raises(TlsFailed, match="the card was taken out") as caught:
        late_visitor.send(Broken(error=IdentityError("the card was taken out of its reader.")))
    assert caught.value.fate is Fate.UNKNOWN


def test_what_the_signer_asks_a_person_is_stopped_with_the_call(visitor: Visitor, token: CancelToken) -> None:
    tokens: list[CancelToken | None] = []

    class Asking(Recorder):
        def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
            tokens.append(current_token())
            return super().sign(digest, hash, padding)

    visitor.send(Asking())
    assert tokens == [token]
