"""Where the program's own files lie on this machine."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import platformdirs

from caiso_desktop.model.error import StorageError
from caiso_desktop.store.last_setting import peek

DATABASE = "caiso-desktop.sqlite"
"""The name of the file, in the data folder, with the journal and the drafts."""


class Places(NamedTuple):
    """The program's folders; ``data`` is local to the machine, never roaming.

    ``overlays`` holds the user's additions to the catalogue, ``company`` those of the user's company and its policy.
    """

    data: Path
    config: Path
    company: Path | None = None

    @property
    def settings(self) -> Path:
        """The file of what the window remembers."""
        return self.config / "settings.json"

    @property
    def overlays(self) -> Path:
        """The folder of the user's additions to the catalogue."""
        return self.config / "catalogue"

    @property
    def packages(self) -> Path:
        """The folder of the user's schema packages."""
        return self.data / "packages"

    @property
    def company_packages(self) -> Path | None:
        """The folder of the company's schema packages."""
        return self.company / "packages" if self.company else None


def user_places() -> Places:
    """The places of the user who runs the program."""
    own = platformdirs.PlatformDirs("CAISO Desktop", appauthor=False, roaming=False)
    return Places(data=own.user_data_path, config=own.user_config_path, company=own.site_config_path)


def last_settings(places: Places) -> Mapping[str, str]:
    """What the window remembered at its last end, for the frame that opens before anything else is read."""
    return peek(places.settings)


def user_name() -> str:
    """Who runs the program, as the operating system calls them; empty where it does not say."""
    try:
        import getpass  # imported late: the window's first paint does not need it

        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def find_resources() -> Path:
    """The folder of the program's plain files: in a checkout, else a frozen bundle, else the installed package."""
    package = Path(__file__).resolve().parents[1]
    checkout = package.parent
    # An editable install may leave a stale copy in the package, so a checkout comes first.
    if (checkout / "pyproject.toml").is_file() and (checkout / "resources").is_dir():
        return checkout / "resources"
    for parent in (getattr(sys, "_MEIPASS", None), package):
        if parent is not None and (Path(parent) / "resources").is_dir():
            return Path(parent) / "resources"
    raise StorageError(
        f"the program's own files are missing beside {package}.", advice="Install the program again; it is not whole."
    )
