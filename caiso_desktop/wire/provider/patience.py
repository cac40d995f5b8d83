"""How a signature is waited for: on which thread it is made, and what is said when none came."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from caiso_desktop.model.error import CaisoError, IdentityError
from caiso_desktop.model.identity import Hash, Padding, Signer

Task = Callable[[], bytes]


@dataclass(slots=True)
class Patience:
    """How one thread waits for signatures, and what went wrong with one."""

    run: Callable[[Task], bytes]
    error: CaisoError | None = None


class _Here(threading.local):
    patience: Patience | None = None


_here = _Here()


@contextmanager
def patience(run: Callable[[Task], bytes]) -> Iterator[None]:
    """Within this, signatures are made by ``run(task)``, which may take the task to another thread and may give up.

    What it raises is raised in place of the `ssl.SSLError` that OpenSSL makes of a signature that failed. Without it
    a signer works on the thread of the handshake, which waits for as long as the signer takes.
    """
    before, mine = _here.patience, Patience(run)
    _here.patience = mine
    try:
        yield
    except ssl.SSLError as error:
        if mine.error is not None:
            raise mine.error from error
        raise
    finally:
        _here.patience = before


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
