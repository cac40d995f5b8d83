"""A payload that is read from the user's file."""

from pathlib import Path

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import FileUnreadable, PayloadError
from caiso_desktop.ui.phrase import size_words

OPEN_LIMIT = 64_000_000


def read_payload(path: Path) -> Draft:
    """The draft of a file's bytes; `FileUnreadable`; `PayloadError` where it is too big or as it says."""
    try:
        size = path.stat().st_size
        if size > OPEN_LIMIT:
            raise PayloadError(
                f"{path.name} has {size_words(size)}; up to {size_words(OPEN_LIMIT)} can be sent as a payload."
            )
        return Draft.from_bytes(path.read_bytes())
    except OSError as error:
        raise FileUnreadable(f"{path} could not be read ({error.strerror}).") from error
