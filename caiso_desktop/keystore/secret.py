"""The operating system's keystore, for the passphrases of the vault: never a plain-text one, and never forever.

The backend is chosen by its class: `keyring` left to itself may take a file in the clear, or one that always fails.
Whatever goes wrong is one of three sentences: there is none, it stays locked, it refuses.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any, Protocol, TypeVar, cast

from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from caiso_desktop.model.error import IdentityError, Way

SERVICE = "CAISO Desktop vault"
PATIENCE = 120.0
"""Seconds for a person to unlock the keystore in the dialog that it may show."""

T = TypeVar("T")


class SecretsError(IdentityError):
    """The operating system's keystore did not do what was asked."""

    title = "The keystore of this computer cannot be used"


class SecretsAbsent(SecretsError):
    """There is no keystore, or none that runs."""

    advice = (
        "On Linux, log on to the desktop, or install and start gnome-keyring or KWallet. Or import the certificate "
        "with a passphrase of your own, which is asked for once a session."
    )
    ways = (Way.OTHER_PLACE, Way.AGAIN)


class SecretsLocked(SecretsError):
    """The keystore is locked, and was not unlocked."""

    advice = "Unlock it (mostly with the password you log on with), then try again."
    ways = (Way.AGAIN, Way.OTHER_PLACE)


class SecretsRefused(SecretsError):
    """The keystore, or the company's policy, does not permit it."""

    advice = (
        "Ask the administrators of this computer whether saving credentials is allowed. Or import the certificate "
        "with a passphrase of your own, which is asked for once a session."
    )
    ways = (Way.OTHER_PLACE, Way.AGAIN)


class Secrets(Protocol):
    """Keeps short secret texts by name. Raises `SecretsError`."""

    @property
    def place(self) -> str:
        """What the person calls it, such as "Windows Credential Manager"."""
        ...

    def get(self, name: str) -> str | None:
        """The secret of this name, None where there is none."""
        ...

    def set(self, name: str, secret: str) -> None:
        """Keep a secret."""
        ...

    def delete(self, name: str) -> None:
        """Forget a secret; nothing where there is none."""
        ...

    def discard(self, name: str) -> bool:
        """Forget a secret without asking a person anything; false where that cannot be, as it is locked."""
        ...


class KeyringSecrets:
    """The platform's keystore, through `keyring`; opened at the first use, each use on a thread that may be left."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: KeyringBackend | None = None

    @property
    def place(self) -> str:
        """The platform's own word."""
        return {"win32": "Windows Credential Manager", "darwin": "macOS Keychain"}.get(sys.platform, "system keyring")

    def get(self, name: str) -> str | None:
        """The secret of this name."""
        return self._do(lambda backend: backend.get_password(f"{SERVICE} {name}", name))

    def set(self, name: str, secret: str) -> None:
        """Keep a secret, and make sure that it was kept."""

        def keep(backend: KeyringBackend) -> str | None:
            backend.set_password(f"{SERVICE} {name}", name, secret)
            return backend.get_password(f"{SERVICE} {name}", name)

        if self._do(keep) != secret:
            raise SecretsRefused(f"the {self.place} took the secret, but did not keep it.")

    def delete(self, name: str) -> None:
        """Forget a secret."""

        def forget(backend: KeyringBackend) -> None:
            if backend.get_password(f"{SERVICE} {name}", name) is not None:
                backend.delete_password(f"{SERVICE} {name}", name)

        self._do(forget)

    def discard(self, name: str) -> bool:
        """Forget a secret without asking a person anything."""
        locked = self._do(lambda backend: _is_locked())
        if locked is False:
            self.delete(name)
        return not locked

    def _do(self, task: Callable[[KeyringBackend], T]) -> T:
        found: list[T] = []
        errors: list[Exception] = []

        def work() -> None:
            try:
                found.append(task(self._backend()))
            except Exception as error:  # noqa: BLE001  each platform's backend has errors of its own
                errors.append(error)

        thread = threading.Thread(target=work, name="keystore of the system", daemon=True)
        thread.start()
        thread.join(PATIENCE)
        if thread.is_alive():
            raise SecretsLocked(f"the {self.place} did not answer within {PATIENCE:g} seconds.")
        if errors:
            raise self._told(errors[0]) from errors[0]
        return found[0]

    def _told(self, error: Exception) -> SecretsError:
        if isinstance(error, SecretsError):
            return error
        kind = type(error).__name__
        if isinstance(error, KeyringLocked) or kind in {"LockedException", "PromptDismissedException"}:
            return SecretsLocked(f"the {self.place} is locked.")
        if isinstance(error, NoKeyringError | InitError) or kind == "SecretServiceNotAvailableException":
            return SecretsAbsent(f"there is no {self.place} that can be opened.")
        return SecretsRefused(f"the {self.place} refused ({kind}).")

    def _backend(self) -> KeyringBackend:
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> KeyringBackend:
        kind = _backend_class()
        try:
            # Its priority raises where it cannot work here; OSError where nobody listens at the session bus.
            _ = kind.priority
        except (RuntimeError, OSError) as error:
            raise SecretsAbsent(f"there is no {self.place} in this session.") from error
        backend: Any = kind()
        if sys.platform == "win32":
            # The vault's files stay on this machine, so their passphrases must not roam.
            backend.persist = "local machine"
        return cast("KeyringBackend", backend)


def _backend_class() -> type[KeyringBackend]:
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        return WinVaultKeyring
    if sys.platform == "darwin":
        from keyring.backends.macOS import Keyring

        return Keyring
    return _secret_service()


def _is_locked() -> bool | None:
    """Whether the next use would ask for the password of the keystore; None where it has nothing of anybody's yet."""
    if sys.platform in ("win32", "darwin"):
        return False  # open as long as the person is logged on
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        try:
            # By its alias: the other way makes one where there is none, and asks for a password for it.
            return secretstorage.get_collection_by_alias(bus, "default").is_locked()
        except secretstorage.ItemNotFoundException:
            return None


def _secret_service() -> type[KeyringBackend]:
    import secretstorage
    from keyring.backends.SecretService import Keyring

    class SecretService(Keyring):
        """keyring's own, except that its connection is closed where the keyring stays locked."""

        def get_preferred_collection(self) -> secretstorage.Collection:
            bus = secretstorage.dbus_init()
            try:
                collection = secretstorage.get_default_collection(bus)
                if collection.is_locked():
                    collection.unlock()
                    if collection.is_locked():
                        raise KeyringLocked("the person did not unlock it")
            except BaseException:
                bus.close()
                raise
            return collection

    return SecretService
