"""Reads the main configuration file of caisopy-b2b: its services with their request bodies.

A service has ``endpoint``, ``caiso_site``, ``soapaction`` and ``request_body`` or ``attachment_file``, each of the two
a text or the path of a file; ``caiso_sites`` gives the host of each site by environment. User names, passwords and
certificates stand in a second file (``wsse_profiles``), which is refused whole.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from caiso_desktop.contract.document import read
from caiso_desktop.contract.foreign.address import AddressBook
from caiso_desktop.contract.schema_folder import find_inside
from caiso_desktop.model.call import Problem
from caiso_desktop.model.foreign import ForeignDraft, ForeignError, ForeignFile

LARGEST_BODY = 2 << 20
"""Bytes of a request's file; a larger one cannot be edited as a draft."""

_MACROS = {
    "TRADE_DATE_TODAY": "{{trade_date}}",
    "TRADE_DATE_TOMORROW": "{{trade_date+1}}",
    "TRADE_DATE_YESTERDAY": "{{trade_date-1}}",
}
_MACRO = re.compile("|".join(sorted(_MACROS, key=len, reverse=True)))

# What is a text here travels as UTF-8, whatever its declaration said of the file.
_ENCODING = re.compile(r"""^(\s*<\?xml[^>]*?encoding\s*=\s*["'])[A-Za-z0-9._-]+""")


def read_services(data: bytes, folder: Path, book: AddressBook) -> ForeignFile:
    """The drafts of a configuration file that lies in ``folder``. `ForeignError` where it is none."""
    table = _load(data)
    if "wsse_profiles" in table:
        raise ForeignError(
            "it holds user names, passwords and certificates, and nothing of it is taken.",
            advice="Choose the other file, the one with 'services', and import your certificate by itself.",
        )
    services, sites = table.get("services"), table.get("caiso_sites")
    if not isinstance(services, dict):
        raise ForeignError("it is YAML, but has no 'services' as the files of caisopy have.")
    drafts, left = [], []
    for name, service in services.items():
        try:
            drafts.append(_draft(str(name), service, sites if isinstance(sites, dict) else {}, folder, book))
        except ForeignError as error:
            left.append(f"{name}: {error.detail}")
    if not drafts and not left:
        raise ForeignError("it names no service.")
    return ForeignFile("caisopy file", tuple(drafts), tuple(left))


def _load(data: bytes) -> Mapping[str, Any]:
    try:
        table = yaml.safe_load(data)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        # Without what the parser quotes: it may be a password.
        raise ForeignError(f"line {line}: it is not YAML that can be read.") from None
    except (yaml.YAMLError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # What stands behind a tag such as !!int is read by Python's own constructors.
        raise ForeignError(f"it is not YAML that can be read ({type(error).__name__}).") from None
    if not isinstance(table, dict):
        raise ForeignError("it is no configuration file of caisopy.")
    return table


def _draft(name: str, service: object, sites: Mapping[object, object], folder: Path, book: AddressBook) -> ForeignDraft:
    if not isinstance(service, dict):
        raise ForeignError("it has no fields.")
    body = _body(service, folder)
    text, macros = _MACRO.subn(lambda found: _MACROS[found[0]], _ENCODING.sub(r"\1UTF-8", body))
    document = read(text)
    if isinstance(document, Problem):
        raise ForeignError(f"its request is not XML that can be sent ({document}).")
    address, target, environment = _place(name, service, sites, book)
    note = "caisopy's trade dates are macros of ours now." if macros else ""
    return ForeignDraft(name, text.strip().encode() + b"\n", target, environment, address, note)


def _body(service: Mapping[object, object], folder: Path) -> str:
    given = service.get("request_body") or service.get("attachment_file")
    if not isinstance(given, str) or not given.strip():
        raise ForeignError("it has no request_body and no attachment_file.")
    if given.lstrip().startswith("<"):
        return given
    path = find_inside(folder.resolve(), folder.resolve(), given)
    if path is None:
        raise ForeignError(f"its request is in {given.strip()[:200]}, which is not below the folder of this file.")
    try:
        if path.stat().st_size > LARGEST_BODY:
            raise ForeignError(f"{path.name} is larger than {LARGEST_BODY >> 20} MB.")
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ForeignError(f"{path.name} could not be read as text ({error}).") from error


def _place(
    name: str, service: Mapping[object, object], sites: Mapping[object, object], book: AddressBook
) -> tuple[str, Any, str]:
    """The address, row and environment; the last where the file knows one only, for caisopy is told it at each call."""
    endpoint = str(service.get("endpoint") or "")
    site = sites.get(service.get("caiso_site"))
    hosts = [str(host) for host in site.values()] if isinstance(site, dict) else []
    # Not urljoin: it raises for what is no address at all.
    found = [f"{host.rstrip('/')}/{endpoint.lstrip('/')}" for host in hosts] or [endpoint]
    places = [(address, *book.find(address, name)) for address in found]
    address, target, environment = next((each for each in places if each[1] is not None), places[0])
    return address, target, environment if len({place[2] for place in places}) == 1 else ""
