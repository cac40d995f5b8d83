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

import pytest

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
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONDEVMODE": "1"}
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send these signals to another process")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_a_program_where_it_is_and_leaves_nothing(end: signal.Signals) -> None:
    with running("--format", "json") as process:
        assert process.stdout
        facts = json.loads(process.stdout.readline())
        key = Path(facts["key"])
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        context = ssl.create_default_context(cafile=facts["authority"])
        context.load_cert_chain(facts["certificate"], key)
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
            ).open(facts["bases"]["sibr"], timeout=20)
        assert raised.value.code == 404
        raised.value.close()
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
