"""A call, from what a user asks for to the message that is dressed for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from caiso_desktop.model.answer import Severity
from caiso_desktop.model.guard import Permit
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.service import Kind, Procedure, Target, Variant
from caiso_desktop.model.source import Payload
from caiso_desktop.model.step import Step

Headers: TypeAlias = tuple[tuple[str, str], ...]


class Basis(StrEnum):
    """Where an operation's names come from; shown to the user, who may have to import CAISO's package."""

    RULE = "by rule, not from CAISO's WSDL"
    WSDL = "from CAISO's WSDL"
    OVERLAY = "from the catalogue"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a service accepts.

    ``name`` is the operation of the WSDL (``retrieveCleanBidSet_v4``); ``request_root`` and ``answer_root`` are
    the payload roots with their namespace in Clark notation (``{namespace}local``). ``procedure`` is that of an RPC
    service, whose payload is the element that bears the procedure's name, with its parameters in it.
    """

    name: str
    variant: Variant
    kind: Kind
    soap_action: str
    request_root: str
    answer_root: str
    basis: Basis = Basis.RULE
    procedure: Procedure | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a payload, and where: ``line`` and ``column`` count from 1, columns in characters.

    ``path`` leads from the root to the element it is about, empty where it is about none; ``attribute`` is the name of
    the attribute that it is about, where it is one.
    """

    severity: Severity
    line: int
    column: int
    sentence: str
    path: tuple[Step, ...] = ()
    attribute: str = ""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.sentence}"


class Door(StrEnum):
    """Through which door a call came."""

    WINDOW = "window"
    COMMAND_LINE = "caiso"


@dataclass(frozen=True, slots=True)
class Call:
    """What the user wants sent, and where. ``payload`` is the XML document exactly as it stands in the draft, or the
    file of a draft that is too big to be held.

    ``permit`` is what lets a submit to the real market through the guard. ``despite`` is the SHA-256 (hex) of the
    payload that the user said to send in spite of what its schema thinks of it; of another payload it says nothing.
    """

    environment: str
    target: Target
    payload: Payload
    identity: IdentityRef | None = None
    permit: Permit | None = None
    door: Door = Door.WINDOW
    despite: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A dressed call: HTTP headers (without those the transport sets) and body, signed at ``created``.

    ``message_id`` and ``nonce`` are those of CAISOWSHeader: new for each message.
    """

    headers: Headers
    body: bytes
    message_id: str
    nonce: str
    created: datetime
