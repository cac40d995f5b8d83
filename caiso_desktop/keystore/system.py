"""The keystores of the system that the program runs on, beside its own vault."""

import sys
from pathlib import Path

from caiso_desktop.keystore.cabinet import Importer
from caiso_desktop.keystore.pkcs11 import Pkcs11Keystore, find_module
from caiso_desktop.model.cabinet import CARD_MODULE
from caiso_desktop.model.identity import Asking, Keystore

PKCS11_SETTING = CARD_MODULE


def system_stores(pkcs11_setting: str | None, asking: Asking) -> tuple[list[Keystore], Importer | None]:
    """The keystores of this system, the likeliest first, and the one that files can be imported to.

    Windows reaches its cards by itself: there a PKCS#11 module is used only when the settings name one.
    """
    stores: list[Keystore] = []
    importer: Importer | None = None
    if sys.platform == "win32":
        from caiso_desktop.keystore.windows import WindowsKeystore

        importer = user = WindowsKeystore("windows")
        stores += [user, WindowsKeystore("windows-machine")]
    elif sys.platform == "darwin":
        from caiso_desktop.keystore.keychain import KeychainKeystore

        stores.append(KeychainKeystore())
    module: Path | None = find_module(pkcs11_setting)
    if module is not None:
        stores.append(Pkcs11Keystore(module, asking))
    return stores, importer
