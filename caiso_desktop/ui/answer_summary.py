"""What an answer means, in the order in which one wants to know it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget

from caiso_desktop.model.answer import Answer, BatchError, Event, Fault, Outcome, Result
from caiso_desktop.model.error import CaisoError, Fate
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.ui.notice import Notice, error_notice, tone_of
from caiso_desktop.ui.page import Page
from caiso_desktop.ui.phrase import duration_words, outcome_words, size_words

_TONES = {
    Outcome.SUCCESS: "success",
    Outcome.NO_DATA: "info",
    Outcome.ERROR: "error",
    Outcome.UNREADABLE: "warning",
}
_BATCH_HEADERS = ("Message", "Priority", "About", "From", "To", "Logged")
_EVENT_HEADERS = ("Result", "Severity", "Description", "Event", "Created")


class AnswerSummary(Page):
    """Shows an exchange, or the error that kept a call from being sent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("answerSummary", "Summary of the answer", parent)

    def show_exchange(self, exchange: Exchange) -> None:
        """Show what became of a call."""
        self.clear()
        if exchange.failure is not None:
            self.add(error_notice(exchange.failure, exchange.fate))
        if exchange.answer is not None:
            self._show_answer(exchange, exchange.answer)
        elif exchange.response is not None and exchange.failure is None:
            self.add(Notice("warning", f"HTTP {exchange.response.status} {exchange.response.reason}".strip()))
        if exchange.earlier:
            self._show_earlier(exchange)
        self._show_files(exchange)

    def offer(self, object_name: str, text: str, verb: Callable[[], object]) -> None:
        """Put a button under what is said first, for what can be done about it."""
        notice = self.findChild(Notice)
        if notice is not None:
            notice.offer(object_name, text, verb)

    def show_error(self, error: CaisoError) -> None:
        """Show why nothing was sent."""
        self.clear()
        self.add(error_notice(error, Fate.NOT_SENT))

    def _show_earlier(self, exchange: Exchange) -> None:
        rows = [(str(n), each.trouble, f"{each.started:%H:%M:%S} GMT") for n, each in enumerate(exchange.earlier, 1)]
        title = f"Tried {len(rows) + 1} times, each newly signed"
        self.add_table("triesTable", title, ("Try", "What it met", "When"), rows, numbers=(0,), stretch=1)

    def _show_answer(self, exchange: Exchange, answer: Answer) -> None:
        title, facts = outcome_words(exchange), _meaning(exchange, answer)
        # What is the outcome itself is said once, at the head.
        head = next((note for note in answer.notes if note.title == title), None)
        said = f"{head.told} {head.advice}".strip() if head is not None else ""
        self.add(Notice(_TONES[answer.outcome], title, said, facts))
        for note in (each for each in answer.notes if each is not head):
            self.add(Notice(tone_of(note.severity), note.title, note.told, note.advice, note.raw))
        if answer.fault is not None:
            self._show_fault(answer.fault)
        result = answer.result or (answer.fault.result if answer.fault is not None else None)
        if result is not None:
            self._show_result(result)
        if answer.batch is not None and answer.batch.errors:
            self._show_batch_errors(answer.batch.errors)
        if answer.counts:
            rows = [(name, f"{count:,}") for name, count in answer.counts]
            self.add_table("countsTable", "What it holds", ("Element", "Count"), rows, numbers=(1,), stretch=0)

    def _show_batch_errors(self, errors: Sequence[BatchError]) -> None:
        rows = [(e.message, e.priority, e.about, *map(_pacific, (e.start, e.end, e.logged))) for e in errors]
        self._add_told("batchErrorsTable", "Errors of the batch", _BATCH_HEADERS, rows, 0)

    def _add_told(
        self, object_name: str, title: str, headers: Sequence[str], rows: Sequence[tuple[str, ...]], words: int
    ) -> None:
        """A table whose column ``words`` is read to its end, and in which no other stands empty beside it."""
        kept = [column for column in range(len(headers)) if column == words or any(row[column] for row in rows)]
        shown = [tuple(row[column] for column in kept) for row in rows]
        names = [headers[column] for column in kept]
        self.add_table(object_name, title, names, shown, stretch=kept.index(words), wraps=True)

    def _show_fault(self, fault: Fault) -> None:
        self.add_heading("SOAP fault")
        self.add_words(f"{fault.code}: {fault.text}".strip(": "))

    def _show_result(self, result: Result) -> None:
        if result.batch is not None:
            self.add_heading("Batch")
            self.add_words(f"{result.batch} – ask for its validation status to learn what became of it.")
        rows = [_event_row(event) for event in result.events]
        title = f"Events of {result.service}" if result.service else "Events"
        self._add_told("eventsTable", title, _EVENT_HEADERS, rows, _EVENT_HEADERS.index("Description"))

    def _show_files(self, exchange: Exchange) -> None:
        kept = exchange.answer.report if exchange.answer is not None else None
        if kept is None:
            kept = exchange.response.body if exchange.response is not None else getattr(exchange.failure, "kept", None)
        if kept is not None:
            self.add_heading("Kept on this computer")
            self.add_words(str(Path(kept)))


def _meaning(exchange: Exchange, answer: Answer) -> str:
    facts = []
    if answer.root is not None:
        facts.append(answer.root.rpartition("}")[2])
    if exchange.response is not None:
        facts.append(f"HTTP {exchange.response.status}")
        facts.append(f"{size_words(exchange.response.size)} received")
        facts.append(duration_words(exchange.response.timings.total))
    return " · ".join(facts)


def _pacific(text: str) -> str:
    """A moment that CAISO wrote, in Pacific time; what is none stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment.astimezone(PACIFIC):%Y-%m-%d %H:%M:%S %Z}" if moment.tzinfo is not None else text


def _event_row(event: Event) -> tuple[str, ...]:
    what = " ".join(filter(None, (event.id, event.name)))
    return (
        event.result,
        event.severity,
        event.description,
        "" if what == event.result else what,
        _pacific(event.created),
    )
