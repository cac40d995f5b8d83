"""The positive control: a secret that was left behind is found, in whatever dress."""

import base64
import gzip
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.secret.scan import Scanner, of_key, of_text

PASSWORD = "Größe & <73> ✓ of this run"
KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
SCANNER = Scanner({"password": of_text(PASSWORD), **of_key(KEY)})


def database(path: Path, text: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.execute("INSERT INTO t VALUES (?, ?)", (1, gzip.compress(text.encode())))
    connection.close()


def archive(path: Path, text: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("inner.json", json.dumps({"p": text}))


HIDINGS: dict[str, Callable[[Path, str], object]] = {
    "plain": lambda path, text: path.write_text(f"log: {text}\n", encoding="utf-8"),
    "UTF-16": lambda path, text: path.write_text(text, encoding="utf-16"),
    "JSON": lambda path, text: path.write_text(json.dumps({"a": text})),
    "base64": lambda path, text: path.write_bytes(base64.b64encode(b"x:" + text.encode() + b"more")),
    "base64 of UTF-16": lambda path, text: path.write_bytes(base64.b64encode(b"<" + text.encode("utf-16-le"))),
    "wrapped base64": lambda path, text: path.write_bytes(
        base64.encodebytes(b"some words before it " + text.encode() * 3)
    ),
    "hex": lambda path, text: path.write_text(text.encode().hex().upper()),
    "hex with colons": lambda path, text: path.write_text(text.encode().hex(":")),
    "percent": lambda path, text: path.write_text("".join(f"%{byte:02X}" for byte in text.encode())),
    "XML": lambda path, text: path.write_text(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")),
    "gzip": lambda path, text: path.write_bytes(b"head" + gzip.compress(text.encode()) + b"tail"),
    "zlib": lambda path, text: path.write_bytes(b"head" + zlib.compress(text.encode())),
    "gzip in base64": lambda path, text: path.write_bytes(base64.b64encode(gzip.compress(text.encode()))),
    "zip": archive,
    "SQLite": database,
    "the name of a file": lambda path, text: (path.parent / text.replace("/", "")).write_bytes(b""),
}


@pytest.mark.parametrize("hiding", HIDINGS)
def test_a_password_is_found(tmp_path: Path, hiding: str) -> None:
    (tmp_path / "deep").mkdir()
    HIDINGS[hiding](tmp_path / "deep" / "file", PASSWORD)
    assert any(found.endswith(": password") for found in SCANNER.scan(tmp_path))


NUMBERS = KEY.private_numbers()
PLAIN = serialization.NoEncryption()
PKCS8, PKCS1 = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
KEYS = {
    "PEM": KEY.private_bytes(PEM, PKCS8, PLAIN),
    "PEM of PKCS#1": KEY.private_bytes(PEM, PKCS1, PLAIN),
    "PEM as a line of JSON": json.dumps(KEY.private_bytes(PEM, PKCS8, PLAIN).decode()).encode(),
    "DER": KEY.private_bytes(DER, PKCS8, PLAIN),
    "DER in base64 of a URL": base64.urlsafe_b64encode(KEY.private_bytes(DER, PKCS1, PLAIN)),
    "DER in hex": KEY.private_bytes(DER, PKCS8, PLAIN).hex().encode(),
    "JSON Web Key": base64.urlsafe_b64encode(NUMBERS.d.to_bytes(256)),
    "a prime, little end first": NUMBERS.p.to_bytes(128, "little"),
    "a prime in words": str(NUMBERS.q).encode(),
    "a prime in Python": hex(NUMBERS.p).encode(),
    "XML of .NET": b"<DP>" + base64.b64encode(NUMBERS.dmp1.to_bytes(128)) + b"</DP>",
}


@pytest.mark.parametrize("form", KEYS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["as it is", "gzip"])
def test_a_key_is_found(tmp_path: Path, form: str, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / "file").write_bytes(b"before " + pack(KEYS[form]) + b" after")
    assert any(": key" in found for found in SCANNER.scan(tmp_path))


def test_what_is_no_secret_is_not_found(tmp_path: Path) -> None:
    public = KEY.public_key().public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    encrypted = KEY.private_bytes(PEM, PKCS8, serialization.BestAvailableEncryption(b"something else"))
    (tmp_path / "public").write_bytes(public)
    (tmp_path / "encrypted").write_bytes(encrypted)
    (tmp_path / "other").write_bytes(OTHER.private_bytes(PEM, PKCS8, PLAIN))
    (tmp_path / "words").write_text("Größe & <74> ✓ of this run")
    assert SCANNER.scan(tmp_path) == []
