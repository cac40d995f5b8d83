import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.store.log import LOG_BYTES, LOGGER, Diary, redacted
from caiso_desktop.store.run import Runs

PEM = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBgkqhkiG9w0BBQ0w\n-----END ENCRYPTED PRIVATE KEY-----"


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    made = Runs(tmp_path / "run")
    yield made
    made.close()


@pytest.fixture
def diary(tmp_path: Path, runs: Runs) -> Iterator[Diary]:
    made = Diary(tmp_path / "log", runs, {"program": "1.0"}, home=Path("/home/jane"))
    made.open()
    yield made
    made.close()


def log(tmp_path: Path) -> str:
    return (tmp_path / "log" / "window.log").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"key {PEM} end", "MIIFHDBOBgkqhkiG9w0BBQ0w"),
        ("-----BEGIN PRIVATE KEY-----\nMIIcut", "MIIcut"),
        ("password=hunter2 and more", "hunter2"),
        ("passphrase: 'two words'", "two words"),
        ('{"pin": "1234"}', "1234"),
        ("Authorization: Bearer abc.def", "abc.def"),
        ("through http://jane:hunter2@proxy:8080", "hunter2"),
        ("sent <RawBidSet xmlns='x'><price>25</price></RawBidSet> to", "25"),
        ("sent <m:Bid><price>25</price>\n</m:Bid> to", "25"),
        ("<Nonce>c2VjcmV0</Nonce>", "c2VjcmV0"),
        ("cut <RawBidSet xmlns='x'><price>25", "25"),
        ("cut <?xml version='1.0'?><a><price>25", "25"),
        (f"blob {'QUJD' * 40}==", "QUJDQUJD"),
        ("/home/jane/bids.xml", "jane"),
    ],
)
def test_secrets_and_documents_are_left_out(text: str, secret: str) -> None:
    assert secret not in redacted(text, Path("/home/jane"))


@pytest.mark.parametrize(
    "text",
    [
        "call 12 to ws.caiso.com ended: answered, 200, 1.25 s",
        "Server not trusted: the certificate of ws.caiso.com is signed by nobody we trust.",
        "thumbprint " + "AB" * 32,
        "a < b and c > d",
        'File "x.py", line 1, in <module>\n  File "<string>", line 2, in <lambda>',
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert redacted(text) == text


@given(st.text(alphabet="abcXYZ0189!#%&*()", min_size=4, max_size=30))
def test_no_password_survives(word: str) -> None:
    assert f"={word}" not in redacted(f"password={word} passphrase={word}").replace("=[left out]", "")


def test_what_was_left_out_of_the_log_is_left_out_once_of_the_report() -> None:
    once = redacted("ValueError: password=hunter2 of the draft, pin: 1234")
    assert once == "ValueError: password=[left out] of the draft, pin: [left out]"
    assert redacted(once) == once
    assert "hunter2" not in redacted("password=[left out]hunter2")


def test_the_log_is_redacted_also_in_tracebacks(diary: Diary, tmp_path: Path) -> None:
    try:
        raise ValueError("password=hunter2")
    except ValueError:
        logging.getLogger(LOGGER).exception("it failed with %s", "pin=1234")
    text = log(tmp_path)
    assert "it failed" in text
    assert "ValueError" in text
    assert "hunter2" not in text
    assert "1234" not in text


def test_the_log_rotates(diary: Diary, tmp_path: Path) -> None:
    for _ in range(40):
        logging.getLogger(LOGGER).info("x y " * 12_500)
    files = list((tmp_path / "log").glob("window.log*"))
    assert 1 < len(files) <= 5
    assert all(file.stat().st_size <= LOG_BYTES + 60_000 for file in files)


def test_an_exception_that_nobody_caught_is_reported_without_a_word_on_stderr(
    diary: Diary, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError("a fault, password=hunter2")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    reports = diary.pending()
    assert len(reports) == 2
    text = reports[0].read_text(encoding="utf-8")
    assert "program: 1.0" in text
    assert "RuntimeError: a fault" in text
    assert "hunter2" not in text
    assert capfd.readouterr().err == ""
    for report in reports:
        diary.dismiss(report)
    assert diary.pending() == []


CRASHER = """
import ctypes, sys
from pathlib import Path
from caiso_desktop.store.log import Diary
from caiso_desktop.store.run import Runs
folder = Path(sys.argv[1])
Diary(folder / "log", Runs(folder / "run"), {"program": "1.0"}).open()
ctypes.string_at(0)
"""


def test_a_crash_in_c_is_found_at_the_next_start(diary: Diary, tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", CRASHER, str(tmp_path)], capture_output=True, check=False)
    assert ended.returncode != 0
    (report,) = diary.pending()
    assert "string_at" in report.read_text(encoding="utf-8")
    assert diary.pending() == [report], "it is offered until it is dismissed"


def test_nothing_is_left_of_a_run_that_ended_well(tmp_path: Path, runs: Runs) -> None:
    diary = Diary(tmp_path / "log", runs, {})
    diary.open()
    diary.close()
    assert diary.pending() == []
    assert list((tmp_path / "log").glob("*.fault")) == []


def test_a_folder_that_cannot_be_made_does_no_harm(tmp_path: Path, runs: Runs) -> None:
    (tmp_path / "log").touch()
    diary = Diary(tmp_path / "log", runs, {})
    diary.open()
    logging.getLogger(LOGGER).info("nowhere")
    diary.report(ValueError())
    diary.close()
