"""The form in which an exchange is played back."""

import json
from pathlib import Path

import pytest

from caiso_desktop.model.playback import FILE, PlaybackError, Recorded, read_playback, write_playback


@pytest.fixture
def call(tmp_path: Path) -> Recorded:
    (tmp_path / "payload.xml").write_bytes(b"<a/>")
    (tmp_path / "answer.bin").write_bytes(b"<b/>")
    headers = (("Content-Type", "text/xml"), ("Content-Length", "4"), ("Date", "now"))
    body = tmp_path / "answer.bin"
    return Recorded("/sst/sibr/X", tmp_path / "payload.xml", 200, "OK", headers, body, "http://x", "")


def test_what_was_written_is_read_but_for_what_a_server_says_itself(call: Recorded, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(write_playback([call]), encoding="utf-8")
    (read,) = read_playback(tmp_path)
    assert read.headers == (("Content-Type", "text/xml"),)
    assert (read.path, read.payload, read.status, read.body, read.action) == (
        call.path,
        call.payload,
        200,
        call.body,
        "http://x",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other"}, "is not a playback"),
        ({"version": 2}, "another version"),
        ({"calls": [{}]}, "damaged"),
        ({"calls": 3}, "damaged"),
    ],
)
def test_another_form_is_refused_in_words(
    call: Recorded, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    told = json.loads(write_playback([call])) | change
    (tmp_path / FILE).write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(PlaybackError, match=words):
        read_playback(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a\\b", "C:x", "", "missing", 3])
def test_files_lie_beside_it_and_nowhere_else(call: Recorded, tmp_path: Path, name: object) -> None:
    told = json.loads(write_playback([call]))
    told["calls"][0]["body"] = name
    (tmp_path / FILE).write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(PlaybackError, match="damaged"):
        read_playback(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{", "\ud800"])
def test_what_is_no_json_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(PlaybackError):
        read_playback(tmp_path)
    (tmp_path / FILE).unlink()
    with pytest.raises(PlaybackError, match="has no"):
        read_playback(tmp_path)
