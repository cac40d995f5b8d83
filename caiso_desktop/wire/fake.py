"""A transport without a network, for the tests of whoever calls one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from caiso_desktop.model.call import Headers
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled, Fate
from caiso_desktop.model.transport import Phase, Progress, Request, Response, Timings


@dataclass(frozen=True, slots=True)
class Canned:
    """An answer to give."""

    body: bytes = b""
    status: int = 200
    reason: str = "OK"
    headers: Headers = (("Content-Type", "text/xml; charset=utf-8"),)


class FakeTransport:
    """Answers each request with the next of its answers, and remembers the requests.

    An answer is a `Canned`, an error to raise, or a function from the request to either. Running out of answers is an
    `AssertionError`: the test called more often than it meant to.
    """

    def __init__(self, answers: Iterable[Canned | CaisoError | Callable[[Request], Canned | CaisoError]] = ()) -> None:
        self._answers = list(answers)
        self.requests: list[Request] = []
        self.closed = False

    def send(self, request: Request, token: CancelToken) -> Response:
        """Give the next answer."""
        if token.cancelled:
            raise Cancelled(fate=Fate.NOT_SENT)
        self.requests.append(request)
        if not self._answers:
            raise AssertionError(f"no answer is left for {request.method} {request.url}")
        answer = self._answers.pop(0)
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, CaisoError):
            raise answer
        request.on_progress(Progress(Phase.SENDING, len(request.body)))
        with request.keep.open("xb") as file:
            file.write(answer.body)
        request.on_progress(Progress(Phase.RECEIVING, len(request.body), len(answer.body), len(answer.body)))
        return Response(
            status=answer.status,
            reason=answer.reason,
            headers=answer.headers,
            body=request.keep,
            size=len(answer.body),
            started=datetime.now(UTC),
            timings=Timings(),
        )

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
