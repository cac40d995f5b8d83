"""The shapes of the payloads of all services, each built when it is first asked for, and remembered."""

import threading
from collections import OrderedDict
from functools import cached_property

from lxml import etree
from xmlschema import XsdElement

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.schema_folder import parser
from caiso_desktop.contract.shape import shape_of
from caiso_desktop.contract.tangle import is_tangled
from caiso_desktop.model.schema import SchemaPlace, Schemas
from caiso_desktop.model.service import Target
from caiso_desktop.model.shape import Shape

REMEMBERED = 24
"""How many grammars are kept; one of a large package holds some megabytes."""


class KnownShapes:
    """Finds the schema of a target and builds its shape; asked from several threads, each is built once."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[SchemaPlace, float], Known] = OrderedDict()

    def shape(self, target: Target, environment: str) -> Shape | None:
        """The shape of what is sent to a target; None where no schema is known. `SchemaError` for a broken one."""
        known = self.known(target, environment)
        return None if known is None else known.shape

    def documents(self, target: Target, environment: str) -> dict[str, Shape]:
        """The shape of every document of a target whose schema is known, by its role."""
        found = self._schemas.documents(target, environment)
        return {document.role: self.at(document.place).shape for document in found}

    def known(self, target: Target, environment: str) -> "Known | None":
        """The grammar of what is sent to a target and its shape; None where no schema is known."""
        place = self._schemas.place(target, environment)
        return None if place is None else self.at(place)

    def at(self, place: SchemaPlace) -> "Known":
        """The grammar at a place; a package that was replaced is read anew."""
        try:
            changed = (place.folder / place.entry).stat().st_mtime
        except OSError:
            changed = 0.0
        with self._lock:
            found = self._known.pop((place, changed), None) or Known(place)
            self._known[place, changed] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found


class Known:
    """A schema that is at hand; what it is asked for is built at the first question, and who asks meanwhile waits."""

    def __init__(self, place: SchemaPlace) -> None:
        self.provenance = place.provenance
        self._lock = threading.Lock()
        self._shape: Shape | None = None
        self._grammar = Grammar(place.folder, place.entry, place.root)

    @property
    def shape(self) -> Shape:
        """The shape of a document. `SchemaError` for a broken schema."""
        with self._lock:
            if self._shape is None:
                self._shape = shape_of(self.declaration, self.provenance)
            return self._shape

    @cached_property
    def tangled(self) -> bool:
        """Whether libxml2 must not be asked: it might not come back."""
        return is_tangled(self.shape)

    @property
    def declaration(self) -> XsdElement:
        """The root's declaration, for xmlschema."""
        return self._grammar.declaration

    @property
    def checker(self) -> etree.XMLSchema:
        """What libxml2 validates with. `SchemaError` where it does not take the schema."""
        return self._grammar.checker

    def is_valid(self, document: bytes) -> bool:
        """Whether a small document surely follows the schema."""
        return not self.tangled and bool(self.checker.validate(etree.fromstring(document, parser())))
