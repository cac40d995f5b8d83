"""``caiso trust``: which authorities may vouch for CAISO's servers."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.trust import Authorities, Trusting

SUCCESS = 0
_SIMULATOR = "simulator"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("trust", help="the authorities that may vouch for the servers of an environment")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="what counts")
    adding = verbs.add_parser("add", help="add authorities from files: PEM, DER or P7B")
    adding.add_argument("files", nargs="+", type=Path, metavar="FILE")
    removing = verbs.add_parser("remove", help="take one away that was added")
    removing.add_argument("fingerprint", help="its SHA-256, as `caiso trust list` prints it")
    pinning = verbs.add_parser("pin", help="trust the authorities that are listed and no others, or the system's too")
    pinning.add_argument("state", choices=("on", "off"))
    for verb in (listing, adding, removing, pinning):
        verb.add_argument("--environment", required=True, metavar="E", help="production, map-stage ...")
    listing.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace, authorities: Authorities, catalogue: Catalogue) -> int:
    """Show or change; afterwards what counts is printed."""
    environment = catalogue.environment(args.environment).id
    if environment == _SIMULATOR:
        raise UsageError("the simulator vouches for itself, with an authority that it makes at each start.")
    if args.verb == "add":
        authorities.add(environment, [_read(file) for file in args.files])
    elif args.verb == "remove":
        authorities.remove(environment, args.fingerprint)
    elif args.verb == "pin":
        authorities.pin(environment, exactly=args.state == "on")
    trusting = authorities.trusting(environment)
    if getattr(args, "format", "text") == "json":
        print(json.dumps(_facts(trusting), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(trusting)))
    return SUCCESS


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}).") from error


def _lines(trusting: Trusting) -> Sequence[str]:
    first = "Trusted: exactly these authorities" if trusting.exactly else "Trusted: the system's authorities"
    if not trusting.exactly and (trusting.added or trusting.given):
        first += ", and these"
    lines = [first]
    for whose, certificates in (("added", trusting.added), ("of a catalogue file", trusting.given)):
        for each in certificates:
            lines += [
                f"{each.subject}  ({whose})",
                f"    SHA-256 {each.thumbprint}",
                f"    valid {each.not_before:%Y-%m-%d} to {each.not_after:%Y-%m-%d}, issued by {each.issuer}",
            ]
    return lines


def _facts(trusting: Trusting) -> dict[str, object]:
    return {
        "exactly": trusting.exactly,
        "added": [_fact(each) for each in trusting.added],
        "given": [_fact(each) for each in trusting.given],
    }


def _fact(certificate: Certificate) -> dict[str, str]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "sha256": certificate.thumbprint,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
    }
