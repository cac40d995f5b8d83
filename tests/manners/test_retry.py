from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from caiso_desktop.manners.retry import AGAIN, again
from caiso_desktop.model.call import Call, Headers, Operation
from caiso_desktop.model.error import CaisoError, Cancelled, Fate, StorageError
from caiso_desktop.model.exchange import Exchange, SentRequest
from caiso_desktop.model.passing import retry_after
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.transport import Response, Timings
from caiso_desktop.model.transport_error import (
    ClientCertificateRefused,
    CutOff,
    NameNotFound,
    ServerNotTrusted,
    TimedOut,
    Unreachable,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def exchange(kind: Kind = Kind.RETRIEVE, failure: CaisoError | None = None) -> Exchange:
    operation = Operation("x", Variant.AP, kind, "x", "{urn:x}A", "{urn:x}B")
    call = Call("map-stage", Target("sibr", "X", "v1", Variant.AP), b"")
    request = SentRequest("POST", "https://host.example/x", (), Path("request"))
    return Exchange("1", call, operation, None, NOW, request, failure=failure)


def answered(status: int, headers: Headers = (), kind: Kind = Kind.RETRIEVE) -> Exchange:
    return replace(exchange(kind), response=Response(status, "", headers, Path("body"), 0, NOW, Timings()))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.RETRIEVE])
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_changes_something_is_never_sent_again(kind: Kind, status: int) -> None:
    assert again(answered(status, kind=kind), 1) is None
    for failure in (CutOff("x", fate=Fate.UNKNOWN), Unreachable("x"), TimedOut("x")):
        assert again(exchange(kind, failure), 1) is None


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_trouble_of_the_service(status: int) -> None:
    found = again(answered(status), 1)
    assert found is not None
    assert found.reason == f"HTTP {status}"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 500])
def test_an_answer_that_the_next_try_would_meet_too(status: int) -> None:
    assert again(answered(status), 1) is None


@pytest.mark.parametrize("failure", [CutOff("x"), Unreachable("x"), TimedOut("x"), NameNotFound("x")])
def test_a_connection_that_failed(failure: CaisoError) -> None:
    found = again(exchange(failure=failure), 1)
    assert found is not None
    assert found.reason == failure.title


@pytest.mark.parametrize(
    "failure", [Cancelled(), ServerNotTrusted("x"), ClientCertificateRefused("x"), StorageError("x")]
)
def test_what_does_not_pass_by_itself(failure: CaisoError) -> None:
    assert again(exchange(failure=failure), 1) is None


def test_twice_at_most_and_longer_each_time() -> None:
    waits = []
    for tries in range(1, AGAIN + 1):
        low, high = (again(answered(503), tries, chance=lambda c=c: c) for c in (0.0, 1.0))  # type: ignore[misc]
        assert low is not None
        assert high is not None
        assert low.seconds < high.seconds
        waits += [low.seconds, high.seconds]
    assert waits == sorted(waits)
    assert again(answered(503), AGAIN + 1) is None


def test_retry_after_counts_where_it_is_longer() -> None:
    found = again(answered(503, (("Retry-After", "30"),)), 1)
    assert found is not None
    assert found.seconds == 30
    sooner = again(answered(503, (("Retry-After", "0"),)), 1)
    assert sooner is not None
    assert sooner.seconds >= 1.5
    assert again(answered(503, (("Retry-After", "3600"),)), 1) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("Retry-After", "7"),), 7),
        ((("retry-after", " 7 "),), 7),
        ((("Retry-After", "Sun, 22 Nov 2026 08:00:40 GMT"), ("Date", "Sun, 22 Nov 2026 08:00:10 GMT")), 30),
        ((("Retry-After", "Sun, 22 Nov 2026 07:00:00 GMT"), ("Date", "Sun, 22 Nov 2026 08:00:10 GMT")), 0),
        ((("Retry-After", "soon"),), None),
        ((("Retry-After", "-5"),), None),
        ((), None),
    ],
)
def test_retry_after_is_seconds_or_a_date_by_the_service_s_own_clock(headers: Headers, seconds: float | None) -> None:
    response = answered(503, headers).response
    assert response is not None
    assert retry_after(response) == seconds
