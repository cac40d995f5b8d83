"""How a signature is waited for: on which thread it is made, and what is said when none came."""

import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from caiso_desktop.model.error import CaisoError, IdentityError
from caiso_desktop.model.identity import Hash, Padding, Signer

Task = Callable[[], bytes]


class Patience:
    """How one thread waits for signatures while it is within this, and what went wrong with one."""

    __slots__ = ("_before", "error", "run")

    def __init__(self, run: Callable[[Task], bytes]) -> None:
        self.run = run
        self.error: CaisoError | None = None
        self._before: Patience | None = None

    def __enter__(self) -> Self:
        self._before, _here.patience = _here.patience, self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _here.patience = self._before
        if self.error is not None and isinstance(error, ssl.SSLError):
            raise self.error from error


class _Here(threading.local):
    patience: Patience | None = None


_here = _Here()


def patience(run: Callable[[Task], bytes]) -> Patience:
    """Within this, signatures are made by ``run(task)``, which may take the task to another thread and may give up.

    What it raises is raised in place of the `ssl.SSLError` that OpenSSL makes of a signature that failed. Without it
    a signer works on the thread of the handshake, which waits for as long as the signer takes.
    """
    return Patience(run)


def sign(signer: Signer, digest: bytes, hash: Hash, padding: Padding) -> bytes:
    """A signature, waited for as this thread does; remembers for `patience` why there is none."""
    patient = _here.patience
    if patient is None:
        return signer.sign(digest, hash, padding)
    try:
        return patient.run(lambda: signer.sign(digest, hash, padding))
    except CaisoError as error:
        patient.error = error
        raise
    except Exception as error:
        patient.error = IdentityError(f"the store of the certificate's key did not sign ({type(error).__name__}).")
        raise
