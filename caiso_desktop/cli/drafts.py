"""`caiso drafts`: the requests in a SoapUI project or a caisopy file: printed, or saved as payloads."""

import argparse
import json
import re
import sys
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.model.error import StorageError
from caiso_desktop.model.foreign import ForeignDraft, ForeignFile
from caiso_desktop.model.package_words import row_words

SUCCESS = 0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "drafts",
        help="print or save the requests of a SoapUI project or a caisopy file",
        description="Takes requests and where they went; never passwords, certificates, keystores or scripts. "
        "Sends nothing.",
    )
    parser.add_argument(
        "source", type=Path, metavar="FILE", help="a SoapUI project (XML) or caisopy's main file (YAML)"
    )
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="write each payload into this folder")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text to read, or JSON")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Print what is in the file, and save it where that is wanted."""
    found = house.workshop.foreign.read(arguments.source)
    saved = _save(found, arguments.save, house) if arguments.save is not None else {}
    if arguments.format == "json":
        print(json.dumps([_facts(each, saved.get(number)) for number, each in enumerate(found.drafts)], indent=2))
    else:
        for number, draft in enumerate(found.drafts):
            place = row_words(draft.target) if draft.target is not None else "not in the catalogue"
            print("  ".join(filter(None, (draft.name, place, draft.environment, str(saved.get(number, ""))))))
    for draft in found.drafts:
        if draft.note:
            print(f"{draft.name}: {draft.note}", file=sys.stderr)
    for words in found.left:
        print(f"not taken: {words}", file=sys.stderr)
    return SUCCESS


def _save(found: ForeignFile, folder: Path, house: House) -> dict[int, Path]:
    """The files of the payloads by their place in the list; none that is there is written over."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made ({error.strerror}).") from error
    saved = {}
    for number, draft in enumerate(found.drafts):
        stem = re.sub(r"[^\w.-]+", "-", draft.name).strip("-. ")[:80]
        saved[number] = folder / f"{number + 1:02}-{stem}.xml"
        house.saving.save_text(draft.payload.decode(), saved[number], overwrite=False)
    return saved


def _facts(draft: ForeignDraft, saved: Path | None) -> dict[str, str | None]:
    target = draft.target
    return {
        "name": draft.name,
        "service": f"{target.application}/{target.service}" if target is not None else None,
        "version": target.version if target is not None else None,
        "variant": str(target.variant) if target is not None else None,
        "environment": draft.environment or None,
        "address": draft.address,
        "note": draft.note or None,
        "saved": str(saved) if saved is not None else None,
    }
