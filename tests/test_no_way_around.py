"""No path leads to the real market around the guard and the journal: who can send is counted, and each is tried."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import caiso_desktop
from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.cli.door import main
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import GuardError, UsageError
from caiso_desktop.model.journal import Filter
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.ui.desk import Desk
from caiso_desktop.ui.draft_call import DraftCall
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.macro.wording import Wording
from caiso_desktop.ui.offer import Offer
from caiso_desktop.wire.fake import FakeTransport

PACKAGE = Path(caiso_desktop.__file__).parent
SUBMIT = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP)
BIDS = "<RawBidSet><schedulingCoordinator>SC01</schedulingCoordinator></RawBidSet>"
# Show a certificate to a host: they ask with an empty GET, which no SOAP service takes for a submit.
SHOWS_A_CERTIFICATE = "doctor/visit.py"
ASKS_FOR_A_WSDL = "collector.py"
CALLED = ("send", "ask", "Request", "HttpTransport", "CallCourier", "carry")
Program = dict[str, dict[str, list[ast.Call]]]


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) == name]


def called(call: ast.Call) -> str:
    """The name of what is called, without what it belongs to."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.fixture(scope="module")
def program() -> Program:
    """The calls in each module outside wire and simulator, by the name of what is called; only of the names asked for.

    Read once: to parse the program takes seconds, and all of its trees much memory.
    """
    found: Program = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(("wire/", "simulator/")):
            of_module = found.setdefault(name, {each: [] for each in CALLED})
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.Call) and called(node) in of_module:
                    of_module[called(node)].append(node)
    return found


def test_only_the_courier_sends(program: Program) -> None:
    # A transport sends a request with a token; a button's own ``send()`` has neither.
    senders = {name for name, of in program.items() if any(call.args or call.keywords for call in of["send"])}
    assert senders == {"courier.py", ASKS_FOR_A_WSDL}
    # The doctor's probe sends too, over a connection of its own.
    askers = {name for name, of in program.items() if any(len(call.args) > 1 for call in of["ask"])}
    assert askers == {SHOWS_A_CERTIFICATE}
    for name in (SHOWS_A_CERTIFICATE, ASKS_FOR_A_WSDL):
        requests = program[name]["Request"]
        assert requests
        for request in requests:
            said = {word.arg: word.value for word in request.keywords}
            assert ast.unparse(said["method"]) == "'GET'"
            assert ast.unparse(said["body"]) == "b''"


def test_only_the_assembly_makes_a_transport_and_a_courier(program: Program) -> None:
    makers = {made: [n for n, of in program.items() if of[made]] for made in ("HttpTransport", "CallCourier")}
    assert makers == {"HttpTransport": ["assembly/road.py"], "CallCourier": ["assembly/house.py"]}


def test_only_these_carry_calls(program: Program) -> None:
    # That the doctor, and what watches, carry retrieves only is shown in tests/doctor and tests/watch; that a run list
    # holds no submit to the real market, in tests/runner. All of them carry by the one courier, which asks the guard.
    carriers = {name for name, of in program.items() if of["carry"]}
    # The manners stand before the courier, and try nothing but retrieves again.
    passing_on = {"manners/courier.py"}
    asking = {"doctor/visit.py", "watch/retrieve.py", "watch/dispatch.py", "runner/run.py"}
    assert carriers == {"cli/call.py", "ui/draft_call.py"} | asking | passing_on


def test_in_the_courier_the_guard_and_the_journal_come_first() -> None:
    tree = ast.parse((PACKAGE / "courier.py").read_bytes())
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert [name for name, body in functions.items() if calls(body, "send")] == ["_send"]
    assert [name for name, body in functions.items() if calls(body, "_send")] == ["carry"]
    assert [name for name, body in functions.items() if calls(body, "begin")] == ["_begin"]
    (guarded,), (begun,), (sent,) = (calls(functions["carry"], verb) for verb in ("_guard", "_begin", "_send"))
    assert guarded.lineno < begun.lineno < sent.lineno


@pytest.fixture
def transport(monkeypatch: pytest.MonkeyPatch) -> FakeTransport:
    """The only transport that the house can make; it has no answer, so a request fails the test."""
    fake = FakeTransport()
    monkeypatch.setattr("caiso_desktop.wire.transport.HttpTransport", lambda *a, **k: fake)
    return fake


@pytest.fixture
def house(tmp_path: Path, transport: FakeTransport) -> Iterator[House]:
    house = House(Places(data=tmp_path / "data", config=tmp_path / "config"))
    yield house
    house.close()


def guarded(house: House) -> list[tuple[str, Target]]:
    """One row of every service that is no retrieve, in every guarded environment that has it."""
    found = []
    for environment in (each for each in house.catalogue.environments if each.guarded):
        for application in house.catalogue.applications:
            for service in application.services:
                for version in service.versions if service.kind is not Kind.RETRIEVE else ():
                    if version.callable and environment.id in house.catalogue.bases(application, version):
                        variant = next(iter(version.paths))
                        target = Target(application.id, service.name, version.version, variant, version.minor_version)
                        changing = [each.name for each in version.procedures if each.kind is not Kind.RETRIEVE]
                        targets = [replace(target, procedure=name) for name in changing] or [target]
                        found += [(environment.id, each) for each in targets]
    return found


def test_every_submit_of_the_catalogue_is_guarded(
    house: House, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No call leaves, so no host needs a moment between two.
    monkeypatch.setattr("caiso_desktop.manners.pace.GAP", 0.0)
    rows = guarded(house)
    assert len(rows) > 30
    for environment, target in rows:
        # What cannot be called at all yet is refused before the guard is asked.
        with pytest.raises(UsageError if target.variant is Variant.REST else GuardError):
            house.courier.carry(Call(environment, target, BIDS.encode()), CancelToken(), ignore_progress)
    assert transport.requests == []
    assert list(house.journal.all(Filter())) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ((), "wants 'SC01' typed first"),
        (("--submit-to-production", "SC02"), "is not 'SC01'"),
        (("--submit-to-production", "PRODUCTION"), "is not 'SC01'"),
        (("--submit-to-production", ""), "is not 'SC01'"),
    ],
)
def test_the_command_line(
    tmp_path: Path,
    house: House,
    transport: FakeTransport,
    typed: tuple[str, ...],
    sentence: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    payload = tmp_path / "bids.xml"
    payload.write_text(BIDS)
    reference = house.simulator.keystore.identities()[0].ref
    asked = ["call", "sibr/SubmitRawBidSet", "--environment", "production", "--payload", str(payload)]
    build: Callable[[], Any] = lambda: house  # noqa: E731
    assert main([*asked, "--certificate", str(reference), *typed], build) == 2
    assert sentence in capfd.readouterr().err
    assert transport.requests == []


def test_the_window(house: House, transport: FakeTransport, qtbot: QtBot) -> None:
    desk = Desk(house.catalogue.environment("production"), SUBMIT)
    desk.set_draft(Draft(BIDS))
    jobs = Jobs()
    call = DraftCall(desk, Wording(desk, Offer(house.catalogues, jobs)), house.courier, jobs)
    with qtbot.waitSignal(call.failed) as failed:
        call.begin()
    assert isinstance(failed.args[0], GuardError)
    assert transport.requests == []
    assert jobs.close(10)
