"""What people type into the filter, over the program's own catalogue: names of today and of long ago, addresses."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.ui.service_filter import filter_nodes, terms
from caiso_desktop.ui.service_node import ServiceNode, service_nodes

TOMORROW = date(2026, 3, 2)


@pytest.fixture(scope="module")
def printed(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


@pytest.fixture(scope="module")
def nodes(printed: Catalogue) -> tuple[ServiceNode, ...]:
    return service_nodes(printed, printed.environment("production"), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("typed", "application"),
    [
        ("webOMS", "OMS"),
        ("SLIC", "OMS"),
        ("PDR", "DRS"),
        ("OMAR", "Settlements"),
        ("MRI-S", "Settlements"),
        ("STLMT", "Settlements"),
        ("MFRD", "Master File"),
        ("RIMS", "RIMS"),
        ("transmission register", "TR"),
        ("12.200.60.50", "Web Services"),
    ],
)
def test_names_that_people_still_type_are_found(nodes: tuple[ServiceNode, ...], typed: str, application: str) -> None:
    assert application in [node.text for node in filter_nodes(nodes, typed)]


def test_a_release_is_two_words_that_belong_together(nodes: tuple[ServiceNode, ...]) -> None:
    found = filter_nodes(nodes, "Fall 2016")
    rows = [row for app in found for service in app.children for row in service.children]
    assert len(rows) > 10
    assert {row.remark.split(" · ")[0] for row in rows} == {"Fall 2016"}


def test_a_whole_address_finds_its_row_in_every_environment(printed: Catalogue, nodes: tuple[ServiceNode, ...]) -> None:
    for application in printed.applications:
        for service in application.services:
            for version in service.versions:
                for base in printed.bases(application, version).values():
                    for path in version.paths.values():
                        found = filter_nodes(nodes, base + path)
                        [owner] = [node for node in found if node.application == application.id]
                        assert service.name in [each.service for each in owner.children], base + path


def test_the_end_of_an_address_does_too(nodes: tuple[ServiceNode, ...]) -> None:
    [cmri] = filter_nodes(nodes, "sst/cmri/RetrieveContractUsage_CMRIv2_AP")
    assert [service.text for service in cmri.children] == ["RetrieveContractUsage"]
    assert filter_nodes(nodes, "sst/cmri/Nothing_AP") == ()


def test_marks_are_words_that_are_found_too(nodes: tuple[ServiceNode, ...]) -> None:
    def rows(typed: str) -> list[tuple[str, str]]:
        found = filter_nodes(nodes, typed)
        return [(service.text, row.text) for app in found for service in app.children for row in service.children]

    assert ("APIWebService", "v6") in rows('"probably retired"')
    assert rows('"not released"') == [
        ("RetrieveGeneratorRDT", "vX (20180501)"),
        ("SubmitGeneratorRDT", "vX (20180501)"),
    ]
    assert ("APIWebService", "v8") in rows('"not proven"')


def test_the_printed_spelling_and_an_operation_are_found(nodes: tuple[ServiceNode, ...]) -> None:
    [master_file] = filter_nodes(nodes, "SubmitIntertierRDT")
    assert [service.text for service in master_file.children] == ["SubmitIntertieRDT"]
    [ads] = filter_nodes(nodes, "acceptInstruction")
    assert [service.text for service in ads.children] == ["APIResponseWebService"]


def test_a_service_opens_what_nobody_doubts(nodes: tuple[ServiceNode, ...]) -> None:
    services = {service.service: service for app in nodes for service in app.children}
    ads = services["APIWebService"].target
    generator = services["RetrieveGeneratorRDT"].target
    assert ads is not None
    assert ads.version == "v7"
    assert generator is not None
    assert (generator.version, generator.minor_version) == ("v4", "20180201")


def test_applications_without_services_are_not_greyed_where_they_are(
    printed: Catalogue, nodes: tuple[ServiceNode, ...]
) -> None:
    here = {node.text: node for node in nodes}
    assert [name for name in ("AIM", "CRR", "MPP", "RIMS", "TR") if here[name].greyed] == []
    sandbox = {node.text: node for node in service_nodes(printed, printed.environment("sandbox"), date(2026, 3, 1))}
    assert sandbox["AIM"].greyed
    assert "It is not in Sandbox, but in Production." in sandbox["AIM"].hindrance
    assert not sandbox["SIBR"].greyed


def test_quotes_and_releases_keep_words_together() -> None:
    assert terms('a "b c" Fall  2016 go live') == ["a", "b c", "fall 2016", "go live"]


def test_a_row_that_begins_later_says_when(printed: Catalogue) -> None:
    row = replace(printed.service("cmri", "RetrieveContractUsage").versions[0], active_from={"production": TOMORROW})
    cmri = printed.application("cmri")
    service = replace(printed.service("cmri", "RetrieveContractUsage"), versions=(row,))
    catalogue = replace(printed, applications=(replace(cmri, services=(service,)),))
    for environment, today, said in (
        ("production", date(2026, 3, 1), True),
        ("production", TOMORROW, False),
        ("map-stage", date(2026, 3, 1), False),
    ):
        [node] = service_nodes(catalogue, catalogue.environment(environment), today)
        assert ("from 2026-03-02" in node.children[0].children[0].remark) == said
