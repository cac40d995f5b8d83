"""The port to templates: drafts kept under a name, to begin others with, the user's own and those of the company."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.service import Target


class Owner(StrEnum):
    """In whose folder something lies."""

    USER = "yours"
    COMPANY = "company's"


@dataclass(frozen=True, slots=True)
class Template:
    """What is known of a template without its payload. ``saved`` and ``by`` say when and by whom it was made."""

    name: str
    target: Target
    note: str = ""
    owner: Owner = Owner.USER
    saved: datetime | None = None
    by: str = ""
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file that is left alone because something in it is wrong; ``line`` counts from 1, 0: none is known."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}{f', line {self.line}' if self.line else ''}: {self.sentence}"


class Templates(Protocol):
    """Keeps templates as plain files, each whole or not at all. Every verb reads or writes the disk: for a worker.

    Names differ by more than upper and lower case within a folder. `StorageError` where a folder cannot be used.
    """

    @property
    def owners(self) -> Sequence[Owner]:
        """Whose folders there are."""
        ...

    def list(self) -> tuple[Sequence[Template], Sequence[BadFile]]:
        """Every template, by name, the user's own first; and the files that are none."""
        ...

    def find(self, name: str) -> Template:
        """The template of a name, the user's own before the company's; `UsageError` with the names there are."""
        ...

    def open(self, template: Template) -> Draft:
        """The payload, with its macros as they were written; `UsageError` where the file is wrong or gone."""
        ...

    def save(self, template: Template, draft: Draft, *, replace: bool) -> Template:
        """Keep a draft under the template's name; `UsageError` where there is one already and ``replace`` is false."""
        ...

    def remove(self, template: Template) -> None:
        """Delete its file; `UsageError` where it is gone."""
        ...
