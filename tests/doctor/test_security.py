"""What an issuer's name gives away."""

import pytest

from caiso_desktop.doctor.security import INSPECTORS, inspector


@pytest.mark.parametrize(
    ("issuer", "maker"),
    [
        ("CN=Zscaler Intermediate Root CA (zscalertwo.net),O=Zscaler Inc.", "Zscaler"),
        ("CN=ca.corp.goskope.com,OU=cert-management,O=Netskope Inc,L=Santa Clara", "Netskope"),
        ("CN=FortiGate CA,O=Fortinet,C=US", "FortiGate"),
        ("CN=ESET SSL Filter CA", "ESET"),
        ("CN=DigiCert TLS RSA SHA256 2020 CA1,O=DigiCert Inc,C=US", ""),
        ("CN=Symantec Class 3 Secure Server CA - G4,O=Symantec Corporation,C=US", ""),  # was a public authority
        ("CN=Reset CA,O=Navgard,L=Menlo Park", ""),
        ("CN=CAISO Issuing CA,O=CAISO,C=US", ""),
    ],
)
def test_makers_of_inspecting_proxies_are_told_from_authorities(issuer: str, maker: str) -> None:
    assert inspector(issuer) == maker


def test_no_name_is_there_twice() -> None:
    assert len({each.casefold() for each in INSPECTORS}) == len(INSPECTORS)
