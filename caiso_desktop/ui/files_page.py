"""The catalogue's files: what counts, what waits for a yes and why, what is refused and where it is wrong."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QWidget

from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.offer import Catalogues
from caiso_desktop.model.overlay import Change, Overlay
from caiso_desktop.ui.named import named, styled
from caiso_desktop.ui.notice import Notice
from caiso_desktop.ui.offer import Offer
from caiso_desktop.ui.story_page import StoryPage

_CHANGE_HEADERS = ("Environment", "What", "Until now", "From then on")


class FilesPage(StoryPage):
    """Answers are remembered: nobody is asked twice about exactly the same changes."""

    def __init__(self, offer: Offer, parent: QWidget | None = None) -> None:
        super().__init__(offer, "filesPage", "Catalogue files", parent)
        self.fill()

    def fill(self) -> None:
        """Write the page."""
        catalogues, layers = self.offer.catalogues, self.offer.layers
        self.add_title("Catalogue files")
        self.add_prose(
            "TOML files here add, change or retire environments, applications, services and versions, without a new "
            "version of the program. The company's count first, then yours."
        )
        read = named(QPushButton("Read again"), "readFilesButton", "Read the files again")
        read.clicked.connect(lambda checked=False: self._read())
        buttons = [read]
        for whose, folder in (("company's", catalogues.company_folder), ("your", catalogues.user_folder)):
            if folder is not None:
                self.add_address(f"{whose.capitalize()} folder", str(folder), opens=False)
        if catalogues.user_folder is not None:
            open_folder = named(QPushButton("Open your folder"), "openFolderButton", "Open the folder of your files")
            open_folder.clicked.connect(lambda checked=False: self._open(catalogues.user_folder))
            buttons.append(open_folder)
        self.add_buttons(*buttons)
        self._said = named(self.prose("", tone="error"), "filesSaid", "What went wrong")
        self._said.hide()
        self.add(self._said)
        self._add_policy()
        for overlay in layers.pending:
            self._add_pending(overlay)
        for error in layers.refused:
            place = f"line {error.line}" if error.line else "the whole file"
            key = f", key {error.key}" if error.key else ""
            self.add(
                Notice(
                    "error",
                    f"Refused: {error.file.name}, {place}{key}",
                    error.detail,
                    f"{error.advice} Nothing of it counts until it is right; everything else does.".strip(),
                )
            )
        for file in layers.barred:
            self.add(
                Notice("warning", f"Not read: {file.name}", "Your company's policy allows no catalogue files of users.")
            )
        count = len(layers.applied)
        self.add_heading("1 file counts" if count == 1 else f"{count} files count")
        if not layers.applied:
            self.add_prose("None: everything is as the access document and later public sources say.", tone="muted")
        for overlay in layers.applied:
            self._add_applied(overlay)

    def _add_policy(self) -> None:
        policy = self.offer.layers.policy
        if not policy.production_submits:
            self.add_prose("Your company's policy: no submits to Production from this program.", banner="warning")
        if not policy.user_overlays:
            self.add_prose("Your company's policy: no catalogue files of users.", banner="warning")

    def _add_pending(self, overlay: Overlay) -> None:
        said_no = self.offer.catalogues.asked(overlay)
        notice = Notice(
            "info" if said_no else "warning",
            f"{overlay.file.name} waits for your yes" + (" (you said no)" if said_no else ""),
            "It does not count yet. If you do not know who wrote it and why, say no and ask.",
        )
        notice.offer(f"agreeTo-{overlay.file.stem}", "Yes, make exactly these changes", partial(self._agree, overlay))
        if not said_no:
            notice.offer(f"decline-{overlay.file.stem}", "No", partial(self._decline, overlay))
        self.add(notice)
        self._add_changes(overlay)

    def _add_applied(self, overlay: Overlay) -> None:
        whose = "the company's" if overlay.owner == "company" else "yours"
        self.add_address(f"Counts ({whose})", str(overlay.file), opens=False)
        if overlay.changes:
            self._add_changes(overlay)

    def _add_changes(self, overlay: Overlay) -> None:
        rows = [self._row(change) for change in overlay.changes]
        self.add_table(f"changes-{overlay.file.stem}", f"What {overlay.file.name} changes", _CHANGE_HEADERS, rows)

    def _row(self, change: Change) -> tuple[str, ...]:
        known = {each.id: each.name for each in self.offer.catalogue.environments}
        place = known.get(change.environment, change.environment) or "everywhere"
        return place, change.what, change.before or "–", change.after or "–"

    def _agree(self, overlay: Overlay) -> None:
        self._change(lambda catalogues: catalogues.agree(overlay))

    def _decline(self, overlay: Overlay) -> None:
        self._change(lambda catalogues: catalogues.decline(overlay))

    def _read(self) -> None:
        self._change(lambda catalogues: None)

    def _change(self, answer: Callable[[Catalogues], None]) -> None:
        def save(catalogues: Catalogues) -> None:
            answer(catalogues)

        self.offer.change(save, owner=self, done=lambda file: None, failed=self._failed)

    def _failed(self, error: CaisoError) -> None:
        self._said.setText(f"{error.title}: {error.detail} {error.advice}".strip())
        styled(self._said, tone="error")
        self._said.show()

    def _open(self, folder: Path | None) -> None:
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._failed(CaisoError(f"{folder} could not be made ({error.strerror})."))
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
