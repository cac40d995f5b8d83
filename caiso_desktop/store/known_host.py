"""The hosts outside CAISO's domains that the user has approved, each for one certificate, in the settings."""

import re

from caiso_desktop.model.settings import Settings

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class ApprovedHosts:
    """The port `caiso_desktop.model.guard.KnownHosts`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def approved(self, host: str, thumbprint: str) -> bool:
        """Whether this certificate may be shown to this host."""
        return _plain(host) in self._hosts(thumbprint)

    def approve(self, host: str, thumbprint: str) -> None:
        """Remember that it may; a text that is no host's name is not remembered."""
        name = _plain(host)
        if _HOST.fullmatch(name) and name not in self._hosts(thumbprint):
            self._settings.set(_setting(thumbprint), " ".join([*self._hosts(thumbprint), name]))

    def _hosts(self, thumbprint: str) -> list[str]:
        return (self._settings.get(_setting(thumbprint)) or "").split()


def _plain(host: str) -> str:
    return host.strip().lower().rstrip(".")


def _setting(thumbprint: str) -> str:
    return f"certificate.{thumbprint.upper()}.hosts"
