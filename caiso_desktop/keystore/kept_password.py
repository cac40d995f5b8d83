"""Which passwords of proxies lie in the computer's keystore, and how they leave it when they are not wished any more.

What was kept is written down among the settings (whose, at which proxy: nothing secret), so that nobody is asked to
unlock a keystore in which nothing of ours lies. The window and the command line may write at once: each changes its own
notes in what stands there then, and leaves the other's.
"""

import json
import threading
from collections.abc import Iterable

from caiso_desktop.keystore.secret import Secrets, SecretsError
from caiso_desktop.model.route import Cleared, NetworkSettings, Proxy, ProxyPasswordsKept
from caiso_desktop.model.settings import Settings

SETTING = "network.kept_passwords"


def secret_name(proxy: Proxy, user: str) -> str:
    """The name under which the keystore has a password."""
    return f"proxy {user}@{proxy}"


class KeptPasswords:
    """The port `caiso_desktop.model.route.ProxyPasswordsKept`; safe for threads."""

    def __init__(self, settings: Settings, network: NetworkSettings, secrets: Secrets) -> None:
        self._settings = settings
        self._network = network
        self._secrets = secrets
        self._lock = threading.Lock()

    def keep(self, proxy: Proxy, user: str, password: str) -> None:
        """Put a password into the keystore. `SecretsError`."""
        name = secret_name(proxy, user)
        with self._lock:
            # Written down first: what is only written down is looked for in vain, what is not is never found.
            is_new = self._note(name, user)
            try:
                self._secrets.set(name, password)
            except SecretsError:
                if is_new:
                    self._strike([name])
                raise

    def drop(self, proxy: Proxy, user: str) -> None:
        """Take one out of the keystore, as it was refused. `SecretsError`."""
        name = secret_name(proxy, user)
        with self._lock:
            self._secrets.delete(name)
            self._strike([name])

    def clear(self) -> Cleared:
        """Take out of the keystore what is not wished any more; one that is locked is left so."""
        with self._lock:
            known = self._known()
            unwanted = self._unwanted(known)
            gone: list[str] = []
            left = ""
            for name in unwanted:
                try:
                    if self._secrets.discard(name):
                        gone.append(name)
                    else:
                        left = f"the {self._secrets.place} is locked"
                except SecretsError as error:
                    left = error.detail.rstrip(".")
            if gone:
                self._strike(gone)
            return Cleared(len(gone), len(unwanted) - len(gone), left)

    def _unwanted(self, known: dict[str, str]) -> list[str]:
        """The names of those that are there and not wished."""
        choice = self._network.choice()
        return [name for name, user in known.items() if not choice.remember or user != choice.user]

    def _known(self) -> dict[str, str]:
        return _read(self._settings.get(SETTING))

    def _note(self, name: str, user: str) -> bool:
        """Write one down; whether it had not been."""
        before: dict[str, str] = {}

        def added(text: str | None) -> str:
            nonlocal before
            before = _read(text)
            return _written({**before, name: user})

        self._settings.change(SETTING, added)
        return name not in before

    def _strike(self, names: Iterable[str]) -> None:
        self._settings.change(
            SETTING, lambda text: _written({name: user for name, user in _read(text).items() if name not in names})
        )


def _read(text: str | None) -> dict[str, str]:
    try:
        return {str(name): str(user) for name, user in json.loads(text or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def _written(known: dict[str, str]) -> str:
    return json.dumps(known, sort_keys=True, ensure_ascii=False)


class TidySecrets:
    """The keystore of the system, out of which what is not wished any more goes when somebody has opened it."""

    def __init__(self, secrets: Secrets, kept: ProxyPasswordsKept) -> None:
        self._secrets = secrets
        self._kept = kept

    @property
    def place(self) -> str:
        """What the person calls it."""
        return self._secrets.place

    def get(self, name: str) -> str | None:
        """The secret of this name."""
        found = self._secrets.get(name)
        self._kept.clear()
        return found

    def set(self, name: str, secret: str) -> None:
        """Keep a secret."""
        self._secrets.set(name, secret)
        self._kept.clear()

    def delete(self, name: str) -> None:
        """Forget a secret."""
        self._secrets.delete(name)
        self._kept.clear()

    def discard(self, name: str) -> bool:
        """Forget a secret, asking nobody."""
        return self._secrets.discard(name)
