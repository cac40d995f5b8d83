"""Every way to send something that its sender did not sign is turned away."""

import base64
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.simulator.record import ACCEPTED
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import (
    CLEAN_BIDS,
    DS,
    SOAP,
    WSSE,
    WSU,
    Answer,
    Client,
    Draft,
    certificate_der,
    clean_bids,
    hash_header,
)

REFUSED = "Signature validation status: false"


def change(envelope: bytes, edit: Callable[[etree._Element], None]) -> bytes:
    root = etree.fromstring(envelope)
    edit(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def find(root: etree._Element, tag: str) -> etree._Element:
    found = root.find(f".//{tag}")
    assert found is not None
    return found


def refused_because(answer: Answer, simulator: Simulator, reason: str) -> None:
    """It is a fault in CAISO's words, whose detail says the simulator's reason."""
    assert answer.status == 500, answer.body
    assert answer.fault == REFUSED
    detail = answer.root.find(".//detail")
    assert detail is not None
    assert reason in "".join(str(text) for text in detail.itertext())
    assert reason in simulator.requests[-1].verdict


def test_a_changed_body(simulator: Simulator, client: Client) -> None:
    changed = Draft(simulator.identity, clean_bids()).envelope().replace(b"2017-06-01T07", b"2017-06-02T07")
    refused_because(client.post(CLEAN_BIDS, changed), simulator, "Digest mismatch")


def test_a_changed_header(simulator: Simulator, client: Client) -> None:
    changed = Draft(simulator.identity, clean_bids()).envelope().replace(b"message-1", b"message-2")
    refused_because(client.post(CLEAN_BIDS, changed), simulator, "Digest mismatch")


def test_a_changed_signature(simulator: Simulator, client: Client) -> None:
    def edit(root: etree._Element) -> None:
        value = find(root, f"{{{DS}}}SignatureValue")
        raw = bytearray(base64.b64decode(value.text or ""))
        raw[7] ^= 1
        value.text = base64.b64encode(raw).decode()

    changed = change(Draft(simulator.identity, clean_bids()).envelope(), edit)
    refused_because(client.post(CLEAN_BIDS, changed), simulator, "Signature verification failed")


@pytest.mark.parametrize(("id", "name"), [("body", "Body"), ("header", "CAISOWSHeader"), ("hash", "attachmentHash")])
def test_a_part_that_is_not_signed(simulator: Simulator, client: Client, id: str, name: str) -> None:
    draft = Draft(simulator.identity, clean_bids(), header=hash_header("abc"), unsigned=(id,))
    refused_because(client.send(draft), simulator, f"{name} is not signed")


@pytest.mark.parametrize("place", ["before", "after", "inside"])
def test_a_second_body(simulator: Simulator, client: Client, place: str) -> None:
    """A second, unsigned Body beside or around the signed one would be taken by a careless service."""

    def edit(root: etree._Element) -> None:
        body = find(root, f"{{{SOAP}}}Body")
        forged = etree.fromstring(f'<s:Body xmlns:s="{SOAP}">{clean_bids("2020-01-01T08:00:00Z")}</s:Body>')
        if place == "before":
            body.addprevious(forged)
        elif place == "after":
            body.addnext(forged)
        else:
            body.addprevious(forged)
            find(root, f"{{{SOAP}}}Header").append(body)

    changed = change(Draft(simulator.identity, clean_bids()).envelope(), edit)
    refused_because(client.post(CLEAN_BIDS, changed), simulator, "2 elements Body")


def test_the_signed_body_moved_away(simulator: Simulator, client: Client) -> None:
    """The signed Body hidden in the header, and no other: nothing to read from the place where a Body belongs."""

    def edit(root: etree._Element) -> None:
        find(root, f"{{{SOAP}}}Header").append(find(root, f"{{{SOAP}}}Body"))

    answer = client.post(CLEAN_BIDS, change(Draft(simulator.identity, clean_bids()).envelope(), edit))
    assert answer.status == 500
    assert "no Header, or no Body" in simulator.requests[-1].verdict


def test_one_id_twice(simulator: Simulator, client: Client) -> None:
    def edit(root: etree._Element) -> None:
        twin = etree.SubElement(find(root, f"{{{SOAP}}}Header"), "twin")
        twin.set(f"{{{WSU}}}Id", "body")

    changed = change(Draft(simulator.identity, clean_bids()).envelope(), edit)
    refused_because(client.post(CLEAN_BIDS, changed), simulator, "an Id is used twice")


def test_one_id_twice_without_its_namespace(simulator: Simulator, client: Client) -> None:
    def edit(root: etree._Element) -> None:
        etree.SubElement(find(root, f"{{{SOAP}}}Header"), "twin").set("Id", "body")

    changed = change(Draft(simulator.identity, clean_bids()).envelope(), edit)
    refused_because(client.post(CLEAN_BIDS, changed), simulator, "Ambiguous reference")


def test_a_second_caiso_header(simulator: Simulator, client: Client) -> None:
    def edit(root: etree._Element) -> None:
        header = find(root, "{*}CAISOWSHeader")
        twin = etree.fromstring(etree.tostring(header))
        twin.attrib.clear()
        header.addprevious(twin)

    changed = change(Draft(simulator.identity, clean_bids()).envelope(), edit)
    refused_because(client.post(CLEAN_BIDS, changed), simulator, "2 elements CAISOWSHeader")


@pytest.mark.parametrize("tag", [f"{{{WSSE}}}Security", f"{{{WSSE}}}BinarySecurityToken", f"{{{DS}}}Signature"])
def test_something_missing(simulator: Simulator, client: Client, tag: str) -> None:
    def edit(root: etree._Element) -> None:
        element = find(root, tag)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    changed = change(Draft(simulator.identity, clean_bids()).envelope(), edit)
    refused_because(client.post(CLEAN_BIDS, changed), simulator, "the message has 0 elements")


def test_a_token_that_is_another_users(simulator: Simulator, client: Client) -> None:
    other = simulator.issue("Simulator User x0002")
    draft = Draft(simulator.identity, clean_bids(), token=certificate_der(other))
    refused_because(client.send(draft), simulator, "not the certificate of the TLS connection")


def test_a_message_signed_by_another_user(simulator: Simulator, client: Client) -> None:
    """The whole message is another user's, right in itself; the connection is not theirs."""
    other = simulator.issue("Simulator User x0002")
    refused_because(client.send(Draft(other, clean_bids())), simulator, "not the certificate of the TLS connection")


def test_a_signature_by_another_key(simulator: Simulator, client: Client) -> None:
    other = simulator.issue("Simulator User x0002")
    draft = Draft(other, clean_bids(), token=certificate_der(simulator.identity), username=simulator.identity.subject)
    refused_because(client.send(draft), simulator, "Signature verification failed")


def test_a_hash_that_is_not_allowed(simulator: Simulator, client: Client) -> None:
    refused_because(client.send(Draft(simulator.identity, clean_bids(), algorithm="sha512")), simulator, "forbidden")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b'URI="#X509-1"', b'URI="#X509-2"', "refers to another element"),
        (b"#X509v3", b"#X509PKIPathv1", "not an X509v3 certificate"),
        (b"#Base64Binary", b"#HexBinary", "not an X509v3 certificate"),
        (b'Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"', b'Transform Algorithm="urn:x"', "Reference"),
        (
            b'CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
            b'CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
            "SignedInfo is not in exclusive",
        ),
        (b'URI="#body"', b'URI=""', "by its wsu:Id"),
        (b'URI="#body"', b'URI="http://127.0.0.1:9/body"', "by its wsu:Id"),
    ],
)
def test_a_signature_of_another_kind(simulator: Simulator, client: Client, old: bytes, new: bytes, reason: str) -> None:
    envelope = Draft(simulator.identity, clean_bids()).envelope()
    assert old in envelope
    refused_because(client.post(CLEAN_BIDS, envelope.replace(old, new)), simulator, reason)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 4000), letter=st.sampled_from([b"a", b"Z", b"7"]))
def test_no_changed_letter_of_what_is_signed_gets_in(
    simulator: Simulator, client: Client, where: int, letter: bytes
) -> None:
    """Whatever letter or digit of the signed elements is changed, the message is turned away."""
    envelope = Draft(simulator.identity, clean_bids()).envelope()
    signed = [
        *re.finditer(rb"<c:CAISOWSHeader.*</c:CAISOWSHeader>|<soapenv:Body.*</soapenv:Body>", envelope, re.DOTALL)
    ]
    places = [at for part in signed for at in range(*part.span()) if chr(envelope[at]).isalnum()]
    at = places[where % len(places)]
    changed = envelope[:at] + (letter if envelope[at : at + 1] != letter else b"Q") + envelope[at + 1 :]
    assert client.post(CLEAN_BIDS, changed).status == 500
    assert simulator.requests[-1].verdict != ACCEPTED
