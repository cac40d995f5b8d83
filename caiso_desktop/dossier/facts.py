"""What a dossier tells of its exchange beside the files, as JSON; read again without trusting a word of it."""

import base64
import hashlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from caiso_desktop.dossier.stand_in import StandIns
from caiso_desktop.model.answer import Note, Outcome
from caiso_desktop.model.call import Basis, Call, Headers, Operation
from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.error import CallError, Fate, Side
from caiso_desktop.model.evidence import way_of
from caiso_desktop.model.exchange import Exchange, SentRequest
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.kept_header import kept_headers, kept_reason
from caiso_desktop.model.service import Kind, Parameter, Procedure, Target, Variant
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.model.transport import Response, Timings, TlsFacts
from caiso_desktop.model.transport_error import TransportError
from caiso_desktop.store.evidence import read_certificate, read_moment, read_tls, write_certificate, write_tls

PAYLOAD, REQUEST, ANSWER, REPORT = "payload.xml", "request.bin", "answer.bin", "report.xml"


def redact_headers(headers: Headers, stand_ins: StandIns) -> list[list[str]]:
    """Headers as JSON: those that the journal would keep, and no name of a person in them."""
    return [[name, stand_ins.text(value)] for name, value in kept_headers(headers)]


def write_facts(exchange: Exchange, stand_ins: StandIns) -> dict[str, Any]:
    """An exchange as JSON; every word that somebody wrote passes the stand-ins.

    It is the same whether the call has just been made or the journal remembers it.
    """
    text = stand_ins.text
    call, operation, failure = exchange.call, exchange.operation, exchange.failure
    return {
        "id": exchange.id,
        "started": exchange.started.isoformat(),
        "environment": call.environment,
        "target": asdict(call.target),
        "operation": asdict(operation),
        "fate": str(exchange.fate),
        "tries": len(exchange.earlier) + 1,
        "earlier": [text(each.trouble) for each in exchange.earlier],
        "failure": None
        if failure is None
        else {
            "title": failure.title,
            "detail": text(failure.detail),
            "advice": text(failure.advice),
            "side": str(failure.side) if failure.side else "",
        },
        "request": {
            "method": exchange.request.method,
            "url": exchange.request.url,
            "headers": redact_headers(exchange.request.headers, stand_ins),
        },
        "response": None if exchange.response is None else _write_response(exchange.response, stand_ins),
        "certificate": None if exchange.certificate is None else _write_certificate(exchange.certificate, stand_ins),
        "key_place": text(exchange.key_place),
        "way": exchange.way or way_of(exchange.response.route if exchange.response is not None else None),
        "lacks": list(exchange.lacks),
        "verdict": None
        if exchange.answer is None
        else {
            "outcome": str(exchange.answer.outcome),
            "root": exchange.answer.root,
            "counts": [list(each) for each in exchange.answer.counts],
            "notes": [_write_note(note, stand_ins) for note in exchange.answer.notes],
        },
    }


def _write_note(note: Note, stand_ins: StandIns) -> dict[str, str]:
    return {
        "severity": str(note.severity),
        "title": note.title,
        "meaning": stand_ins.text(note.meaning),
        "advice": stand_ins.text(note.advice),
        "raw": stand_ins.text(note.raw),
    }


def _write_response(response: Response, stand_ins: StandIns) -> dict[str, Any]:
    return {
        "status": response.status,
        "reason": kept_reason(response.reason),
        "headers": redact_headers(response.headers, stand_ins),
        "started": response.started.isoformat(),
        "timings": asdict(response.timings),
        "tls": None if response.tls is None else _write_tls(response.tls),
    }


def _write_tls(tls: TlsFacts) -> dict[str, Any]:
    """The facts of the connection. Versions before this one read the DER too, so its places are there, empty."""
    told = write_tls(tls)
    return {**told, "server": "", "links": [{**link, "der": ""} for link in told["links"]]}


def _write_certificate(certificate: Certificate, stand_ins: StandIns) -> dict[str, Any]:
    """The public part in words; not the certificate itself, which bears its user's name."""
    return write_certificate(replace(certificate, subject=stand_ins.text(certificate.subject)))


def read_exchange(told: dict[str, Any], folder: Path) -> Exchange:
    """The exchange that a dossier tells of; `KeyError`, `TypeError` or `ValueError` where it makes no sense."""
    target = told["target"]
    response = told["response"]
    return Exchange(
        id=str(told["id"]),
        call=Call(
            str(told["environment"]),
            Target(
                str(target["application"]),
                str(target["service"]),
                str(target["version"]),
                Variant(target["variant"]),
                target["minor_version"],
                str(target["procedure"]),
            ),
            _read_payload(folder / PAYLOAD),
        ),
        operation=_read_operation(told["operation"]),
        certificate=None if told["certificate"] is None else read_certificate(told["certificate"]),
        started=read_moment(told["started"]),
        request=SentRequest(
            str(told["request"]["method"]),
            str(told["request"]["url"]),
            _read_headers(told["request"]["headers"]),
            folder / REQUEST,
        ),
        response=None if response is None else _read_response(response, folder / ANSWER),
        failure=None if told["failure"] is None else _read_failure(told["failure"], Fate(told["fate"])),
        key_place=str(told.get("key_place", "")),
        way=str(told.get("way", "") or (response or {}).get("way", "")),
        lacks=tuple(str(words) for words in told.get("lacks", ())),
    )


def _read_payload(path: Path) -> Payload:
    """The payload; a large one stays in its file."""
    return path.read_bytes() if path.stat().st_size <= EDITABLE_BYTES else PayloadFile.of(path)


def _read_operation(told: dict[str, Any]) -> Operation:
    procedure = told["procedure"]
    return Operation(
        name=str(told["name"]),
        variant=Variant(told["variant"]),
        kind=Kind(told["kind"]),
        soap_action=str(told["soap_action"]),
        request_root=str(told["request_root"]),
        answer_root=str(told["answer_root"]),
        basis=Basis(told["basis"]),
        procedure=None
        if procedure is None
        else Procedure(
            name=str(procedure["name"]),
            kind=Kind(procedure["kind"]),
            parameters=tuple(Parameter(str(each["name"]), str(each["type"])) for each in procedure["parameters"]),
            result=str(procedure["result"]),
            encoding=str(procedure["encoding"]),
            note=str(procedure["note"]),
            codes=str(procedure["codes"]),
        ),
    )


def _read_response(told: dict[str, Any], body: Path) -> Response:
    tls = told["tls"]
    return Response(
        status=int(told["status"]),
        reason=str(told["reason"]),
        headers=_read_headers(told["headers"]),
        body=body,
        size=body.stat().st_size,
        started=read_moment(told["started"]),
        timings=_read_timings(told["timings"]),
        tls=None if tls is None else read_tls({**tls, "links": [_whole_link(link) for link in tls["links"]]}),
    )


def _whole_link(told: dict[str, Any]) -> dict[str, Any]:
    """A link of a server's chain; an older dossier tells the certificate itself, and not all of its facts."""
    der = base64.b64decode(told["der"], validate=True)
    thumbprint = hashlib.sha256(der).hexdigest().upper() if der else ""
    return {"serial": "", "since": None, "thumbprint": thumbprint, **told}


def _read_timings(told: dict[str, float | None]) -> Timings:
    phases: dict[str, Any] = {name: None if took is None else float(took) for name, took in told.items()}
    return Timings(**phases)


def _read_failure(told: dict[str, Any], fate: Fate) -> CallError:
    failure = TransportError(str(told["detail"]), fate=fate, advice=str(told["advice"]))
    failure.title = str(told["title"])
    failure.side = Side(told["side"]) if told["side"] else None
    return failure


def _read_headers(told: list[list[str]]) -> Headers:
    return tuple((str(name), str(value)) for name, value in told)


def verdict_of(told: dict[str, Any]) -> str:
    """How the answer was understood where the dossier was made, in words."""
    verdict = told["verdict"]
    if verdict is None:
        return ""
    titles = [str(note["title"]) for note in verdict["notes"]]
    return ". ".join([str(Outcome(verdict["outcome"])), *titles])
