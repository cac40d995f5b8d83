"""Reads the files of other programs as drafts: the port `caiso_desktop.model.foreign`."""

from pathlib import Path

from caiso_desktop.contract.foreign.address import AddressBook
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.foreign import ForeignError, ForeignFile

LARGEST = 16 << 20
"""Bytes of a file."""


class ForeignReader:
    """Tells by the file's beginning what it is."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._book = AddressBook(catalogue)

    def read(self, path: Path) -> ForeignFile:
        """The drafts in a file."""
        try:
            if path.stat().st_size > LARGEST:
                raise ForeignError(f"{path.name} is larger than {LARGEST >> 20} MB.")
            data = path.read_bytes()
        except OSError as error:
            raise ForeignError(f"{path} could not be read ({error.strerror}).") from error
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            from caiso_desktop.contract.foreign.soapui import read_project

            return read_project(data, self._book)
        from caiso_desktop.contract.foreign.caisopy import read_services

        return read_services(data, path.parent, self._book)
