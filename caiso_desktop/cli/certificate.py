"""``caiso certificate``: the certificates of this computer: listed, shown, imported, removed and tried out."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.cabinet import Cabinet, TrackRecord
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.choice import in_order
from caiso_desktop.model.concern import concerns, days_left, expiry_concern
from caiso_desktop.model.doctor import Finding
from caiso_desktop.model.doctor_report import duration
from caiso_desktop.model.error import PasswordNeeded, UsageError
from caiso_desktop.model.identity import Asking, Identity, IdentityRef
from caiso_desktop.model.trial import TRIED, Trial

SUCCESS, REFUSED = 0, 1
_STEP_WIDTH = max(len(step.heading) for step in TRIED)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command, its verbs and their arguments."""
    parser = subparsers.add_parser(
        "certificate",
        help="list, show, import, remove and test certificates",
        description="The client certificates of this computer. A REF is STORE:THUMBPRINT, of which a unique beginning "
        "of the thumbprint is enough.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="every certificate, and what needs attention")
    listing.add_argument("--format", choices=("table", "json"), default="table", help="a table to read, or JSON")
    show = verbs.add_parser("show", help="all that is known of one certificate")
    show.add_argument("ref", metavar="REF", help="STORE:THUMBPRINT, as `caiso certificate list` prints it")
    show.add_argument("--environment", metavar="E", help="also what speaks against it in this environment")
    show.add_argument("--format", choices=("text", "json"), default="text", help="text to read, or JSON")
    take = verbs.add_parser("import", help="take in a .p12 or .pfx file, or certificate and key in PEM")
    take.add_argument("files", nargs="+", type=Path, metavar="FILE", help="one file, or several that belong together")
    take.add_argument("--into", metavar="PLACE", help="windows, vault or vault-with-passphrase; the best when left out")
    take.add_argument(
        "--password-fd",
        type=int,
        metavar="N",
        help="read the file's password as a line from file descriptor N; asked for at the terminal when left out",
    )
    remove = verbs.add_parser("remove", help="delete a certificate and its key from the vault")
    remove.add_argument("ref", metavar="REF", help="STORE:THUMBPRINT, as `caiso certificate list` prints it")
    test = verbs.add_parser("test", help="sign with it, and show it to an environment; calls no service")
    test.add_argument("ref", metavar="REF", help="STORE:THUMBPRINT, as `caiso certificate list` prints it")
    test.add_argument("--environment", required=True, metavar="E", help="production, map-stage, simulator ...")
    test.add_argument(
        "--application", metavar="A", help="whose host to try; the first of the environment when left out"
    )


def run(
    args: argparse.Namespace,
    cabinet: Cabinet,
    record: TrackRecord,
    catalogue: Catalogue,
    trial: Callable[[], Trial],
    asking: Callable[[int | None], Asking],
) -> int:
    """Do what was asked; 0, or 1 where a tested certificate was refused.

    ``trial`` and ``asking`` (of a file descriptor) are made only when needed.
    """
    if args.verb == "list":
        return _list(args, cabinet, record)
    if args.verb == "show":
        return _show(args, cabinet, record, catalogue)
    if args.verb == "import":
        return _import(args, cabinet, asking)
    if args.verb == "remove":
        return _remove(args, cabinet)
    return _test(args, cabinet, record, catalogue, trial())


def find(cabinet: Cabinet, text: str) -> Identity:
    """The identity that a reference, or a unique beginning of its thumbprint, names. `UsageError` when none does."""
    store, colon, thumbprint = text.partition(":")
    if not colon:
        store, thumbprint = "", text
    wanted = thumbprint.replace(" ", "").upper()
    if colon and len(wanted) == 64:
        return cabinet.open(IdentityRef(store, wanted))
    found = [
        identity
        for identity in cabinet.identities()
        if store in ("", identity.ref.store) and wanted and identity.ref.thumbprint.startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    raise UsageError(
        f"{len(found)} certificates are named by '{text}'." if found else f"no certificate is named by '{text}'.",
        advice="`caiso certificate list` prints them all.",
    )


def _list(args: argparse.Namespace, cabinet: Cabinet, record: TrackRecord) -> int:
    now = datetime.now(UTC)
    identities = in_order(cabinet.identities())
    if args.format == "json":
        print(json.dumps([_facts(each, record, now) for each in identities], indent=2, ensure_ascii=False))
    else:
        rows = [("REF", "NAME", "VALID UNTIL", "DAYS", "WORKED IN"), *(_row(each, record, now) for each in identities)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows if identities else ():
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for each in identities:
        note = expiry_concern(each.certificate, now)
        if note is not None:
            _say(note)
    for problem in cabinet.problems():
        print(f"caiso: {problem}", file=sys.stderr)
    if not identities:
        print("caiso: there is no certificate yet. `caiso certificate import FILE` takes one in.", file=sys.stderr)
    return SUCCESS


def _row(identity: Identity, record: TrackRecord, now: datetime) -> tuple[str, ...]:
    own = identity.certificate
    ref = f"{identity.ref.store}:{identity.ref.thumbprint[:16]}"
    worked = ", ".join(sorted(record.worked(identity.ref))) or "-"
    name = f"{own.common_name} (for logging on with a smart card)" if own.log_on_use else own.common_name
    return ref, name, own.not_after.date().isoformat(), str(days_left(own, now)), worked


def _show(args: argparse.Namespace, cabinet: Cabinet, record: TrackRecord, catalogue: Catalogue) -> int:
    now = datetime.now(UTC)
    identity = find(cabinet, args.ref)
    facts = _facts(identity, record, now)
    notes: tuple[Note, ...] = ()
    if args.environment:
        environment = catalogue.environment(args.environment)
        caiso = environment.id != "simulator"
        worked = record.worked(identity.ref)
        notes = concerns(identity.certificate, now, environment=environment.id, worked=worked, caiso=caiso)
    if args.format == "json":
        told = [
            {"severity": str(n.severity), "title": n.title, "meaning": n.meaning, "advice": n.advice} for n in notes
        ]
        print(json.dumps({**facts, "concerns": told}, indent=2, ensure_ascii=False))
        return SUCCESS
    width = max(map(len, _LABELS.values()))
    for name, label in _LABELS.items():
        print(f"{label.ljust(width)}  {_words(facts[name])}")
    for note in notes or ((expiry_concern(identity.certificate, now),) if not args.environment else ()):
        if note is not None:
            _say(note)
    return SUCCESS


_LABELS = {
    "ref": "Reference",
    "subject": "Subject",
    "issuer": "Issuer",
    "serial": "Serial number",
    "thumbprint": "Thumbprint (SHA-256)",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
    "days_left": "Days left",
    "key": "Key",
    "key_place": "Its key lies",
    "exportable": "Exportable",
    "client_use": "For client authentication",
    "log_on_use": "For logging on by smart card",
    "worked_in": "Worked last in",
}


def _facts(identity: Identity, record: TrackRecord, now: datetime) -> dict[str, Any]:
    own, key = identity.certificate, identity.key_facts
    return {
        "ref": str(identity.ref),
        "subject": own.subject,
        "issuer": own.issuer,
        "serial": f"{own.serial:X}",
        "thumbprint": own.thumbprint,
        "valid_from": own.not_before.isoformat(),
        "valid_until": own.not_after.isoformat(),
        "days_left": days_left(own, now),
        "key": f"RSA {own.key_bits}" if own.key_bits else "not RSA",
        "key_place": key.place,
        "exportable": key.exportable,
        "client_use": own.client_use,
        "log_on_use": own.log_on_use,
        "worked_in": {name: when.isoformat() for name, when in record.worked(identity.ref).items()},
    }


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} ({when[:10]})" for name, when in sorted(value.items())) or "no environment yet"
    return "not known" if value is None else str(value)


def _import(args: argparse.Namespace, cabinet: Cabinet, asking: Callable[[int | None], Asking]) -> int:
    place = args.into or cabinet.import_places()[0].id
    files = [_read(path) for path in args.files]
    identity = _take_in(cabinet, files, place, asking(args.password_fd), f"The password of {args.files[0].name}")
    print(identity.ref)
    title = next(each.title for each in cabinet.import_places() if each.id == place)
    print(f"caiso: {identity.certificate.common_name} is in: {title}.", file=sys.stderr)
    note = expiry_concern(identity.certificate, datetime.now(UTC))
    if note is not None:
        _say(note)
    return SUCCESS


def _take_in(cabinet: Cabinet, files: Sequence[bytes], place: str, asking: Asking, question: str) -> Identity:
    """Import, asking for the password only where there is one, and again when it was wrong."""
    password: str | None = None
    for ask in (question, f"That was not it. {question}", f"That was not it. {question}"):
        try:
            return cabinet.import_files(files, password, place)
        except PasswordNeeded:
            password = asking.passphrase(ask, new=False)
            if password is None:
                raise
    return cabinet.import_files(files, password, place)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error


def _remove(args: argparse.Namespace, cabinet: Cabinet) -> int:
    identity = find(cabinet, args.ref)
    cabinet.remove(identity.ref)
    print(f"caiso: {identity.certificate.common_name} and its key were deleted.", file=sys.stderr)
    return SUCCESS


def _test(args: argparse.Namespace, cabinet: Cabinet, record: TrackRecord, catalogue: Catalogue, trial: Trial) -> int:
    """Say what speaks against it, then sign with it and show it to a host."""
    identity = find(cabinet, args.ref)
    environment = catalogue.environment(args.environment)
    worked, caiso = record.worked(identity.ref), environment.id != "simulator"
    for note in concerns(
        identity.certificate, datetime.now(UTC), environment=environment.id, worked=worked, caiso=caiso
    ):
        _say(note)
    verdict = trial.run(identity.ref, environment.id, args.application, CancelToken(), _tell)
    _say(verdict.note)
    return SUCCESS if verdict.accepted else REFUSED


def _tell(finding: Finding) -> None:
    took = f" ({duration(finding.seconds)})" if finding.seconds is not None else ""
    print(f"{finding.step.heading.ljust(_STEP_WIDTH)}  {finding.verdict}: {finding.sentence}{took}", flush=True)


def _say(note: Note) -> None:
    mark = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}[note.severity]
    print(f"caiso: {mark}: {note.title}. {note.meaning} {note.advice}".rstrip(), file=sys.stderr)
