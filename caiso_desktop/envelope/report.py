"""Look through a report while it streams by: its root, how many records of each kind, and whether it is XML at all."""

from dataclasses import dataclass
from xml.parsers import expat

from caiso_desktop.envelope.node import Builder, Node
from caiso_desktop.envelope.result import BATCH_STATUS, RESULTS
from caiso_desktop.envelope.tally import Tally

_PAYLOAD = "MessagePayload"


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
    """Fed with a document in pieces; never raises for what is in it.

    A report's records are counted by their bytes (`Tally`). Where that cannot be done, `findings` is None, and the
    document has to be fed once more to a ``thorough`` scan.
    """

    def __init__(self, *, thorough: bool = False) -> None:
        self._thorough = thorough
        self._root: str | None = None
        self._problem: str | None = None
        self._builder: Builder | None = None
        self._counts = _Counts()
        self._tally: Tally | None = None
        self._odd = False
        self._piece = b""
        self._before = 0
        self._ended = False
        self._parser = open_parser()
        self._parser.StartElementHandler = self._begin

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """The next bytes of the document; to say which are the ``last`` saves expat a copy of a small one."""
        counting = self._tally
        self._piece = piece
        self._parse(piece, last=last)
        self._ended = last
        if counting is not None and not self._odd:
            counting.feed(piece)
        self._before += len(piece)

    def findings(self) -> Findings | None:
        """What was seen, once everything has been fed; None when only a thorough scan can tell."""
        if not self._ended:
            self._parse(b"", last=True)
        if self._tally is not None:
            counts = self._tally.counts
            # A name beyond ASCII would have to be decoded as the document's encoding has it.
            if self._problem is None and (self._odd or self._tally.odd or not all(map(bytes.isascii, counts))):
                return None
            for name, count in counts.items():
                self._counts.add_record(name.decode("ascii", "replace").rpartition(":")[2], count)
        return Findings(
            root=self._root,
            counts=self._counts.told(),
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
        if _local(name) in RESULTS | {BATCH_STATUS}:
            self._builder = Builder()
            self._parser.CharacterDataHandler = self._builder.text
        self._follow(name)

    def _follow(self, root: str) -> None:
        """Follow every element, with handlers that do as little as possible."""
        depth = 0
        within_payload = False
        counts, builder = self._counts, self._builder

        def start(name: str, attributes: object) -> None:
            nonlocal depth, within_payload
            depth += 1
            if builder is not None:
                builder.start(_local(name))
            if depth == 3:
                if within_payload and not self._hand_over():
                    counts.add_record(_local(name), 1)
            elif depth == 2:
                within_payload = counts.add_child(_local(name))

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            if builder is not None:
                builder.end()

        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end
        start(root, None)

    def _hand_over(self) -> bool:
        """Leave the counting, from this record on, to the tally; false where it cannot begin here."""
        at = self._parser.CurrentByteIndex - self._before
        # Not in UTF-16, and not where the tag began in an earlier piece.
        plain = at >= 0 and self._piece[at : at + 1] == b"<" and self._piece[at + 1 : at + 2] != b"\0"
        if self._thorough or self._builder is not None or not plain:
            return False
        self._tally = Tally()
        self._tally.feed(self._piece, at)
        self._parser.StartElementHandler = self._parser.EndElementHandler = None
        self._parser.CommentHandler = self._parser.StartCdataSectionHandler = self._mark_odd
        self._parser.ProcessingInstructionHandler = self._mark_odd
        return True

    def _mark_odd(self, *event: object) -> None:
        self._odd = True


class _Counts:
    """Children of the root, and of its MessagePayload, by local name in order of appearance."""

    def __init__(self) -> None:
        self._children: dict[str, int] = {}
        self._records: dict[str, int] = {}

    def add_child(self, name: str) -> bool:
        """Count a child of the root; true for a MessagePayload."""
        self._children[name] = self._children.get(name, 0) + 1
        return name == _PAYLOAD

    def add_record(self, name: str, count: int) -> None:
        """Count records within the MessagePayload."""
        self._records[name] = self._records.get(name, 0) + count

    def told(self) -> tuple[tuple[str, int], ...]:
        """The MessagePayload's counts where there is one, else the root's."""
        return tuple((self._records if _PAYLOAD in self._children else self._children).items())


def _local(name: str) -> str:
    return name.rpartition("}")[2]
