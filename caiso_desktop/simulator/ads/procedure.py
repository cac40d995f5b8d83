"""The procedures of ADS as the simulator has them: one address a service and version, RPC/literal, no signature.

Who calls is whom the connection's certificate names (protocol of ADS). A call that is not understood, and a batch that
is not held, is answered with a SOAP fault.
"""

import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from lxml import etree

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Variant, Version
from caiso_desktop.simulator.ads import document
from caiso_desktop.simulator.ads.dispatch import REASONS, Batch, Dispatch, Instruction, Reply, Result
from caiso_desktop.simulator.ads.report import Given, document_reply
from caiso_desktop.simulator.fault import AnswerFault
from caiso_desktop.simulator.market import Market
from caiso_desktop.simulator.message import BODY, ENVELOPE, SOAP, parse
from caiso_desktop.simulator.refusal import ACTION, MALFORMED, Refused
from caiso_desktop.simulator.reply import Reply as Answer
from caiso_desktop.simulator.reply import xml

_NAMESPACES = {
    "APIWebService": "http://ads.caiso.com/api/webservices/dispatch/",
    "APIResponseWebService": "http://ads.caiso.com/api/webservices/response/",
}
NOT_HELD = "The batch UID does not exist."


@dataclass(frozen=True, slots=True)
class Door:
    """One address: its namespace, and the names of the procedures behind it."""

    namespace: str
    procedures: frozenset[str]


def make_doors(catalogue: Catalogue, paths: Mapping[str, str]) -> dict[str, Door]:
    """The doors of every RPC service of a catalogue, by path; ``paths`` are those of the applications."""
    return {
        path + version.paths[Variant.RPC]: _door(service.name, version)
        for name, path in paths.items()
        for service in catalogue.application(name).services
        for version in service.versions
        if Variant.RPC in version.paths and service.name in _NAMESPACES
    }


def _door(service: str, version: Version) -> Door:
    names = frozenset(procedure.name for procedure in version.procedures)
    told = version.names.get(Variant.RPC)
    return Door((told.namespace if told else "") or _NAMESPACES[service] + version.version, names)


class Procedures:
    """Answers calls; safe for many threads."""

    def __init__(self, market: Market, clock: Callable[[], datetime]) -> None:
        self.dispatch = Dispatch(market, clock)
        self._market = market
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._known: Mapping[str, Callable[[etree._Element, str], str | Given | None]] = {
            "getDispatchBatchesSinceUID": self._since,
            "getBatchStatus": self._status,
            "getDispatchBatch": lambda call, who: Given(self._whole(call), packed=True),
            "getBatchHeader": lambda call, who: Given(self._header(call), packed=False),
            "isNewTrajData": lambda call, who: str(bool(self._trajectories(call))).lower(),
            "getTrajectoryData": self._trajectory,
            "validateDispatchBatch": self._validate,
            "submitMSSLFRequest": self._follow_load,
            "acceptInstruction": self._accept,
            "declineInstruction": self._decline,
            "partialAcceptInstruction": self._accept_in_part,
        }

    def answer(self, door: Door, body: bytes, who: str, own: AnswerFault | None = None) -> Answer:
        """The answer to a call of ``who`` (the certificate's subject), with the fault of a document that befalls it.

        `Refused` becomes a SOAP fault.
        """
        call = called(body)
        name = etree.QName(call)
        if name.namespace != door.namespace or name.localname not in door.procedures:
            raise Refused(
                ACTION, f"{call.tag!r} is not one of {', '.join(sorted(door.procedures))} of {door.namespace}"
            )
        value = self._known[name.localname](call, who)
        local = name.localname
        opening, closing = ("", "") if value is None else (f"<{local}Return>", f"</{local}Return>")
        before = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body>'
            f'<ads:{local}Response xmlns:ads="{door.namespace}">{opening}'
        ).encode()
        after = f"{closing}</ads:{local}Response></soapenv:Body></soapenv:Envelope>".encode()
        if isinstance(value, Given):
            return document_reply(before, value, after, own)
        return xml(before + (value or "").encode() + after)

    def _since(self, call: etree._Element, who: str) -> Given:
        batches = self.dispatch.since(_text(call, "batchUID"))
        if batches is None:
            raise Refused(NOT_HELD, "no batch of this UID is held")
        return Given(document.batch_list(batches, self.dispatch), packed=False)

    def _status(self, call: etree._Element, who: str) -> str:
        return str(self._batch(call).status(self.dispatch.clock()).value)

    def _whole(self, call: etree._Element) -> str:
        return document.batch_document(self._batch(call), self.dispatch, instructions=True)

    def _header(self, call: etree._Element) -> str:
        return document.batch_document(self._batch(call), self.dispatch, instructions=False)

    def _trajectories(self, call: etree._Element) -> list[Batch]:
        uid = _text(call, "batchUID")
        held = [batch for batch in self.dispatch.held() if not batch.hourly]
        if uid == "-1":
            return held
        row = next((row for row, batch in enumerate(held) if document.trajectory_uid(batch) == uid), None)
        if row is None:
            raise Refused(NOT_HELD, "no trajectory of this UID is held")
        return held[row + 1 :]

    def _trajectory(self, call: etree._Element, who: str) -> Given:
        return Given(document.trajectory_list(self._trajectories(call)), packed=True)

    def _validate(self, call: etree._Element, who: str) -> None:
        if not self.dispatch.validate(_text(call, "batchUID"), who):
            raise Refused(NOT_HELD, "no batch of this UID is held")

    def _follow_load(self, call: etree._Element, who: str) -> str:
        request = call.find("request")
        if request is None:
            raise Refused(MALFORMED, "the call has no request")
        # It comes as elements, or as a document whose markup is escaped: which of the two ADS wants is not printed.
        written = (request.text or "").strip()
        inner = parse(written.encode()) if written else request.find("{*}MSSLFRequest")
        found = request if inner is None else inner
        known = {resource.id for resource in self._market.resources}
        rows = [
            (escape(row.findtext("{*}scMSSLFInstructionId") or ""), row.findtext("{*}resourceId") in known)
            for row in found.iter("{*}MSSLFInstructionRequest")
        ]
        with self._lock:
            number = next(self._numbers)
        return escape(document.load_following(number, escape(found.findtext("{*}scMSSBatchId") or ""), rows))

    def _accept(self, call: etree._Element, who: str) -> str:
        return self._answer(call, lambda instruction: Reply(instruction.target, "ACCEPTED", who))

    def _decline(self, call: etree._Element, who: str) -> str:
        reason = _reason(call)
        return self._answer(
            call,
            lambda instruction: None if reason is None else Reply(instruction.schedule, "DECLINED", who, reason),
        )

    def _accept_in_part(self, call: etree._Element, who: str) -> str:
        reason = _reason(call)
        try:
            megawatts = float(_text(call, "acceptDOT"))
        except ValueError as error:
            raise Refused(MALFORMED, "acceptDOT is no number") from error

        def reply(instruction: Instruction) -> Reply | None:
            low, high = sorted((instruction.schedule, instruction.target))
            if reason is None or not low <= megawatts <= high:
                return None
            return Reply(megawatts, "PARTIAL", who, reason)

        return self._answer(call, reply)

    def _answer(self, call: etree._Element, reply: Callable[[Instruction], Reply | None]) -> str:
        result: Result = self.dispatch.answer(_text(call, "batchUID"), _text(call, "instructionUID"), reply)
        return str(result.value)

    def _batch(self, call: etree._Element) -> Batch:
        batch = self.dispatch.batch(_text(call, "batchUID"))
        if batch is None:
            raise Refused(NOT_HELD, "no batch of this UID is held")
        return batch


def called(body: bytes) -> etree._Element:
    """The element that calls a procedure: the one child of the Body."""
    root = parse(body)
    found = root.find(BODY) if root.tag == ENVELOPE else None
    calls = [] if found is None else [child for child in found if isinstance(child.tag, str)]
    if len(calls) != 1:
        raise Refused(MALFORMED, "the message is not a SOAP envelope with one call in its Body")
    return calls[0]


def name_of(body: bytes) -> str:
    """The procedure that is called; empty where that cannot be read."""
    try:
        return etree.QName(called(body)).localname
    except Refused:
        return ""


def _text(call: etree._Element, name: str) -> str:
    """A parameter's value: parameters have no namespace."""
    text = call.findtext(name)
    if text is None:
        raise Refused(MALFORMED, f"the parameter {name} is missing")
    return text.strip()


def _reason(call: etree._Element) -> int | None:
    text = _text(call, "reasonCode")
    return int(text) if text.isascii() and text.isdigit() and int(text) in REASONS else None
