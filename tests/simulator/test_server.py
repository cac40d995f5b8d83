"""Calls that are let in, and what they are answered with; over real TLS."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.simulator.record import ACCEPTED
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import SOAP, Client, Draft, clean_bids, hash_of


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("sign_token", [False, True])
def test_a_signed_retrieve_is_answered_with_its_report(
    simulator: Simulator,
    connect: Callable[..., Client],
    version: ssl.TLSVersion,
    algorithm: str,
    sign_token: bool,
) -> None:
    client = connect(simulator, version=version)
    answer = client.send(Draft(simulator.identity, clean_bids(), algorithm=algorithm, sign_token=sign_token))
    assert answer.status == 200, answer.body
    (_, envelope), (_, text) = answer.parts
    assert etree.fromstring(envelope).findtext(".//{*}hashValue") == hash_of(text)
    report = etree.fromstring(answer.report)
    assert report.tag == "{http://www.caiso.com/soa/CleanBidSet_v4.xsd#}CleanBidSet"
    assert simulator.requests[-1].verdict == ACCEPTED


@pytest.fixture(scope="module")
def whole(resources: Path) -> Iterator[tuple[Simulator, Catalogue]]:
    """The simulator of the whole catalogue."""
    catalogue = load(resources / "catalogue")
    with Simulator(resources, catalogue) as simulator:
        yield simulator, catalogue


def test_every_row_is_answered_at_the_address_of_every_environment(
    whole: tuple[Simulator, Catalogue], connect: Callable[..., Client]
) -> None:
    """MAP Stage, for one, has ADS without its folder: what is asked there is answered here."""
    simulator, catalogue = whole
    client = connect(simulator)
    asked = set()
    for application in catalogue.applications:
        for service in application.services:
            for version in filter(attrgetter("callable"), service.versions):
                for variant in version.paths.keys() - {Variant.REST}:
                    target = Target(application.id, service.name, version.version, variant, version.minor_version)
                    for place in catalogue.environments:
                        with suppress(CatalogueError):
                            asked.add(urlsplit(catalogue.url(place.id, target)).path)
    assert len(asked) > 200
    assert "/APIWebService/v7" in asked
    for path in sorted(asked):
        client.connection.request("GET", path)
        answer = client.answer()
        assert answer.status == 405, f"{path}: there is a service, and it takes no GET"


def test_dispatch_is_asked_as_in_map_stage(whole: tuple[Simulator, Catalogue], connect: Callable[..., Client]) -> None:
    simulator, _ = whole
    client = connect(simulator)
    space = "http://ads.caiso.com/api/webservices/dispatch/v7"
    call = f'<a:getDispatchBatchesSinceUID xmlns:a="{space}"><batchUID>-1</batchUID></a:getDispatchBatchesSinceUID>'
    body = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{call}</s:Body></s:Envelope>'
    answer = client.post("/APIWebService/v7", body.encode(), "")
    assert answer.status == 200, answer.body
    assert b"DispatchBatch" in answer.body
    heard = simulator.control.state().received[-1]
    assert heard.service.startswith("ads/APIWebService v7")
