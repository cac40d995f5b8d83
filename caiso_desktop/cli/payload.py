"""Where a command's payload comes from: a file, a template, what a submit said, or what the service usually gets."""

import argparse
import sys
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.macro import read_file
from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.macro import has_braces
from caiso_desktop.model.service import Kind, Target
from caiso_desktop.model.source import PayloadFile


def large_payload(arguments: argparse.Namespace) -> PayloadFile | None:
    """The file of a payload that need not be held; one with macros is, for they are replaced in memory."""
    if not arguments.payload or arguments.payload == "-":
        return None
    path = Path(arguments.payload)
    try:
        if path.stat().st_size <= EDITABLE_BYTES:
            return None
    except OSError:
        return None  # reading it tells why
    payload = PayloadFile.of(path)
    return None if has_braces(payload.pieces()) else payload


def read_payload(arguments: argparse.Namespace, target: Target, house: House) -> bytes:
    """The payload that the arguments name, else the usual one of a retrieve; `UsageError` where none is named."""
    if arguments.payload:
        return read_file(arguments.payload)
    if arguments.template:
        return house.shelves.templates.open(house.shelves.templates.find(arguments.template)).to_bytes()
    if arguments.after is not None:
        return _filled(arguments, target, house)
    if house.catalogue.kind(target) is not Kind.RETRIEVE:
        raise UsageError(
            f"{target.procedure or target.service} changes something at CAISO and needs a payload.",
            advice="Add --payload FILE or --template NAME.",
        )
    return house.payloads.skeleton(target, arguments.environment).encode()


def _filled(arguments: argparse.Namespace, target: Target, house: House) -> bytes:
    """The payload of a retrieve with what a submit said, of which the journal has the number."""
    entry = house.journal.entry(arguments.after)
    place = entry.record.environment
    if house.catalogue.kind(target) is not Kind.RETRIEVE or entry.record.kind is Kind.RETRIEVE:
        raise UsageError("--after fills a retrieve with what a submit said.", advice="Add --payload FILE instead.")
    if place != arguments.environment:
        raise UsageError(f"call {entry.id} was made in {place}.", advice=f"Ask there: --environment {place}.")
    follow_ups = house.watching.follow_ups
    filled = follow_ups.fill(follow_ups.through(entry, target))
    print(filled.words, file=sys.stderr)
    return filled.draft.to_bytes()
