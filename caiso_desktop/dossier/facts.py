"""What a dossier tells of its exchange beside the files, as JSON; read again without trusting a word of it."""

import base64
import hashlib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from caiso_desktop.dossier.stand_in import StandIns
from caiso_desktop.model.answer import Note, Outcome
from caiso_desktop.model.call import Basis, Call, Headers, Operation
from caiso_desktop.model.error import CallError, Fate, Side, TransportError
from caiso_desktop.model.exchange import Exchange, SentRequest
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.service import Kind, Parameter, Procedure, Target, Variant
from caiso_desktop.model.transport import Link, Response, Timings, TlsFacts

PAYLOAD, REQUEST, ANSWER, REPORT = "payload.xml", "request.bin", "answer.bin", "report.xml"
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "proxy-authenticate"})


def redact_headers(headers: Headers, stand_ins: StandIns) -> list[list[str]]:
    """Headers as JSON, without what lets somebody log on."""
    return [[name, "removed" if name.lower() in _SECRET_HEADERS else stand_ins.text(value)] for name, value in headers]


def write_facts(exchange: Exchange, stand_ins: StandIns) -> dict[str, Any]:
    """An exchange as JSON; every word that somebody wrote passes the stand-ins."""
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
    tls = response.tls
    return {
        "status": response.status,
        "reason": response.reason,
        "headers": redact_headers(response.headers, stand_ins),
        "started": response.started.isoformat(),
        "timings": asdict(response.timings),
        # Not its name: how a company's network is made is its own business.
        "way": "" if response.route is None else "direct" if response.route.proxy is None else "through a proxy",
        "tls": None
        if tls is None
        else {
            "version": tls.version,
            "cipher": tls.cipher,
            "server": base64.b64encode(tls.peer_certificate).decode(),
            "as_sent": tls.as_sent,
            "links": [
                {
                    "der": base64.b64encode(link.der).decode(),
                    "subject": link.subject,
                    "issuer": link.issuer,
                    "until": link.until.isoformat() if link.until else None,
                }
                for link in tls.links
            ],
        },
    }


def _write_certificate(certificate: Certificate, stand_ins: StandIns) -> dict[str, Any]:
    """The public part in words; not the certificate itself, which bears its user's name."""
    return {
        "subject": stand_ins.text(certificate.subject),
        "issuer": certificate.issuer,
        "serial": f"{certificate.serial:X}",
        "thumbprint": certificate.thumbprint,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "key_bits": certificate.key_bits,
        "client_use": certificate.client_use,
        "issuers_sha256": [hashlib.sha256(each).hexdigest().upper() for each in certificate.chain],
    }


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
            (folder / PAYLOAD).read_bytes(),
        ),
        operation=_read_operation(told["operation"]),
        certificate=None if told["certificate"] is None else _read_certificate(told["certificate"]),
        started=_moment(told["started"]),
        request=SentRequest(
            str(told["request"]["method"]),
            str(told["request"]["url"]),
            _read_headers(told["request"]["headers"]),
            folder / REQUEST,
        ),
        response=None if response is None else _read_response(response, folder / ANSWER),
        failure=None if told["failure"] is None else _read_failure(told["failure"], Fate(told["fate"])),
    )


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
        started=_moment(told["started"]),
        timings=_read_timings(told["timings"]),
        tls=None
        if tls is None
        else TlsFacts(
            version=str(tls["version"]),
            cipher=str(tls["cipher"]),
            peer_certificate=base64.b64decode(tls["server"], validate=True),
            links=tuple(
                Link(
                    base64.b64decode(link["der"], validate=True),
                    str(link["subject"]),
                    str(link["issuer"]),
                    _moment(link["until"]) if link["until"] else None,
                )
                for link in tls["links"]
            ),
            as_sent=bool(tls["as_sent"]),
        ),
    )


def _read_timings(told: dict[str, float | None]) -> Timings:
    phases: dict[str, Any] = {name: None if took is None else float(took) for name, took in told.items()}
    return Timings(**phases)


def _read_certificate(told: dict[str, Any]) -> Certificate:
    return Certificate(
        der=b"",
        subject=str(told["subject"]),
        issuer=str(told["issuer"]),
        serial=int(told["serial"], 16),
        thumbprint=str(told["thumbprint"]),
        not_before=_moment(told["not_before"]),
        not_after=_moment(told["not_after"]),
        client_use=bool(told["client_use"]),
        key_bits=int(told["key_bits"]),
    )


def _read_failure(told: dict[str, Any], fate: Fate) -> CallError:
    failure = TransportError(str(told["detail"]), fate=fate, advice=str(told["advice"]))
    failure.title = str(told["title"])
    failure.side = Side(told["side"]) if told["side"] else None
    return failure


def _read_headers(told: list[list[str]]) -> Headers:
    return tuple((str(name), str(value)) for name, value in told)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return moment


def verdict_of(told: dict[str, Any]) -> str:
    """How the answer was understood where the dossier was made, in words."""
    verdict = told["verdict"]
    if verdict is None:
        return ""
    titles = [str(note["title"]) for note in verdict["notes"]]
    return ". ".join([str(Outcome(verdict["outcome"])), *titles])
