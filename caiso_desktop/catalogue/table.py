"""A TOML table read with care: every key known, of the right type, and every complaint with its file and line."""

import datetime
import ipaddress
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from caiso_desktop.catalogue.locate import Place, line_of
from caiso_desktop.model.error import CatalogueFileError

_DECODE_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9-]{1,63})*")
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
_KINDS: Mapping[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
    datetime.date: "a date",
    datetime.datetime: "a date with a time",
    datetime.time: "a time",
}


def is_path(text: str) -> bool:
    """Whether a text is plain names with slashes between them, which cannot leave the folder above."""
    return _PATH.fullmatch(text) is not None


class Sheet:
    """One TOML file, parsed; keeps its text to find lines when something is wrong."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            # Windows' Notepad may begin a file with a byte-order mark.
            self.text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise CatalogueFileError(file, 0, "", "it is not UTF-8 text.", advice="Save it as UTF-8.") from error
        except OSError as error:
            raise CatalogueFileError(file, 0, "", f"it could not be read ({error.strerror}).") from error
        try:
            values = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = _DECODE_PLACE.search(str(error))
            line = int(found[1]) if found else self.text.count("\n") + 1
            said = _DECODE_PLACE.sub("", str(error)).removesuffix(" (at end of document)")
            raise CatalogueFileError(file, line, "", f"it is not TOML: {said}.") from error
        except RecursionError as error:
            raise CatalogueFileError(file, 0, "", "its lists are nested too deeply.") from error
        self.root = Table(self, (), values)

    def refuse(self, place: Place, sentence: str) -> NoReturn:
        """Raise `CatalogueFileError` for what stands at ``place``, or for the table around it where it is missing."""
        around = place
        line = line_of(self.text, around)
        while not line and around:
            around = around[:-1]
            line = line_of(self.text, around)
        keys = [str(step) for step in place if isinstance(step, str)]
        raise CatalogueFileError(self.file, line, ".".join(keys), sentence)


class Table:
    """A table and where it stands. Readers give None (or nothing) for a key that is absent."""

    __slots__ = ("place", "sheet", "values")

    def __init__(self, sheet: Sheet, place: Place, values: dict[str, Any]) -> None:
        self.sheet = sheet
        self.place = place
        self.values = values

    def refuse(self, key: str, sentence: str) -> NoReturn:
        """Refuse the file because of this key; an empty key means the table itself."""
        self.sheet.refuse((*self.place, key) if key else self.place, sentence)

    def only(self, known: frozenset[str]) -> None:
        """Refuse a key that nobody would read."""
        if self.values.keys() <= known:
            return
        key = next(key for key in self.values if key not in known)
        import difflib  # imported late: the window's first paint does not need it

        near = difflib.get_close_matches(key, known, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else f" Known are: {', '.join(sorted(known))}."
        self.refuse(key, f"nobody knows this key.{hint}")

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def need(self, key: str) -> str:
        """A text that must be there."""
        value = self.text(key)
        if not value:
            self.refuse(key, f"'{key}' is missing." if value is None else "it must not be empty.")
        return value

    def text(self, key: str) -> str | None:
        """A text."""
        value: str | None = self._typed(key, str)
        return value

    def word(self, key: str, allowed: Collection[str]) -> str | None:
        """A text that is one of these."""
        value = self.text(key)
        if value is not None and value not in allowed:
            self.refuse(key, f"'{value}' is none of: {', '.join(allowed)}.")
        return value

    def flag(self, key: str) -> bool | None:
        """True or false."""
        value: bool | None = self._typed(key, bool)
        return value

    def number(self, key: str) -> int | None:
        """A whole number."""
        value: int | None = self._typed(key, int)
        return value

    def date(self, key: str) -> datetime.date | None:
        """A date without a time."""
        value: datetime.date | None = self._typed(key, datetime.date)
        return value

    def moment(self, key: str) -> datetime.datetime | None:
        """A date with a time and no offset: Pacific."""
        value: datetime.datetime | None = self._typed(key, datetime.datetime)
        if value is not None and value.tzinfo is not None:
            self.refuse(key, "write it without an offset: it is Pacific time.")
        return value

    def time(self, key: str) -> datetime.time | None:
        """A time of day."""
        value: datetime.time | None = self._typed(key, datetime.time)
        return value

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, none of them twice."""
        values = self._typed(key, list)
        if values is None:
            return None
        for position, value in enumerate(values):
            if type(value) is not str or not value:
                self.sheet.refuse((*self.place, key, position), f"{value!r} is not a text.")
        if len(set(values)) != len(values):
            twice = next(value for value in values if values.count(value) > 1)
            self.refuse(key, f"'{twice}' stands there twice.")
        return tuple(values)

    def table(self, key: str) -> "Table | None":
        """A table."""
        values = self._typed(key, dict)
        return None if values is None else Table(self.sheet, (*self.place, key), values)

    def list(self, key: str) -> Sequence[Any]:
        """A list of whatever stands there."""
        values: Sequence[Any] | None = self._typed(key, list)
        return values or ()

    def tables(self, key: str) -> "Iterator[Table]":
        """A list of tables."""
        for position, values in enumerate(self.list(key)):
            place = (*self.place, key, position)
            if type(values) is not dict:
                self.sheet.refuse(place, f"{values!r} is not a table.")
            yield Table(self.sheet, place, values)

    def address(self, key: str, *, http: bool = False) -> str | None:
        """A web address; https unless ``http`` is allowed too."""
        value = self.text(key)
        if value is not None:
            self.check_address(key, value, http=http)
        return value

    def addresses(self, key: str, *, http: bool = False) -> tuple[str, ...] | None:
        """A list of web addresses."""
        values = self.texts(key)
        for value in values or ():
            self.check_address(key, value, http=http)
        return values

    def base(self, key: str, *, http: bool = False) -> str | None:
        """A web-service base: an address that ends with a slash and has no query."""
        value = self.address(key, http=http)
        if value is not None and (not value.endswith("/") or "?" in value or "#" in value or "/../" in value):
            self.refuse(key, f"'{value}' must end with '/' and have neither '..' nor a query.")
        return value

    def ips(self, key: str) -> tuple[str, ...] | None:
        """A list of IP addresses."""
        values = self.texts(key)
        for value in values or ():
            try:
                ipaddress.ip_address(value)
            except ValueError:
                self.refuse(key, f"'{value}' is not an IP address.")
        return values

    def path(self, key: str) -> str | None:
        """A path below a base: plain names with slashes between them, which cannot leave it."""
        value = self.text(key)
        if value is not None and not is_path(value):
            self.refuse(key, f"'{value}' is not a path below the base: names with '/' between them, nothing else.")
        return value

    def check_address(self, key: str, value: str, *, http: bool) -> None:
        """Refuse what is not the address of a host: other schemes, user names, odd characters."""
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            self.refuse(key, f"'{value}' is not a web address.")
        if parts.scheme != "https" and not (http and parts.scheme == "http"):
            self.refuse(key, f"'{value}' must begin with {'http:// or https://' if http else 'https://'}.")
        if not host or not _HOST.fullmatch(host) or "@" in parts.netloc or not value.isprintable() or " " in value:
            self.refuse(key, f"'{value}' is not the address of a host.")

    def _typed(self, key: str, wanted: type) -> Any:
        value = self.values.get(key)
        if value is not None and type(value) is not wanted:
            is_a = _KINDS.get(type(value), type(value).__name__)
            self.refuse(key, f"it must be {_KINDS[wanted]}, not {is_a}.")
        return value
