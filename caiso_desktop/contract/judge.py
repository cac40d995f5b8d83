"""The judgement on a payload: whether it is XML, has the right root, and follows its schema, where one is known."""

from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

import xmlschema
from lxml import etree

from caiso_desktop.contract.document import Document, read
from caiso_desktop.contract.known_shape import Known
from caiso_desktop.contract.reading import is_sound
from caiso_desktop.contract.root import difference
from caiso_desktop.contract.stream import Stream
from caiso_desktop.contract.validate import MOST_PROBLEMS, Outcome, validate
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Operation, Problem
from caiso_desktop.model.draft import EDITABLE_BYTES
from caiso_desktop.model.error import PayloadError, SchemaError
from caiso_desktop.model.judgement import Conformity, Judged, Judgement
from caiso_desktop.model.schema import for_the_simulator
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.source import PayloadFile

SECOND_OPINION = 256 << 10
"""Up to this size a payload that libxml2 finds out of order, or would not come back from, is shown to xmlschema."""

NO_SCHEMA = "no schema of this service is known. Import CAISO's schema package to have it checked."
_BARRED = (
    "This is the simulator's own shape: CAISO does not know it, and it is not sent there. Reset the payload to begin "
    "with CAISO's, or open one that CAISO accepted."
)


class Judging:
    """Judges one payload. ``known`` is the service's schema, None where none is known."""

    def __init__(self, payload: Judged, known: Known | None, operation: Operation, pause: Callable[[], None]) -> None:
        self._file = payload if isinstance(payload, PayloadFile) else None
        self._payload = payload.path if isinstance(payload, PayloadFile) else payload
        self._known = known
        self._operation = operation
        self._pause = pause
        self._stream = Stream(self._payload)

    def judgement(self, *, simulator: bool) -> Judgement:
        """The judgement; ``simulator`` says that the payload is for one."""
        try:
            document = self._document()
        except PayloadError as error:
            return _not_xml(Problem(Severity.ERROR, 1, 1, begun(error.detail)))
        if isinstance(document, Problem):
            return _not_xml(document)
        if for_the_simulator(document.root) and not simulator:
            problem = Problem(Severity.ERROR, document.line, 1, _BARRED)
            return Judgement(Conformity.INVALID, (problem,), 1, barred=True)
        known = self._known
        if known is None:
            return self._unchecked(document, NO_SCHEMA)
        try:
            return self._by_schema(document, known)
        except SchemaError as error:
            return self._unchecked(document, f"{error.title}: {error.detail}")

    def _by_schema(self, document: Document, known: Known) -> Judgement:
        root = known.shape.root.name
        provenance = known.provenance
        if document.root != root:
            if provenance.simulator_only and document.root == self._operation.request_root:
                return self._unchecked(document, "its root is CAISO's, and CAISO's schema is not known here.")
            words = difference(document.root, root, f"The schema of {self._operation.name}")
            problem = Problem(Severity.ERROR, document.line, 1, words)
            return Judgement(Conformity.INVALID, (problem,), 1, provenance=provenance)
        outcome = self._outcome(known)
        if outcome.syntax or (outcome.count and self._stream.size > EDITABLE_BYTES):
            broken = self._syntax()
            if broken is not None:
                return _not_xml(broken)
        if outcome.syntax:
            # It is XML, but nests more deeply, or has a longer text, than libxml2 reads.
            return self._unchecked(document, "it is nested too deeply, or has too long a text, to be read to its end.")
        conformity = Conformity.INVALID if outcome.count else Conformity.VALID
        return Judgement(conformity, outcome.problems, outcome.count, counted=outcome.counted, provenance=provenance)

    def _outcome(self, known: Known) -> Outcome:
        if known.tangled:
            if self._stream.size > SECOND_OPINION or known.declaration.schema.maps.total_errors:
                raise SchemaError("it repeats groups within groups in more ways than can be tried in time.", advice="")
            return self._by_xmlschema(known)
        try:
            checker = known.checker
        except SchemaError:
            # What libxml2 does not take, xmlschema may; but it also goes on where something is missing.
            if self._stream.size > EDITABLE_BYTES or known.declaration.schema.maps.total_errors:
                raise
            return self._by_xmlschema(known)
        outcome = validate(self._stream, checker, known.shape, self._pause)
        # libxml2 errs on groups that may be empty and repeat within each other.
        if outcome.count and outcome.only_order and self._stream.size <= SECOND_OPINION and self._clears(known):
            return Outcome()
        return outcome

    def _clears(self, known: Known) -> bool:
        """Whether xmlschema, too, can read the payload and the whole schema, and finds nothing wrong."""
        try:
            return not known.declaration.schema.maps.total_errors and not self._by_xmlschema(known).count
        except (etree.XMLSyntaxError, xmlschema.XMLSchemaException, RecursionError, SchemaError):
            return False

    def _by_xmlschema(self, known: Known) -> Outcome:
        root = etree.fromstring(b"".join(self._stream.chunks()), etree.XMLParser(
            encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        ))  # fmt: skip
        problems = []
        for number, error in enumerate(known.declaration.schema.iter_errors(root)):  # type: ignore[arg-type]  # lxml's elements will do
            self._pause()
            if number >= MOST_PROBLEMS:
                break
            if isinstance(error, xmlschema.XMLSchemaValidationError):
                words = f"<{_local(error)}>: {error.reason or error.message}"
                problems.append(Problem(Severity.ERROR, error.sourceline or 1, 1, words))
        return Outcome(tuple(problems), len(problems), counted=len(problems) < MOST_PROBLEMS)

    def _unchecked(self, document: Document, why: str) -> Judgement:
        words = difference(
            document.root, self._operation.request_root, self._operation.name, str(self._operation.basis)
        )
        told = (Problem(Severity.WARNING, document.line, 1, words),) if words else ()
        return Judgement(Conformity.NOT_CHECKED, told, len(told), why=why)

    def _document(self) -> Document | Problem:
        """The document's root; of a small one also whether it is well-formed, of a large one as far as is needed."""
        if self._stream.size <= EDITABLE_BYTES:
            return read(self._payload.read_bytes() if isinstance(self._payload, Path) else self._payload)
        found = _Head(self._stream).document()
        if isinstance(found, Document) and self._known is None:
            return self._syntax() or found
        return found

    def _syntax(self) -> Problem | None:
        """The first thing that keeps a large document from being XML."""
        if self._file is not None and is_sound(self._file):
            return None
        scan = expat.ParserCreate("utf-8")
        try:
            for chunk in self._stream.chunks():
                self._pause()
                scan.Parse(chunk)
            scan.Parse(b"", True)  # noqa: FBT003  expat takes it by position
        except expat.ExpatError as error:
            words = expat.ErrorString(error.code)
            return Problem(Severity.ERROR, error.lineno, error.offset + 1, f"This is not XML ({words}).")
        return None


class _Stop(Exception):
    """Ends the reading of a head."""


class _Head:
    """Reads a document as far as its root."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._found: Document | Problem | None = None
        self._expat = expat.ParserCreate("utf-8", "}")
        self._expat.StartElementHandler = self._opened
        self._expat.StartDoctypeDeclHandler = self._refuse

    def document(self) -> Document | Problem:
        """The root, or what stands in its way."""
        try:
            for chunk in self._stream.chunks():
                self._expat.Parse(chunk)
        except _Stop:
            pass
        except expat.ExpatError as error:
            words = f"This is not XML ({expat.ErrorString(error.code)})."
            return Problem(Severity.ERROR, error.lineno, error.offset + 1, words)
        return self._found or Problem(Severity.ERROR, 1, 1, "There is no root element; a payload begins with one.")

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        space, brace, local = name.rpartition("}")
        self._found = Document(f"{{{space}}}{local}" if brace else name, self._expat.CurrentLineNumber, b"")
        raise _Stop

    def _refuse(self, *declared: object) -> None:
        line, column = self._expat.CurrentLineNumber, self._expat.CurrentColumnNumber + 1
        words = "A DOCTYPE is not allowed in a payload, nor are entities of one's own. Remove it."
        self._found = Problem(Severity.ERROR, line, column, words)
        raise _Stop


def _not_xml(problem: Problem) -> Judgement:
    return Judgement(Conformity.NOT_XML, (problem,), 1)


def _local(error: xmlschema.XMLSchemaValidationError) -> str:
    return str(getattr(error.elem, "tag", "")).rpartition("}")[2]
