"""``caiso network``: which way hosts are reached, and what is set."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CaisoError, UsageError
from caiso_desktop.model.network import Network
from caiso_desktop.model.route import Mode, NetworkChoice, Route, Routes
from caiso_desktop.model.route_words import MODE_WORDS, read_exceptions, read_proxy


class _Row(TypedDict):
    host: str
    port: int
    ways: list[str]
    learnt: str
    error: str


SUCCESS, NOT_FOUND = 0, 3


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("network", help="which way hosts are reached: directly, or through a proxy")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    show = verbs.add_parser("show", help="what is set, and the way to each host of an environment")
    show.add_argument("--environment", metavar="E", help="the environment whose hosts are looked at")
    show.add_argument("--host", metavar="HOST[:PORT]", help="look at this host")
    show.add_argument("--format", choices=("text", "json"), default="text")
    setting = verbs.add_parser(
        "set",
        help="choose how hosts are reached; every window and every `caiso` of this account goes by it",
        description="A password is never an argument: it is asked for when the proxy wants it.",
    )
    setting.add_argument(
        "mode", choices=[str(mode) for mode in Mode], help="; ".join(f"{m}: {w}" for m, w in MODE_WORDS.items())
    )
    setting.add_argument("address", nargs="?", help="for `proxy`: HOST:PORT; for `pac`: the script's address or file")
    setting.add_argument("--except", dest="exceptions", metavar="HOSTS", help="reached directly: *.corp,10.0.0.0/8")
    setting.add_argument("--user", help="the user name for a proxy that wants one; empty for none")
    setting.add_argument(
        "--remember-password",
        action=argparse.BooleanOptionalAction,
        help="keep the proxy's password in the keystore of this computer once it was accepted",
    )


def run(args: argparse.Namespace, network: Network, catalogue: Catalogue) -> int:
    """Show or set."""
    if args.verb == "set":
        settings = network.settings
        settings.choose(_chosen(args, settings.choice()))
        print(describe(settings.choice()))
        cleared = network.kept.clear()
        if cleared.sentence:
            print(cleared.sentence, file=sys.stderr)
        return SUCCESS
    return _show(args, network.settings.choice(), network.routes, catalogue)


def describe(choice: NetworkChoice) -> str:
    """A choice in one or more lines."""
    what = {Mode.EXPLICIT: str(choice.proxy), Mode.PAC: choice.pac}.get(choice.mode, "")
    lines = [f"Way: {MODE_WORDS[choice.mode]}" + (f": {what}" if what else "")]
    if choice.exceptions and choice.mode in (Mode.EXPLICIT, Mode.PAC):
        lines.append(f"Directly: {', '.join(choice.exceptions)}")
    if choice.user:
        kept = "the keystore of this computer" if choice.remember else "memory, until the program ends"
        lines.append(f"User at the proxy: {choice.user} (the password is kept in {kept})")
    return "\n".join(lines)


def _chosen(args: argparse.Namespace, before: NetworkChoice) -> NetworkChoice:
    mode = Mode(args.mode)
    choice = replace(before, mode=mode)
    if args.address is not None:
        if mode is Mode.EXPLICIT:
            choice = replace(choice, proxy=read_proxy(args.address))
        elif mode is Mode.PAC:
            choice = replace(choice, pac=args.address)
        else:
            raise UsageError(f"'{mode}' takes no address.")
    if args.exceptions is not None:
        choice = replace(choice, exceptions=read_exceptions(args.exceptions))
    if args.user is not None:
        choice = replace(choice, user=args.user)
    if args.remember_password is not None:
        choice = replace(choice, remember=args.remember_password)
    return choice


def _show(args: argparse.Namespace, choice: NetworkChoice, routes: Routes, catalogue: Catalogue) -> int:
    rows = [_row(routes, host, port) for host, port in _hosts(args, catalogue)]
    if args.format == "json":
        facts = {"mode": str(choice.mode), "proxy": str(choice.proxy or ""), "pac": choice.pac}
        more = {"exceptions": list(choice.exceptions), "user": choice.user, "remember_password": choice.remember}
        print(json.dumps({**facts, **more, "hosts": rows}, indent=2, ensure_ascii=False))
    else:
        print(describe(choice))
        for row in rows:
            print(f"{row['host']}:{row['port']}  {row['error'] or ', then '.join(row['ways'])}")
            if row["learnt"]:
                print(f"    as {row['learnt']}")
    return NOT_FOUND if any(row["error"] for row in rows) else SUCCESS


def _hosts(args: argparse.Namespace, catalogue: Catalogue) -> Sequence[tuple[str, int]]:
    found = []
    if args.host:
        name, mark, port = args.host.rpartition(":")
        if not mark or not port.isdigit() or (":" in name and not name.startswith("[")):
            name, port = args.host, "443"
        found.append((name.strip("[]"), int(port)))
    if args.environment:
        found += sorted(catalogue.hosts(catalogue.environment(args.environment).id))
    return found


def _row(routes: Routes, host: str, port: int) -> _Row:
    ways: Sequence[Route] = ()
    error = ""
    try:
        ways = routes.find(host, port)
    except CaisoError as failure:
        error = str(failure)
    return {
        "host": host,
        "port": port,
        "ways": [str(way) for way in ways],
        "learnt": ways[0].learnt if ways else "",
        "error": error,
    }
