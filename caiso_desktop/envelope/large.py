"""Dress a submit whose payload lies in a file: packed, hashed, signed and made a message without being held.

What is made on the way lies in the exchange's folder: the attachment's text until it is in the message, the message
under another name until it is whole.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from caiso_desktop.contract.large import checked
from caiso_desktop.contract.reading import is_sound
from caiso_desktop.envelope.attachment import Attachment, pack_file
from caiso_desktop.envelope.dress import Prepared, prepare_packed
from caiso_desktop.envelope.keep import rename
from caiso_desktop.model.call import Headers, Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate, StorageError
from caiso_desktop.model.identity import Hash, Identity
from caiso_desktop.model.service import Kind, Packaging, Variant
from caiso_desktop.model.source import FileSource, PayloadFile
from caiso_desktop.model.transport import Phase, Progress

REQUEST = "request"
_TEXT = "request-attachment"
_UNFINISHED = "request-unfinished"
_STEP = 1 << 20


def travels_as_file(operation: Operation) -> bool:
    """Whether a payload may stay in its file: what a submit attaches may, what stands in a Body itself may not."""
    return operation.kind is not Kind.RETRIEVE and operation.variant in (Variant.AP, Variant.DOCATTACH)


@dataclass(frozen=True, slots=True)
class Packing:
    """One payload on its way into a message. ``folder`` is the exchange's, where the message will be `REQUEST`."""

    payload: PayloadFile
    folder: Path
    operation: Operation
    token: CancelToken
    on_progress: Callable[[Progress], None]

    def prepare(
        self,
        identity: Identity,
        *,
        hash: Hash,
        now: Callable[[], datetime],
        packaging: Packaging = Packaging.SWA,
    ) -> "PreparedFile":
        """The message, to be signed and sent within 15 minutes of ``now``.

        `PayloadError` for what is not XML, `Cancelled` once the token says so, `StorageError` where the payload cannot
        be read, has changed, or the folder not be written.
        """
        document = self._watched()
        try:
            attachment = pack_file(document if is_sound(self.payload) else checked(document), self.folder / _TEXT)
        except OSError as error:
            raise _unwritten(self.folder, error) from error

        prepared = prepare_packed(self.operation, attachment, identity, hash=hash, now=now(), packaging=packaging)
        return PreparedFile(prepared, attachment, self)

    def clear(self) -> None:
        """Leave nothing behind of a message that was not made."""
        for name in (_TEXT, _UNFINISHED):
            with suppress(OSError):
                (self.folder / name).unlink(missing_ok=True)

    def _watched(self) -> Iterator[bytes]:
        """The payload's bytes, while somebody watches and may stop it."""
        done, told = 0, -_STEP
        for piece in self.payload.pieces():
            if self.token.cancelled:
                raise Cancelled(fate=Fate.NOT_SENT)
            if done - told >= _STEP:
                told = done
                self.on_progress(Progress(Phase.PACKING, packed=done, total=self.payload.size))
            done += len(piece)
            yield piece

    def fill(self, body: bytes, attachment: Attachment) -> FileSource:
        """The message with the attachment where its word stands, as a file that is there whole or not at all."""
        before, word, after = body.partition(attachment.word)
        if not word:
            raise AssertionError("the message has no place for its attachment")
        unfinished, target = self.folder / _UNFINISHED, self.folder / REQUEST
        try:
            with unfinished.open("xb") as file:
                file.write(before)
                for piece in attachment.text.pieces():
                    if self.token.cancelled:
                        raise Cancelled(fate=Fate.NOT_SENT)
                    file.write(piece)
                file.write(after)
            rename(unfinished, target)
            attachment.text.path.unlink()
        except OSError as error:
            raise _unwritten(self.folder, error) from error
        return FileSource(target, len(before) + len(attachment.text) + len(after))


@dataclass(frozen=True, slots=True)
class FileMessage:
    """A dressed call whose body is a file."""

    headers: Headers
    body: FileSource


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A message that lacks nothing but its signature, its attachment in a file of its own."""

    prepared: Prepared
    attachment: Attachment
    packing: Packing

    @property
    def message_id(self) -> str:
        """The message's own name."""
        return self.prepared.message_id

    def sign(self) -> FileMessage:
        """The message, signed and written. `IdentityError`, `StorageError`, or `Cancelled` while it is written."""
        message = self.prepared.sign()
        return FileMessage(message.headers, self.packing.fill(message.body, self.attachment))


def _unwritten(folder: Path, error: OSError) -> StorageError:
    return StorageError(f"the request could not be kept in {folder} ({error.strerror}), so it was not sent.")
