"""A journal that is not flooded by a question that is asked every ten seconds and answered with the same.

A day of dispatch has 8,640 questions. The first is written down before it leaves, as every call is; each further one is
held until its answer is there, and written down (then, with its own times) unless that is, to the byte, the answer that
the last one got. So a record stands for itself and for those after it that said the same; every new batch, every other
answer and every failure has a record of its own. Only retrieves are held: a question lost in a crash changed nothing.
"""

import threading
from typing import TypeAlias

from caiso_desktop.model.journal import CallJournal, Ending, Entry, Record, Standing
from caiso_desktop.model.service import Kind, Target
from caiso_desktop.model.source import Payload

_Question: TypeAlias = tuple[str, str, str, str]
_Said: TypeAlias = tuple[Standing, int | None, str, str]


class QuietJournal:
    """The port `caiso_desktop.model.journal.CallJournal` over another one; safe for many threads."""

    def __init__(self, journal: CallJournal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._said: dict[_Question, _Said | None] = {}
        self._written: dict[int, _Question] = {}
        self._held: dict[int, tuple[Record, Payload]] = {}
        self._next = -1

    def begin(self, record: Record, payload: Payload) -> int:
        """Write the first of its kind down; of the others the number is below zero."""
        question = _question(record)
        with self._lock:
            if record.kind is Kind.RETRIEVE and question in self._said:
                number = self._next
                self._next -= 1
                self._held[number] = (record, payload)
                return number
        number = self._journal.begin(record, payload)
        with self._lock:
            self._said.setdefault(question, None)
            self._written[number] = question
        return number

    def end(self, call: int, ending: Ending) -> None:
        """Write down how a call ended, unless it says what the last one said."""
        said = (ending.standing, ending.status, ending.answer_hash, ending.failure)
        with self._lock:
            held = self._held.pop(call, None)
            question = _question(held[0]) if held is not None else self._written.pop(call, None)
            same = question is not None and held is not None and self._said.get(question) == said
            if question is not None:
                self._said[question] = said
        if same:
            return
        self._journal.end(self._journal.begin(*held) if held is not None else call, ending)

    def last_submit(self, target: Target, environment: str) -> Entry | None:
        """The last submit of a service."""
        return self._journal.last_submit(target, environment)

    def payload(self, call: int) -> bytes:
        """What was sent."""
        return self._journal.payload(call)


def _question(record: Record) -> _Question:
    return record.environment, record.url, record.operation, record.thumbprint
