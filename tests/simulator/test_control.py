"""Things go wrong by their names, with the calls they are for, so often and as often as was said."""

import http.client
import ssl
import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.simulation import Disturbance, FaultChoice, Scope, SimulatorControl
from caiso_desktop.simulator.control import CLOCK, MAKERS, read_kinds
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import CLEAN_BIDS, CLEAN_BIDS_ACTION, SIBR, Answer, Client, Draft, clean_bids


def disturb(simulator: Simulator, *names: str, **told: object) -> None:
    choices = [name.partition("=") for name in names]
    faults = tuple(FaultChoice(name, float(amount) if amount else None) for name, _, amount in choices)
    simulator.control.disturb(Disturbance(faults, **told))  # type: ignore[arg-type]


@pytest.fixture
def ask(simulator: Simulator, client: Client) -> Callable[[], Answer]:
    return lambda: client.send(Draft(simulator.identity, clean_bids(), CLEAN_BIDS_ACTION), CLEAN_BIDS)


def test_every_name_of_the_file_makes_something_and_has_words(resources: Path) -> None:
    kinds = read_kinds(resources)
    assert {kind.name for kind in kinds} == {*MAKERS, CLOCK}
    assert all(kind.title and kind.words.endswith(".") for kind in kinds)
    assert all(kind.least <= kind.usual <= kind.most and bool(kind.unit) == (kind.most > 0) for kind in kinds)
    rows = tomllib.loads((resources / "simulator" / "faults.toml").read_text(encoding="utf-8"))
    assert [kind.name for kind in kinds] == list(rows)


def test_the_simulator_is_its_own_port(simulator: Simulator) -> None:
    control: SimulatorControl = simulator.control
    assert {"sibr", "sibr/RetrieveCleanBidSet", "cmri/RetrieveMarketAwards"} <= set(control.services())


STATUSES = {**{str(code): code for code in (403, 404, 429, 500, 502, 503, 504)}, "maintenance": 503}


@pytest.mark.parametrize("name", [n for n in MAKERS if n not in ("expired", "server-expired")])
def test_each_fault_of_a_call_is_felt_and_written_down(
    simulator: Simulator, ask: Callable[[], Answer], name: str
) -> None:
    fair = ask()
    amount = {"slow": "=0.01", "trickle": "=0", "huge": "=1", "huge-inline": "=1"}.get(name, "")
    disturb(simulator, name + amount, times=1)
    if name == "cut":
        with pytest.raises(http.client.IncompleteRead):
            ask()
    else:
        answer = ask()
        assert answer.status == STATUSES.get(name, 500 if name in ("no-data", "not-entitled", "no-operation") else 200)
        if name not in ("slow", "trickle"):
            assert answer.body != fair.body
        if name == "maintenance":
            assert b"scheduled maintenance" in answer.body
    assert simulator.control.state().received[-1].fault == name + amount
    assert simulator.control.state().arranged == ()


def test_a_service_or_an_application_or_a_version_alone(simulator: Simulator, client: Client) -> None:
    results = SIBR + "RetrieveTradeResults_SIBR_AP"
    disturb(simulator, "503", service="SIBR/retrievecleanbidset")
    assert [client.post(path, b"").status for path in (results, CLEAN_BIDS)] == [500, 503]
    assert simulator.control.state().received[-1].service == "sibr/RetrieveCleanBidSet v4 ap"
    simulator.calm()
    disturb(simulator, "429", service="sibr")
    assert [client.post(path, b"").status for path in (results, CLEAN_BIDS, "/sst/cmri/x")] == [429, 429, 404]
    simulator.calm()
    with pytest.raises(UsageError, match="no service is called"):
        disturb(simulator, "403", service="sibr/RetrieveCleanBidSet/v3")


def test_so_many_times_and_until_one_is_taken_back(simulator: Simulator, client: Client) -> None:
    disturb(simulator, "503", times=2)
    disturb(simulator, "429")
    first, second = simulator.control.state().arranged
    assert [client.post(CLEAN_BIDS, b"").status for _ in range(3)] == [503, 503, 429]
    (left,) = simulator.control.state().arranged
    assert (left.number, left.hits, left.left) == (second.number, 1, None)
    assert str(left.disturbance) == "429"
    simulator.control.withdraw(first.number)
    assert client.post(CLEAN_BIDS, b"").status == 429
    simulator.control.withdraw(second.number)
    assert client.post(CLEAN_BIDS, b"").status == 500


def test_a_share_of_the_calls_is_the_same_for_the_same_seed(simulator: Simulator, client: Client) -> None:
    def hit(seed: int) -> list[int]:
        disturb(simulator, "503", share=0.5, seed=seed)
        statuses = [client.post(CLEAN_BIDS, b"").status for _ in range(24)]
        simulator.calm()
        return statuses

    assert hit(7) == hit(7) != hit(8)
    assert set(hit(7)) == {503, 500}


def test_the_clock_is_moved_and_calls_look_too_old(simulator: Simulator, ask: Callable[[], Answer]) -> None:
    assert ask().status == 200
    disturb(simulator, "clock=-45")
    state = simulator.control.state()
    assert state.skew == timedelta(minutes=-45)
    answer = ask()
    assert answer.status == 500
    assert "clock" in answer.body.decode() or "Timestamp" in answer.body.decode()
    simulator.control.calm()
    assert ask().status == 200


def test_an_expired_client_is_told_so_by_tls(simulator: Simulator, connect: Callable[..., Client]) -> None:
    kept = connect(simulator)
    assert kept.post("/x", b"").status == 404
    disturb(simulator, "expired", times=1)
    with pytest.raises((ssl.SSLError, ConnectionError)) as raised:
        connect(simulator).post("/x", b"")
    assert "certificate expired" in str(raised.value).replace("_", " ").lower()
    assert connect(simulator).post("/x", b"").status == 404
    # The connection that was kept is gone: nothing goes on as if nothing had happened.
    with pytest.raises((ssl.SSLError, ConnectionError)):
        kept.post("/x", b"")


def test_a_server_whose_certificate_has_expired(simulator: Simulator, connect: Callable[..., Client]) -> None:
    disturb(simulator, "server-expired")
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate has expired"):
        connect(simulator).post("/x", b"")
    simulator.control.calm()
    assert connect(simulator).post("/x", b"").status == 404


@pytest.mark.parametrize(
    ("names", "told", "words"),
    [
        (["slwo"], {}, "slow"),
        (["503", "no-data"], {}, "one fault of its own"),
        (["expired", "server-expired"], {}, "one fault"),
        (["503=4"], {}, "takes no amount"),
        (["slow=9999"], {}, "0 to 3,600 seconds"),
        (["clock=nan"], {}, "minutes"),
        (["503"], {"service": "sibr/RetrieveCleanBidsets"}, "sibr/RetrieveCleanBidSet"),
        (["expired"], {"service": "sibr"}, "every service"),
        (["503"], {"times": 0}, "from 1"),
        (["503"], {"share": 0.0}, "more than 0"),
        ([], {}, "no fault"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_arranged(
    simulator: Simulator, names: list[str], told: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError) as raised:
        disturb(simulator, *names, **told)
    assert words in str(raised.value)
    state = simulator.control.state()
    assert (state.arranged, state.skew) == ((), timedelta())


def test_faults_of_different_scopes_go_their_own_ways(resources: Path, catalogue: Catalogue) -> None:
    simulator = Simulator(resources, catalogue)
    disturb(simulator, "clock=5", "expired", "slow=1", "503", times=3)
    state = simulator.control.state()
    assert [str(one.disturbance) for one in state.arranged] == ["slow=1 503 --times 3", "expired --times 3"]
    assert state.skew == timedelta(minutes=5)
    assert {kind.scope for kind in simulator.control.kinds()} == set(Scope)
    simulator.control.forget()
    assert simulator.control.state().received == ()
