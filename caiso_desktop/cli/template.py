"""`caiso template`: list, print, keep and remove payloads under a name."""

import argparse
import json
import sys

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.macro import read_file
from caiso_desktop.cli.target import add_target, find_target
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.template import Owner, Template

SUCCESS = 0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its verbs."""
    template = commands.add_parser(
        "template",
        help="list, print, keep and remove payloads under a name",
        description="Templates are plain files, in a folder of yours and one of your company. Macros in them are "
        "replaced when a payload is sent, not before.",
    )
    verbs = template.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="every template, one a line")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    show = verbs.add_parser("show", help="print a template's payload, for example for `caiso call --payload -`")
    show.add_argument("name", metavar="NAME")
    save = verbs.add_parser("save", help="keep a payload as a template")
    save.add_argument("name", metavar="NAME")
    add_target(save)
    save.add_argument(
        "--payload", required=True, metavar="FILE", help="the XML payload; - reads it from standard input"
    )
    save.add_argument("--note", default="", help="what it is for")
    save.add_argument("--company", action="store_true", help="in the company's folder instead of yours")
    save.add_argument("--replace", action="store_true", help="replace the template of this name")
    remove = verbs.add_parser("remove", help="delete a template")
    remove.add_argument("name", metavar="NAME")


def run(arguments: argparse.Namespace, house: House) -> int:
    """Run one verb; data goes to standard output, words to standard error."""
    return {"list": _list, "show": _show, "save": _save, "remove": _remove}[arguments.verb](arguments, house)


def _list(arguments: argparse.Namespace, house: House) -> int:
    templates, bad = house.shelves.templates.list()
    for wrong in bad:
        print(f"caiso: left alone: {wrong}", file=sys.stderr)
    if arguments.format == "json":
        print(json.dumps([_facts(each) for each in templates], indent=2))
        return SUCCESS
    for each in templates:
        target = f"{each.target.application}/{each.target.service} {each.target.version}".rstrip()
        note = "  " + " ".join(each.note.split()) if each.note else ""
        print(f"{each.name:32}  {each.owner:9}  {target}{note}")
    if not templates:
        print("There is no template yet; `caiso template save` makes one.", file=sys.stderr)
    return SUCCESS


def _show(arguments: argparse.Namespace, house: House) -> int:
    draft = house.shelves.templates.open(house.shelves.templates.find(arguments.name))
    sys.stdout.buffer.write(draft.to_bytes())
    sys.stdout.buffer.flush()
    return SUCCESS


def _save(arguments: argparse.Namespace, house: House) -> int:
    target = find_target(arguments, house.catalogue)
    owner = Owner.COMPANY if arguments.company else Owner.USER
    template = Template(arguments.name, target, arguments.note, owner)
    saved = house.shelves.templates.save(
        template, Draft.from_bytes(read_file(arguments.payload)), replace=arguments.replace
    )
    print(f"saved: {saved.file}", file=sys.stderr)
    return SUCCESS


def _remove(arguments: argparse.Namespace, house: House) -> int:
    template = house.shelves.templates.find(arguments.name)
    house.shelves.templates.remove(template)
    print(f"removed: {template.file}", file=sys.stderr)
    return SUCCESS


def _facts(template: Template) -> dict[str, str | None]:
    target = template.target
    return {
        "name": template.name,
        "owner": "company" if template.owner is Owner.COMPANY else "user",
        "service": f"{target.application}/{target.service}",
        "version": target.version,
        "variant": str(target.variant),
        "note": template.note,
        "saved": template.saved.isoformat() if template.saved else None,
        "by": template.by,
        "file": str(template.file),
    }
