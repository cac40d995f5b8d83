"""What is read of plain files, and kept in them: the program's own, the company's and the user's."""

from functools import cached_property
from pathlib import Path

from caiso_desktop.assembly.place import Places, user_name
from caiso_desktop.model.deadline import Deadlines
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.follow_up import Chain
from caiso_desktop.model.grid.mapping import Mappings
from caiso_desktop.model.guard import Approvals
from caiso_desktop.model.template import Owner, Templates


class Shelves:
    """Each is made, and where it is a table read from the disk, at its first use: for a worker.

    ``safe_mode`` leaves the user's tables out.
    """

    def __init__(self, places: Places, resources: Path, *, safe_mode: bool = False) -> None:
        self._places = places
        self._resources = resources
        self._own = None if safe_mode else places.overlays

    @cached_property
    def deadlines(self) -> Deadlines:
        """When the markets close; reads the disk."""
        from caiso_desktop.catalogue.deadline import FOLDER, read_deadlines

        return read_deadlines(self._layers(FOLDER))

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """What is looked at after a submit; `CatalogueFileError` for an own file that is wrong."""
        from caiso_desktop.catalogue.chain import FOLDER, read_chains

        return read_chains(self._layers(FOLDER))

    @cached_property
    def failures(self) -> Failures:
        """What CAISO's texts and statuses mean; reads the disk."""
        from caiso_desktop.catalogue.failure import FOLDER, read_failures

        return read_failures(self._layers(FOLDER))

    @cached_property
    def mappings(self) -> Mappings:
        """Which columns of spreadsheets go where, in a folder of the user and one of the company."""
        from caiso_desktop.store.mapping import MappingFolders

        return MappingFolders(self._folders("mappings"))

    @cached_property
    def templates(self) -> Templates:
        """Drafts kept under a name, in a folder of the user and one of the company."""
        from caiso_desktop.store.template import TemplateFolders

        return TemplateFolders(self._folders("templates"), user=user_name())

    @cached_property
    def approvals(self) -> Approvals | None:
        """Where second persons approve submits, None where the company has no folder."""
        from caiso_desktop.store.approval import ApprovalFolder

        return ApprovalFolder(self._places.company / "approvals") if self._places.company else None

    def _layers(self, folder: str) -> tuple[Path | None, ...]:
        """A folder of this name of the program, the company and the user, where they have one; the last counts."""
        tops = (self._resources, self._places.company, self._own)
        return tuple(top / folder if top is not None else None for top in tops)

    def _folders(self, name: str) -> dict[Owner, Path]:
        """A folder of this name of the user, and one of the company where it has a folder."""
        folders = {Owner.USER: self._places.config / name}
        if self._places.company is not None:
            folders[Owner.COMPANY] = self._places.company / name
        return folders
