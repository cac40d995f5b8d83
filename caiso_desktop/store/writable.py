"""Whether a folder may be written to, found out as nothing else tells it: by writing, and taking that away again."""

import tempfile
from contextlib import suppress
from pathlib import Path


def why_not_writable(folder: Path) -> str:
    """Why nothing can be put into a folder, or be made of it where it is missing; empty where something can.

    Permissions are not asked for: on Windows and on network shares they do not say what will happen.
    """
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        return f"{nearest} is not a folder"
    try:
        made = Path(tempfile.mkdtemp(prefix=".caiso-", dir=nearest))
    except OSError as error:
        return f"{nearest} cannot be written to ({error.strerror})"
    with suppress(OSError):
        made.rmdir()
    return ""
