"""What an answer means, once its pieces are known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from caiso_desktop.envelope.clock import clock_note
from caiso_desktop.envelope.dispatch import count_rows
from caiso_desktop.envelope.explain import damaged, explain_fault, explain_status
from caiso_desktop.envelope.load_following import about_load_following
from caiso_desktop.envelope.procedure import PLAIN
from caiso_desktop.envelope.report import Findings
from caiso_desktop.envelope.result import BATCH_STATUS, batch_of, fault_of, result_of
from caiso_desktop.envelope.soap import Envelope
from caiso_desktop.model.answer import (
    BATCH_REFUSED,
    IN_DOUBT,
    RECEIVED,
    Answer,
    BatchCheck,
    Fault,
    Note,
    Outcome,
    Part,
    Result,
    Severity,
)
from caiso_desktop.model.call import Basis, Operation
from caiso_desktop.model.error import Side
from caiso_desktop.model.failure import A_PAGE, NO_DATA, Failures
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.service import Kind
from caiso_desktop.model.transport import Response

_SUFFIX = re.compile(r"_v\w+$")
_COUNTED = 32 << 20
"""Bytes of a document of ADS that is read once more, to count what it holds: some hundred days of dispatch."""

_NOT_DONE = (501, 505)
"""Statuses of failure that only who has not begun the work gives; behind others a message may have been handed on."""

_DOUBT = Note(
    Severity.WARNING,
    "It is not known what became of it",
    "No answer of the service itself came, which may have received it all the same.",
    "Look with the matching retrieve before you send it again; sent twice it may count twice.",
    matter=IN_DOUBT,
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """What was found in an answer, and the notes made on the way; ``status_told``: its HTTP status is among them."""

    envelope: Envelope | None
    report: Path | None
    findings: Findings | None
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]
    status_told: bool = False


def judge(response: Response, operation: Operation, pieces: Pieces, failures: Failures) -> Answer:
    """The answer that these pieces make."""
    envelope, findings = pieces.envelope, pieces.findings
    fault = fault_of(envelope.fault) if envelope and envelope.fault else None
    result = _result(fault, envelope, findings)
    notes = list(pieces.notes)
    outcome = _Judgement(response, operation, pieces, failures, notes).outcome(fault, result)
    if operation.kind is not Kind.RETRIEVE and fault is None and not (result and result.events):
        notes += _doubt(response, outcome, notes, failures)
    batch = _batch(findings) if pieces.report else None
    if batch is not None and batch.refused and outcome is Outcome.SUCCESS:
        outcome = Outcome.ERROR
    if findings and pieces.report:
        notes += _about_report(operation, findings, batch)
        following = about_load_following(findings.root, pieces.report)
        notes += following
        if outcome is Outcome.SUCCESS and any(note.severity is Severity.ERROR for note in following):
            outcome = Outcome.ERROR
        if outcome is Outcome.SUCCESS and result is None and not findings.counts:
            outcome, note = _of_emptiness(operation, failures)
            notes.append(note)
    notes[:0] = _first(response, operation, outcome, failures)
    return Answer(
        outcome=outcome,
        report=pieces.report,
        root=findings.root if findings and pieces.report else None,
        counts=_counts(operation, findings, pieces.report) if findings and pieces.report else (),
        parts=pieces.parts,
        notes=tuple(notes),
        fault=fault,
        result=result,
        batch=batch,
    )


def _counts(operation: Operation, findings: Findings, report: Path) -> tuple[tuple[str, int], ...]:
    """What a report holds; of a document of ADS what its lists hold, which is one deeper."""
    if operation.procedure is None or operation.procedure.encoding == PLAIN or report.stat().st_size > _COUNTED:
        return findings.counts
    return count_rows(report) or findings.counts


def _doubt(response: Response, outcome: Outcome, notes: Sequence[Note], failures: Failures) -> list[Note]:
    """What to say where no word of the service came, and nothing known that turned the message away before it."""
    open_status = outcome is Outcome.ERROR and _may_have_passed(response)
    known = failures.of_status(response.status)
    say_nothing = {"", A_PAGE, known.note.matter if known is not None else ""}
    told = [note for note in notes if note.severity is Severity.ERROR and note.matter not in say_nothing]
    return [_DOUBT] if (open_status or outcome is Outcome.UNREADABLE) and not told else []


def _may_have_passed(response: Response) -> bool:
    """Whether a gateway that answers so may have handed the message on before.

    503 is what a busy service says, with the time to come back, and also what some gateways (Envoy for one) say of a
    service that broke off in the middle.
    """
    if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return response.header("Retry-After") is None
    return response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and response.status not in _NOT_DONE


def _batch(findings: Findings | None) -> BatchCheck | None:
    """How far the check of a batch is, where the report is about that."""
    if findings is None or findings.tree is None or (findings.root or "").rpartition("}")[2] != BATCH_STATUS:
        return None
    return batch_of(findings.tree)


def _result(fault: Fault | None, envelope: Envelope | None, findings: Findings | None) -> Result | None:
    """The result document, wherever it hides: in the fault's detail, in the report, in the Body."""
    if fault is not None and fault.result is not None:
        return fault.result
    for tree in (findings.tree if findings else None, envelope.result if envelope else None):
        if tree is not None and (result := result_of(tree)) is not None:
            return result
    return None


def _first(response: Response, operation: Operation, outcome: Outcome, failures: Failures) -> list[Note]:
    """What is told before CAISO's own words: a wrong clock, which they hide; and what could not be looked up."""
    refused = outcome in (Outcome.ERROR, Outcome.UNREADABLE)
    clock = clock_note(response, refused=refused, dated=operation.procedure is None)
    notes = [clock] if clock is not None else []
    if refused:
        notes += [
            Note(Severity.WARNING, "A file of known failures is left out", begun(problem))
            for problem in failures.problems
        ]
    return notes


@dataclass(frozen=True, slots=True)
class _Judgement:
    """One answer before the table of failures; what is found out is added to ``notes``."""

    response: Response
    operation: Operation
    pieces: Pieces
    failures: Failures
    notes: list[Note]

    def outcome(self, fault: Fault | None, result: Result | None) -> Outcome:
        """What the answer means to the user."""
        response, notes = self.response, self.notes
        if fault is not None:
            return self._of_words(_words(fault.result) or [fault.text], _side_of(fault))
        if result is not None and (words := _words(result)):
            return self._of_words(words)
        status = explain_status(self.failures, response.status, response.reason, self._basis)
        if status is not None:
            if not self.pieces.status_told:
                notes.append(status)
            return Outcome.ERROR
        if result is not None:
            return _of_result(result, self.operation, notes)
        if self.pieces.report is not None:
            loud = any(note.severity is Severity.ERROR for note in notes)
            return Outcome.ERROR if loud else Outcome.SUCCESS
        if not notes or all(note.severity is not Severity.ERROR for note in notes):
            notes.append(_nothing(response, self.pieces))
        return Outcome.UNREADABLE

    @property
    def _basis(self) -> Basis:
        return self.operation.basis

    def _of_words(self, words: list[str], side: Side | None = None) -> Outcome:
        nothing = self.failures.no_data(words)
        if nothing is not None:
            self.notes.append(nothing)
            return Outcome.NO_DATA
        self.notes.extend(explain_fault(self.failures, said, self._basis, side) for said in dict.fromkeys(words))
        return Outcome.ERROR


def _of_emptiness(operation: Operation, failures: Failures) -> tuple[Outcome, Note]:
    """What a report with nothing in it means: a procedure that changes something has nothing more to say."""
    if operation.procedure is not None and operation.kind is not Kind.RETRIEVE:
        return Outcome.SUCCESS, Note(Severity.INFO, "Done", f"The service took {operation.name}; it answers no more.")
    return Outcome.NO_DATA, failures.about(NO_DATA) or Note(Severity.INFO, "No data")


def _side_of(fault: Fault) -> Side | None:
    """Whose side a fault says that it is on: only that of who asked is believed, for services call much their own."""
    code = fault.code.rpartition(":")[2].partition(".")[0].lower()
    return Side.YOURS if code in ("client", "sender") else None


def _words(result: Result | None) -> list[str]:
    """What the events say that are no success."""
    if result is None:
        return []
    return [e.description or e.name or e.result for e in result.events if not e.succeeded]


def _of_result(result: Result, operation: Operation, notes: list[Note]) -> Outcome:
    if not result.events:
        notes.append(damaged("result", "it has no event that says whether the service took the data"))
        return Outcome.UNREADABLE
    if result.batch:
        meaning = f"The service opened the batch {result.batch}, and checks it later."
        notes.append(Note(Severity.INFO, RECEIVED, meaning, "RetrieveBatchValidationStatus tells how far it is."))
    elif operation.kind is not Kind.RETRIEVE:
        meaning = "The service has it. Whether it accepts, changes or rejects it is known later."
        notes.append(Note(Severity.INFO, RECEIVED, meaning, "A retrieve shows what became of it."))
    return Outcome.SUCCESS


def _nothing(response: Response, pieces: Pieces) -> Note:
    if response.size == 0:
        return Note(
            Severity.ERROR,
            "The answer is empty",
            "The service answered, but with nothing in it.",
            "Try again; look first what became of a submit.",
            side=Side.BETWEEN,
        )
    if pieces.envelope is not None and pieces.envelope.soap:
        return Note(
            Severity.ERROR,
            "Nothing in the envelope",
            "The answer is a SOAP message without report, result or fault.",
            "Look at its parts, and check that the variant (AP or DocAttach) is the right one.",
            side=Side.CAISO,
        )
    return damaged("answer", "it is not XML")


def _about_report(operation: Operation, findings: Findings, batch: BatchCheck | None) -> list[Note]:
    notes = []
    local = (findings.root or "").rpartition("}")[2]
    # A procedure's response only wraps the document of its value, whose root is the schema's.
    expected = operation.answer_root.rpartition("}")[2] if operation.procedure is None else local
    if batch is not None:
        notes.append(_about_batch(batch))
    elif (
        findings.tree is None
        and operation.kind is Kind.RETRIEVE
        and _SUFFIX.sub("", local) != _SUFFIX.sub("", expected)
    ):
        notes.append(
            Note(
                Severity.INFO,
                f"The report is <{local}>",
                f"<{expected}> was expected ({operation.basis}).",
            )
        )
    return notes


def _about_batch(batch: BatchCheck) -> Note:
    said = " ".join(error.message for error in batch.errors if error.message)
    if batch.taken:
        return Note(Severity.INFO, "The batch was taken", "CAISO checked it and found nothing wrong.", raw=said)
    if batch.refused:
        return Note(
            Severity.ERROR,
            BATCH_REFUSED,
            f"CAISO checked it and found {len(batch.errors) or 'some'} error(s). {said}".strip()[:2000],
            "Correct what the messages name, then submit again.",
            raw=said,
            side=Side.YOURS,
        )
    return Note(Severity.INFO, "The batch is being checked", f"Its state is {batch.state}.", "Ask again in a minute.")
