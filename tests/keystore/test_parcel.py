"""Certificates out of files of any age, made by OpenSSL itself where cryptography would not make them any more."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.keystore.parcel import Unreadable, unpack
from caiso_desktop.model.error import IdentityError, PasswordNeeded
from tests.keystore.conftest import KEYS, Issued

PROTECTION = {
    "of today": ("-keypbe", "AES-256-CBC", "-certpbe", "AES-256-CBC"),
    "RC2-40": ("-legacy", "-keypbe", "PBE-SHA1-RC2-40", "-certpbe", "PBE-SHA1-RC2-40"),
    "3DES and RC2-40, as Windows XP made them": (
        "-legacy",
        "-keypbe",
        "PBE-SHA1-3DES",
        "-certpbe",
        "PBE-SHA1-RC2-40",
        "-macalg",
        "sha1",
    ),
    "3DES": ("-legacy", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"),
    "RC2-128 and RC4": ("-legacy", "-keypbe", "PBE-SHA1-RC2-128", "-certpbe", "PBE-SHA1-RC4-128"),
    "its key only": ("-keypbe", "AES-256-CBC", "-certpbe", "NONE"),
}


def export(folder: Path, jane: Issued, issuing: Issued, password: str, *options: str) -> bytes:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed (Debian: openssl); python packaging/bootstrap.py test does it")
    (folder / "key.pem").write_bytes(jane.key_pem())
    (folder / "jane.pem").write_bytes(jane.pem)
    (folder / "issuing.pem").write_bytes(issuing.pem)
    command = ["openssl", "pkcs12", "-export", "-inkey", "key.pem", "-in", "jane.pem", "-certfile", "issuing.pem"]
    command += ["-out", "jane.p12", "-passout", "stdin", *options]
    subprocess.run(command, cwd=folder, input=f"{password}\n".encode(), check=True, capture_output=True)
    return (folder / "jane.p12").read_bytes()


@pytest.mark.parametrize("protection", PROTECTION)
def test_a_p12_of_any_age_opens(tmp_path: Path, jane: Issued, issuing: Issued, protection: str) -> None:
    data = export(tmp_path, jane, issuing, "pässword €", *PROTECTION[protection])
    parcel = unpack([data], "pässword €")
    assert parcel.certificate.subject == "CN=Jane Doe x1234,OU=people,O=CAISO,C=US"
    assert parcel.certificate.chain == (issuing.der,)
    assert parcel.key.public_key() == jane.key.public_key()
    with pytest.raises(PasswordNeeded, match="does not open with this password"):
        unpack([data], "password")
    with pytest.raises(PasswordNeeded, match="is protected by a password"):
        unpack([data])


def test_a_p12_without_a_password_needs_none(tmp_path: Path, jane: Issued, issuing: Issued) -> None:
    data = export(tmp_path, jane, issuing, "", *PROTECTION["of today"])
    assert unpack([data]).certificate.der == jane.der
    assert unpack([data], "").certificate.der == jane.der


def test_pem_in_one_file_and_in_two(jane: Issued, issuing: Issued) -> None:
    alone = unpack([jane.key_pem() + jane.pem + issuing.pem])
    assert alone.certificate.chain == (issuing.der,)
    assert unpack([issuing.pem + jane.pem, jane.key_pem(b"secret")], "secret").certificate == alone.certificate
    assert unpack([jane.der, jane.key_pem()]).certificate.der == jane.der
    with pytest.raises(PasswordNeeded, match="does not open"):
        unpack([jane.pem, jane.key_pem(b"secret")], "wrong")
    with pytest.raises(PasswordNeeded, match="is protected"):
        unpack([jane.pem, jane.key_pem(b"secret")])


def test_a_password_is_not_needed_where_there_is_nothing_to_protect(jane: Issued) -> None:
    assert unpack([jane.pem, jane.key_pem()], "typed for nothing").certificate.der == jane.der


def test_a_chain_is_completed_up_to_the_root_and_in_order(jane: Issued, issuing: Issued, root: Issued) -> None:
    other = jane.issue("Not an issuer of hers")
    parcel = unpack([jane.key_pem() + jane.pem], None, [root.pem + other.pem, issuing.pem])
    assert parcel.certificate.chain == (issuing.der, root.der)


def test_an_authority_of_the_same_name_completes_nothing(jane: Issued, root: Issued) -> None:
    impostor = root.issue("CAISO Issuing CA of this run", key=KEYS[0], authority=True, uses=())
    assert unpack([jane.key_pem() + jane.pem], None, [impostor.pem]).certificate.chain == ()


def test_what_does_not_fit_is_told_in_words(jane: Issued, issuing: Issued) -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    foreign = Issued(jane.certificate, KEYS[1]).key_pem()
    p12 = pkcs12.serialize_key_and_certificates(
        b"jane", jane.key, jane.certificate, None, serialization.BestAvailableEncryption(b"secret")
    )
    for files, says in (
        ([b"hello"], "neither"),
        ([b""], "neither"),
        ([jane.pem], "no private key"),
        ([jane.key_pem()], "no certificate"),
        ([jane.pem, foreign], "does not belong"),
        ([jane.pem, curve], "another kind"),
        ([p12[:-100]], "cut short"),
        ([bytes(2_000_000)], "too big"),
        ([jane.pem.replace(b"MII", b"AAA"), jane.key_pem()], "damaged"),
        ([jane.pem, jane.key_pem().replace(b"MII", b"AAA")], "damaged"),
    ):
        with pytest.raises(Unreadable, match=says):
            unpack(files, "secret")


@given(junk=st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda data: b"\x30\x82" + data)))
def test_junk_never_does_worse_than_an_error_in_words(junk: bytes) -> None:
    with pytest.raises(IdentityError):
        unpack([junk], "secret")


def test_a_parcel_does_not_show_its_key(jane: Issued) -> None:
    assert "RSA" not in repr(unpack([jane.pem, jane.key_pem()]))
