"""``caiso catalogue`` prints a table, JSON in the promised shape, and a firewall sheet."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.cli import catalogue as command
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError
from caiso_desktop.model.service import Environment

Run = Callable[..., str]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    printed = load(Path(__file__).resolve().parents[2] / "resources" / "catalogue")
    simulator = Environment("simulator", "Simulator", "On this computer.", guarded=False)
    return printed.with_environment(simulator, {"sibr": "https://127.0.0.1:9/sst/sibr/"})


@pytest.fixture
def run(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str) -> str:
        parser = argparse.ArgumentParser()
        command.add_parser(parser.add_subparsers(dest="command"))
        assert command.run(parser.parse_args(["catalogue", *arguments]), catalogue) == 0
        return capsys.readouterr().out

    return run_command


def test_json_has_the_promised_shape(run: Run) -> None:
    plain: dict[str, Any] = json.loads(run("--format", "json"))
    assert list(plain) == ["document", "environments", "applications", "corrections"]
    assert plain["document"] == {
        "title": "Systems Access Information for Market Participants",
        "version": "10.1",
        "effective": "2017-10-01",
    }
    ids = [environment["id"] for environment in plain["environments"]]
    assert ids == ["simulator", "production", "production-ecn", "map-stage", "sandbox"]
    keys = ["id", "acronym", "name", "purpose", "ui", "ips", "secondary", "base", "services"]
    assert all(list(application) == keys for application in plain["applications"])
    sibr = next(a for a in plain["applications"] if a["id"] == "sibr")
    service = next(s for s in sibr["services"] if s["name"] == "SubmitRawBidSet")
    assert service["versions"][0] == {
        "version": "v4",
        "release": "Fall 2015",
        "callable": True,
        "source": "access document 10.1, 2017-10-01",
        "variants": {
            variant: {
                "path": path,
                "urls": {
                    "simulator": f"https://127.0.0.1:9/sst/sibr/{path}",
                    "production": f"https://ws.caiso.com/sst/sibr/{path}",
                    "production-ecn": f"https://ws.ecn.wepex.net/sst/sibr/{path}",
                    "map-stage": f"https://wsmap.caiso.com/sst/sibr/{path}",
                    "sandbox": f"https://wssandbox.caiso.com:4445/sst/sibr/{path}",
                },
            }
            for variant, path in {
                "ap": "SubmitRawBidSet_SIBRv4_AP",
                "docattach": "SubmitRawBidSet_SIBRv4_DocAttach_AP",
            }.items()
        },
    }
    assert all(list(each) == ["where", "printed", "used", "why"] for each in plain["corrections"])


def test_json_counts(run: Run) -> None:
    plain: dict[str, Any] = json.loads(run("--format", "json"))
    versions = [v for a in plain["applications"] for s in a["services"] for v in s["versions"]]
    printed = [v for v in versions if v["source"].startswith("access document 10.1")]
    assert sum(len(v["variants"]) for v in printed) == 271
    assert sum(len(v.get("operations", ())) for v in printed) == 21
    later = [v["source"] for v in versions if v not in printed]
    assert all(source.endswith("(not proven)") for source in later)
    unreleased = [v for v in versions if not v["callable"]]
    assert {v["version"] for v in unreleased} == {"vX"}
    assert {v.get("minor_version") for v in unreleased} == {"20180501"}


def test_environment_application_and_word_narrow(run: Run) -> None:
    plain = json.loads(run("--format", "json", "--environment", "sandbox", "--application", "SIBR", "clean"))
    assert [e["id"] for e in plain["environments"]] == ["sandbox"]
    (sibr,) = plain["applications"]
    assert [s["name"] for s in sibr["services"]] == ["RetrieveCBCCleanBidSet", "RetrieveCleanBidSet"]
    assert list(sibr["base"]) == ["sandbox"]


def test_the_table_is_readable(run: Run) -> None:
    text = run("--application", "mfrd")
    assert "effective 2017-10-01" in text
    line = next(line for line in text.splitlines() if "v4" in line and "Fall 2016" in line)
    assert " ".join(line.split()) == (
        "RetrieveGeneratorRDT v4 Fall 2016 ap docattach minor version 20161001; GRDT 11.0; there is a newer one"
    )
    newest = next(line for line in text.splitlines() if "Winter 2017" in line)
    assert "newer" not in newest
    assert "not released" in next(line for line in text.splitlines() if "vX" in line and "Retrieve" in line)
    assert "Printed: SubmitIntertierRDT; used: SubmitIntertieRDT" in text


def test_a_word_that_finds_nothing_is_said(run: Run, capsys: pytest.CaptureFixture[str], catalogue: Catalogue) -> None:
    args = argparse.Namespace(environment=None, application=None, word="zzzz", firewall=False, format="table")
    assert command.run(args, catalogue) == 0
    assert "nothing was found" in capsys.readouterr().err


def test_the_firewall_sheet_is_csv(run: Run) -> None:
    lines = run("--firewall", "--environment", "sandbox", "--application", "bsap").splitlines()
    assert lines == [
        "environment,application,use,host,port,ip",
        "sandbox,bsap,portal,sandbox.caiso.com,443,12.200.60.162",
        "sandbox,bsap,web services,wssandbox.caiso.com,4445,12.200.60.162",
    ]


def test_an_unknown_environment_is_an_error_in_words(run: Run) -> None:
    with pytest.raises(CatalogueError, match="there is no environment 'moon'"):
        run("--environment", "moon")
