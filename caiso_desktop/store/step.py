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


@dataclass(frozen=True, slots=True)
class Beginning:
    """A record with its payload, compressed; ``hash`` is the payload's SHA-256 (hex), ``size`` that in bytes.

    ``body`` is what the chain says of it.
    """

    record: Record
    packed: bytes
    hash: str
    size: int
    body: bytes

    @classmethod
    def of(cls, record: Record, payload: Payload) -> "Beginning":
        """What is written down of a call before it leaves. `StorageError` for a file that has changed."""
        if isinstance(payload, PayloadFile):
            stream = deflater(ZLIB)
            packed = [stream.compress(piece) for piece in payload.pieces()]
            return cls.again(record, b"".join((*packed, stream.flush())), payload.hash, payload.size)
        return cls.again(record, deflated(payload), hashlib.sha256(payload).hexdigest(), len(payload))

    @classmethod
    def again(cls, record: Record, packed: bytes, hash: str, size: int) -> "Beginning":
        """One whose payload is compressed already."""
        contents = write_record(record) | {"payload_hash": hash, "payload_size": size}
        return cls(record, packed, hash, size, body_of(contents))


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
