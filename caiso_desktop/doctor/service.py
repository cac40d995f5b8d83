"""What is told of the service itself: its HTTP answer, the clocks, and a signed retrieve."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from caiso_desktop.doctor.ground import failed
from caiso_desktop.envelope.clock import ADVICE, NOTICEABLE, consequence, difference, is_fatal, offset
from caiso_desktop.envelope.explain import explain_page, explain_status
from caiso_desktop.model.answer import Note, Outcome, Severity
from caiso_desktop.model.doctor import Finding, Place, Step, Verdict
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.failure import A_PAGE, MISFIT, NO_RIGHT, Failures
from caiso_desktop.model.service import Variant
from caiso_desktop.model.transport import Response

_EXPECTED = {
    404: "Nothing lies at the address itself, as is to be expected.",
    405: "The service takes calls by POST only, as is to be expected.",
    500: "The service complains about an empty question, as is to be expected.",
}
_UNAVAILABLE = (502, 503, 504)


def answered(place: Place, response: Response, beginning: str, failures: Failures) -> Finding:
    """What an answer to an empty GET means; ``beginning`` is the first of its body.

    What a service says to an empty question is no failure: it answers.
    """
    status = response.status
    facts = (("Asked", f"GET {place.url}"), ("Status", f"HTTP {status} {response.reason}".strip()))
    seconds = response.timings.wait
    page = explain_page(failures, beginning) if "<html" in beginning.lower() else None
    if page is not None and page.matter != A_PAGE:
        return _of_note(Step.HTTP, Verdict.FAILED, page, seconds, facts)
    note = explain_status(failures, status, response.reason)
    if status == 404 and place.service and note is not None:
        return _of_note(Step.HTTP, Verdict.FAILED, note, seconds, facts)
    if note is None or status in _EXPECTED:
        said = f"HTTP {status}. {_EXPECTED.get(status, 'The host answers.')}"
        return Finding(Step.HTTP, Verdict.OK, said, "", seconds, facts)
    grave = status in (401, 403, 407, *_UNAVAILABLE)
    return _of_note(Step.HTTP, Verdict.FAILED if grave else Verdict.WARNING, note, seconds, facts)


def _of_note(
    step: Step, verdict: Verdict, note: Note, seconds: float | None, facts: tuple[tuple[str, str], ...]
) -> Finding:
    raw = (*facts, ("As it came", note.raw)) if note.raw and "HTTP" not in note.raw else facts
    return Finding(step, verdict, f"{note.title}. {note.meaning}", note.advice, seconds, raw)


# The clock


def told_time(response: Response) -> Finding:
    """What the difference of the clocks would do to a signed call."""
    ahead = offset(response)
    if ahead is None:
        said = "The answer bears no date, so the clocks cannot be compared by it."
        return Finding(Step.CLOCK, Verdict.SKIPPED, said, "The answer of the signed retrieve may tell more.")
    facts = (("Date of the answer", response.header("Date") or ""), ("This clock is ahead by", _seconds(ahead)))
    if abs(ahead) < NOTICEABLE:
        said = "This computer's clock and the host's agree."
        return Finding(Step.CLOCK, Verdict.OK, said, "", None, facts)
    verdict = Verdict.FAILED if is_fatal(ahead) else Verdict.WARNING
    return Finding(Step.CLOCK, verdict, f"{difference(ahead)} {consequence(ahead)}", ADVICE, None, facts)


def _seconds(difference: timedelta) -> str:
    return f"{difference.total_seconds():.1f} s"


# The signed retrieve


def unsent(error: CaisoError) -> Finding:
    """A retrieve that did not leave."""
    return failed(Step.RETRIEVE, error)


def retrieved(exchange: Exchange) -> Finding:
    """What became of the retrieve."""
    target = exchange.call.target
    service = f"{target.service} {target.version}".strip()
    took = f"{service} took the signed call"
    if target.variant is Variant.RPC:
        took = f"{service} took {target.procedure}, for which the certificate vouches (ADS takes no signature)"
    facts = [("Service", f"{service} ({target.variant})"), ("Address", exchange.request.url)]
    response, answer = exchange.response, exchange.answer
    seconds = response.timings.total if response is not None else None
    if response is not None:
        facts.append(("Status", f"HTTP {response.status} {response.reason}".strip()))
        facts += _times(exchange, response)
    if answer is None:
        error = exchange.failure or CaisoError("the answer could not be read.")
        return failed(Step.RETRIEVE, error, seconds, facts)
    if answer.outcome is Outcome.SUCCESS:
        said = f"{took} and answered it."
        return Finding(Step.RETRIEVE, Verdict.OK, said, "", seconds, tuple(facts))
    if answer.outcome is Outcome.NO_DATA:
        said = f"{took}; it has nothing to tell for it."
        return Finding(Step.RETRIEVE, Verdict.OK, said, "", seconds, tuple(facts))
    note = _gravest(answer.notes)
    finding = _of_note(Step.RETRIEVE, Verdict.FAILED, note, seconds, tuple(facts))
    if note.matter == MISFIT:
        said = f"{service} knew who asked, and refused the form of the question only: the way is in order."
        return replace(finding, verdict=Verdict.WARNING, sentence=said)
    if note.matter == NO_RIGHT:
        said = f"{took}; the certificate's user has no right to what was asked for."
        return replace(finding, verdict=Verdict.WARNING, sentence=said)
    return finding


def _gravest(notes: Sequence[Note]) -> Note:
    """The error that tells most: one of which more is known than that a page came."""
    errors = [note for note in notes if note.severity is Severity.ERROR]
    unknown = Note(Severity.ERROR, "The service answered with an error", "Its answer is kept with the call.")
    return next((note for note in errors if note.matter != A_PAGE), errors[0] if errors else unknown)


def _times(exchange: Exchange, response: Response) -> Iterator[tuple[str, str]]:
    """The times that the answer tells, for the clock: of its head, and of its events."""
    ahead = offset(response)
    if ahead is not None:
        yield "This clock is ahead by", _seconds(ahead)
    answer = exchange.answer
    result = (answer.result or (answer.fault.result if answer.fault else None)) if answer else None
    created = next((event.created for event in result.events if event.created), "") if result else ""
    if created:
        yield "Time that the service gives", created
        moment = _instant(created)
        if moment is not None:
            yield "This clock is ahead of it by", _seconds(response.started - moment)


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None
