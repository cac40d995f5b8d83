"""`caiso doctor` over the real house."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from caiso_desktop.assembly.place import Places
from caiso_desktop.cli.door import main
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.model.journal import Filter
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.server import Simulator
from tests.cli.conftest import KeptHouse, interrupted_when_asked

Caiso = Callable[..., int]


def test_the_plan_is_shown_before_and_the_report_is_for_the_help_desk(
    caiso: Caiso, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert caiso("doctor", "sibr", "--environment", "simulator") == 0
    out, err = capsys.readouterr()
    assert "one signed retrieve, Retrieve" in err
    assert err.index("one signed retrieve") < err.index("Name (DNS)")
    assert out.startswith("Connection to Simulator: ok\n")
    assert "Signed retrieve" in out
    assert simulator.identity.subject not in out
    assert "Simulator User x0001" not in out
    assert caiso("doctor", "sibr", "--environment", "simulator", "--include-subject") == 0
    assert simulator.identity.subject in capsys.readouterr().out


def test_a_plan_alone_does_nothing(
    caiso: Caiso, simulator: Simulator, house: KeptHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(list(house.journal.all(Filter())))
    assert caiso("doctor", "--environment", "production", "--plan") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "ws.caiso.com:443" in err
    assert simulator.requests == ()
    assert len(list(house.journal.all(Filter()))) == before


def test_json_has_every_step(caiso: Caiso, simulator: Simulator, capsys: pytest.CaptureFixture[str]) -> None:
    simulator.arrange(fault.Status(503))
    assert caiso("doctor", "cmri/RetrieveMarketAwards", "--environment", "simulator", "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "failed"
    here, there = told["places"]
    assert [step["step"] for step in here["steps"]] == ["key"]
    assert there["host"] == "127.0.0.1"
    steps = {step["step"]: step for step in there["steps"]}
    assert list(steps) == ["name", "proxy", "connection", "tls", "certificate", "http", "clock", "retrieve"]
    assert steps["http"]["verdict"] == "failed"
    assert steps["http"]["advice"]
    assert steps["retrieve"]["facts"]["Service"].startswith("RetrieveMarketAwards")
    assert simulator.identity.subject not in json.dumps(told)


def test_the_status_tells_a_service_that_refuses_from_one_that_is_not_reached(
    caiso: Caiso, simulator: Simulator
) -> None:
    simulator.arrange(fault.AcceptableUse())
    assert caiso("doctor", "sibr", "--environment", "simulator") == 1
    simulator.arrange(fault.CutOff(after=None))
    assert caiso("doctor", "sibr", "--environment", "simulator") == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to the whole console")
def test_an_interrupt_stops_it_and_prints_what_was_found(
    caiso: Caiso, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.arrange(fault.Delay(600))
    begun = time.monotonic()
    with interrupted_when_asked(simulator):
        assert caiso("doctor", "sibr", "--environment", "simulator") == 3
    assert time.monotonic() - begun < 10
    out = capsys.readouterr().out
    assert "stopped before its end" in out
    assert "OK           Secure connection (TLS)" in out
    assert "the examination was stopped" in out


def test_without_a_retrieve_no_service_is_called(caiso: Caiso, simulator: Simulator) -> None:
    assert caiso("doctor", "sibr", "--environment", "simulator", "--no-retrieve") == 0
    assert [request.method for request in simulator.requests] == ["GET"]


def test_a_certificate_that_is_refused_is_not_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = KeptHouse(Places(data=tmp_path / "data", config=tmp_path / "config"))
    try:
        running = house.simulator.running()
        assert isinstance(running.server, Simulator)
        assert isinstance(running.keystore, MemoryKeystore)
        stranger = running.server.issue("Jane Doe x7777", stranger=True)
        ref = running.keystore.add(stranger.certificate, stranger.key).ref
        asked = ["doctor", "sibr", "--environment", "simulator", "--certificate", str(ref)]
        assert main(asked, lambda: house) == 3
    finally:
        house.really_close()
    out = capsys.readouterr().out
    assert "Your certificate was refused" in out
    assert "Jane Doe" not in out
    assert "(the certificate's owner)" in out


def test_what_is_not_in_the_catalogue_is_a_usage_error(caiso: Caiso) -> None:
    assert caiso("doctor", "nothing", "--environment", "simulator") == 2
    assert caiso("doctor", "--environment", "nowhere") == 2
    assert caiso("doctor", "sibr", "--environment", "simulator", "--certificate", "vault") == 2
