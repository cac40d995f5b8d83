"""A saved exchange is served again, byte for byte, to the same call and to no other."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.playback import FILE, PlaybackError, Recorded, write_playback
from caiso_desktop.model.simulation import Disturbance, FaultChoice
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.simulator.tape import print_of
from tests.simulator.client import CLEAN_BIDS, CLEAN_BIDS_ACTION, SIBR, Answer, Client, Draft, clean_bids

BODY = b"--x\r\nanything \x00\xff at all\r\n--x--"


def save(folder: Path, payload: str = "", status: int = 503, path: str = CLEAN_BIDS, **told: object) -> Path:
    """An exchange as it is saved."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "payload.xml").write_text(payload or clean_bids())
    (folder / "answer.bin").write_bytes(BODY)
    headers = told.get("headers", (("Content-Type", 'multipart/related; boundary="x"'), ("Via", "1.1 gate")))
    recorded = Recorded(
        path,
        Path("payload.xml"),
        status,
        str(told.get("reason", "Down")),
        headers,  # type: ignore[arg-type]
        Path("answer.bin"),
    )
    (folder / FILE).write_text(write_playback([recorded]))
    return folder


@pytest.fixture
def played(simulator: Simulator) -> Iterator[Simulator]:
    yield simulator
    simulator.control.stop_playing()


@pytest.fixture
def ask(played: Simulator, client: Client) -> Callable[..., Answer]:
    def call(payload: str = "", action: str = CLEAN_BIDS_ACTION, path: str = CLEAN_BIDS) -> Answer:
        return client.send(Draft(played.identity, payload or clean_bids(), action), path)

    return call


def test_the_same_call_gets_the_same_bytes(played: Simulator, ask: Callable[..., Answer], tmp_path: Path) -> None:
    assert played.control.play(save(tmp_path)) == 1
    answer = ask()
    assert (answer.status, answer.body) == (503, BODY)
    assert answer.headers["content-type"] == 'multipart/related; boundary="x"'
    assert answer.headers["via"] == "1.1 gate"
    assert answer.headers["content-length"] == str(len(BODY))
    (told,) = played.control.state().playing
    assert (told.service, told.status, told.times) == ("sibr/RetrieveCleanBidSet v4 ap", 503, 1)
    assert played.control.state().received[-1].verdict == "played back"
    assert ask(clean_bids("2017-06-02T07:00:00Z", "2017-06-02T08:00:00Z")).status == 200, "another call"
    docattach = ask(action=CLEAN_BIDS_ACTION + "_DocAttach", path=SIBR + "RetrieveCleanBidSet_SIBRv4_DocAttach_AP")
    assert docattach.status == 200, "another variant"
    played.control.stop_playing()
    assert ask().status == 200


def test_names_that_only_an_imported_package_knows_are_played(
    played: Simulator, ask: Callable[..., Answer], tmp_path: Path
) -> None:
    odd = '<Odd xmlns="urn:another"><MessagePayload><day>1</day></MessagePayload></Odd>'
    assert ask(odd, "urn:odd").status == 500
    played.control.play(save(tmp_path, odd, 200))
    assert ask(odd, "urn:odd").body == BODY
    assert ask(odd.replace("1", "2"), "urn:odd").fault == "The given SOAPAction does not match an operation."


def test_a_fault_befalls_what_is_played_too(played: Simulator, ask: Callable[..., Answer], tmp_path: Path) -> None:
    played.control.play(save(tmp_path))
    played.control.disturb(Disturbance((FaultChoice("429"),), times=1))
    assert [ask().status, ask().status] == [429, 503]


def test_an_unsigned_call_is_not_played(played: Simulator, client: Client, tmp_path: Path) -> None:
    played.control.play(save(tmp_path))
    unsigned = Draft(played.identity, clean_bids(), unsigned=("body",))
    assert client.send(unsigned).fault == "Signature validation status: false"


def test_a_zip_and_a_folder_of_exchanges(played: Simulator, ask: Callable[..., Answer], tmp_path: Path) -> None:
    folder = save(tmp_path / "one", status=429)
    source = tmp_path / "one.caiso.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    assert played.control.play(source) == 1
    source.unlink()
    assert ask().status == 429
    save(tmp_path / "all" / "a", status=500)
    save(tmp_path / "all" / "b", path="/elsewhere/RetrieveTradeResults_SIBR_AP")
    assert played.control.play(tmp_path / "all") == 2
    assert ask().status == 500, "what is loaded later takes the place"
    assert len(played.control.state().playing) == 2
    assert played.control.play(tmp_path / "one" / FILE) == 1
    assert ask().status == 429


def test_what_a_zip_leaves_behind_is_gone_in_the_end(resources: Path, catalogue: Catalogue, tmp_path: Path) -> None:
    source = tmp_path / "x.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for file in save(tmp_path / "x").iterdir():
            archive.write(file, file.name)
    simulator = Simulator(resources, catalogue)
    simulator.control.play(source)
    (call,) = simulator._tape.calls
    assert call.recorded.body.exists()
    simulator.stop()
    assert not call.recorded.body.parent.exists()


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda at: at / "nowhere", "is not there"),
        (lambda at: at, "holds no saved exchange"),
        (lambda at: save(at / "a", path="/sst/none/RetrieveNothing_X_AP"), "no service of the catalogue"),
        (lambda at: save(at / "a", payload="<a"), "payload.xml is no XML"),
        (lambda at: save(at / "a", status=99), "99 is no status"),
        (lambda at: save(at / "a", headers=(("X", "a\r\nSet-Cookie: b"),)), "cannot be sent"),
        (lambda at: save(at / "a", headers=(("X y", "a"),)), "cannot be sent"),
        (lambda at: save(at / "a", reason="a\r\nb"), "cannot be sent"),
        (lambda at: zipped(at / "a.zip", **{".._x": b""}), "holds no saved exchange"),
        (lambda at: zipped(at / "a.zip", **{"..__x": b""}), "no part of a saved exchange"),
        (lambda at: (at / "a.zip", (at / "a.zip").write_bytes(b"PK no"))[0], "is damaged"),
    ],
)
def test_what_cannot_be_played_is_told_and_nothing_is_taken(
    played: Simulator, tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    with pytest.raises(CaisoError) as raised:
        played.control.play(make(tmp_path))
    assert words in str(raised.value)
    assert isinstance(raised.value, PlaybackError)
    assert played.control.state().playing == ()


def test_a_payload_is_the_same_however_it_is_written() -> None:
    def mark(text: str) -> bytes:
        return print_of(etree.fromstring(text))

    head = "<MessageHeader><TimeDate>{}</TimeDate></MessageHeader>"
    plain = f'<R xmlns="urn:a">{head.format("1")}<P a="1" b="2"><d>x y</d></P></R>'
    same = f'<q:R xmlns:q="urn:a">\n{head.format("2")} <!-- c --><q:P b="2" a="1">\n<q:d> x  y</q:d></q:P></q:R>'
    assert mark(plain) == mark(same)
    for other in (plain.replace("x y", "x z"), plain.replace('"2"', '"3"'), plain.replace("</P>", "<d/></P>")):
        assert mark(other) != mark(plain)
    assert mark("<a><b/><c/></a>") != mark("<a><b><c/></b></a>")


def test_a_playback_of_another_form_is_refused(played: Simulator, tmp_path: Path) -> None:
    (save(tmp_path) / FILE).write_text(json.dumps({"format": "caiso-playback", "version": 99, "calls": []}))
    with pytest.raises(PlaybackError, match="another version"):
        played.control.play(tmp_path)
