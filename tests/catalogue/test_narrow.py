"""A word, an application or an environment narrows the catalogue; the firewall sheet follows."""

import csv
import io

import pytest

from caiso_desktop.catalogue.firewall import firewall_sheet
from caiso_desktop.catalogue.narrow import narrow
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError


def rows(catalogue: Catalogue) -> list[tuple[str, str, str]]:
    return [(a.id, s.name, v.version) for a in catalogue.applications for s in a.services for v in s.versions]


def test_a_word_finds_services_releases_and_addresses(printed: Catalogue) -> None:
    assert rows(narrow(printed, word="cleanbidset")) == [
        ("sibr", "RetrieveCBCCleanBidSet", "v1"),
        ("sibr", "RetrieveCBCCleanBidSet", "v20100301"),
        ("sibr", "RetrieveCleanBidSet", "v4"),
        ("sibr", "RetrieveCleanBidSet", "v3"),
    ]
    assert ("cmri", "RetrieveMarketAwards", "v4") in rows(narrow(printed, word="fall 2016"))
    assert ("cmri", "RetrieveMarketAwards", "v3") not in rows(narrow(printed, word="fall 2016"))
    pasted = "https://ws.caiso.com/sst/stlmt/SubmitMeterData_STLMTv1_AP"
    assert rows(narrow(printed, word=pasted)) == [("settlements", "SubmitMeterData", "v1")]
    assert [a.id for a in narrow(printed, word="weboms").applications] == ["oms"]
    assert rows(narrow(printed, word="getDispatchBatchesSinceUID"))
    # A word of some services does not bring the whole application with it.
    assert all("Trade" in service for _, service, _ in rows(narrow(printed, application="sibr", word="trade")))
    assert narrow(printed, word="nothing like this").applications == ()


def test_an_environment_leaves_what_it_has(printed: Catalogue) -> None:
    sandbox = narrow(printed, environment="sandbox")
    assert [a.id for a in sandbox.applications] == ["bsap", "sibr", "web-services"]
    assert {e for a in sandbox.applications for e in a.reach} == {"sandbox"}
    assert ("ads", "APIWebService", "v8") not in rows(narrow(printed, environment="map-stage"))
    assert ("ads", "APIWebService", "v8") in rows(narrow(printed, environment="production"))


def test_an_unknown_name_is_said(printed: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="no environment 'moon'"):
        narrow(printed, environment="moon")
    with pytest.raises(CatalogueError, match="no application 'moon'"):
        narrow(printed, application="moon")


def test_corrections_follow_their_application(printed: Catalogue) -> None:
    assert {c.application for c in narrow(printed, application="crr").corrections} == {"crr"}
    assert narrow(printed).corrections == printed.corrections


def test_the_firewall_sheet_gives_gateways_their_own_ips(printed: Catalogue) -> None:
    chosen = narrow(printed, environment="production", application="cmri")
    table = list(csv.DictReader(io.StringIO(firewall_sheet(chosen, printed))))
    nets = ("12.200.60", "12.231.58")
    services = [(row["host"], row["port"], row["ip"]) for row in table if row["use"] == "web services"]
    assert services == [("ws.caiso.com", "443", f"{net}.{last}") for net in nets for last in (50, 51)]
    portal = [(row["host"], row["ip"]) for row in table if row["use"] == "portal"]
    assert portal == [("portal.caiso.com", f"{net}.{last}") for net in nets for last in (98, 99)]


def test_the_firewall_sheet_leaves_unprinted_ips_empty(printed: Catalogue) -> None:
    table = list(csv.DictReader(io.StringIO(firewall_sheet(narrow(printed, application="ads"), printed))))
    secondary = [(row["host"], row["port"], row["ip"]) for row in table if row["use"] == "secondary"]
    assert ("ads1.caiso.com", "447", "") in secondary
    assert ("production", "adsws.prod.caiso.com", "web services (not proven)") in {
        (row["environment"], row["host"], row["use"]) for row in table
    }


def test_every_host_of_the_catalogue_is_on_the_sheet(printed: Catalogue) -> None:
    table = list(csv.DictReader(io.StringIO(firewall_sheet(printed))))
    for environment in printed.environments:
        sheet = {(row["host"], int(row["port"])) for row in table if row["environment"] == environment.id}
        assert printed.hosts(environment.id) <= sheet
