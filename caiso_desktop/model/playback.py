"""An exchange as it is played back: the small form that a simulator serves again as the answer to the same call.

A folder holds ``playback.json`` and the files that it names, and nothing in it needs a catalogue or a key::

    {"format": "caiso-playback", "version": 1, "calls": [
        {"path": "/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP", "action": "http://www.caiso.com/soa/retrieveCleanBidSet_v4",
         "procedure": "", "payload": "payload.xml",
         "status": 200, "reason": "OK", "headers": [["Content-Type", "text/xml"]], "body": "answer.bin"}]}

``path`` is that of the address, from its first slash. ``headers`` lack those that a server makes itself (length,
transfer coding, connection, date). The body is served byte for byte. A saved exchange, unpacked, is such a folder.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caiso_desktop.model.call import Headers
from caiso_desktop.model.error import UsageError

FILE = "playback.json"
FORMAT = "caiso-playback"
VERSION = 1

_OF_THE_SERVER = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive", "date"})
_ADVICE = "Save the exchange again, or unpack its zip anew."


class PlaybackError(UsageError):
    """What should be played back cannot be read."""

    title = "This cannot be played back"
    advice = _ADVICE


@dataclass(frozen=True, slots=True)
class Recorded:
    """One call and the answer that is served again for it; ``payload`` and ``body`` are files.

    ``path`` is that of the address, ``action`` the call's SOAPAction, ``procedure`` that of a remote procedure.
    """

    path: str
    payload: Path
    status: int
    reason: str
    headers: Headers
    body: Path
    action: str = ""
    procedure: str = ""


def served(headers: Headers) -> Headers:
    """Those headers of an answer that are served again."""
    return tuple(each for each in headers if each[0].lower() not in _OF_THE_SERVER)


def write_playback(calls: Sequence[Recorded]) -> str:
    """The text of ``playback.json``; the files are named as they lie beside it."""
    told = [
        {
            "path": call.path,
            "action": call.action,
            "procedure": call.procedure,
            "payload": call.payload.name,
            "status": call.status,
            "reason": call.reason,
            "headers": [list(header) for header in served(call.headers)],
            "body": call.body.name,
        }
        for call in calls
    ]
    return json.dumps({"format": FORMAT, "version": VERSION, "calls": told}, indent=2) + "\n"


def read_playback(folder: Path) -> tuple[Recorded, ...]:
    """The calls that a folder holds. `PlaybackError` says in a sentence what is wrong with it."""
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlaybackError(f"{folder} has no {FILE}.") from None
    except OSError as error:
        raise PlaybackError(f"{folder / FILE} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise PlaybackError(f"{folder / FILE} is damaged: it is not JSON.") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise PlaybackError(f"{folder / FILE} is not a playback.")
    if told.get("version") != VERSION:
        raise PlaybackError(
            f"{folder / FILE} was written by another version of the program (its form is {told.get('version')}, "
            f"and this one reads {VERSION}).",
            advice="Install the newest version of the program.",
        )
    try:
        return tuple(_read(folder, call) for call in told["calls"])
    except (KeyError, TypeError, ValueError) as error:
        raise PlaybackError(f"{folder / FILE} is damaged ({error}).") from error


def _read(folder: Path, told: dict[str, Any]) -> Recorded:
    return Recorded(
        path=str(told["path"]),
        payload=_file(folder, told["payload"]),
        status=int(told["status"]),
        reason=str(told["reason"]),
        headers=tuple((str(name), str(value)) for name, value in told["headers"]),
        body=_file(folder, told["body"]),
        action=str(told.get("action", "")),
        procedure=str(told.get("procedure", "")),
    )


def _file(folder: Path, name: object) -> Path:
    """A file beside ``playback.json``, never one elsewhere."""
    if not isinstance(name, str) or not name or name != Path(name).name or "\\" in name or ":" in name:
        raise ValueError(f"{name!r} is not the name of a file")
    path = folder / name
    if not path.is_file() or path.is_symlink():
        raise ValueError(f"{name} is missing")
    return path
