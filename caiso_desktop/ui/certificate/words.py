"""What a person reads of a certificate: where it is kept, its key, its validity, where it was accepted."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from caiso_desktop.model.identity import Certificate, KeyFacts

_STORES = {
    "windows": "Windows, yours",
    "windows-machine": "Windows, this computer's",
    "vault": "This program's vault",
    "pkcs11": "Card or token",
    "keychain": "macOS Keychain",
}


def store_words(store: str) -> str:
    """What a person calls a store, by its name."""
    return _STORES.get(store, store)


def issuer_words(certificate: Certificate) -> str:
    """The issuer's common name, else all of its name."""
    first = certificate.issuer.partition(",")[0]
    return first.removeprefix("CN=") if first.startswith("CN=") else certificate.issuer


def key_words(certificate: Certificate, key: KeyFacts) -> str:
    """The kind of key, and whether it can be taken out of where it lies."""
    kind = f"RSA {certificate.key_bits}" if certificate.key_bits else "RSA"
    leaves = {True: "exportable", False: "not exportable", None: "export not known"}[key.exportable]
    return f"{kind}, {leaves}"


def validity_words(certificate: Certificate) -> str:
    """From when until when, in UTC."""
    first, last = (each.astimezone(UTC) for each in (certificate.not_before, certificate.not_after))
    return f"{first:%Y-%m-%d} until {last:%Y-%m-%d %H:%M} UTC"


def worked_words(worked: Mapping[str, datetime], place: Callable[[str], str]) -> str:
    """The environments that accepted it, the last one first; ``place`` gives the name of an environment's id."""
    newest = sorted(worked.items(), key=lambda each: each[1], reverse=True)
    return ", ".join(f"{place(name)} ({when.astimezone():%Y-%m-%d})" for name, when in newest)


def listed(names: list[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
