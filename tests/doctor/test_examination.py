"""Every step of the doctor, well and ill, over real sockets against the real simulator."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives import serialization

from caiso_desktop.doctor.examination import SIDE_BY_SIDE
from caiso_desktop.doctor.places import places
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.dispatch_watch import ALL, LIST
from caiso_desktop.model.doctor import STEPS, Doctor, Finding, Order, Place, Step, Verdict
from caiso_desktop.model.error import IdentityError, UsageError
from caiso_desktop.model.identity import IdentityRef, Trust
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.service import Address, Kind, Reach, Target, Variant
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.simulator.tls import Tls
from tests.doctor.conftest import LAB, Open, Practice, finding, later, verdicts
from tests.wire.conftest import Authority, Server, echo
from tests.wire.provider.conftest import ask_late, late_context

OK, WARNING, FAILED = Verdict.OK, Verdict.WARNING, Verdict.FAILED
NOT_REACHED, SKIPPED = Verdict.NOT_REACHED, Verdict.SKIPPED
Healthy = tuple[Practice, IdentityRef]
SUBMIT = Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH)


def test_a_way_without_fault(healthy: Healthy, calm: Simulator) -> None:
    practice, identity = healthy
    doctor: Doctor = practice.doctor
    assert doctor is practice.doctor
    seen: list[tuple[Place | None, Step]] = []
    examination = practice.examine(identity, found=lambda place, found: seen.append((place, found.step)))
    assert verdicts(examination) == dict.fromkeys(Step, OK), examination
    assert examination.verdict is OK
    place = examination.plan.places[0]
    assert seen == [(None, Step.KEY), *((place, step) for step in STEPS)]
    assert all(finding(examination, step).seconds is not None for step in (Step.NAME, Step.CONNECTION, Step.TLS))
    facts = dict(finding(examination, Step.TLS).facts)
    assert facts["Versions offered"] == "TLS 1.2, TLS 1.3"
    assert facts["Client certificate"] == "asked for"
    assert "CAISO Desktop Simulator Authority" in facts["Its certificate"]
    assert [request.method for request in calm.requests] == ["GET", "POST"]
    assert practice.record.worked(identity).keys() == {LAB.id}


def test_the_retrieve_is_shown_before_and_stands_in_the_journal(healthy: Healthy) -> None:
    practice, identity = healthy
    examination = practice.examine(identity)
    call = examination.plan.places[0].retrieve
    assert call is not None
    [entry] = practice.journal.all(Filter())
    assert entry.record.target == call.target
    assert entry.record.kind is Kind.RETRIEVE
    assert practice.journal.payload(entry.id) == call.payload


def test_without_a_retrieve_no_service_is_called(healthy: Healthy, calm: Simulator) -> None:
    practice, identity = healthy
    examination = practice.examine(identity, retrieve=False)
    assert verdicts(examination)[Step.RETRIEVE] is SKIPPED
    assert [request.method for request in calm.requests] == ["GET"]
    assert list(practice.journal.all(Filter())) == []


def test_for_a_submit_a_retrieve_of_its_application_is_made(healthy: Healthy, calm: Simulator) -> None:
    practice, identity = healthy
    examination = practice.examine(identity, target=SUBMIT)
    call = examination.plan.places[0].retrieve
    assert call is not None
    assert practice.catalogue.service("sibr", call.target.service).kind is Kind.RETRIEVE
    assert verdicts(examination)[Step.RETRIEVE] is OK
    assert [(request.method, b"RawBid" in request.body) for request in calm.requests] == [
        ("GET", False),
        ("POST", False),
    ]


def every_order(catalogue: Catalogue) -> Iterator[tuple[str, str, Target | None]]:
    for environment in catalogue.environments:
        yield environment.id, "", None
        for application in catalogue.applications:
            for service in application.services:
                for version in service.versions:
                    if version.callable and environment.id in catalogue.bases(application, version):
                        for variant in version.paths:
                            target = Target(application.id, service.name, version.version, variant)
                            yield environment.id, "", target


def test_no_order_of_the_whole_catalogue_leads_to_anything_but_a_retrieve(healthy: Healthy, offered: Catalogue) -> None:
    _, identity = healthy
    count, asked = 0, set()
    for environment, application, target in every_order(offered):
        for place in places(offered, Order(environment, identity, application, target), lambda *_: "<x/>"):
            call = place.retrieve
            assert (call is None) == bool(place.no_retrieve)
            if call is not None:
                count += 1
                assert offered.kind(call.target) is Kind.RETRIEVE
                asked.add(call.target.application)
                assert offered.url(environment, call.target).startswith(f"https://{place.host}")
    assert count > 300
    assert {"ads", "sibr", "cmri"} <= asked


ACCEPT = Target("ads", "APIResponseWebService", "v7", Variant.RPC, procedure="acceptInstruction")
STATUS = Target("ads", "APIWebService", "v6", Variant.RPC, procedure="getBatchStatus")


@pytest.mark.parametrize(("target", "version"), [(None, "v7"), (ACCEPT, "v7"), (STATUS, "v6")])
def test_ads_is_asked_for_batches_and_for_nothing_that_changes_them(
    practice: Open, calm: Simulator, lasting: ClientIdentity, target: Target | None, version: str
) -> None:
    opened = practice(calm.bases()["ads"], Trust((calm.authority,)), "ads")
    examination = opened.examine(opened.add(lasting), application="ads", target=target)
    [place] = examination.plan.places
    call = place.retrieve
    assert call is not None
    assert (call.target.service, call.target.version, call.target.procedure) == ("APIWebService", version, LIST)
    assert f"{LIST} of APIWebService {version}, unsigned" in place.intention
    assert "sign out another client" in place.intention
    assert verdicts(examination) == dict.fromkeys(Step, OK), examination
    assert "took getDispatchBatchesSinceUID, for which the certificate vouches" in (
        finding(examination, Step.RETRIEVE).sentence
    )
    *_, asked = calm.requests
    assert f"<batchUID>{ALL}</batchUID>".encode() in asked.body
    assert b"Signature" not in asked.body
    [entry] = opened.journal.all(Filter())
    assert entry.record.operation == LIST


def test_ads_that_lets_nobody_in_is_told_as_others_are(
    practice: Open, calm: Simulator, lasting: ClientIdentity
) -> None:
    opened = practice(calm.bases()["ads"], Trust((calm.authority,)), "ads")
    path = urlsplit(opened.catalogue.url(LAB.id, replace(STATUS, version="v7"))).path
    calm.arrange(fault.Status(403), path=path)
    examination = opened.examine(opened.add(lasting), application="ads")
    assert verdicts(examination)[Step.RETRIEVE] is FAILED
    assert dict(finding(examination, Step.RETRIEVE).facts)["Status"].startswith("HTTP 403")


# Every step ill


def test_a_name_that_has_no_address(practice: Open) -> None:
    opened = practice("https://no-such-host.invalid/sst/sibr/", Trust())
    examination = opened.examine(None)
    found = verdicts(examination)
    assert found.pop(Step.NAME) is FAILED
    assert found.pop(Step.PROXY) is OK
    assert set(found.values()) == {NOT_REACHED, SKIPPED} or set(found.values()) == {NOT_REACHED}
    assert "Connection (TCP), Secure connection (TLS)" in dict(finding(examination, Step.NAME).facts)["Cannot be tried"]
    assert "Name (DNS)" in finding(examination, Step.HTTP).sentence


def test_addresses_that_are_not_those_of_the_document_are_a_warning(practice: Open, calm: Simulator) -> None:
    base = calm.bases()["sibr"].replace("127.0.0.1", "localhost")
    opened = practice(base, Trust((calm.authority,)))
    sibr = opened.catalogue.application("sibr")
    for printed, verdict in ((("12.200.60.98",), WARNING), (("127.0.0.1", "::1"), OK)):
        reach = Reach(base=base, addresses=(Address(base, "server", printed),))
        known = replace(sibr, reach=MappingProxyType({LAB.id: reach}))
        opened.catalogue = replace(
            opened.catalogue,
            applications=tuple(known if each.id == "sibr" else each for each in opened.catalogue.applications),
        )
        found = finding(opened.examine(None, retrieve=False), Step.NAME)
        assert found.verdict is verdict
        assert dict(found.facts)["Printed in the document"] == ", ".join(printed)


def test_a_port_that_is_refused(practice: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    examination = practice(f"https://127.0.0.1:{port}/", Trust()).examine(None)
    assert verdicts(examination)[Step.NAME] is OK
    assert verdicts(examination)[Step.CONNECTION] is FAILED
    assert "refused" in finding(examination, Step.CONNECTION).sentence
    assert "firewall" in finding(examination, Step.CONNECTION).advice
    assert verdicts(examination)[Step.TLS] is NOT_REACHED


def hold(server: Server, connection: socket.socket) -> None:
    server.released.wait(20)


def test_a_listener_that_never_speaks_tls(practice: Open, listener: Callable[..., Server], calm: Simulator) -> None:
    opened = practice(f"https://127.0.0.1:{listener(hold).port}/", Trust((calm.authority,)))
    examination = opened.examine(opened.add(calm.identity))
    assert verdicts(examination)[Step.CONNECTION] is OK
    assert verdicts(examination)[Step.TLS] is FAILED
    assert "No answer in time" in finding(examination, Step.TLS).sentence
    assert verdicts(examination)[Step.CERTIFICATE] is NOT_REACHED


def test_the_certificate_of_another_host(practice: Open, resources: Path, offered: Catalogue) -> None:
    with Simulator(resources, offered, tls=Tls(names=("elsewhere.example",))) as other:
        opened = practice(other.bases()["sibr"], Trust((other.authority,)))
        examination = opened.examine(opened.add(other.identity))
    found = finding(examination, Step.TLS)
    assert found.verdict is FAILED
    assert "another host" in found.sentence
    assert "It is for elsewhere.example" in found.sentence
    assert verdicts(examination)[Step.CERTIFICATE] is NOT_REACHED
    assert other.requests == ()


def test_an_authority_that_is_not_trusted_is_named(practice: Open, calm: Simulator) -> None:
    opened = practice(calm.bases()["sibr"], Trust((Authority("Somebody else").pem,)))
    examination = opened.examine(opened.add(calm.identity))
    found = finding(examination, Step.TLS)
    assert found.verdict is FAILED
    assert "issued by CN=CAISO Desktop Simulator Authority" in found.sentence
    assert calm.requests == ()


def test_an_inspecting_proxy_is_named_by_its_maker(
    practice: Open, listener: Callable[..., Server], tmp_path: Path
) -> None:
    box = Authority("Zscaler Root CA")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(box.server_files(tmp_path))
    port = listener(echo, context).port
    trusted = practice(f"https://localhost:{port}/", box.trust).examine(None)
    assert finding(trusted, Step.TLS).verdict is WARNING
    assert "Zscaler opens the connection on the way" in finding(trusted, Step.TLS).sentence
    unknown = practice(f"https://localhost:{port}/", Authority("Root").trust).examine(None)
    assert finding(unknown, Step.TLS).verdict is FAILED
    assert "Zscaler opens the connection on the way" in finding(unknown, Step.TLS).sentence


def test_another_issuer_than_the_last_time_is_a_warning(healthy: Healthy) -> None:
    practice, identity = healthy
    practice.examine(identity)
    assert "CAISO Desktop Simulator Authority" in practice.issuers.last("127.0.0.1")
    assert verdicts(practice.examine(identity))[Step.TLS] is OK
    practice.issuers.note("127.0.0.1", "CN=Public CA")
    examination = practice.examine(identity)
    assert verdicts(examination)[Step.TLS] is WARNING
    assert "the last time by CN=Public CA" in finding(examination, Step.TLS).sentence
    assert verdicts(examination)[Step.RETRIEVE] is OK


def test_the_issuer_of_a_server_that_is_not_trusted_is_not_remembered(practice: Open, calm: Simulator) -> None:
    opened = practice(calm.bases()["sibr"], Trust((Authority("Somebody else").pem,)))
    opened.examine(None)
    assert opened.issuers.last("127.0.0.1") == ""


VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("wrong", ["expired", "stranger", "none"])
def test_a_client_certificate_that_is_refused(
    practice: Open, resources: Path, offered: Catalogue, version: str, wrong: str
) -> None:
    tls = Tls(minimum=VERSIONS[version], maximum=VERSIONS[version])
    with Simulator(resources, offered, tls=tls) as simulator:
        opened = practice(simulator.bases()["sibr"], Trust((simulator.authority,)))
        past = datetime.now(UTC) - timedelta(days=1)
        identity: IdentityRef | None = None
        if wrong == "expired":
            identity = opened.add(simulator.issue("Jane x1", not_before=past - timedelta(days=9), not_after=past))
        elif wrong == "stranger":
            identity = opened.add(simulator.issue("Jane x1", stranger=True))
        examination = opened.examine(identity)
    found = finding(examination, Step.CERTIFICATE)
    assert verdicts(examination)[Step.TLS] is OK
    assert dict(finding(examination, Step.TLS).facts)["Versions offered"] == version
    if wrong == "none":
        assert found.verdict is WARNING
        assert "none is chosen" in found.sentence
    else:
        assert found.verdict is FAILED
        title = "Your certificate has expired" if wrong == "expired" else "Your certificate was refused"
        assert title in found.sentence
        assert ("after the handshake" in found.sentence) == (version == "TLS 1.3")
    assert {verdicts(examination)[step] for step in (Step.HTTP, Step.CLOCK)} == {NOT_REACHED}
    assert verdicts(examination)[Step.RETRIEVE] in (NOT_REACHED, SKIPPED)
    assert simulator.requests == ()


def test_an_expired_certificate_is_told_of_before_any_host(practice: Open, calm: Simulator) -> None:
    opened = practice(calm.bases()["sibr"], Trust((calm.authority,)))
    past = datetime.now(UTC) - timedelta(days=1)
    identity = opened.add(calm.issue("Jane x1", not_before=past - timedelta(days=9), not_after=past))
    examination = opened.examine(identity)
    assert verdicts(examination)[Step.KEY] is WARNING
    assert "The certificate has expired" in finding(examination, Step.KEY).sentence


def test_a_key_that_does_not_sign_keeps_the_certificate_from_being_shown(
    healthy: Healthy, monkeypatch: pytest.MonkeyPatch, calm: Simulator
) -> None:
    practice, identity = healthy

    def refuse(*_: object) -> bytes:
        raise IdentityError("the card was taken out of its reader.")

    monkeypatch.setattr("caiso_desktop.keystore.memory.SoftwareSigner.sign", refuse)
    examination = practice.examine(identity)
    assert verdicts(examination)[Step.KEY] is FAILED
    assert "card was taken out" in finding(examination, Step.KEY).sentence
    assert verdicts(examination)[Step.TLS] is OK
    for step in (Step.CERTIFICATE, Step.HTTP, Step.CLOCK, Step.RETRIEVE):
        assert verdicts(examination)[step] is NOT_REACHED
        assert "Key signs" in finding(examination, step).sentence
    assert calm.requests == ()


def test_a_host_that_asks_for_no_certificate_is_a_warning(
    practice: Open, listener: Callable[..., Server], tmp_path: Path, calm: Simulator
) -> None:
    box = Authority("Root")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(box.server_files(tmp_path))
    opened = practice(f"https://localhost:{listener(echo, context).port}/", box.trust)
    examination = opened.examine(opened.add(calm.identity))
    assert verdicts(examination)[Step.CERTIFICATE] is WARNING
    assert "did not ask" in finding(examination, Step.CERTIFICATE).sentence
    assert verdicts(examination)[Step.HTTP] is OK
    assert verdicts(examination)[Step.CLOCK] is SKIPPED  # it bears no Date


def test_a_host_that_asks_once_it_has_read_the_request(
    practice: Open, listener: Callable[..., Server], tmp_path: Path
) -> None:
    own = Authority("Root")
    server = listener(ask_late, late_context(own.server_files(tmp_path), own))
    opened = practice(f"https://localhost:{server.port}/", own.trust)
    identity = own.identity("Jane Doe x1234")
    opened.keystore.add(
        ssl.DER_cert_to_PEM_cert(identity.certificate.der).encode(),
        identity.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
    [ref] = [each.ref for each in opened.keystore.identities()]
    examination = opened.examine(ref, retrieve=False)
    assert dict(finding(examination, Step.TLS).facts)["Client certificate"] == "not asked for in the handshake"
    assert verdicts(examination)[Step.CERTIFICATE] is OK
    assert "once it had read the request" in finding(examination, Step.CERTIFICATE).sentence


def test_a_host_outside_caisos_domains_is_shown_the_certificate_where_it_is_approved_only(
    practice: Open, resources: Path, offered: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: look_up("127.0.0.1" if host == "gateway.example" else host, *rest, **more),
    )
    with Simulator(resources, offered, tls=Tls(names=("gateway.example",))) as simulator:
        base = simulator.bases()["sibr"].replace("127.0.0.1", "gateway.example")
        opened = practice(base, Trust((simulator.authority,)))
        identity = opened.add(simulator.identity)
        examination = opened.examine(identity)
        assert verdicts(examination)[Step.TLS] is OK
        assert verdicts(examination)[Step.CERTIFICATE] is SKIPPED
        assert "not approved" in finding(examination, Step.CERTIFICATE).sentence
        assert verdicts(examination)[Step.RETRIEVE] is SKIPPED
        assert simulator.requests == ()
        opened.hosts.approve("gateway.example", identity.thumbprint)
        examination = opened.examine(identity)
        assert verdicts(examination)[Step.CERTIFICATE] is OK
        assert verdicts(examination)[Step.RETRIEVE] is OK


def test_a_certificate_without_access(practice: Open, calm: Simulator) -> None:
    opened = practice(calm.bases()["sibr"], Trust((calm.authority,)))
    identity = opened.add(calm.issue("No Access x0003", access=False))
    examination = opened.examine(identity)
    assert verdicts(examination)[Step.CERTIFICATE] is OK
    found = finding(examination, Step.HTTP)
    assert found.verdict is FAILED
    assert dict(found.facts)["Status"].startswith("HTTP 403")
    assert opened.record.worked(identity) == {}
    assert verdicts(examination)[Step.RETRIEVE] is FAILED


@pytest.mark.parametrize(
    ("ahead", "verdict", "words"),
    [
        (timedelta(minutes=-20), FAILED, "in the future, and be refused"),
        (timedelta(minutes=-2), WARNING, "ahead of the host's"),
        (timedelta(minutes=6), WARNING, "9 minutes left of the 15 minutes"),
        (timedelta(minutes=20), FAILED, "would have expired before it arrives"),
    ],
)
def test_a_clock_that_is_wrong(
    practice: Open, resources: Path, offered: Catalogue, ahead: timedelta, verdict: Verdict, words: str
) -> None:
    with Simulator(resources, offered, clock=later(ahead)) as simulator:
        opened = practice(simulator.bases()["sibr"], Trust((simulator.authority,)))
        examination = opened.examine(opened.add(simulator.identity))
    found = finding(examination, Step.CLOCK)
    assert found.verdict is verdict
    assert words in found.sentence
    assert (verdicts(examination)[Step.RETRIEVE] is FAILED) == (verdict is FAILED)


@pytest.mark.parametrize(
    ("trouble", "verdict", "words"),
    [
        (fault.NotEntitled(), WARNING, "has no right to what was asked for"),
        (fault.Status(503), FAILED, "The service is not available"),
        (fault.HtmlPage(), FAILED, "A web page instead of an answer"),
        (fault.NoData(), OK, "has nothing to tell"),
        (fault.CutOff(after=None), FAILED, "Connection cut off"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, fault.Fault) else None,
)
def test_a_retrieve_that_is_refused(
    healthy: Healthy, calm: Simulator, trouble: fault.Fault, verdict: Verdict, words: str
) -> None:
    practice, identity = healthy
    plan = practice.doctor.plan(Order(LAB.id, identity, "sibr"))
    call = plan.places[0].retrieve
    assert call is not None
    path = practice.catalogue.url(LAB.id, call.target).partition(calm.origin)[2]
    calm.arrange(trouble, path=path)
    examination = practice.doctor.examine(plan, CancelToken(), lambda place, found: None)
    found = finding(examination, Step.RETRIEVE)
    assert found.verdict is verdict
    assert words in found.sentence
    assert verdicts(examination)[Step.HTTP] is OK


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (fault.AcceptableUse(), "CAISO's gateway stopped the request"),
        (fault.Status(503), "The service is not available"),
        (fault.Redirect(), "Not where it should be"),
        (fault.CutOff(after=None), "Connection cut off"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, fault.Fault) else None,
)
def test_an_answer_that_says_what_is_wrong(healthy: Healthy, calm: Simulator, trouble: fault.Fault, words: str) -> None:
    practice, identity = healthy
    calm.arrange(trouble)
    examination = practice.examine(identity)
    found = finding(examination, Step.HTTP)
    assert found.verdict is (WARNING if isinstance(trouble, fault.Redirect) else FAILED)
    assert words in found.sentence
    if isinstance(trouble, fault.CutOff):
        assert verdicts(examination)[Step.CERTIFICATE] is WARNING
        assert verdicts(examination)[Step.CLOCK] is NOT_REACHED
        assert dict(found.facts)["Cannot be tried"] == "Clock, Signed retrieve"
    else:
        assert verdicts(examination)[Step.CLOCK] is OK


def test_the_address_of_a_service_that_is_not_there_is_a_failure(healthy: Healthy, calm: Simulator) -> None:
    practice, identity = healthy
    target = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
    examination = practice.examine(identity, target=target)
    assert examination.plan.places[0].service == "RetrieveCleanBidSet"
    assert finding(examination, Step.HTTP).sentence.startswith("HTTP 405. The service takes calls by POST only")
    calm.arrange(fault.Status(404))
    assert finding(practice.examine(identity, target=target), Step.HTTP).sentence.startswith("Wrong address.")


# Stopping, and several at once


def test_a_stop_ends_every_wait_at_once(practice: Open, listener: Callable[..., Server], calm: Simulator) -> None:
    opened = practice(f"https://127.0.0.1:{listener(hold).port}/", Trust((calm.authority,)))
    token = CancelToken()
    stopped_at: list[float] = []

    def cancel() -> None:
        stopped_at.append(time.monotonic())
        token.cancel()

    def stop(place: Place | None, found: Finding) -> None:
        if found.step is Step.CONNECTION:
            threading.Timer(0.1, cancel).start()

    examination = opened.examine(None, token=token, found=stop)
    assert time.monotonic() - stopped_at[0] < 1
    assert examination.stopped
    assert verdicts(examination)[Step.CONNECTION] is OK
    assert verdicts(examination)[Step.TLS] is NOT_REACHED
    assert "was stopped" in finding(examination, Step.RETRIEVE).sentence


def test_several_places_are_tried_side_by_side_and_told_in_the_plans_order(
    tmp_path: Path, offered: Catalogue, listener: Callable[..., Server], calm: Simulator, practice: Open
) -> None:
    arrived = threading.Semaphore(0)
    together = threading.Event()

    def meet(server: Server, connection: socket.socket) -> None:
        arrived.release()
        together.wait(5)

    ports = [listener(meet).port for _ in range(3)]
    opened = practice("https://127.0.0.1:1/", Trust((calm.authority,)))
    names = ("sibr", "cmri", "drrs")
    bases = {name: f"https://127.0.0.1:{port}/" for name, port in zip(names, ports, strict=True)}
    opened.catalogue = replace(offered).with_environment(LAB, bases)

    def wait_for_all() -> None:
        for _ in names:
            assert arrived.acquire(timeout=5)
        together.set()

    waiting = threading.Thread(target=wait_for_all)
    waiting.start()
    examination = opened.examine(None, application="")
    waiting.join()
    assert together.is_set()
    places = [chart.place for chart in examination.charts]
    assert places == list(examination.plan.places)
    assert len(places) == 3
    assert {finding.verdict for chart in examination.charts for finding in chart.findings} == {
        OK,
        FAILED,
        NOT_REACHED,
        SKIPPED,
    } - {SKIPPED}


def test_no_more_than_a_few_places_are_tried_at_once(
    practice: Open, calm: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = practice("https://127.0.0.1:1/", Trust((calm.authority,)))
    names = ("sibr", "cmri", "drrs", "oms", "cira", "bsap", "baaop")
    bases = {name: f"https://127.0.0.{number}:9/" for number, name in enumerate(names, 1)}
    opened.catalogue = opened.catalogue.with_environment(LAB, bases)
    lock, full = threading.Lock(), threading.Event()
    active = peak = 0
    look_up = opened.probe.look_up

    def count(*arguments: Any) -> Any:
        nonlocal active, peak
        with lock:
            active += 1
            peak = max(peak, active)
            if active == SIDE_BY_SIDE:
                full.set()
        assert full.wait(10)
        try:
            return look_up(*arguments)
        finally:
            with lock:
                active -= 1

    monkeypatch.setattr(opened.probe, "look_up", count)
    examination = opened.examine(None, application="")
    assert len(examination.charts) == len(names)
    assert peak == SIDE_BY_SIDE


def test_a_public_place_without_tls_is_asked_without_a_certificate(
    practice: Open, listener: Callable[..., Server], calm: Simulator
) -> None:
    server = listener(echo)
    opened = practice(f"http://127.0.0.1:{server.port}/oasisapi/", Trust(), "oasis")
    examination = opened.examine(opened.add(calm.identity), application="oasis")
    found = verdicts(examination)
    assert [found[step] for step in (Step.TLS, Step.CERTIFICATE, Step.RETRIEVE)] == [SKIPPED] * 3
    assert found[Step.HTTP] is OK
    assert server.heads[0].startswith(b"GET /oasisapi/ HTTP/1.1")
    assert "public" in finding(examination, Step.RETRIEVE).sentence


def test_an_order_for_nothing_is_told(healthy: Healthy) -> None:
    practice, identity = healthy
    with pytest.raises(UsageError, match="has no web services in Laboratory"):
        practice.examine(identity, application="cmri")
    with pytest.raises(IdentityError):
        practice.examine(IdentityRef("memory", "00" * 32))
