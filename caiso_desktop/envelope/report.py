"""Look through a report while it streams by: its root, how many records of each kind, and whether it is XML at all."""

from dataclasses import dataclass
from xml.parsers import expat

from caiso_desktop.envelope.node import Builder, Node
from caiso_desktop.envelope.result import BATCH_STATUS, RESULTS


class Refused(Exception):
    """A document that brings a DOCTYPE: it could define entities, which are never read."""

    def __init__(self, name: str) -> None:
        super().__init__("it has a DOCTYPE, which could hide something, and no answer of CAISO's has one")
        self.name = name


def refuse_doctype(name: str, *declared: object) -> None:
    """A handler of expat that lets no DTD and so no entity through."""
    raise Refused(name)


def open_parser(charset: str | None = None) -> expat.XMLParserType:
    """An expat parser that reports ``namespace}local`` and refuses a DOCTYPE."""
    parser = expat.ParserCreate(charset, "}")
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.ordered_attributes = True
    return parser


def clark(name: str) -> str:
    """Expat's ``namespace}local`` in Clark notation."""
    return "{" + name if "}" in name else name


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report turned out to be; ``problem`` says why it cannot be read, ``tree`` holds small result documents."""

    root: str | None
    counts: tuple[tuple[str, int], ...]
    tree: Node | None
    problem: str | None


class ReportScan:
    """Fed with a document in pieces; never raises for what is in it."""

    def __init__(self) -> None:
        self._root: str | None = None
        self._problem: str | None = None
        self._builder: Builder | None = None
        self._below_root: dict[str, int] = {}
        self._below_payload: dict[str, int] = {}
        self._parser = open_parser()
        self._parser.StartElementHandler = self._begin

    def feed(self, piece: bytes) -> None:
        """The next bytes of the document."""
        self._parse(piece, last=False)

    def findings(self) -> Findings:
        """What was seen, once everything has been fed."""
        self._parse(b"", last=True)
        counted = self._below_payload if "MessagePayload" in self._below_root else self._below_root
        return Findings(
            root=self._root,
            counts=tuple(counted.items()),
            tree=self._builder.root if self._builder else None,
            problem=self._problem,
        )

    def _parse(self, piece: bytes, *, last: bool) -> None:
        if self._problem is not None:
            return
        try:
            self._parser.Parse(piece, last)
        except Refused as error:
            self._problem = str(error)
        except (expat.ExpatError, LookupError, ValueError) as error:
            self._problem = f"it is not well-formed XML ({error})"

    def _begin(self, name: str, attributes: object) -> None:
        self._root = clark(name)
        if name.rpartition("}")[2] in RESULTS | {BATCH_STATUS}:
            self._builder = Builder()
            self._parser.CharacterDataHandler = self._builder.text
        self._count(name)

    def _count(self, root: str) -> None:
        """Go on with handlers that do as little as possible: a report may have millions of elements."""
        depth = 0
        within_payload = False
        below_root, below_payload, builder = self._below_root, self._below_payload, self._builder

        def start(name: str, attributes: object) -> None:
            nonlocal depth, within_payload
            depth += 1
            if builder is not None:
                builder.start(name.rpartition("}")[2])
            if depth == 3:
                if within_payload:
                    local = name.rpartition("}")[2]
                    below_payload[local] = below_payload.get(local, 0) + 1
            elif depth == 2:
                local = name.rpartition("}")[2]
                within_payload = local == "MessagePayload"
                below_root[local] = below_root.get(local, 0) + 1

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            if builder is not None:
                builder.end()

        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end
        start(root, None)
