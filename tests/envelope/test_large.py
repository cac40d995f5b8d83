"""A submit whose payload lies in a file is the same message as one that is held, made without being held."""

import base64
import codecs
import gzip
import hashlib
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from caiso_desktop.envelope.attachment import packed
from caiso_desktop.envelope.dress import dress
from caiso_desktop.envelope.large import REQUEST, FileMessage, Packing
from caiso_desktop.envelope.multipart import MultipartReader, content_type
from caiso_desktop.keystore.memory import MemoryIdentity
from caiso_desktop.model.call import Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import CaisoError, Cancelled, Fate, PayloadError, StorageError
from caiso_desktop.model.identity import Hash
from caiso_desktop.model.service import Kind, Packaging, Variant
from caiso_desktop.model.source import PayloadFile, bytes_of
from caiso_desktop.model.transport import Phase, Progress, ignore_progress

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
PAYLOAD = '<r:RawX xmlns:r="urn:r"><!-- ü --><r:a b=" 1 ">1 &amp; 2 € 株式会社</r:a><r:c/></r:RawX>'
CASES = [
    (Variant.AP, Packaging.SWA),
    (Variant.AP, Packaging.MTOM),
    (Variant.DOCATTACH, Packaging.SWA),
]


def operation(variant: Variant) -> Operation:
    return Operation("submitX_v1", variant, Kind.SUBMIT, "urn:action", "{urn:r}RawX", "{urn:x}X")


def packing(
    folder: Path,
    payload: bytes,
    variant: Variant = Variant.AP,
    token: CancelToken | None = None,
    progress: Callable[[Progress], None] = ignore_progress,
) -> Packing:
    file = folder / "payload.xml"
    file.write_bytes(payload)
    (folder / "exchange").mkdir()
    return Packing(PayloadFile.of(file), folder / "exchange", operation(variant), token or CancelToken(), progress)


def packed_message(work: Packing, identity: MemoryIdentity, hash: Hash, packaging: Packaging) -> FileMessage:
    return work.prepare(identity, hash=hash, now=lambda: NOW, packaging=packaging).sign()


def split(headers: tuple[tuple[str, str], ...], body: bytes) -> tuple[bytes, bytes]:
    """The envelope of a message, and the attachment's text wherever it is."""
    kind = content_type(dict(headers)["Content-Type"])
    if kind.multipart:
        envelope, text = (b"".join(p) for _, p in MultipartReader(io.BytesIO(body), kind.boundary).parts())
        return envelope, text
    found = re.search(rb"<iso:AttachmentValue>(.*?)<", body)
    assert found is not None
    return body, found[1]


def skeleton(body: bytes) -> bytes:
    """A message without what is new in each, and without what depends on it."""
    for pattern in (rb"id-[0-9a-f]{32}", rb"caiso-[0-9a-f]{32}", rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"):
        body = re.sub(pattern, b"*", body)
    return re.sub(rb"(?<=>)[A-Za-z0-9+/]{20,}={0,2}(?=<)|(?<=\r\n)[A-Za-z0-9+/=]{40,}(?=\r\n)", b"*", body)


@pytest.mark.parametrize("hash", [Hash.SHA1, Hash.SHA256])
@pytest.mark.parametrize(("variant", "packaging"), CASES)
def test_it_is_the_message_of_a_payload_that_is_held(
    identity: MemoryIdentity, tmp_path: Path, variant: Variant, packaging: Packaging, hash: Hash
) -> None:
    message = packed_message(packing(tmp_path, PAYLOAD.encode(), variant), identity, hash, packaging)
    held = dress(operation(variant), PAYLOAD.encode(), identity, hash=hash, now=NOW, packaging=packaging)
    body = bytes_of(message.body)
    assert len(message.body) == len(body)
    assert skeleton(body) == skeleton(held.body)
    assert [name for name, _ in message.headers] == [name for name, _ in held.headers]
    envelope, text = split(message.headers, body)
    assert gzip.decompress(base64.b64decode(text, validate=True)) == PAYLOAD.encode()
    root = etree.fromstring(envelope)
    results = XMLVerifier().verify(
        root,
        x509_cert=x509.load_der_x509_certificate(identity.certificate.der),
        id_attribute="Id",
        expect_config=SignatureConfiguration(
            require_x509=False,
            expect_references=5 if variant is Variant.AP else 4,
            signature_methods=frozenset({SignatureMethod.RSA_SHA1, SignatureMethod.RSA_SHA256}),
            digest_algorithms=frozenset({DigestAlgorithm.SHA1, DigestAlgorithm.SHA256}),
        ),
    )
    assert isinstance(results, list)
    stated = root.find(".//{*}hashValue")
    if variant is Variant.AP:
        assert stated is not None
        assert stated.text == base64.b64encode(hashlib.sha1(text).digest()).decode()
    assert sorted(each.name for each in message.body.path.parent.iterdir()) == [REQUEST]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (PAYLOAD.encode(), PAYLOAD),
        (codecs.BOM_UTF8 + PAYLOAD.encode(), "\ufeff" + PAYLOAD),
        (PAYLOAD.encode("utf-16"), f'<?xml version="1.0" encoding="UTF-8"?>\n{PAYLOAD}'),
        (
            f'<?xml version="1.0" encoding="iso-8859-15"?><a>ü€{"x" * 300_000}ü</a>'.encode("iso-8859-15"),
            f'<?xml version="1.0" encoding="UTF-8"?>\n<a>ü€{"x" * 300_000}ü</a>',
        ),
    ],
    ids=["utf-8", "mark", "utf-16", "declared"],
)
def test_it_is_sent_as_it_is_written_but_in_utf_8(
    identity: MemoryIdentity, tmp_path: Path, written: bytes, sent: str
) -> None:
    message = packed_message(packing(tmp_path, written), identity, Hash.SHA1, Packaging.SWA)
    _, text = split(message.headers, bytes_of(message.body))
    assert gzip.decompress(base64.b64decode(text)).decode() == sent


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=4000), max_size=8))
def test_pieces_of_any_size_are_packed_into_one_line(pieces: list[bytes]) -> None:
    text = b"".join(packed(pieces))
    assert text.translate(None, b"\r\n") == text
    assert gzip.decompress(base64.b64decode(text, validate=True)) == b"".join(pieces)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"<a>\n<b></a>", "line 2"),
        (b"<p:a/>", "unbound prefix"),
        (b"<!DOCTYPE a><a/>", "DOCTYPE"),
        (b"", "no element found"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "klingon"),
        (b"\xff\xfe<\x00a\x00/\x00>", "it is not UTF-16"),
        (b"<a>\xff</a>", "not well-formed"),
    ],
)
def test_what_is_not_xml_is_told_and_nothing_made(
    identity: MemoryIdentity, tmp_path: Path, payload: bytes, words: str
) -> None:
    work = packing(tmp_path, payload)
    with pytest.raises(PayloadError, match=words):
        packed_message(work, identity, Hash.SHA1, Packaging.SWA)
    assert not (work.folder / REQUEST).exists()


def test_a_payload_that_changes_after_it_was_looked_at_is_not_sent(identity: MemoryIdentity, tmp_path: Path) -> None:
    for number, other in enumerate((PAYLOAD.replace("1 &", "2 &"), PAYLOAD + " ")):
        folder = tmp_path / str(number)
        folder.mkdir()
        work = packing(folder, PAYLOAD.encode())
        work.payload.path.write_text(other, encoding="utf-8")
        with pytest.raises(StorageError, match="changed") as told:
            packed_message(work, identity, Hash.SHA1, Packaging.SWA)
        assert told.value.fate is Fate.NOT_SENT
        assert not (work.folder / REQUEST).exists()


def test_packing_tells_how_far_it_is_and_can_be_stopped(identity: MemoryIdentity, tmp_path: Path) -> None:
    seen: list[Progress] = []
    token = CancelToken()

    def note(progress: Progress) -> None:
        seen.append(progress)
        if progress.packed:
            token.cancel()

    payload = b"<a>" + b"x" * 5_000_000 + b"</a>"
    work = packing(tmp_path, payload, token=token, progress=note)
    with pytest.raises(Cancelled) as told:
        packed_message(work, identity, Hash.SHA1, Packaging.SWA)
    assert told.value.fate is Fate.NOT_SENT
    assert {each.phase for each in seen} == {Phase.PACKING}
    assert 0 < seen[-1].packed < (seen[-1].total or 0) == len(payload)


def test_it_can_be_stopped_while_the_message_is_written(identity: MemoryIdentity, tmp_path: Path) -> None:
    token = CancelToken()
    work = packing(tmp_path, PAYLOAD.encode(), token=token)
    prepared = work.prepare(identity, hash=Hash.SHA1, now=lambda: NOW)
    token.cancel()
    with pytest.raises(Cancelled):
        prepared.sign()
    work.clear()
    assert list(work.folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_told(identity: MemoryIdentity, tmp_path: Path) -> None:
    work = packing(tmp_path, PAYLOAD.encode())
    work.folder.rmdir()
    with pytest.raises(CaisoError, match="could not be kept"):
        packed_message(work, identity, Hash.SHA1, Packaging.SWA)
