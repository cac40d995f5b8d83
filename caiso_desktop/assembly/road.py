"""How hosts are reached, and who may vouch for them."""

from collections.abc import Callable
from functools import cached_property

from caiso_desktop.assembly.late import Late
from caiso_desktop.assembly.simulator_host import SIMULATOR
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.identity import Asking, Trust
from caiso_desktop.model.network import Network
from caiso_desktop.model.route import NetworkSettings, ProxyLogOns, ProxyPasswordsKept, Routes
from caiso_desktop.model.settings import Settings
from caiso_desktop.model.transport import Transport
from caiso_desktop.model.trust import Authorities
from caiso_desktop.wire.route.setting import SettingsNetwork


class Road:
    """One transport, and what it asks for. ``simulator`` is the trust in the simulator, which starts it."""

    def __init__(
        self, settings: Settings, asking: Asking, catalogue: Callable[[], Catalogue], simulator: Callable[[], Trust]
    ) -> None:
        self._settings = settings
        self._asking = asking
        self._catalogue = catalogue
        self._simulator = simulator
        self._close: list[Callable[[], None]] = []
        self._transport = Late(self._make_transport)
        self._kept = Late(self._make_kept)
        self.network: NetworkSettings = SettingsNetwork(settings)
        self.routes: Routes = Late(self._make_routes).port
        self.log_ons: ProxyLogOns = Late(self._make_log_ons).port

    @property
    def reaching(self) -> Network:
        """It, for a door."""
        return Network(self.network, self.routes, lambda: self.authorities, self._kept.port)

    @property
    def transport(self) -> Transport:
        """What carries; for a worker, as its imports take a while."""
        return self._transport.get()

    @property
    def kept(self) -> ProxyPasswordsKept:
        """The passwords of proxies in the computer's keystore; for a worker."""
        return self._kept.get()

    @cached_property
    def authorities(self) -> Authorities:
        """The authorities that the user adds; for a worker, as its imports take a while."""
        from caiso_desktop.keystore.trust import SettingsAuthorities

        return SettingsAuthorities(self._settings, lambda name: self._catalogue().environment(name).trust)

    def trust(self, environment: str) -> Trust:
        """The authorities of an environment, by its id."""
        return self._simulator() if environment == SIMULATOR.id else self.authorities.trust(environment)

    def close(self) -> None:
        """Let go of connections."""
        while self._close:
            self._close.pop()()

    def _make_transport(self) -> Transport:
        from caiso_desktop.wire.transport import HttpTransport

        transport = HttpTransport(self.routes, self.log_ons)
        self._close.append(transport.close)
        return transport

    def _make_routes(self) -> Routes:
        from caiso_desktop.wire.route.chosen import ChosenRoutes

        return ChosenRoutes(self.network)

    def _make_log_ons(self) -> ProxyLogOns:
        from caiso_desktop.keystore.proxy_password import ProxyPasswords
        from caiso_desktop.keystore.secret import KeyringSecrets
        from caiso_desktop.wire.negotiate import system_negotiation

        return ProxyPasswords(KeyringSecrets(), self.kept, self._asking, self.network, system_negotiation)

    def _make_kept(self) -> ProxyPasswordsKept:
        from caiso_desktop.keystore.kept_password import KeptPasswords
        from caiso_desktop.keystore.secret import KeyringSecrets

        return KeptPasswords(self._settings, self.network, KeyringSecrets())
