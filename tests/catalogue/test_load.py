"""What is wrong with a file is said with its file, line and key, and nothing of it is taken."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError, CatalogueFileError
from caiso_desktop.model.service import Kind, Target, Variant

Lay = Callable[[str], Catalogue]

SIBR = "[[application]]\nid = 'sibr'\n"


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("colour = 1\n", 1, "colour", "nobody knows"),
        ("format = 2\n", 1, "format", "format 1"),
        ("\n\nformat = 'x'\n", 3, "format", "a whole number, not a text"),
        ("a = [\n", 2, "", "not TOML"),
        ("x = 1\nx = 2\n", 2, "", "not TOML"),
        (SIBR + "acronymn = 'x'\n", 3, "application.acronymn", "Did you mean 'acronym'?"),
        (SIBR + "name = 3\n", 3, "application.name", "a text, not a whole number"),
        (SIBR + "\n" + SIBR, 4, "application", "twice"),
        ("[[application]]\nname = 'x'\n", 1, "application.id", "'id' is missing"),
        ("[[application]]\nid = 'Big One'\n", 2, "application.id", "lower-case"),
        ("[[application]]\nid = 'new'\nname = 'x'\n", 1, "application", "'acronym' and 'purpose'"),
        (
            SIBR + "[application.reach.moon]\nbase = 'https://a.example/'\n",
            3,
            "application.reach.moon",
            "no environment",
        ),
        (SIBR + "[application.reach.sandbox]\nbase = 'http://a.example/'\n", 4, "reach.sandbox.base", "https://"),
        (SIBR + "[application.reach.sandbox]\nbase = 'https://a.example/x'\n", 4, "base", "end with '/'"),
        (
            SIBR + "[application.reach.sandbox]\nbase = 'https://u:p@a.example/'\n",
            4,
            "base",
            "not the address of a host",
        ),
        (SIBR + "[application.reach.sandbox]\nbase = 'https://a.example/../b/'\n", 4, "base", "'..'"),
        (SIBR + "[application.reach.sandbox]\nbase = 'https://a.example:x/'\n", 4, "base", "not a web address"),
        (SIBR + "[application.reach.sandbox]\nips = ['1.2.3']\n", 4, "ips", "not an IP address"),
        (SIBR + "[application.reach.sandbox]\nportal = ['ftp://a.example']\n", 4, "portal", "http:// or https://"),
        (SIBR + "aliases = ['a', 'a']\n", 3, "aliases", "twice"),
        (SIBR + "[[application.service]]\nname = 'X'\nversions = ['v1 | 2020']\n", 3, "service", "'kind'"),
        (SIBR + "[[application.service]]\nname = 'X'\nkind = 'retrieve'\n", 3, "service", "'versions'"),
        (SIBR + "[[application.service]]\nname = 'X'\nkind = 'look'\n", 5, "kind", "none of"),
        (SIBR + "[[application.service]]\nname = '../X'\n", 4, "name", "below the base"),
        (
            SIBR + "[[application.service]]\nname = 'X'\nversions = [\n  'v1 | a',\n  'v1 | b',\n]\n",
            7,
            "versions",
            "'v1' stands there twice",
        ),
        (
            SIBR + "[[application.service]]\nname = 'X'\nversions = [\n  'v1',\n]\n",
            6,
            "versions",
            "'version | release'",
        ),
        (
            SIBR + "[[application.service]]\nname = 'X'\nversions = [\n  'v2 | a',\n"
            "  { version = 'v1', paths = { ap = '/etc/passwd' } },\n]\n",
            7,
            "versions.paths.ap",
            "below the base",
        ),
        (
            SIBR + "[[application.service]]\nname = 'X'\nversions = [ { version = 'v1', paths = { soap = 'X' } } ]\n",
            5,
            "paths",
            "none of",
        ),
        (
            SIBR
            + "[[application.service]]\nname = 'SubmitRawBidSet'\n"
            + "versions = [ { version = 'v4', retired = { moon = true } } ]\n",
            5,
            "retired.moon",
            "no environment",
        ),
        (SIBR + "[application.services]\nX = ['look', 'v1 | a']\n", 4, "services.X", "begin with one of"),
        (SIBR + "[application.services]\n'../X' = ['submit', 'v1 | a']\n", 4, "services.../X", "plain name"),
        (SIBR + "[application.services]\nX = ['submit',\n  'v1']\n", 5, "services.X", "'version | release'"),
        (SIBR + "references = ['http://a.example']\n", 3, "references", "words | address"),
        ("[[environment]]\nid = 'mine'\nname = 'Mine'\n", 1, "environment", "'purpose' and 'guarded'"),
        ("[[environment]]\nid = 'sandbox'\nguarded = 'no'\n", 3, "guarded", "true or false"),
        ("[[environment]]\nid = 'sandbox'\nauthorities = ['../ca.pem']\n", 3, "authorities", "in the folder"),
        ("[[environment]]\nid = 'sandbox'\nauthorities = ['/etc/ca.pem']\n", 3, "authorities", "in the folder"),
        ("[[environment]]\nid = 'sandbox'\nauthorities = ['ca.pem']\n", 3, "authorities", "could not be read"),
        (
            (
                "[[environment]]\nid = 'sandbox'\n[environment.calendar]\nsupport = [\n"
                "  { name = 'x', days = ['Monday'], from = 09:00:00, until = 08:00:00 },\n]\n"
            ),
            5,
            "until",
            "end after it begins",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, key: str, words: str, lay: Lay) -> None:
    with pytest.raises(CatalogueFileError) as caught:
        lay(text)
    error = caught.value
    assert (error.file.name, error.line) == ("mine.toml", line), str(error)
    assert error.key.endswith(key)
    assert words in str(error)
    assert f"mine.toml, line {line}" in str(error)


def test_a_file_that_is_not_utf_8_is_refused(printed: Catalogue, tmp_path: Path, lay: Lay) -> None:
    file = tmp_path / "mine.toml"
    with pytest.raises(CatalogueFileError, match=r"mine\.toml: it is not UTF-8"):
        file.write_bytes("format = 1 # é".encode("utf-16"))
        from caiso_desktop.catalogue.table import Sheet

        Sheet(file)


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle(lay: Lay) -> None:
    catalogue = lay("\ufeffformat = 1\r\n\r\n[[application]]\r\nid = 'sibr'\r\nname = 'Other'\r\n")
    assert catalogue.application("sibr").name == "Other"


def test_a_bundled_file_that_is_wrong_stops_the_loading(resources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(resources / "catalogue", folder)
    file = folder / "sibr.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("['submit',", "['summit',", 1), encoding="utf-8")
    with pytest.raises(
        CatalogueFileError, match=r"sibr\.toml, line \d\d: application\.services\.SubmitCBRawBidSet: it must begin"
    ):
        load(folder)


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"document\.toml"):
        load(tmp_path)


def test_environments_and_their_guard(printed: Catalogue) -> None:
    guarded = {environment.id: environment.guarded for environment in printed.environments}
    assert guarded == {"production": True, "production-ecn": True, "map-stage": False, "sandbox": False}


def test_addresses_of_the_document(printed: Catalogue) -> None:
    bids = Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH)
    assert (
        printed.url("sandbox", bids) == "https://wssandbox.caiso.com:4445/sst/sibr/SubmitRawBidSet_SIBRv4_DocAttach_AP"
    )
    assert printed.url("production-ecn", bids).startswith("https://ws.ecn.wepex.net/sst/sibr/")
    with pytest.raises(CatalogueError, match="CMRI has no web services in Sandbox"):
        printed.url("sandbox", Target("cmri", "RetrieveMarketAwards", "v4", Variant.AP))
    unreleased = Target("master-file", "SubmitGeneratorRDT", "vX", Variant.AP)
    with pytest.raises(CatalogueError, match="not released"):
        printed.url("production", unreleased)


def test_one_address_and_two_minor_versions(printed: Catalogue) -> None:
    old = Target("master-file", "SubmitGeneratorRDT", "v4", Variant.AP, "20161001")
    new = Target("master-file", "SubmitGeneratorRDT", "v4", Variant.AP)
    assert printed.row(old)[2].release == "Fall 2016"
    assert printed.row(new)[2].release == "Winter 2017"
    assert printed.url("production", old) == printed.url("production", new)


def test_the_printed_spelling_can_still_be_called(printed: Catalogue) -> None:
    ours = printed.url("production", Target("master-file", "SubmitIntertieRDT", "v1", Variant.AP))
    theirs = printed.url("production", Target("master-file", "SubmitIntertierRDT", "v1", Variant.AP))
    assert ours.endswith("/SubmitIntertieRDT_MFRDv1_AP")
    assert theirs.endswith("/SubmitIntertierRDT_MFRDv1_AP")


@pytest.mark.parametrize(
    ("word", "id"),
    [
        ("MRI-S", "settlements"), ("stlmt", "settlements"), ("OMAR", "settlements"), ("mfrd", "master-file"),
        ("webOMS", "oms"), ("SLIC", "oms"), ("PDR", "drs"), ("SIBR", "sibr"),
    ],
)  # fmt: skip
def test_names_that_people_still_type(word: str, id: str, printed: Catalogue) -> None:
    assert printed.application(word).id == id


def test_later_sources_are_marked_and_do_not_come_first(printed: Catalogue) -> None:
    service = printed.service("ads", "APIWebService")
    v8 = service.versions[0]
    assert (v8.version, v8.source.proven) == ("v8", False)
    assert service.newest is not None
    assert service.newest.version == "v7"
    target = Target("ads", "APIWebService", "v8", Variant.RPC)
    assert printed.url("production", target) == "https://adsws.prod.caiso.com/ADS/APIWebService/v8"
    with pytest.raises(CatalogueError, match="APIWebService v8 is not offered in MAP Stage"):
        printed.url("map-stage", target)
    assert ("adsws.prod.caiso.com", 443) in printed.hosts("production")
    gone = printed.retirement("production", Target("ads", "APIWebService", "v6", Variant.RPC))
    assert gone is not None
    assert (gone.successor, gone.source.proven) == ("v8", False)
    assert printed.retirement("production", Target("ads", "APIWebService", "v7", Variant.RPC)) is None
    assert printed.service("crr", "PublicMarketResults").kind is Kind.RETRIEVE
    assert printed.application("oasis").reach["production"].other_bases[0].url.startswith("https://oasis.caiso.com/")
