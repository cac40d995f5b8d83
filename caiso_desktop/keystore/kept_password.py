"""Which passwords of proxies lie in the computer's keystore, and how they leave it when they are not wished any more.

What was kept is written down among the settings (whose, at which proxy: nothing secret), so that nobody is asked to
unlock a keystore in which nothing of ours lies.
"""

import json
import threading

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
            known = self._known()
            # Written down first: what is only written down is looked for in vain, what is not is never found.
            self._write({**known, name: user})
            try:
                self._secrets.set(name, password)
            except SecretsError:
                self._write(known)
                raise

    def drop(self, proxy: Proxy, user: str) -> None:
        """Take one out of the keystore, as it was refused. `SecretsError`."""
        name = secret_name(proxy, user)
        with self._lock:
            self._secrets.delete(name)
            self._write({each: whose for each, whose in self._known().items() if each != name})

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
                self._write({name: user for name, user in known.items() if name not in gone})
            return Cleared(len(gone), len(unwanted) - len(gone), left)

    def _unwanted(self, known: dict[str, str]) -> list[str]:
        """The names of those that are there and not wished."""
        choice = self._network.choice()
        return [name for name, user in known.items() if not choice.remember or user != choice.user]

    def _known(self) -> dict[str, str]:
        try:
            plain = json.loads(self._settings.get(SETTING) or "{}")
            return {str(name): str(user) for name, user in plain.items()}
        except (ValueError, TypeError, AttributeError):
            return {}

    def _write(self, known: dict[str, str]) -> None:
        self._settings.set(SETTING, json.dumps(known, sort_keys=True, ensure_ascii=False))


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
