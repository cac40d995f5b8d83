"""The schemas by which the simulator judges a payload: those that come with the program, read with its own code.

A service with a schema of the simulator's own takes a document of that shape as well; one of CAISO's shape, which
nobody here knows, is taken by its root alone.
"""

import threading
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from caiso_desktop.simulator.plan import Plan
from caiso_desktop.simulator.refusal import PAYLOAD, Refused

_MOST_TOLD = 5


class Schemas:
    """Finds the schema of a request by its root; each is compiled when the first such request comes."""

    def __init__(self, resources: Path) -> None:
        self._files: dict[str, Path] = {}
        self._own: dict[tuple[str, str, str], str] = {}
        self._compiled: dict[str, etree.XMLSchema] = {}
        self._lock = threading.Lock()
        for path in sorted((resources / "contracts").glob("*/contract.toml")):
            self._read(path)

    def takes(self, plan: Plan, root: str) -> bool:
        """Whether a root (Clark notation) is the simulator's own for an address."""
        return self._own.get((plan.application, plan.service, plan.version)) == root

    def check(self, payload: etree._Element) -> None:
        """`Refused` for a payload that does not follow its schema; one whose schema is not here passes."""
        root = str(payload.tag)
        if root not in self._files:
            return
        with self._lock:
            schema = self._compiled.get(root)
            if schema is None:
                schema = self._compiled[root] = etree.XMLSchema(file=str(self._files[root]))
            if schema.validate(payload):
                return
            found = [f"line {entry.line}: {entry.message}" for entry in list(schema.error_log)[:_MOST_TOLD]]
        raise Refused(PAYLOAD, "; ".join(found))

    def _read(self, path: Path) -> None:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for row in table.get("document", ()):
            request = row.get("request")
            if request is None:
                continue
            self._files[request["root"]] = path.parent / request["file"]
            if table["ground"] == "simulator":
                self._own.update(dict.fromkeys(_keys(row), request["root"]))


def _keys(row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for service in row["services"]:
        for version in row["versions"]:
            yield row["application"], service, version
