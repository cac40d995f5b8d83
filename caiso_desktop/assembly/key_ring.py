"""All keystores of this machine and user, opened when they are first asked for."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol, runtime_checkable

from caiso_desktop.assembly.place import Places
from caiso_desktop.assembly.simulator_host import SIMULATOR
from caiso_desktop.keystore.cabinet import KeystoreCabinet
from caiso_desktop.keystore.directory import IdentityDirectory
from caiso_desktop.keystore.secret import Secrets
from caiso_desktop.keystore.system import PKCS11_SETTING, system_stores
from caiso_desktop.keystore.vault import Vault
from caiso_desktop.model.identity import Asking, Identities, Keystore
from caiso_desktop.model.settings import Settings


@runtime_checkable
class Closable(Protocol):
    """A store that holds on to something until it is closed: a card, a handle of the system."""

    def close(self) -> None:
        """Let go."""
        ...


class SystemKeyRing:
    """The system's stores, the vault, and the simulator's own.

    ``authorities`` gives those that the user trusts (PEM), to complete the chains of what is imported.
    """

    def __init__(
        self,
        places: Places,
        settings: Settings,
        secrets: Secrets,
        asking: Asking,
        simulator: Keystore,
        authorities: Callable[[], Sequence[bytes]],
    ) -> None:
        self._authorities = authorities
        self._simulator = simulator
        self._vault = Vault(places.data / "vault", secrets, asking)
        self._system, self._importer = system_stores(settings.get(PKCS11_SETTING), asking)

    @property
    def stores(self) -> Sequence[Keystore]:
        """Every store, for whoever opens an identity by its reference."""
        return (*self._system, self._vault, self._simulator)

    @cached_property
    def cabinet(self) -> KeystoreCabinet:
        """The user's certificates, for listing, importing and removing; not the simulator's."""
        return KeystoreCabinet([*self._system, self._vault], self._vault, self._importer, self._authorities)

    @cached_property
    def identities(self) -> Identities:
        """The simulator has its own identity alone, and no other environment has it."""
        return IdentityDirectory(general=[self.cabinet], particular={SIMULATOR.id: [self._simulator]})

    def close(self) -> None:
        """Let go of cards and of the system's stores."""
        for store in self._system:
            if isinstance(store, Closable):
                store.close()
