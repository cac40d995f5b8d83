"""The fake keeps the promises of the real one."""

from dataclasses import replace
from pathlib import Path

import pytest

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate
from caiso_desktop.model.source import bytes_of
from caiso_desktop.model.transport import Progress, Request, Transport
from caiso_desktop.model.transport_error import Unreachable
from caiso_desktop.wire.fake import Canned, FakeTransport


@pytest.fixture
def request_to_send(tmp_path: Path) -> Request:
    return Request("https://h/", (), b"<a/>", tmp_path / "answer", frozenset())


def test_it_answers_in_order_and_remembers(request_to_send: Request, tmp_path: Path) -> None:
    fake = FakeTransport(
        [Canned(b"<b/>", 500, "Fault"), Unreachable("nobody"), lambda request: Canned(bytes_of(request.body) * 2)]
    )
    port: Transport = fake
    seen: list[Progress] = []
    request = replace(request_to_send, on_progress=seen.append)
    response = port.send(request, CancelToken())
    assert (response.status, response.reason, response.size) == (500, "Fault", 4)
    assert request.keep.read_bytes() == b"<b/>"
    assert seen[-1].received == 4
    with pytest.raises(Unreachable):
        port.send(request, CancelToken())
    assert port.send(replace(request, keep=tmp_path / "b"), CancelToken()).body.read_bytes() == b"<a/><a/>"
    assert len(fake.requests) == 3
    port.close()
    assert fake.closed


def test_it_is_stopped_like_the_real_one(request_to_send: Request) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled) as caught:
        FakeTransport([Canned()]).send(request_to_send, token)
    assert caught.value.fate is Fate.NOT_SENT


def test_a_call_too_many_fails_the_test(request_to_send: Request) -> None:
    with pytest.raises(AssertionError, match="no answer is left"):
        FakeTransport().send(request_to_send, CancelToken())
