"""Fetching a WSDL over real TLS: with the certificate, from the endpoint's own folder on its own host, no further."""

import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.collector import WsdlCollector
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import Cancelled, HostNotApproved, IdentityError
from caiso_desktop.model.fake_safety import FakeKnownHosts
from caiso_desktop.model.identity import Identity, IdentityRef, Trust
from caiso_desktop.model.package import Fetch, PackageError, PackageExists
from caiso_desktop.model.service import Environment, Target, Variant
from caiso_desktop.model.transport_error import ServerNotTrusted
from caiso_desktop.store.package.shelf import PackageShelf
from caiso_desktop.wire.transport import HttpTransport
from tests.package_maker import SOA, header_xsd, payload_xsd, wsdl
from tests.wire.conftest import Authority, Server, TestIdentity, answer, read_request, server_context

CLEAN = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
PATH = "/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP"
ASK = f"{SOA}RequestCleanBidSet_v4.xsd#"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Authority of this run")


@pytest.fixture(scope="module")
def jane(authority: Authority) -> TestIdentity:
    return authority.identity("Jane Doe x1234")


class Endpoint:
    """A host that shows documents by path and query, to holders of a certificate only."""

    def __init__(self, pem: Path, clients: Authority) -> None:
        self.documents: dict[str, str | bytes] = {}
        self.server = Server(self._handle, server_context(pem, clients=clients))
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server.port}"

    def show(self, documents: Mapping[str, str | bytes]) -> None:
        self.documents |= documents

    def _handle(self, server: Server, connection: socket.socket) -> None:
        while True:
            head, body = read_request(connection)
            if not head:
                return
            method, place, _ = head.split(b"\r\n")[0].decode().split(" ")
            assert (method, body) == ("GET", b"")
            self.asked.append(place)
            found = self.documents.get(place)
            if found is None:
                connection.sendall(answer(b"<html/>", "404 Not Found"))
            else:
                connection.sendall(answer(found if isinstance(found, bytes) else found.encode()))


@pytest.fixture
def endpoint(authority: Authority, tmp_path: Path) -> Iterator[Endpoint]:
    (tmp_path / "server").mkdir()
    made = Endpoint(authority.server_files(tmp_path / "server"), authority)
    yield made
    made.server.close()


class Desk:
    """A collector, its shelf, and what a test changes about them."""

    def __init__(self, endpoint: Endpoint, jane: TestIdentity, trust: Trust, resources: Path, folder: Path) -> None:
        place = Environment("here", "Here", "for this test", guarded=False)
        self.catalogue: Catalogue = load(resources / "catalogue").with_environment(
            place, {"sibr": f"{endpoint.url}/sst/sibr/"}
        )
        self.shelf = PackageShelf(folder / "packages", None, lambda: self.catalogue)
        self.hosts = FakeKnownHosts()
        self.trust = trust
        self.transport = HttpTransport()
        self.jane = jane
        self.collector = WsdlCollector(
            self.shelf, lambda: self.catalogue, self._open, lambda environment: self.trust, self.hosts, self.transport
        )

    def _open(self, ref: IdentityRef) -> Identity:
        assert ref == self.jane.ref
        return self.jane

    def fetch(self, token: CancelToken | None = None, **options: object) -> object:
        wanted = Fetch(CLEAN, "here", self.jane.ref)
        return self.collector.fetch(wanted, token or CancelToken(), **options)  # type: ignore[arg-type]


@pytest.fixture
def desk(
    endpoint: Endpoint, jane: TestIdentity, authority: Authority, resources: Path, tmp_path: Path
) -> Iterator[Desk]:
    made = Desk(endpoint, jane, authority.trust, resources, tmp_path)
    yield made
    made.transport.close()


def a_wsdl(location: str) -> str:
    request = (ASK, "RequestCleanBidSet")
    return wsdl("retrieveCleanBidSet_v4", request, request, {ASK: location}, action="urn:fetched")


def schema(header: str) -> str:
    return payload_xsd("RequestCleanBidSet", "v4", header)


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("RetrieveCleanBidSet_SIBRv4_AP?xsd=1", f"{PATH}?xsd=1"),
        ("{url}/sst/sibr/xsd/Request.xsd", "/sst/sibr/xsd/Request.xsd"),
        ("xsd/With Space.xsd", "/sst/sibr/xsd/With%20Space.xsd"),
    ],
)
def test_a_wsdl_and_what_it_names_beside_it_are_fetched(
    desk: Desk, endpoint: Endpoint, jane: TestIdentity, location: str, place: str
) -> None:
    header = "Header.xsd" if "/xsd/" in place else "xsd/Header.xsd"
    endpoint.show(
        {
            f"{PATH}?WSDL": a_wsdl(location.replace("{url}", endpoint.url)),
            place: schema(header),
            "/sst/sibr/xsd/Header.xsd": header_xsd(),
        }
    )
    words: list[str] = []
    desk.fetch(tell=words.append)
    [stock] = desk.shelf.stock()
    assert not stock.package.contents.unreadable
    assert stock.package.name == "RetrieveCleanBidSet v4"
    assert stock.package.source == f"{endpoint.url}{PATH}?WSDL"
    operation = desk.shelf.described(CLEAN)
    assert operation is not None
    assert (operation.action, bool(operation.request_file)) == ("urn:fetched", True)
    assert endpoint.asked == [f"{PATH}?WSDL", place, "/sst/sibr/xsd/Header.xsd"]
    assert set(endpoint.server.peers) == {jane.certificate.thumbprint}
    assert any(f"Fetching {endpoint.url}{PATH}?WSDL" in each for each in words)


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.invalid/x.xsd",
        "http://localhost:1/sst/sibr/x.xsd",
        "/sst/cmri/x.xsd",
        "../cmri/x.xsd",
        "%2e%2e/cmri/x.xsd",
        "%252e%252e/cmri/x.xsd",
        "..\\cmri\\x.xsd",
        "file:///etc/passwd",
        "http://[",
    ],
)
def test_nothing_else_is_asked_for(desk: Desk, endpoint: Endpoint, location: str) -> None:
    endpoint.show({f"{PATH}?WSDL": a_wsdl(location)})
    desk.fetch()
    assert endpoint.asked == [f"{PATH}?WSDL"]
    [stock] = desk.shelf.stock()
    assert any(location in each.why for each in stock.package.contents.unreadable)
    assert desk.shelf.described(CLEAN) is not None, "the operation itself is good"


def test_documents_that_name_one_another_are_fetched_once(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.show(
        {
            f"{PATH}?WSDL": a_wsdl("a.xsd"),
            "/sst/sibr/a.xsd": schema("b.xsd"),
            "/sst/sibr/b.xsd": header_xsd().replace(
                "<xs:complexType", '<xs:include schemaLocation="b.xsd"/><xs:complexType'
            ),
        }
    )
    desk.fetch()
    assert len(endpoint.asked) == 3


def test_what_is_named_and_not_shown_is_told_and_the_rest_kept(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.show({f"{PATH}?WSDL": a_wsdl("a.xsd"), "/sst/sibr/a.xsd": schema("gone.xsd")})
    desk.fetch()
    [stock] = desk.shelf.stock()
    assert any("gone.xsd" in each.why for each in stock.package.contents.unreadable)
    assert [each.targets for each in stock.matched] == [(CLEAN,)]


def test_it_replaces_only_with_a_yes_and_a_failure_keeps_the_old_one(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.show(
        {f"{PATH}?WSDL": a_wsdl("a.xsd"), "/sst/sibr/a.xsd": schema("h.xsd"), "/sst/sibr/h.xsd": header_xsd()}
    )
    desk.fetch()
    with pytest.raises(PackageExists):
        desk.fetch()
    assert len(endpoint.asked) == 3, "nothing was asked for"
    for bad, words in (
        ("<html>Please log in</html>", "neither WSDL nor XSD"),
        ("<!DOCTYPE a><a/>", "line 1: it has a DOCTYPE"),
        ("no xml", "not well-formed"),
    ):
        endpoint.documents[f"{PATH}?WSDL"] = bad
        with pytest.raises(PackageError, match=words):
            desk.fetch(replace=True)
    del endpoint.documents[f"{PATH}?WSDL"]
    with pytest.raises(PackageError, match=r"answered 404 Not Found\. There is no WSDL"):
        desk.fetch(replace=True)
    assert desk.shelf.described(CLEAN) is not None


def test_a_document_without_end_is_stopped(desk: Desk, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caiso_desktop.collector.LARGEST", 1 << 20)
    endpoint.show({f"{PATH}?WSDL": b" " * (8 << 20)})
    with pytest.raises(PackageError, match="larger than 1 MB"):
        desk.fetch()


def test_the_number_of_documents_is_bounded(desk: Desk, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caiso_desktop.collector.MOST_DOCUMENTS", 2)
    endpoint.show(
        {f"{PATH}?WSDL": a_wsdl("a.xsd"), "/sst/sibr/a.xsd": schema("h.xsd"), "/sst/sibr/h.xsd": header_xsd()}
    )
    with pytest.raises(PackageError, match="more than 2 documents"):
        desk.fetch()


def test_no_certificate_is_shown_where_it_must_not_be(
    desk: Desk, endpoint: Endpoint, jane: TestIdentity, stranger: Callable[[], Trust]
) -> None:
    endpoint.show({f"{PATH}?WSDL": a_wsdl("a.xsd")})
    with pytest.raises(IdentityError):
        desk.collector.fetch(Fetch(CLEAN, "here", None), CancelToken())
    away = Environment("away", "Away", "for this test", guarded=False)
    desk.catalogue = desk.catalogue.with_environment(away, {"sibr": "https://service.invalid/sst/sibr/"})
    with pytest.raises(HostNotApproved):
        desk.collector.fetch(Fetch(CLEAN, "away", jane.ref), CancelToken())
    desk.trust = stranger()
    with pytest.raises(ServerNotTrusted):
        desk.fetch()
    assert not endpoint.asked


@pytest.fixture
def stranger() -> Callable[[], Trust]:
    return lambda: Authority("Stranger of this run").trust


def test_it_can_be_stopped(desk: Desk, endpoint: Endpoint) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        desk.fetch(token)
    assert not endpoint.asked
