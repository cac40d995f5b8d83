"""Calls of the past, read again from the journal and from what the spool still keeps."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from caiso_desktop.model.call import Call
from caiso_desktop.model.error import (
    CaisoError,
    Cancelled,
    Fate,
    FileUnreadable,
    StorageError,
    TransportError,
    UsageError,
)
from caiso_desktop.model.exchange import Courier, Exchange, SentRequest
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.journal import Ending, Entry, Filter, History
from caiso_desktop.model.service import Target
from caiso_desktop.model.transport import Response, Timings
from caiso_desktop.store.spool import Spool

_NEWEST = 500


class SpoolLookBack:
    """The port `caiso_desktop.model.safety.LookBack`. A look at an old answer counts as a use of it."""

    def __init__(
        self, spool: Spool, journal: Callable[[], History], courier: Courier, failures: Callable[[], Failures]
    ) -> None:
        self._spool = spool
        self._journal = journal
        self._courier = courier
        self._failures = failures

    def exchange(self, entry: Entry) -> Exchange:
        """A call with its answer, undressed anew."""
        record, ending = entry.record, entry.ending
        folder = self._spool.folder(record.exchange)
        if folder is None:
            raise UsageError(
                f"the files of call {entry.id} are no longer kept.",
                advice="Its payload can be opened as a draft. File, Data and retention says how long answers are kept.",
            )
        call = Call(record.environment, record.target, self._journal().payload(entry.id))
        operation = self._courier.operation(call)
        exchange = Exchange(
            id=record.exchange,
            call=call,
            operation=operation,
            certificate=None,
            started=record.started,
            request=SentRequest("POST", record.url, (), folder / "request"),
        )
        if ending is None or ending.answer is None or ending.status is None:
            return replace(exchange, failure=_failure(entry))
        response = _response(entry, ending)
        if ending.failure:
            return replace(exchange, failure=_failure(entry))
        return _with(exchange, response, self._failures())

    def find(self, exchange: str, target: Target, environment: str) -> Entry | None:
        """The entry of an exchange, among the newest of its service."""
        wanted = Filter(environment=environment, application=target.application, service=target.service)
        found = self._journal().search(wanted, limit=_NEWEST)
        return next((entry for entry in found if entry.record.exchange == exchange), None)


def _with(exchange: Exchange, response: Response, failures: Failures) -> Exchange:
    import tempfile

    from caiso_desktop.envelope.undress import undress

    folder = Path(tempfile.mkdtemp(prefix="again-", dir=response.body.parent))
    return replace(exchange, response=response, answer=undress(response, exchange.operation, folder, failures))


def _response(entry: Entry, ending: Ending) -> Response:
    """The answer as it came; `StorageError` where its file is gone or is another."""
    import hashlib

    path = ending.answer
    try:
        if path is None:
            raise UsageError(f"call {entry.id} has no answer.")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(
            f"the answer of call {entry.id} cannot be read ({error.strerror}).",
            advice="It may have been deleted; the record of the call is still there.",
        ) from error
    if digest != ending.answer_hash:
        raise StorageError(
            f"the answer of call {entry.id} in {path} is not the one that came: it was changed since.",
            advice="Ask for it again from the service.",
        )
    named = (("Content-Type", ending.content_type), ("Content-Encoding", ending.content_encoding))
    return Response(
        status=ending.status or 0,
        reason="",
        headers=tuple(each for each in named if each[1]),
        body=path,
        size=ending.answer_size,
        started=entry.record.started,
        timings=ending.timings or Timings(),
    )


def _failure(entry: Entry) -> CaisoError:
    ending = entry.ending
    fate = ending.fate if ending else Fate.UNKNOWN
    words = ending.failure if ending else "It is under way, or the program ended before it knew."
    if ending is not None and ending.cancelled:
        return Cancelled(words or "The call was stopped.", fate=fate)
    return TransportError(words or "What became of the call is not known.", fate=fate, advice="")
