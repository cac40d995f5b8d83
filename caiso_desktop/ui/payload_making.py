"""Where payloads come from, off this thread: a service's skeleton or sample, a file, or the draft, laid out anew."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from caiso_desktop.model.call import Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError, EditRefused
from caiso_desktop.model.layout import formatted
from caiso_desktop.model.payload import Payloads
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.payload_file import read_payload


class PayloadMaking(QObject):
    """``told`` says in words, and their tone, why there is none."""

    told = Signal(str, str)

    def __init__(self, desk: Desk, payloads: Payloads, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._payloads = payloads
        self._jobs = jobs

    def skeleton(self, done: Callable[[str], None], failed: Callable[[CaisoError], None] | None = None) -> None:
        """The skeleton of the desk's service."""
        target, environment = self._desk.target, self._desk.environment.id
        if target is not None:
            self._jobs.run(
                lambda token: self._payloads.skeleton(target, environment),
                owner=self,
                done=done,
                failed=failed or (lambda error: self._tell("", error, "error")),
            )

    def sample(self, done: Callable[[str], None]) -> None:
        """A payload with everything that the schema of the desk's service knows."""
        target, environment = self._desk.target, self._desk.environment.id
        if target is not None:
            self._jobs.run(
                lambda token: self._payloads.sample(target, environment, full=True),
                owner=self,
                done=done,
                failed=lambda error: self._tell("There is no full sample:", error, "warning"),
            )

    def read(self, path: Path, done: Callable[[Draft], None]) -> None:
        """What is in a file."""
        self._jobs.run(
            lambda token: read_payload(path),
            owner=self,
            done=done,
            failed=lambda error: self._tell(f"{error.title}:", error, "error"),
        )

    def format(self, draft: Draft, done: Callable[[Draft], None]) -> None:
        """A draft with every element on a line of its own."""

        def lay_out(token: CancelToken) -> Draft:
            found = self._payloads.outline(draft)
            if isinstance(found, Problem):
                raise EditRefused(f"Line {found.line}, column {found.column}: {found.sentence}")
            return formatted(draft, found)

        self._jobs.run(
            lay_out,
            owner=self,
            done=done,
            failed=lambda error: self._tell("It was not formatted.", error, "warning"),
        )

    def _tell(self, what: str, error: CaisoError, tone: str) -> None:
        self.told.emit(f"{what} {error.detail} {error.advice}".strip(), tone)
