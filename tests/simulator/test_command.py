"""`caiso simulator`, run as a program."""

import json
import os
import re
import signal
import ssl
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.test_tape import save

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """
import argparse, sys
from pathlib import Path
from caiso_desktop.catalogue.load import load
from caiso_desktop.cli import simulator
from caiso_desktop.simulator.server import Simulator
parser = argparse.ArgumentParser()
simulator.add_parser(parser.add_subparsers(dest="command"))
resources = Path(sys.argv[1])
catalogue = load(resources / "catalogue")
sys.exit(simulator.run(parser.parse_args(sys.argv[2:]), lambda port: Simulator(resources, catalogue, port=port)))
"""


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(CHECKOUT / "resources"), "simulator", *arguments]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDEVMODE": "1"},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def status_of(facts: dict[str, Any], application: str, path: str = "") -> int:
    """The status that a page of the running simulator is got with."""
    context = ssl.create_default_context(cafile=facts["authority"])
    context.load_cert_chain(facts["certificate"], facts["key"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with pytest.raises(urllib.error.HTTPError) as raised:
        opener.open(facts["bases"][application] + path, timeout=20)
    raised.value.close()
    return int(raised.value.code)


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send these signals to another process")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_a_program_where_it_is_and_leaves_nothing(end: signal.Signals) -> None:
    with running("--format", "json") as process:
        assert process.stdout
        facts = json.loads(process.stdout.readline())
        key = Path(facts["key"])
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert status_of(facts, "sibr") == 404
        process.send_signal(end)
        _, words = process.communicate(timeout=20)
        assert (process.returncode, words) == (0, "")
        assert not key.parent.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send these signals to another process")
def test_it_tells_a_person_and_cleans_up_in_a_folder_of_theirs(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with running("--folder", str(folder)) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(5)]
        assert re.fullmatch(r"address +https://127\.0\.0\.1:\d+\n", lines[0])
        assert sorted(file.name for file in folder.iterdir()) == ["authority.pem", "client.key", "client.pem"]
        process.send_signal(signal.SIGTERM)
        _, words = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "throw-away" in words
        assert not [*folder.iterdir()]


def test_a_port_that_is_none() -> None:
    with running("--port", "70000") as process:
        _, words = process.communicate(timeout=20)
        assert process.returncode == 2
        assert "ports are 0 to 65535" in words


def test_faults_are_arranged_at_the_start_and_changed_while_it_runs() -> None:
    with running("--format", "json", "--fault", "503", "--for", "sibr", "--times", "2") as process:
        assert process.stdin and process.stdout and process.stderr

        def say(line: str, lines: int = 1) -> str:
            assert process.stdin and process.stderr
            process.stdin.write(line + "\n")
            process.stdin.flush()
            return "".join(process.stderr.readline() for _ in range(lines))

        facts = json.loads(process.stdout.readline())
        clean = "RetrieveCleanBidSet_SIBRv4_AP"
        assert [status_of(facts, "sibr", clean) for _ in range(3)] == [503, 503, 405]
        assert say("fault 429 --for cmri slow=0.01 --share 1") == "2  429 slow=0.01 --for cmri  (0 so far)\n"
        awards = "RetrieveMarketAwards_CMRIv4_AP"
        assert [status_of(facts, "cmri", awards), status_of(facts, "sibr", clean)] == [429, 405]
        assert "sibr/RetrieveCleanBidSet v4 ap  405 (a service is called by POST)" in say("show", 6)
        assert "Do you mean 503?" in say("fault 5O3")
        assert "'help' lists" in say("fault --times two 503")
        assert "no order 'dance'" in say("dance")
        assert say("calm 2") == "calm\n"
        assert status_of(facts, "cmri", awards) == 405
        assert say("fault clock=-30") == "the clock is moved by -30 minutes\n"
        assert say("calm") == "calm\n"
        process.stdin.write("quit\n")
        process.stdin.flush()
        _, words = process.communicate(timeout=20)
        assert (process.returncode, words) == (0, "")


def test_what_can_go_wrong_is_listed_and_a_wrong_name_ends_it() -> None:
    with running("--list-faults") as process:
        told, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert {"503", "slow=5", "expired", "acceptable-use"} <= {line.split(" ")[0] for line in told.splitlines()}
    with running("--fault", "slow=x") as process:
        _, words = process.communicate(timeout=20)
        assert process.returncode == 2
        assert "'x' is no number" in words


def test_what_was_saved_is_played_from_the_start_and_on_demand(tmp_path: Path) -> None:
    folder = save(tmp_path / "seen")
    with running("--format", "json", "--play", str(folder)) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.readline()
        process.stdin.write('show\nstop\nshow\nplay nowhere\nplay "' + str(folder) + '"\n')
        process.stdin.flush()
        told = [process.stderr.readline().strip() for _ in range(6)]
        assert told[:4] == [
            "calm",
            "plays sibr/RetrieveCleanBidSet v4 ap: 503 (0 times)",
            "nothing is played back",
            "calm",
        ]
        assert "is not there" in told[4]
        assert told[5] == "1 call is played back"
