"""`caiso schema`: packages of WSDL and XSD: list, import, fetch from an endpoint, match by hand, remove."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from caiso_desktop.assembly.house import House
from caiso_desktop.cli.call import identity
from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.cli.target import add_target, find_target
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.package import Described, Fetch, Matched, Owner, Stock
from caiso_desktop.model.package_words import counted, imported_words, row_words, unmatched_words
from caiso_desktop.model.service import Target, Variant

SUCCESS = 0


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its own commands."""
    parser = commands.add_parser(
        "schema",
        help="take in CAISO's schema packages, and see what they say",
        description="Schema packages are zips or folders of WSDL and XSD as CAISO publishes them. What they say "
        "overrides what is known by rule: actions, roots and the schemas of payloads.",
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    shown = verbs.add_parser("list", help="print every package, and what it is about")
    shown.add_argument("name", nargs="?", help="only this package, with all its operations")
    _add_format(shown)
    taken = verbs.add_parser("import", help="take in a zip, a folder, or a single WSDL or XSD")
    taken.add_argument("source", type=Path, metavar="FILE", help="the zip, folder or file")
    taken.add_argument("--name", default="", help="what to call it; its file's name when left out")
    _add_replace(taken)
    _add_company(taken)
    _add_format(taken)
    fetched = verbs.add_parser("fetch", help="ask an endpoint for its WSDL, with a certificate")
    add_target(fetched)
    fetched.add_argument("--environment", required=True, metavar="E", help="production, map-stage ...")
    fetched.add_argument("--certificate", metavar="REF", help="STORE:THUMBPRINT, as `caiso certificate list` prints it")
    fetched.add_argument(
        "--approve-host",
        metavar="HOST",
        help="let the certificate be shown to this host outside CAISO's domains, from now on",
    )
    _add_replace(fetched)
    _add_company(fetched)
    _add_format(fetched)
    matched = verbs.add_parser("match", help="say which service an operation is about, where its name does not")
    matched.add_argument("name", help="the package")
    matched.add_argument("operation", help="the operation, as `caiso schema list NAME` prints it")
    matched.add_argument("service", nargs="?", metavar="APPLICATION/SERVICE", help="takes the match back when left out")
    matched.add_argument("--version", help="for example v4; the newest when left out")
    matched.add_argument("--variant", choices=[str(v) for v in Variant], help="docattach when there is one")
    _add_company(matched)
    _add_format(matched)
    removed = verbs.add_parser("remove", help="forget a package, and delete its files")
    removed.add_argument("name", help="the package")
    _add_company(removed)


def run(arguments: argparse.Namespace, house: House) -> int:
    """Do it. Lists go to standard output, what is going on to standard error."""
    match arguments.verb:
        case "list":
            _list(arguments, house)
        case "remove":
            house.packages.remove(arguments.name, _owner(arguments))
            print(f"removed: {arguments.name}", file=sys.stderr)
        case "import":
            _show([_import(arguments, house)], arguments.format, whole=True)
        case "fetch":
            _show([_fetch(arguments, house)], arguments.format, whole=True)
        case "match":
            target = find_target(arguments, house.catalogue) if arguments.service else None
            stock = house.packages.match(arguments.name, arguments.operation, target, _owner(arguments))
            _show([stock], arguments.format, whole=True)
    return SUCCESS


def _list(arguments: argparse.Namespace, house: House) -> None:
    found = [each for each in house.packages.stock() if arguments.name in (None, each.package.name)]
    _show(found, arguments.format, whole=arguments.name is not None)
    if not found:
        print(f"caiso: {_none(arguments.name)}", file=sys.stderr)


def _import(arguments: argparse.Namespace, house: House) -> Stock:
    owner = _owner(arguments)

    def task(token: CancelToken) -> Stock:
        return house.packages.add(
            arguments.source, token, name=arguments.name, owner=owner, replace=arguments.replace, tell=_tell
        )

    return until_done(task, "import")


def _fetch(arguments: argparse.Namespace, house: House) -> Stock:
    target = find_target(arguments, house.catalogue)
    wanted = Fetch(target, arguments.environment, identity(arguments, house), _owner(arguments))
    if arguments.approve_host and wanted.identity is not None:
        house.known_hosts.approve(arguments.approve_host, wanted.identity.thumbprint)
    return until_done(
        lambda token: house.collector.fetch(wanted, token, replace=arguments.replace, tell=_tell), "fetch"
    )


def _add_replace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--replace", action="store_true", help="put it in the place of one of the same name")


def _add_company(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--company", action="store_true", help="in the company's folder instead of yours")


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text to read, or JSON")


def _owner(arguments: argparse.Namespace) -> Owner:
    return Owner.COMPANY if arguments.company else Owner.USER


def _none(name: str | None) -> str:
    if name is not None:
        return f"there is no package '{name}'. See `caiso schema list`."
    return "no package has been imported. Import one with `caiso schema import FILE`."


def _tell(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words[:100]}", end="", file=sys.stderr, flush=True)


def _show(found: Sequence[Stock], format: str, *, whole: bool) -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    if format == "json":
        print(json.dumps([_facts(each) for each in found], indent=2, ensure_ascii=False))
        return
    for stock in found:
        package = stock.package
        when = f"{imported_words(package)} GMT, " if imported_words(package) else ""
        print(f"{package.name}  ({package.owner}, {when}from {package.source})")
        print(f"  {counted(stock)}")
        if whole:
            _show_operations(stock)
        for each in package.contents.unreadable:
            print(f"  ! {each}")


def _show_operations(stock: Stock) -> None:
    for each in stock.matched:
        how = " (by hand)" if each.by_hand else ""
        print(f"  = {each.operation.name}  {', '.join(map(row_words, each.targets))}{how}")
    for described in stock.new:
        print(f"  + {described.name}  {unmatched_words(described)}")
    for target in stock.documents:
        print(f"  = schema of {row_words(target)}")


def _facts(stock: Stock) -> dict[str, object]:
    package = stock.package
    return {
        "name": package.name,
        "owner": package.owner.name.lower(),
        "source": package.source,
        "imported": package.imported.isoformat(),
        "folder": str(package.folder),
        "files": package.contents.files,
        "bytes": package.contents.size,
        "matched": [_matched(each) for each in stock.matched],
        "new": [_described(each) for each in stock.new],
        "documents": [_row(each) for each in stock.documents],
        "unreadable": [{"file": each.file, "line": each.line, "why": each.why} for each in package.contents.unreadable],
    }


def _matched(matched: Matched) -> dict[str, object]:
    rows = [_row(each) for each in matched.targets]
    return {**_described(matched.operation), "services": rows, "by_hand": matched.by_hand}


def _described(described: Described) -> dict[str, object]:
    return {
        "operation": described.name,
        "action": described.action,
        "style": str(described.style),
        "request_root": described.request_root,
        "answer_root": described.answer_root,
        "file": described.file,
        "schema": bool(described.request_file),
    }


def _row(target: Target) -> dict[str, str]:
    return {
        "service": f"{target.application}/{target.service}",
        "version": target.version,
        "variant": str(target.variant),
    }
