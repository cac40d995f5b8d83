"""`caiso exchange`: look at an exchange that somebody saved; nothing can be sent from it."""

import argparse
import json
import shutil
import sys
from pathlib import Path

from caiso_desktop.model.dossier import Dossier, Dossiers
from caiso_desktop.model.error import UsageError

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
        "certificate": exchange.certificate.subject if exchange.certificate else "",
        "fate": str(exchange.fate),
        "status": response.status if response else None,
        "seconds": response.timings.total if response else None,
        "tls": response.tls.version if response and response.tls else None,
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
        "catalogue": dossier.catalogue,
        "program": dossier.program,
    }


def _tell(dossier: Dossier) -> None:
    facts = _facts(dossier)
    for name in ("counts", "replaced"):
        found = facts[name]
        facts[name] = (
            ", ".join(f"{what} ({count:,})" for what, count in found.items()) if isinstance(found, dict) else ""
        )
    notes = dossier.exchange.answer.notes if dossier.exchange.answer else ()
    facts["notes"] = "; ".join(" ".join(filter(None, (note.title, note.raw))) for note in notes)
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name:{width}}  {'' if value is None else value}".rstrip())
