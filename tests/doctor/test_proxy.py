"""The doctor behind a company's proxy: which way is taken, who says so, and what a proxy may have against it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.doctor import Step, Verdict
from caiso_desktop.model.doctor_report import report
from caiso_desktop.model.fake_route import FakeLogOns, FakeRoutes
from caiso_desktop.model.identity import IdentityRef, Trust
from caiso_desktop.model.route import DIRECT, Proxy, Route
from caiso_desktop.model.transport_error import RouteUnknown
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.simulator.tls import Tls
from tests.doctor.conftest import Open, Practice, finding, verdicts
from tests.wire.conftest import Server
from tests.wire.proxies import proxy, refusal, wants_basic

OK, WARNING, FAILED, NOT_REACHED = Verdict.OK, Verdict.WARNING, Verdict.FAILED, Verdict.NOT_REACHED
SECRET = "s3cret of the pr0xy"
Listen = Callable[..., Server]


@pytest.fixture(scope="module")
def beyond(resources: Path, offered: Catalogue) -> Iterator[Simulator]:
    """A simulator under a name that only the proxy finds."""
    with Simulator(resources, offered, tls=Tls(names=("gateway.invalid",))) as running:
        yield running


Behind = Callable[..., tuple[Practice, IdentityRef]]


@pytest.fixture
def behind(practice: Open, beyond: Simulator) -> Behind:
    """Opens a practice for the simulator beyond, with these ways to it."""

    def open_(routes: FakeRoutes, log_ons: FakeLogOns | None = None) -> tuple[Practice, IdentityRef]:
        base = beyond.bases()["sibr"].replace("127.0.0.1", "gateway.invalid")
        opened = practice(base, Trust((beyond.authority,)), routes=routes, log_ons=log_ons)
        identity = opened.add(beyond.identity)
        opened.hosts.approve("gateway.invalid", identity.thumbprint)
        beyond.forget()
        return opened, identity

    return open_


def through(server: Server) -> Route:
    return Route(Proxy("127.0.0.1", server.port), "the script http://wpad/wpad.dat says")


def test_every_step_goes_through_the_proxy_which_looks_the_name_up(
    behind: Behind, listener: Listen, beyond: Simulator
) -> None:
    server = listener(proxy())
    opened, identity = behind(FakeRoutes(through(server), DIRECT))
    examination = opened.examine(identity)
    found = verdicts(examination)
    assert found.pop(Step.NAME) is WARNING
    assert "The proxy looks the name up itself" in finding(examination, Step.NAME).sentence
    found.pop(Step.KEY)
    assert found == dict.fromkeys(found, OK), examination
    way = finding(examination, Step.PROXY)
    assert f"through the proxy 127.0.0.1:{server.port}, as the script http://wpad/wpad.dat says" in way.sentence
    assert dict(way.facts)["If nobody answers there"] == "direct"
    assert "connected to gateway.invalid" in finding(examination, Step.CONNECTION).sentence
    assert [request.method for request in beyond.requests] == ["GET", "POST"]
    assert all(head.startswith(b"CONNECT gateway.invalid:") for head in server.heads)
    assert len(server.heads) == 5  # TCP, two versions of TLS, the certificate, the retrieve


def test_a_proxy_that_does_not_allow_the_host(behind: Behind, listener: Listen, beyond: Simulator) -> None:
    opened, identity = behind(FakeRoutes(through(listener(proxy(lambda number, head: refusal("403 Forbidden"))))))
    examination = opened.examine(identity)
    assert verdicts(examination)[Step.PROXY] is OK
    assert verdicts(examination)[Step.CONNECTION] is FAILED
    found = finding(examination, Step.CONNECTION)
    assert "does not allow connections to gateway.invalid" in found.sentence
    assert "administrators" in found.advice
    assert verdicts(examination)[Step.TLS] is NOT_REACHED
    assert beyond.requests == ()


def test_a_proxy_that_nobody_hears_is_not_the_host(behind: Behind, listener: Listen) -> None:
    server = listener(proxy())
    gone = through(server)
    server.close()
    opened, identity = behind(FakeRoutes(gone))
    examination = opened.examine(identity)
    assert verdicts(examination)[Step.CONNECTION] is FAILED
    assert "Proxy not reachable" in finding(examination, Step.CONNECTION).sentence


def test_a_way_that_nobody_knows_keeps_everything_from_being_tried(behind: Behind) -> None:
    opened, identity = behind(FakeRoutes(failure=RouteUnknown("the script cannot be fetched.")))
    examination = opened.examine(identity)
    assert verdicts(examination)[Step.NAME] is FAILED
    found = finding(examination, Step.PROXY)
    assert found.verdict is FAILED
    assert "the way to the host is not known" in found.sentence.lower()
    assert {verdicts(examination)[step] for step in (Step.CONNECTION, Step.TLS, Step.HTTP)} == {NOT_REACHED}


@pytest.mark.parametrize("known", [True, False])
def test_a_proxy_that_wants_a_password(behind: Behind, listener: Listen, known: bool) -> None:
    log_ons = FakeLogOns(*((("jdoe", SECRET),) if known else ()))
    opened, identity = behind(FakeRoutes(through(listener(proxy(wants_basic("jdoe", SECRET))))), log_ons)
    examination = opened.examine(identity)
    assert verdicts(examination)[Step.CONNECTION] is (OK if known else FAILED)
    assert verdicts(examination)[Step.RETRIEVE] is (OK if known else NOT_REACHED)
    if not known:
        assert "wants a log-on" in finding(examination, Step.CONNECTION).sentence
    text = report(opened.doctor.redacted(examination, subject=True), version="1")
    assert SECRET not in text
    assert "jdoe" not in text


def test_a_proxy_is_passed_over_where_nobody_answers_and_there_is_another_way(behind: Behind, listener: Listen) -> None:
    closed, server = listener(proxy()), listener(proxy())
    gone = through(closed)
    closed.close()
    opened, identity = behind(FakeRoutes(gone, through(server)))
    examination = opened.examine(identity)
    assert f"The proxy 127.0.0.1:{server.port} connected" in finding(examination, Step.CONNECTION).sentence
    assert verdicts(examination)[Step.RETRIEVE] is OK
