"""`caiso exchange`: look at an exchange that somebody saved; nothing can be sent from it."""

import argparse
import json
import shutil
import sys
from pathlib import Path

from caiso_desktop.model.dossier import Dossier, Dossiers
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.evidence import lacking_words
from caiso_desktop.model.exchange import Exchange
from caiso_desktop.model.transport import TlsFacts

SUCCESS = 0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its verb."""
    exchange = commands.add_parser("exchange", help="look at an exchange that somebody saved")
    verbs = exchange.add_subparsers(dest="verb", required=True, metavar="VERB")
    show = verbs.add_parser("show", help="what was called, what came back, and what in it is not as it was")
    show.add_argument("file", type=Path, metavar="FILE", help="a zip that was saved as an exchange")
    pieces = show.add_mutually_exclusive_group()
    for piece, words in (
        ("payload", "the payload"),
        ("report", "the report that was in the answer"),
        ("request", "the request as it travelled"),
        ("answer", "the answer as it travelled"),
    ):
        pieces.add_argument(f"--{piece}", action="store_true", help=f"print {words} instead")
    pieces.add_argument("--format", choices=("text", "json"), default="text")


def run(arguments: argparse.Namespace, dossiers: Dossiers) -> int:
    """Show a saved exchange; data goes to standard output."""
    dossier = dossiers.open(arguments.file)
    piece = _piece(arguments, dossier)
    if piece is not None:
        with piece.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    elif arguments.format == "json":
        print(json.dumps(_facts(dossier), indent=2))
    else:
        _tell(dossier)
    return SUCCESS


def _piece(arguments: argparse.Namespace, dossier: Dossier) -> Path | None:
    exchange = dossier.exchange
    if arguments.payload:
        return dossier.folder / "payload.xml"
    if arguments.request:
        return exchange.request.body
    if arguments.answer:
        if exchange.response is None:
            raise UsageError("no answer came to this call.")
        return exchange.response.body
    if arguments.report:
        if exchange.answer is None or exchange.answer.report is None:
            raise UsageError("no report is in this exchange.")
        return exchange.answer.report
    return None


def _facts(dossier: Dossier) -> dict[str, object]:
    exchange = dossier.exchange
    target, response, answer = exchange.call.target, exchange.response, exchange.answer
    return {
        "id": exchange.id,
        "environment": dossier.environment,
        "service": f"{target.application}/{target.service}",
        "version": target.version,
        "variant": str(target.variant),
        "url": exchange.request.url,
        "started": exchange.started.isoformat(),
        "certificate": _certificate_facts(exchange) if exchange.certificate else None,
        "fate": str(exchange.fate),
        "status": response.status if response else None,
        "seconds": response.timings.total if response else None,
        "way": exchange.way or None,
        "tls": _tls_facts(response.tls) if response and response.tls else None,
        "headers": {
            "request": [list(header) for header in exchange.request.headers],
            "answer": [list(header) for header in response.headers] if response else [],
        },
        "failure": str(exchange.failure) if exchange.failure else None,
        "schema": dossier.conformity,
        "verdict there": dossier.verdict,
        "outcome": str(answer.outcome) if answer else None,
        "counts": dict(answer.counts) if answer else {},
        "notes": [
            {"severity": str(note.severity), "title": note.title, "text": note.raw}
            for note in (answer.notes if answer else ())
        ],
        "replaced": dict(dossier.replaced),
        "lacks": list(exchange.lacks),
        "catalogue": dossier.catalogue,
        "program": dossier.program,
    }


def _certificate_facts(exchange: Exchange) -> dict[str, object]:
    certificate = exchange.certificate
    if certificate is None:
        return {}
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": f"{certificate.serial:X}",
        "thumbprint": certificate.thumbprint,
        "valid from": certificate.not_before.isoformat(),
        "valid until": certificate.not_after.isoformat(),
        "key": exchange.key_place,
    }


def _tls_facts(tls: TlsFacts) -> dict[str, object]:
    return {
        "version": tls.version,
        "cipher": tls.cipher,
        "as sent": tls.as_sent,
        "chain": [
            {
                "subject": link.subject,
                "issuer": link.issuer,
                "serial": link.serial,
                "thumbprint": link.thumbprint,
                "valid from": link.since.isoformat() if link.since else None,
                "valid until": link.until.isoformat() if link.until else None,
            }
            for link in tls.links
        ],
    }


def _certificate_line(exchange: Exchange) -> str:
    certificate = exchange.certificate
    if certificate is None:
        return ""
    until = f"{certificate.subject}, issued by {certificate.issuer}, valid until {certificate.not_after:%Y-%m-%d}"
    return f"{until}; its key lies {exchange.key_place}" if exchange.key_place else until


def _tls_line(tls: TlsFacts) -> str:
    return " < ".join((f"{tls.version} {tls.cipher}", *(link.subject or link.thumbprint for link in tls.links)))


def _tell(dossier: Dossier) -> None:
    facts = _facts(dossier)
    exchange = dossier.exchange
    response, notes = exchange.response, exchange.answer.notes if exchange.answer else ()
    for name in ("counts", "replaced"):
        found = facts[name]
        facts[name] = (
            ", ".join(f"{what} ({count:,})" for what, count in found.items()) if isinstance(found, dict) else ""
        )
    facts["certificate"] = _certificate_line(exchange)
    facts["tls"] = _tls_line(response.tls) if response and response.tls else None
    facts["headers"] = "; ".join(f"{name}: {value}" for name, value in exchange.request.headers)
    facts["headers of the answer"] = "; ".join(
        f"{name}: {value}" for name, value in (response.headers if response else ())
    )
    facts["notes"] = "; ".join(" ".join(filter(None, (note.title, note.raw))) for note in notes)
    facts["lacks"] = lacking_words(exchange.lacks)
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name:{width}}  {'' if value is None else value}".rstrip())
