"""Calls that are let in, and what they are answered with; over real TLS."""

import ssl
from collections.abc import Callable

import pytest
from lxml import etree

from caiso_desktop.simulator.record import ACCEPTED
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import Client, Draft, clean_bids, hash_of


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
