"""Calls as a file of CSV, whole or not at all."""

import csv
import tempfile
from pathlib import Path

from caiso_desktop.model.error import StorageError
from caiso_desktop.model.journal import Filter, History
from caiso_desktop.model.journal_table import sheet
from caiso_desktop.model.saving import Saving
from caiso_desktop.ui.file_choice import Destination


def export(history: History, filter: Filter, saving: Saving, destination: Destination) -> int:
    """Save every call that fits; how many. `StorageError` when it cannot be; for a worker."""
    count = -1  # the head of the table is no call
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "calls.csv"
        try:
            # The mark at the start tells Excel that it is UTF-8.
            with file.open("w", encoding="utf-8-sig", newline="") as out:
                writer = csv.writer(out)
                for row in sheet(history.all(filter)):
                    writer.writerow(row)
                    count += 1
        except OSError as error:
            raise StorageError(f"the table could not be written to {file.parent} ({error.strerror}).") from error
        saving.save_copy(file, destination.path, overwrite=destination.replace)
    return count
