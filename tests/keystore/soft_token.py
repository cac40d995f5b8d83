"""A token of SoftHSM2, with a key that was generated on it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.keystore.conftest import DAY, NOW, Issued, name

MODULE = next(
    (
        Path(path)
        for path in (
            "/usr/lib/softhsm/libsofthsm2.so",
            "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
            "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
            "/opt/homebrew/lib/softhsm/libsofthsm2.so",
        )
        if Path(path).is_file()
    ),
    None,
)
"""The module of SoftHSM2; None where it is not installed."""


@contextmanager
def soft_token(folder: Path, label: str, pin: str, issuing: Issued) -> Iterator[rsa.RSAPublicKey]:
    """Make a token that is gone afterwards: a key generated on it, its certificate, and its issuer's."""
    import pkcs11

    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "5678"],
        check=True,
        capture_output=True,
    )
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()
    with library.get_token(token_label=label).open(rw=True, user_pin=pin) as session:
        public, private = session.generate_keypair(pkcs11.KeyType.RSA, 2048, id=b"\x11", label="jane", store=True)
        assert not private[pkcs11.Attribute.EXTRACTABLE]
        numbers = [
            int.from_bytes(public[each]) for each in (pkcs11.Attribute.PUBLIC_EXPONENT, pkcs11.Attribute.MODULUS)
        ]
        key = rsa.RSAPublicNumbers(*numbers).public_key()
        for place, certificate in ((b"\x11", certify(key, issuing)), (b"\x12", issuing.certificate)):
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.ID: place,
                    pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                    pkcs11.Attribute.VALUE: certificate.public_bytes(serialization.Encoding.DER),
                }
            )
    try:
        yield key
    finally:
        if before is None:
            del os.environ["SOFTHSM2_CONF"]
        else:
            os.environ["SOFTHSM2_CONF"] = before


def certify(key: rsa.RSAPublicKey, issuing: Issued) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(name("Jane Doe x1234"))
        .issuer_name(issuing.certificate.subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(issuing.key, hashes.SHA256())
    )
