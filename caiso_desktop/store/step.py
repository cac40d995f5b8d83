"""The two steps of a call as they are stored: its beginning, and its end."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from caiso_desktop.envelope.deflate import ZLIB, deflated, deflater
from caiso_desktop.model.journal import Ending, Record, Standing
from caiso_desktop.model.source import Payload, PayloadFile
from caiso_desktop.store.chain import body_of
from caiso_desktop.store.evidence import Written, write_circumstances
from caiso_desktop.store.record import write_ending, write_record

_SMALL = 4096
"""Bytes of a payload that are compressed once the call has left: it takes longer to compress than to write them."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """A record with its payload; ``hash`` is the payload's SHA-256 (hex), ``size`` that in bytes.

    ``held`` is the payload, compressed where ``is_packed``; ``body`` is what the chain says of the call.
    """

    record: Record
    held: bytes
    is_packed: bool
    hash: str
    size: int
    body: bytes

    @classmethod
    def of(cls, record: Record, payload: Payload) -> "Beginning":
        """What is written down of a call before it leaves. `StorageError` for a file that has changed."""
        if isinstance(payload, PayloadFile):
            stream = deflater(ZLIB)
            packed = [stream.compress(piece) for piece in payload.pieces()]
            held = b"".join((*packed, stream.flush()))
            return cls.again(record, held, payload.hash, payload.size, is_packed=True)
        is_packed = len(payload) > _SMALL
        held = deflated(payload) if is_packed else payload
        digest = hashlib.sha256(payload).hexdigest()
        return cls.again(record, held, digest, len(payload), is_packed=is_packed)

    @classmethod
    def again(cls, record: Record, held: bytes, hash: str, size: int, *, is_packed: bool) -> "Beginning":
        """One whose payload is held as it was written down."""
        contents = write_record(record) | {"payload_hash": hash, "payload_size": size}
        return cls(record, held, is_packed, hash, size, body_of(contents))

    @property
    def packed(self) -> bytes:
        """The payload, compressed, as the database has it."""
        return self.held if self.is_packed else deflated(self.held)


@dataclass(frozen=True, slots=True)
class End:
    """How a call ended: ``body`` is what the chain says of it, ``text`` what can be searched, or the file with it."""

    body: bytes
    standing: Standing
    text: str | Path
    circumstances: Written | None

    @classmethod
    def of(cls, ending: Ending) -> "End":
        """What is written down of a call that is over."""
        evidence = ending.evidence
        circumstances = write_circumstances(evidence.circumstances) if evidence is not None else None
        return cls(body_of(write_ending(ending)), ending.standing, ending.text, circumstances)
