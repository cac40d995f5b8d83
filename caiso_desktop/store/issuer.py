"""Who had issued the certificates of servers the last time, in the settings."""

from caiso_desktop.model.settings import Settings


class SettingsIssuers:
    """The port `caiso_desktop.model.issuer.Issuers`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def last(self, host: str) -> str:
        """The name of the issuer the last time."""
        return self._settings.get(_setting(host)) or ""

    def note(self, host: str, issuer: str) -> None:
        """Remember it; what is known already is not written again."""
        if issuer != self.last(host):
            self._settings.set(_setting(host), issuer)


def _setting(host: str) -> str:
    return f"server.{host.strip().lower().rstrip('.')}.issuer"
