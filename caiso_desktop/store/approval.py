"""Second persons' approvals, as small files in a folder of the company that approvers may write to.

Who may write there is the company's to say; a name in a file is only as good as the folder's permissions.
"""

import getpass
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from caiso_desktop.model.error import StorageError, UsageError
from caiso_desktop.model.guard import Approval, hash_of
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.source import Payload
from caiso_desktop.store.record import read_time, write_time
from caiso_desktop.store.save import write_whole

_HASH = re.compile(r"[0-9a-f]{64}")
_LONGEST = 4096


class ApprovalFolder:
    """Finds and leaves approvals, one file a payload: ``<SHA-256>.approval``, JSON with ``by`` and ``when``."""

    def __init__(
        self, folder: Path, *, user: Callable[[], str] = getpass.getuser, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._folder = folder
        self._user = user
        self._clock = clock

    def find(self, payload_hash: str) -> Approval | None:
        """The approval of a payload, None where there is none or its file is not one."""
        try:
            with self._path(payload_hash).open("rb") as file:
                data = file.read(_LONGEST)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"the approvals in {self._folder} could not be read ({error.strerror}).") from error
        try:
            found = json.loads(data)
            when = read_time(found["when"])
            return Approval(payload_hash, str(found["by"]), when) if when.tzinfo else None
        except (ValueError, KeyError, TypeError):
            return None

    def give(self, payload: Payload) -> Approval:
        """Approve a payload in the name of the user who runs the program."""
        approval = Approval(hash_of(payload), self._user(), self._clock())
        text = json.dumps({"by": approval.by, "when": write_time(approval.when)})
        path = self._path(approval.payload)
        write_whole(path, text.encode() + b"\n")
        with suppress(OSError):
            path.chmod(0o644)  # The sender is somebody else.
        return approval

    def _path(self, payload_hash: str) -> Path:
        if not _HASH.fullmatch(payload_hash):
            raise UsageError(f"'{payload_hash[:80]}' is not the SHA-256 of a payload.")
        return self._folder / f"{payload_hash}.approval"
