"""How the journal writes down how a call travelled, as JSON.

What many calls have in common is written apart, once, under the hash of what it says: its name. Whoever altered it
would have to alter its name too, which stands in the chain.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from caiso_desktop.model.call import Headers
from caiso_desktop.model.error import Side
from caiso_desktop.model.evidence import Circumstances, Evidence, Trouble
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.transport import Link, TlsFacts


@dataclass(frozen=True, slots=True)
class Written:
    """Circumstances as they are stored: ``name`` is the SHA-256 (hex) of ``body``."""

    name: str
    body: bytes

    @classmethod
    def of(cls, body: bytes) -> "Written":
        """Those of a body."""
        return cls(hashlib.sha256(body).hexdigest(), body)


def write_evidence(evidence: Evidence) -> dict[str, Any]:
    """Evidence as JSON; the circumstances are named only."""
    return {
        "request": [list(header) for header in evidence.request],
        "response": [list(header) for header in evidence.response],
        "reason": evidence.reason,
        "notes": list(evidence.notes),
        "trouble": None if evidence.trouble is None else _write_trouble(evidence.trouble),
        "circumstances": write_circumstances(evidence.circumstances).name,
    }


def read_evidence(found: dict[str, Any], circumstances: Mapping[str, Written]) -> Evidence:
    """Evidence from its JSON."""
    written = circumstances.get(found["circumstances"])
    return Evidence(
        request=_headers(found["request"]),
        response=_headers(found["response"]),
        reason=found["reason"],
        notes=tuple(found["notes"]),
        trouble=None if found["trouble"] is None else _read_trouble(found["trouble"]),
        circumstances=_read_circumstances(written.body) if written is not None else Circumstances(),
    )


def _write_trouble(trouble: Trouble) -> dict[str, str]:
    return {
        "title": trouble.title,
        "detail": trouble.detail,
        "advice": trouble.advice,
        "side": str(trouble.side or ""),
    }


def _read_trouble(told: dict[str, str]) -> Trouble:
    return Trouble(told["title"], told["detail"], told["advice"], Side(told["side"]) if told["side"] else None)


@lru_cache(maxsize=16)
def write_circumstances(circumstances: Circumstances) -> Written:
    """Circumstances as they are stored; call after call has the same ones."""
    certificate, tls = circumstances.certificate, circumstances.tls
    told = {
        "certificate": None if certificate is None else write_certificate(certificate),
        "key_place": circumstances.key_place,
        "tls": None if tls is None else write_tls(tls),
        "way": circumstances.way,
        "catalogue": circumstances.catalogue,
    }
    return Written.of(json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


@lru_cache(maxsize=16)
def _read_circumstances(body: bytes) -> Circumstances:
    """Circumstances from what is stored; none of what makes no sense, for `verify` tells of that."""
    try:
        told = json.loads(body)
        return Circumstances(
            certificate=None if told["certificate"] is None else read_certificate(told["certificate"]),
            key_place=str(told["key_place"]),
            tls=None if told["tls"] is None else read_tls(told["tls"]),
            way=str(told["way"]),
            catalogue=str(told["catalogue"]),
        )
    except (ValueError, KeyError, TypeError):
        return Circumstances()


def write_certificate(certificate: Certificate) -> dict[str, Any]:
    """The public part of a certificate in words; not the certificate itself."""
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": f"{certificate.serial:X}",
        "thumbprint": certificate.thumbprint,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "key_bits": certificate.key_bits,
        "client_use": certificate.client_use,
    }


def read_certificate(told: dict[str, Any]) -> Certificate:
    """The public part of a certificate. `KeyError`, `TypeError` or `ValueError` where it makes no sense."""
    return Certificate(
        der=b"",
        subject=str(told["subject"]),
        issuer=str(told["issuer"]),
        serial=int(told["serial"], 16),
        thumbprint=str(told["thumbprint"]),
        not_before=read_moment(told["not_before"]),
        not_after=read_moment(told["not_after"]),
        client_use=bool(told["client_use"]),
        key_bits=int(told["key_bits"]),
    )


def write_tls(tls: TlsFacts) -> dict[str, Any]:
    """The facts of a secure connection, without the certificates themselves."""
    return {
        "version": tls.version,
        "cipher": tls.cipher,
        "as_sent": tls.as_sent,
        "links": [
            {
                "subject": link.subject,
                "issuer": link.issuer,
                "serial": link.serial,
                "thumbprint": link.thumbprint,
                "since": link.since.isoformat() if link.since else None,
                "until": link.until.isoformat() if link.until else None,
            }
            for link in tls.links
        ],
    }


def read_tls(told: dict[str, Any]) -> TlsFacts:
    """The facts of a secure connection. `KeyError`, `TypeError` or `ValueError` where they make no sense."""
    return TlsFacts(
        version=str(told["version"]),
        cipher=str(told["cipher"]),
        peer_certificate=b"",
        links=tuple(_read_link(link) for link in told["links"]),
        as_sent=bool(told["as_sent"]),
    )


def read_moment(text: str) -> datetime:
    """A moment with a zone; `ValueError` where it has none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return moment


def _read_link(told: dict[str, Any]) -> Link:
    since, until = told["since"], told["until"]
    return Link(
        der=b"",
        subject=str(told["subject"]),
        issuer=str(told["issuer"]),
        until=read_moment(until) if until else None,
        since=read_moment(since) if since else None,
        serial=str(told["serial"]),
        thumbprint=str(told["thumbprint"]),
    )


def _headers(told: list[list[str]]) -> Headers:
    return tuple((str(name), str(value)) for name, value in told)
