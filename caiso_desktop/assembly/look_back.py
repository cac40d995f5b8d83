"""Calls of the past, read again from the journal and from what the spool still keeps."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from caiso_desktop.model.call import Call, Headers
from caiso_desktop.model.draft import EDITABLE_BYTES, Draft, too_big_to_edit
from caiso_desktop.model.error import CaisoError, Cancelled, Fate, FileUnreadable, StorageError, UsageError
from caiso_desktop.model.evidence import LACKING, Circumstances, Evidence
from caiso_desktop.model.exchange import Courier, Exchange, SentRequest
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.guard import hash_of
from caiso_desktop.model.journal import Ending, Entry, History
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.model.transport import Response, Timings
from caiso_desktop.model.transport_error import TransportError
from caiso_desktop.store.spool import Spool

_PAYLOAD = "payload.xml"


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
        evidence = ending.evidence if ending is not None else None
        known = evidence.circumstances if evidence is not None else Circumstances()
        call = Call(record.environment, record.target, self._payload(entry, lambda: folder))
        exchange = Exchange(
            id=record.exchange,
            call=call,
            operation=self._courier.operation(call),
            certificate=known.certificate,
            started=record.started,
            request=SentRequest("POST", record.url, evidence.request if evidence else (), folder / "request"),
            key_place=known.key_place,
            way=known.way,
            lacks=evidence.lacks if evidence else LACKING,
        )
        if ending is None or ending.answer is None or ending.status is None:
            return replace(exchange, failure=_failure(entry))
        response = _response(entry, ending, evidence)
        if ending.failure:
            return replace(exchange, failure=_failure(entry))
        return _with(exchange, response, self._failures())

    def payload(self, entry: Entry) -> Payload:
        """What was sent; where the call's own files are gone, a large one gets a folder like theirs."""
        return self._payload(entry, lambda: self._spool.folder(entry.record.exchange) or self._spool.new())

    def _payload(self, entry: Entry, folder: Callable[[], Path]) -> Payload:
        """The payload; one that is not edited in a file beside the others, read back once."""
        if entry.payload_size <= EDITABLE_BYTES:
            payload = self._journal().payload(entry.id)
            _check(entry, hash_of(payload))
            if not _is_too_big(payload):
                return payload
        import secrets  # imported late: the window's first paint does not need it

        path = folder() / _PAYLOAD
        if path.is_file() and (kept := PayloadFile.of(path)).hash == entry.payload_hash:
            return kept
        # Under its name only when it is whole, whoever else may be at it.
        part = path.with_name(f"{_PAYLOAD}.{secrets.token_hex(6)}")
        try:
            read = self._journal().payload_into(entry.id, part)
            _check(entry, read.hash)
            part.replace(path)
        except OSError as error:
            raise StorageError(f"{path} could not be written ({error.strerror}).") from error
        finally:
            part.unlink(missing_ok=True)
        return replace(read, path=path)


def _check(entry: Entry, found: str) -> None:
    """What is shown as sent, and perhaps sent again, is what was sent. `StorageError`."""
    if found != entry.payload_hash:
        raise StorageError(
            f"the payload of call {entry.id} in the journal is not the one that was sent: it was changed since.",
            advice="`caiso journal verify` says what else was.",
        )


def _is_too_big(payload: bytes) -> bool:
    """Whether a text is shown from its file, for its length or that of a line."""
    try:
        return bool(too_big_to_edit(Draft.from_bytes(payload).text))
    except CaisoError:
        return False  # whoever shows it says what is wrong with it


def _with(exchange: Exchange, response: Response, failures: Failures) -> Exchange:
    import tempfile

    from caiso_desktop.envelope.undress import undress

    folder = Path(tempfile.mkdtemp(prefix="again-", dir=response.body.parent))
    return replace(exchange, response=response, answer=undress(response, exchange.operation, folder, failures))


def _response(entry: Entry, ending: Ending, evidence: Evidence | None) -> Response:
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
    return Response(
        status=ending.status or 0,
        reason=evidence.reason if evidence else "",
        headers=_headers(ending, evidence),
        body=path,
        size=ending.answer_size,
        started=entry.record.started,
        timings=ending.timings or Timings(),
        tls=evidence.circumstances.tls if evidence else None,
    )


def _headers(ending: Ending, evidence: Evidence | None) -> Headers:
    """The headers as they are kept; those by which the answer is read always as they came."""
    kept = evidence.response if evidence else ()
    needed = {"content-type": ending.content_type, "content-encoding": ending.content_encoding}
    named = [("Content-Type", ending.content_type), ("Content-Encoding", ending.content_encoding)]
    there = {name.lower() for name, _ in kept}
    return (
        *((name, needed.get(name.lower()) or value) for name, value in kept),
        *(each for each in named if each[1] and each[0].lower() not in there),
    )


def _failure(entry: Entry) -> CaisoError:
    """What went wrong, as it was told then; of an old record the words alone are known."""
    ending = entry.ending
    fate = ending.fate if ending else Fate.UNKNOWN
    words = ending.failure if ending else "It is under way, or the program ended before it knew."
    trouble = ending.evidence.trouble if ending is not None and ending.evidence is not None else None
    stopped = ending is not None and ending.cancelled
    detail = trouble.detail if trouble is not None else words
    advice = trouble.advice if trouble is not None else ""
    failure: CaisoError = (
        Cancelled(detail or "The call was stopped.", fate=fate)
        if stopped
        else TransportError(detail or "What became of the call is not known.", fate=fate, advice=advice)
    )
    if trouble is not None:
        failure.title, failure.side = trouble.title, trouble.side
    return failure
