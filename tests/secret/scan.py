"""Looks for secrets in the files of a folder, in every dress in which a program may leave one behind."""

import base64
import binascii
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_to_bytes

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

DEPTH = 3
_MOST = 8 << 20
_PIECE = 24
"""Bytes of a key that are looked for: more than any accident, less than a line of PEM."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
_BASE64_URL = re.compile(rb"[A-Za-z0-9_-]{40,}={0,2}")
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2}[ :]?){24,}")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_BLANK = bytes.maketrans(b"", b"")


def of_text(secret: str) -> set[bytes]:
    """How a password may stand in a file."""
    spelt = {
        secret,
        html.escape(secret),
        html.escape(secret, quote=False),
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        ascii(secret)[1:-1],
        secret.encode("ascii", "xmlcharrefreplace").decode(),
    }
    found = set()
    for each in spelt:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1", "cp1252"):
            try:
                found |= of_bytes(each.encode(encoding))
            except UnicodeEncodeError:
                continue
    return found


def of_bytes(secret: bytes) -> set[bytes]:
    """Bytes as they are, in hex, and in base64 wherever they begin in it."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode(), secret[::-1]}
    for before in range(3):
        # What stands before and after changes the letters at the edges only.
        whole = base64.b64encode(bytes(before) + secret)
        inner = whole[4 if before else 0 : len(whole) - 4]
        if len(inner) >= 8:
            found |= {inner, inner.translate(bytes.maketrans(b"+/", b"-_"))}
    return found


def of_key(key: rsa.RSAPrivateKey) -> dict[str, set[bytes]]:
    """A private key: each of its secret numbers in bytes of both orders, hex, base64 and decimal, and its documents."""
    numbers = key.private_numbers()
    secret = {
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    found = {}
    for name, number in secret.items():
        size = (number.bit_length() + 7) // 8
        middle = size // 2
        whole = number.to_bytes(size)
        piece = whole[middle : middle + _PIECE]
        words = str(number)
        found[f"key number {name}"] = of_bytes(piece) | {words[40:90].encode(), words[40:90].encode("utf-16-le")}
    for name, form in (
        ("PKCS#8", serialization.PrivateFormat.PKCS8),
        ("PKCS#1", serialization.PrivateFormat.TraditionalOpenSSL),
    ):
        found[f"key as {name}"] = of_bytes(_after_modulus(key, form))
    return found


def _after_modulus(key: rsa.RSAPrivateKey, form: serialization.PrivateFormat) -> bytes:
    """A piece of a key's document: its beginning is the modulus, which is no secret."""
    der = key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    modulus = key.private_numbers().public_numbers.n.to_bytes(key.key_size // 8)
    at = der.index(modulus) + len(modulus)
    return der[at : at + 2 * _PIECE]


class Scanner:
    """Knows what to look for by name."""

    def __init__(self, secrets: Mapping[str, set[bytes]]) -> None:
        self._secrets = {name: {piece for piece in pieces if len(piece) >= 8} for name, pieces in secrets.items()}

    def scan(self, *folders: Path) -> list[str]:
        """``file: secret`` for each that is found; the names of files are looked at too."""
        found = []
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                named = str(path.relative_to(folder)).encode()
                data = path.read_bytes() if path.is_file() and not path.is_socket() else b""
                found += [f"{path}: {name}" for name in sorted(self.names_in(data) | self.names_in(named))]
        return found

    def names_in(self, data: bytes) -> set[str]:
        """The names of the secrets that stand in some bytes, however they are packed."""
        found: set[str] = set()
        for view in _views(data, DEPTH):
            found |= {
                name
                for name, pieces in self._secrets.items()
                if name not in found and any(piece in view for piece in pieces)
            }
        return found


def _views(data: bytes, depth: int) -> Iterator[bytes]:
    """Some bytes, and whatever is packed or spelt in them."""
    yield data
    if not data or not depth:
        return
    tight = data.translate(_BLANK, b" \t\r\n").replace(b"\\r", b"").replace(b"\\n", b"")
    if tight != data:
        yield tight
    if b"\0" in data:
        yield data.replace(b"\0", b"")  # UTF-16 and UTF-32 of what needs one byte
    if b"%" in data:
        yield unquote_to_bytes(data)
    for inner in (*_unpacked(data), *_decoded(tight)):
        yield from _views(inner, depth - 1)


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Members of gzip, zlib and zip, wherever they begin."""
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        yield _inflated(data[at:], zlib.MAX_WBITS | 16)
        at = data.find(b"\x1f\x8b\x08", at + 1)
    for begin in _ZLIB.finditer(data):
        yield _inflated(data[begin.start() :], zlib.MAX_WBITS)
    if b"PK\x03\x04" in data:
        try:
            with zipfile.ZipFile(io.BytesIO(data[data.index(b"PK\x03\x04") :])) as archive:
                yield from (archive.read(name) for name in archive.namelist())
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            return


def _inflated(data: bytes, wbits: int) -> bytes:
    try:
        return zlib.decompressobj(wbits).decompress(data, _MOST)
    except zlib.error:
        return b""


def _decoded(data: bytes) -> Iterator[bytes]:
    for pattern, alphabet in ((_BASE64, b"+/"), (_BASE64_URL, b"-_")):
        for run in pattern.finditer(data):
            text = run[0].rstrip(b"=")
            try:
                yield base64.b64decode(text[: len(text) // 4 * 4], altchars=alphabet, validate=True)
            except binascii.Error:
                continue
    for run in _HEX.finditer(data):
        try:
            yield binascii.unhexlify(run[0].replace(b":", b""))
        except binascii.Error:
            continue
