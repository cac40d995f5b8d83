"""The catalogue says what the access document prints, row by row, in both directions.

The document's text is read here with code of its own; it lies beside the checkout, and these tests skip where it
does not.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Application, Kind, Variant

CHECKOUT = Path(__file__).resolve().parents[2]
SHARED = CHECKOUT.parent / "shared"
DOCUMENT = SHARED / "reference" / "systems-access-information-v10.1.txt"
OPERATIONS = SHARED / "data" / "ads_operations.csv"

needs_document = pytest.mark.skipif(not DOCUMENT.exists(), reason="the access document is not beside this checkout")

IDS = {
    "ADS": "ads", "AIM": "aim", "ALFS": "alfs", "BAAOP": "baaop", "BSAP": "bsap", "CIRA": "cira", "CMRI": "cmri",
    "CRR": "crr", "DRRS": "drrs", "DRS": "drs", "Master File": "master-file", "MPP": "mpp", "OASIS": "oasis",
    "OMS": "oms", "RIMS": "rims", "Settlements": "settlements", "SIBR": "sibr", "TR": "tr",
    "Web Services": "web-services",
}  # fmt: skip
ENVIRONMENTS = {
    "Production": "production",
    "Production ECN": "production-ecn",
    "MAP Stage": "map-stage",
    "Sandbox": "sandbox",
}


@dataclass
class Row:
    """One printed web-service address: what follows the base, and the cells right of it, joined over two rows."""

    service: str
    path: str
    cells: list[str]


@dataclass
class Section:
    """One application as printed."""

    title: str
    ui: dict[str, list[str]] = field(default_factory=dict)
    secondary: dict[str, list[str]] = field(default_factory=dict)
    ips: dict[str, list[str]] = field(default_factory=dict)
    gateway_ips: dict[str, list[str]] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    services: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    operations: list[tuple[str, str, str]] = field(default_factory=list)


def sections() -> dict[str, Section]:
    """The document's applications, read line by line."""
    lines = DOCUMENT.read_text(encoding="utf-8").split("\n")
    lines = lines[lines.index("Applications") + 1 : lines.index("Access Requests")]
    found: dict[str, Section] = {}
    heading, block = "", list[str]()
    for position, line in enumerate(lines):
        title = line.split(" (")[0]
        if title in IDS and IDS[title] not in found and lines[position + 2 : position + 3] == ["Summary"]:
            if found:
                take(list(found.values())[-1], heading, block)
            found[IDS[title]] = Section(line)
            heading, block = "", []
        elif is_heading(line):
            take(list(found.values())[-1], heading, block)
            heading, block = line.split(" (")[0], []
        elif line:
            block.append(line)
    take(list(found.values())[-1], heading, block)
    return found


def is_heading(line: str) -> bool:
    return line.split(" (")[0] in {
        "Summary", "References", "Connectivity Information", "User Interfaces", "Secondary Connection Information",
        "IP Addresses", "Web Services", "Specific Web Services",
    }  # fmt: skip


def take(section: Section, heading: str, block: list[str]) -> None:
    if heading == "User Interfaces":
        section.ui = columns(block)
    elif heading == "Secondary Connection Information":
        section.secondary = columns(block[1:])
    elif heading == "IP Addresses":
        section.ips = columns(block)
    elif heading == "Web Services":
        # Each cell prints its address twice: in the link and as its text.
        section.bases = {e: re.findall(r">(https?://.*?)<", cells[0])[0] for e, cells in columns(block, " ; ").items()}
    elif heading == "Specific Web Services":
        read_rows(section, block)


def columns(block: list[str], separator: str = " ") -> dict[str, list[str]]:
    heads = block[0].split("\t")
    found: dict[str, list[str]] = {}
    for line in block[1:]:
        for head, cell in zip(heads, line.split("\t"), strict=False):
            if cell.strip():
                found.setdefault(ENVIRONMENTS[head], []).extend(cell.strip().split(separator))
    return found


ADDRESS = re.compile(r"<Web Services URL>(?:</i>)?\s*([\w/]+(?: \(version=\d+\))?)")


def read_rows(section: Section, block: list[str]) -> None:
    service = ""
    for line in block:
        first, *cells = line.split("\t")
        addresses = ADDRESS.findall(line)
        if first == "Service":
            continue
        if not addresses:
            service = first.strip()
            section.services.append(service)
            continue
        for address in addresses:
            section.rows.append(Row(service, address, [cell.strip() for cell in cells]))
        if "<i><Web" in line:
            words = re.sub(r"</?i>", " ", first.split("</i>", 1)[1]).split()
            after = words.index("Retrieve/Request") if "Retrieve/Request" in words else words.index("Response")
            section.operations += [(service, words[0].split("/")[1], name) for name in words[after + 1 :]]


def joined(rows: list[Row]) -> Iterator[tuple[Row, list[str]]]:
    """Each row with its cells completed from the row of the same address in the other variant."""
    for position, row in enumerate(rows):
        twin = None
        if row.path.endswith("_DocAttach_AP") and position:
            twin = rows[position - 1]
        elif position + 1 < len(rows) and rows[position + 1].path == row.path.removesuffix("_AP") + "_DocAttach_AP":
            twin = rows[position + 1]
        if twin is None or twin.cells == row.cells:
            yield row, row.cells
            continue
        pair = (twin, row) if row.path.endswith("_DocAttach_AP") else (row, twin)
        width = max(len(pair[0].cells), len(pair[1].cells))
        cells = [
            " ".join(filter(None, (each.cells[i] if i < len(each.cells) else "" for each in pair)))
            for i in range(width)
        ]
        yield row, cells


@pytest.fixture(scope="module")
def document() -> dict[str, Section]:
    return sections()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(CHECKOUT / "resources" / "catalogue")


def by_document(application: Application) -> Iterator[tuple[str, str, str, str | None, str | None, bool]]:
    """The application's rows that stand in the document: service, path, release, minor version, template, callable."""
    for service in application.services:
        for version in service.versions:
            if version.source.document == "access document 10.1":
                for path in version.paths.values():
                    release = version.release
                    yield service.name, path, release, version.minor_version, version.template, version.callable


def expected(id: str, section: Section) -> Iterator[tuple[str, str, str, str | None, str | None, bool]]:
    for row, cells in joined(section.rows):
        service, path = row.service, row.path
        if id == "ads":
            path = f"{service}/{path.split('/')[1]}"
        if id == "oasis":
            path = path.split(" ")[0]
        service, path = (text.replace("SubmitIntertierRDT", "SubmitIntertieRDT") for text in (service, path))
        filled = [cell for cell in cells if cell]
        minor = cells[0] or None if id == "master-file" else None
        template = cells[1] or None if id == "master-file" and len(cells) > 1 else None
        yield service, path, filled[-1] if id != "master-file" else cells[2], minor, template, "MFRDvX" not in path


@needs_document
def test_every_application_of_the_document_and_no_other(document: dict[str, Section], catalogue: Catalogue) -> None:
    assert [application.id for application in catalogue.applications] == list(document) == list(IDS.values())
    assert [application.acronym for application in catalogue.applications] == list(IDS)
    for application in catalogue.applications:
        title = document[application.id].title
        name = title.split(" (")[1].rstrip(")") if "(" in title else title
        if application.id not in ("mpp", "settlements", "web-services"):
            assert application.name == name


@needs_document
def test_the_document_has_as_many_rows_as_we_say(document: dict[str, Section], catalogue: Catalogue) -> None:
    assert sum(len(section.rows) for section in document.values()) == 271
    assert sum(len(section.services) for section in document.values()) == 106
    assert sum(len(section.operations) for section in document.values()) == 21
    ours = [row for application in catalogue.applications for row in by_document(application)]
    assert len(ours) == 271
    services = [
        s for a in catalogue.applications for s in a.services if s.versions[-1].source.document.startswith("acc")
    ]
    assert len(services) == 106


@needs_document
@pytest.mark.parametrize("id", IDS.values())
def test_every_row_both_ways(id: str, document: dict[str, Section], catalogue: Catalogue) -> None:
    assert Counter(by_document(catalogue.application(id))) == Counter(expected(id, document[id]))


@needs_document
@pytest.mark.parametrize("id", IDS.values())
def test_every_address_both_ways(id: str, document: dict[str, Section], catalogue: Catalogue) -> None:
    section, application = document[id], catalogue.application(id)

    def right(addresses: dict[str, list[str]]) -> dict[str, list[str]]:
        return {e: [url.replace(".aiso.com", ".caiso.com") for url in urls] for e, urls in addresses.items()}

    reach = application.reach
    ui = {e: sorted(address.url for address in place.addresses) for e, place in reach.items() if place.addresses}
    assert ui == {e: sorted(urls) for e, urls in right(section.ui).items()}
    assert {e: list(place.secondary) for e, place in reach.items() if place.secondary} == section.secondary
    ips = {e: [*place.ips, *(ip for a in place.addresses for ip in a.ips)] for e, place in reach.items()}
    assert {e: sorted(found) for e, found in ips.items() if found} == {e: sorted(f) for e, f in section.ips.items()}
    bases = {e: place.base for e, place in reach.items() if place.base is not None}
    assert bases == {e: url.replace(".aiso.com", ".caiso.com") for e, url in section.bases.items()}


@needs_document
def test_every_gateway_has_the_ips_of_its_own_column(catalogue: Catalogue) -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("https://wsstas.caiso.com:4445\t"))
    grid = [line.split("\t") for line in (lines[start], *lines[start + 5 : start + 9])]
    printed = {url: tuple(row[i] for row in grid[1:] if i < len(row) and row[i]) for i, url in enumerate(grid[0])}
    ours = {a.url: a.ips for place in catalogue.application("web-services").reach.values() for a in place.addresses}
    assert ours == printed


@needs_document
def test_every_operation_of_ads_and_its_parameters(document: dict[str, Section], catalogue: Catalogue) -> None:
    ours = [
        (service.name, version.version, procedure.name)
        for service in catalogue.application("ads").services
        for version in service.versions
        if version.source.document == "access document 10.1"
        for procedure in version.procedures
    ]
    assert Counter(ours) == Counter(document["ads"].operations)
    with OPERATIONS.open(newline="", encoding="utf-8") as file:
        known = {(row["service"], row["operation"]): row for row in csv.DictReader(file)}
    for service in catalogue.application("ads").services:
        for version in service.versions:
            for procedure in version.procedures:
                row = known[service.name, procedure.name]
                assert [f"{p.name}:{p.type}" for p in procedure.parameters] == row["parameters"].split()
                assert (procedure.result, procedure.encoding) == (row["result_type"], row["encoding"])
                assert procedure.kind == (Kind.STATE_CHANGING if row["changes_state"] == "yes" else Kind.RETRIEVE)


@needs_document
def test_every_line_of_the_history_and_every_acronym(catalogue: Catalogue) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    history = re.findall(r"^(\d+\.\d+)\t(\d\d)\W(\d\d)\W(\d\d)\t", text, re.MULTILINE)
    assert [(r.version, r.date) for r in catalogue.guide.revisions] == [
        (version, date(2000 + int(year), int(month), int(day))) for version, month, day, year in history
    ]
    acronyms = re.findall(
        r"^([^\t\n]+)\t", text[text.index("Acronym\tDescription") : text.index("\nRevisions\n\nV")], re.MULTILINE
    )
    assert list(catalogue.guide.acronyms) == [acronym for acronym in acronyms if acronym != "Acronym"]


@needs_document
def test_every_reference(document: dict[str, Section], catalogue: Catalogue) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for application in catalogue.applications:
        start = text.index(f"\n{document[application.id].title}\n\nSummary")
        section = text[start : text.index("\nConnectivity Information", start)]
        assert [reference.url for reference in application.references] == re.findall(r"https?://[^>\s]+", section)


@needs_document
def test_print_that_was_departed_from_is_really_printed_and_said(catalogue: Catalogue) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    used = {correction.printed: correction for correction in catalogue.corrections}
    for url in re.findall(r"https://[^\s<>\"]*aiso\.com[^\s<>\"]*", text):
        if ".aiso.com" in url:
            assert used[url].used == url.replace(".aiso.com", ".caiso.com")
    for word in ("RetrieveCBCCleanBidSet", "RetrieveCBCCurrentBidResults", "RTmv2", "03/10/16", "MFRDvX"):
        assert word in text
        assert used[word].doubt


def test_no_address_leads_to_aiso(catalogue: Catalogue) -> None:
    for application in catalogue.applications:
        for place in application.reach.values():
            urls = [place.base or "", *place.secondary, *(address.url for address in place.addresses)]
            assert not any(".aiso.com" in url for url in urls)


def test_versions_stand_newest_first(catalogue: Catalogue) -> None:
    def age(release: str) -> int:
        years = re.findall(r"20\d\d", release)
        return int(years[0]) if years else 2009

    for application in catalogue.applications:
        for service in application.services:
            ages = [age(version.release) for version in service.versions if version.source.proven]
            assert ages == sorted(ages, reverse=True), service.name


def test_every_service_has_its_kind(catalogue: Catalogue) -> None:
    for application in catalogue.applications:
        for service in application.services:
            if service.name.startswith("Retrieve") or service.name.endswith("Zip"):
                assert service.kind is Kind.RETRIEVE
            else:
                assert service.kind in (Kind.SUBMIT, Kind.STATE_CHANGING) or Variant.REST in service.versions[0].paths
