"""Identities that live in this process only, such as the simulator's."""

import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from caiso_desktop.keystore.certificate import belongs, read_certificate
from caiso_desktop.model.error import IdentityError
from caiso_desktop.model.identity import Certificate, Hash, Identity, IdentityRef, KeyFacts, KeyFile, Padding, Signer

HASHES: dict[Hash, hashes.HashAlgorithm] = {
    Hash.SHA1: hashes.SHA1(),  # noqa: S303  CAISO's services ask for it
    Hash.SHA256: hashes.SHA256(),
    Hash.SHA384: hashes.SHA384(),
    Hash.SHA512: hashes.SHA512(),
}
_PREHASHED = {each: utils.Prehashed(algorithm) for each, algorithm in HASHES.items()}
_PKCS1 = padding.PKCS1v15()


class SoftwareSigner:
    """Signs with an RSA key held in memory."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The signature of a digest."""
        return self._key.sign(digest, _padding(padding, HASHES[hash]), _PREHASHED[hash])

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """Everything."""
        return True


def key_file(key: rsa.RSAPrivateKey) -> KeyFile:
    """A copy of a key, encrypted with a passphrase made for this one use."""
    passphrase = secrets.token_urlsafe(32).encode()
    encryption = serialization.BestAvailableEncryption(passphrase)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    return KeyFile(pem, passphrase)


def _padding(kind: Padding, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if kind is Padding.PKCS1:
        return _PKCS1
    return padding.PSS(padding.MGF1(algorithm), padding.PSS.DIGEST_LENGTH)


class MemoryIdentity:
    """A certificate and its software key."""

    def __init__(self, store: str, certificate: Certificate, key: rsa.RSAPrivateKey) -> None:
        self._ref = IdentityRef(store, certificate.thumbprint)
        self._certificate = certificate
        self._key = key
        self._signer = SoftwareSigner(key)

    @property
    def ref(self) -> IdentityRef:
        """How settings name it."""
        return self._ref

    @property
    def certificate(self) -> Certificate:
        """The public half."""
        return self._certificate

    @property
    def signer(self) -> Signer:
        """The private half, to be used only."""
        return self._signer

    def key_file(self) -> KeyFile:
        """The key, encrypted with a passphrase made for this one use."""
        return key_file(self._key)

    @property
    def key_facts(self) -> KeyFacts:
        """In memory."""
        return KeyFacts("in this program's memory, and is forgotten when it ends", exportable=False)


class MemoryKeystore:
    """A keystore that forgets everything when the program ends."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._identities: dict[str, MemoryIdentity] = {}

    @property
    def name(self) -> str:
        """The store's name."""
        return self._name

    def add(self, certificate_pem: bytes, key_pem: bytes, password: bytes | None = None) -> MemoryIdentity:
        """Take in a certificate (its chain after it) and its key. `IdentityError` says what does not fit."""
        certificate = read_certificate(certificate_pem)
        try:
            key = serialization.load_pem_private_key(key_pem, password)
        except (ValueError, TypeError) as error:
            raise IdentityError("the private key cannot be read with this password.") from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise IdentityError("CAISO's services want an RSA key; this one is of another kind.")
        if not belongs(key, certificate):
            raise IdentityError("the private key does not belong to the certificate.")
        identity = MemoryIdentity(self._name, certificate, key)
        self._identities[certificate.thumbprint] = identity
        return identity

    def identities(self) -> Sequence[Identity]:
        """Every identity, in the order they came."""
        return tuple(self._identities.values())

    def open(self, ref: IdentityRef) -> Identity:
        """The identity of this reference."""
        identity = self._identities.get(ref.thumbprint) if ref.store == self._name else None
        if identity is None:
            raise IdentityError(f"the certificate {ref.thumbprint[:12]} is not in {self._name}.")
        return identity
