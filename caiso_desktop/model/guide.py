"""What the access document says besides its rows: where to read on, its history, how to get access, whom to call."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reference:
    """A document or page to read on: what one finds there, and its address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of the document's history; ``date`` is None where print gives none that can be read."""

    version: str
    date: datetime.date | None
    summary: str


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """Whom to call when something does not work, and what to say first."""

    voice: tuple[str, ...] = ()
    fax: str = ""
    email: str = ""
    advice: str = ""
    questions: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """What the document says besides its rows: its summary, acronyms, history, how to get access, whom to call."""

    summary: str = ""
    address_warning: str = ""
    acronyms: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    revisions: tuple[Revision, ...] = ()
    access: str = ""
    access_methods: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    help_desk: HelpDesk = field(default_factory=HelpDesk)
