"""The simulator reads what envelope writes: two codes, one protocol, for every SOAP row and for any payload."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.envelope.dress import dress
from caiso_desktop.keystore.memory import MemoryIdentity, MemoryKeystore
from caiso_desktop.model.call import Operation
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.identity import Hash
from caiso_desktop.model.service import Kind, Packaging, Service, Variant, Version
from caiso_desktop.simulator.authority import Authority
from caiso_desktop.simulator.gate import Gate, Order, Peer
from caiso_desktop.simulator.plan import Plan, make_plans, paths_of, read_exceptions

CHECKOUT = Path(__file__).resolve().parents[2]
SOAP = (Variant.AP, Variant.DOCATTACH)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\t\n"), max_size=60)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,9}", fullmatch=True)


class Post:
    """A sender whose certificate the simulator knows, and the simulator's own reading."""

    def __init__(self) -> None:
        self.catalogue: Catalogue = load(CHECKOUT / "resources" / "catalogue")
        self.plans = make_plans(self.catalogue, read_exceptions(CHECKOUT / "resources"))
        issued = Authority().issue_client("Jane, the Äldest x1234")
        self.identity: MemoryIdentity = MemoryKeystore("memory").add(issued.certificate, issued.key)
        self.peer = Peer.from_der(self.identity.certificate.der)
        self.gate = Gate(lambda: datetime.now(UTC))

    def plan(self, application: str, version: Version, variant: Variant) -> Plan:
        return self.plans[paths_of(self.catalogue)[application] + version.paths[variant]]

    def deliver(
        self, plan: Plan, operation: Operation, payload: bytes, hash: Hash, packaging: Packaging = Packaging.SWA
    ) -> Order:
        message = dress(operation, payload, self.identity, hash=hash, now=datetime.now(UTC), packaging=packaging)
        headers = {name.lower(): value for name, value in message.headers}
        return self.gate.check(plan, self.peer, headers["content-type"], headers["soapaction"], message.body)


@pytest.fixture(scope="module")
def post() -> Post:
    return Post()


def soap_rows() -> list[tuple[str, Service, Version, Variant]]:
    rows = []
    for application in load(CHECKOUT / "resources" / "catalogue").applications:
        for service in application.services:
            for version in service.versions:
                rows += [(application.id, service, version, v) for v in SOAP if v in version.paths and version.callable]
    return rows


def test_every_soap_row_of_the_catalogue_is_understood(post: Post) -> None:
    rows = soap_rows()
    assert len(rows) > 250
    for application, service, version, variant in rows:
        operation = operation_by_rule(service, version, variant)
        namespace, local = operation.request_root[1:].split("}")
        payload = f'<{local} xmlns="{namespace}"><MessagePayload/></{local}>'.encode()
        order = post.deliver(post.plan(application, version, variant), operation, payload, Hash.SHA1)
        assert order.payload.tag == operation.request_root, (service.name, version.version, variant)


def children(draw: st.DrawFn, depth: int = 0) -> str:
    name, text = draw(NAMES), draw(TEXT)
    attribute = draw(TEXT).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    inner = "".join(children(draw, depth + 1) for _ in range(draw(st.integers(0, 2 if depth < 2 else 0))))
    shown = (
        f"<![CDATA[{text.replace(']]>', '')}]]>"
        if draw(st.booleans())
        else text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
    comment = "<!-- said -->" if draw(st.booleans()) else ""
    return f'<p:{name} note="{attribute}">{comment}{shown}{inner}</p:{name}>'


@st.composite
def payloads(draw: st.DrawFn, operation: Operation) -> bytes:
    namespace, local = operation.request_root[1:].split("}")
    inner = "".join(children(draw) for _ in range(draw(st.integers(0, 3))))
    root = f'<p:{local} xmlns:p="{namespace}" xmlns:unused="urn:unused">{inner}</p:{local}>'
    encoding = draw(st.sampled_from(["UTF-8", "UTF-16"]))
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{root}'.encode(encoding)


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


@pytest.mark.parametrize("hash", [Hash.SHA1, Hash.SHA256])
@pytest.mark.parametrize(
    ("name", "variant", "packaging"),
    [
        ("RetrieveCleanBidSet", Variant.AP, Packaging.SWA),
        ("RetrieveCleanBidSet", Variant.DOCATTACH, Packaging.SWA),
        ("SubmitRawBidSet", Variant.AP, Packaging.SWA),
        ("SubmitRawBidSet", Variant.AP, Packaging.MTOM),
        ("SubmitRawBidSet", Variant.DOCATTACH, Packaging.SWA),
    ],
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_payload_arrives_as_it_left(
    post: Post, name: str, variant: Variant, packaging: Packaging, hash: Hash, data: st.DataObject
) -> None:
    service = post.catalogue.service("sibr", name)
    version = service.versions[0]
    operation = operation_by_rule(service, version, variant)
    assert (service.kind is Kind.RETRIEVE) == name.startswith("Retrieve")
    payload = data.draw(payloads(operation))
    order = post.deliver(post.plan("sibr", version, variant), operation, payload, hash, packaging)
    assert canonical(order.payload) == canonical(etree.fromstring(payload))
    assert order.sender == post.identity.certificate.subject
