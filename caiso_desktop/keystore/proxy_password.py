"""The password of a company's proxy: asked for once, kept until the program ends, or in the computer's keystore."""

import threading
from collections.abc import Callable
from contextlib import suppress

from caiso_desktop.keystore.kept_password import secret_name
from caiso_desktop.keystore.secret import Secrets, SecretsError
from caiso_desktop.model.identity import Asking
from caiso_desktop.model.route import Negotiation, NetworkSettings, Proxy, ProxyPasswordsKept


class ProxyPasswords:
    """The port `caiso_desktop.model.route.ProxyLogOns`; several calls at once ask the person once.

    ``negotiate`` makes the log-on with the user's account where there is one.
    """

    def __init__(
        self,
        secrets: Secrets,
        kept: ProxyPasswordsKept,
        asking: Asking,
        settings: NetworkSettings,
        negotiate: Callable[[Proxy], Negotiation | None],
    ) -> None:
        self._secrets = secrets
        self._keeping = kept
        self._asking = asking
        self._settings = settings
        self._negotiate = negotiate
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        self._new: set[str] = set()

    def password(self, proxy: Proxy, realm: str, *, refused: bool) -> tuple[str, str] | None:
        """User name and password; asks where none is known, and again when it was refused."""
        user = self._settings.choice().user
        if not user:
            return None
        name = secret_name(proxy, user)
        with self._lock:
            if refused:
                self._forget(proxy, user)
            found = self._known.get(name) or self._kept(name)
            if found is None:
                where = f"{proxy} ({realm})" if realm else str(proxy)
                found = self._asking.passphrase(f"Password of {user} for the proxy {where}", new=False)
                if not found:
                    return None
                self._new.add(name)
            self._known[name] = found
            return user, found

    def accepted(self, proxy: Proxy) -> None:
        """Keep a newly typed password in the keystore where that is wished; a keystore that fails costs only that."""
        choice = self._settings.choice()
        name = secret_name(proxy, choice.user)
        with self._lock:
            if not choice.remember or name not in self._new or name not in self._known:
                return
            self._new.discard(name)
            with suppress(SecretsError):
                self._keeping.keep(proxy, choice.user, self._known[name])

    def negotiation(self, proxy: Proxy) -> Negotiation | None:
        """The log-on with the user's account."""
        return self._negotiate(proxy)

    def _kept(self, name: str) -> str | None:
        if not self._settings.choice().remember:
            return None
        try:
            return self._secrets.get(name)
        except SecretsError:
            return None

    def _forget(self, proxy: Proxy, user: str) -> None:
        self._known.pop(secret_name(proxy, user), None)
        if self._settings.choice().remember:
            with suppress(SecretsError):
                self._keeping.drop(proxy, user)
