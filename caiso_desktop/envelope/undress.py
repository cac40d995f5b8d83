"""Undress an answer: parts, attachment, report, results and faults, and what is wrong with any of it.

Everything is read as a stream from the file the body lies in; what is small is read once, and its pieces are handed on
in memory as well as written. A bad answer is never an exception: it is an `Answer`
with notes. `StorageError` is raised when its pieces cannot be written.
"""

import codecs
import hashlib
import quopri
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from caiso_desktop.envelope.explain import (
    damaged,
    explain_code,
    explain_page,
    explain_status,
    explain_text,
    hash_differs,
)
from caiso_desktop.envelope.keep import SMALL, Files
from caiso_desktop.envelope.multipart import CHUNK, ContentType, MultipartReader, PartHead, content_type
from caiso_desktop.envelope.peel import Bound, Unpeelable, peel
from caiso_desktop.envelope.procedure import PLAIN, read_value
from caiso_desktop.envelope.report import Findings, ReportScan
from caiso_desktop.envelope.soap import Envelope, Span, read_envelope
from caiso_desktop.envelope.verdict import Pieces, judge
from caiso_desktop.model.answer import Answer, Note, Part, Severity
from caiso_desktop.model.call import Operation
from caiso_desktop.model.error import Side, StorageError
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.service import Procedure
from caiso_desktop.model.transport import Response

LIMIT = 4 << 30
_RESERVE = 256 << 20
_PAGE = 64 << 10
_FIRST_BOUNDARY = re.compile(rb"(?:\r?\n)*--([^\s<>]{1,70})[ \t]*\r?\nContent-", re.I)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.I)
_WRAPPER = re.compile(r"\}ISOAttachment$|_attachment(?:Response)?$")
_XML = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
# With a byte order mark, and without one.
_UTF16 = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}


def undress(
    response: Response,
    operation: Operation,
    folder: Path,
    failures: Failures,
    *,
    limit: int = LIMIT,
    hold: int = SMALL,
) -> Answer:
    """Read an answer whose body lies in a file; its pieces are written into ``folder``, which is there.

    ``failures`` says what is known of texts and statuses. ``limit`` is the most bytes a report may unpack to; pieces of
    up to ``hold`` bytes are held in memory, and but for the report made files only when they are wanted.
    Raises `StorageError` alone.
    """
    try:
        return _Undressing(response, operation, folder, failures, limit, hold).answer()
    except OSError as error:
        raise StorageError(f"the answer could not be unpacked into {folder} ({error.strerror}).") from error


class _Undressing:
    """One answer on its way from bytes to meaning."""

    def __init__(
        self, response: Response, operation: Operation, folder: Path, failures: Failures, limit: int, hold: int
    ) -> None:
        self._response = response
        self._operation = operation
        self._folder = folder
        self._failures = failures
        self._bound = Bound(limit, room=self._room)
        self._parts: list[Part] = []
        self._notes: list[Note] = []
        self._attachments: list[tuple[PartHead, Part]] = []
        self._report: Path | None = None
        self._findings: Findings | None = None
        self._status_told = False
        self._side = Side.BETWEEN
        self._files = Files(hold)
        self._files.take(response.body, response.size, response.held)

    def _room(self) -> int:
        """The bytes that the disk has for the report: an answer must not fill it."""
        free = shutil.disk_usage(self._folder).free
        if free < self._response.size:
            raise StorageError(f"the disk of {self._folder} is full.")
        return max(0, free - _RESERVE)

    def answer(self) -> Answer:
        """The answer, read."""
        kind = content_type(self._response.header("Content-Type"))
        head = self._head(self._response.body)
        if not kind.multipart and (boundary := _boundary(head)):
            kind = ContentType("multipart/related", boundary, "", "")
        envelope = None
        if kind.multipart:
            root = self._split(kind)
        else:
            stated = self._response.header("Content-Type") or ""
            root = Part("envelope", stated, self._response.body, self._response.size)
            self._parts.append(root)
        if root is not None:
            envelope = self._read(root, kind)
        pieces = Pieces(
            envelope, self._report, self._findings, tuple(self._parts), tuple(self._notes), self._status_told
        )
        return judge(self._response, self._operation, pieces, self._failures)

    def _read(self, root: Part, kind: ContentType) -> Envelope | None:
        head = self._head(root.path)
        if not head.strip():
            return None
        if _is_page(head):
            self._notes.append(explain_page(self._failures, head.decode(_charset(kind), "replace"), self._status()))
            return None
        if not head.lstrip().startswith(_XML):
            self._notes.append(explain_text(self._failures, head.decode(_charset(kind), "replace"), self._status()))
            return None
        encoding = _UTF16.get(head[:2])
        path = self._plain(root.path, encoding) if encoding else root.path
        value = self._folder / "attachment.txt"
        with self._files.open(path) as stream, self._files.new_part(value) as sink:
            envelope = read_envelope(stream, sink, content_type(root.content_type).charset)
            sink.wanted = envelope.inline
        self._unpack(envelope, path, value)
        return envelope

    def _status(self) -> Note | None:
        """What the HTTP status means, told with the words that came under it; None for a success."""
        self._status_told = True
        return explain_status(self._failures, self._response.status, self._response.reason, self._operation.basis)

    def _plain(self, path: Path, encoding: str) -> Path:
        """The same document in UTF-8, where it came in UTF-16: spans are then those of its bytes."""
        target = self._folder / "envelope-utf-8.xml"
        with path.open(encoding=encoding, errors="replace", newline="") as source, self._files.new(target) as sink:
            first = source.read(CHUNK)
            if first.startswith("<?xml"):
                first = first.partition("?>")[2]
            while first:
                sink.write(first.encode())
                first = source.read(CHUNK)
        return target

    def _unpack(self, envelope: Envelope, path: Path, value: Path) -> None:
        if not envelope.soap:
            # Some answer without an envelope: the document is the report.
            self._write_report(self._pieces(path), "answer")
            return
        if envelope.problem is not None:
            self._notes.append(damaged("envelope", envelope.problem))
        if envelope.fault is not None:
            return
        if self._operation.procedure is not None:
            self._take_value(self._operation.procedure, envelope, path, value.with_name("value.txt"))
            return
        attachment = self._attachment(envelope, value)
        if attachment is not None:
            self._verify(envelope.hash, attachment)
            self._write_report(self._pieces(attachment.path), "attachment")
        elif _WRAPPER.search(envelope.child or ""):
            if envelope.href is None:
                self._notes.append(damaged("attachment", "it is empty"))
        elif envelope.document is not None and envelope.document.end >= 0:
            self._write_report(self._span(path, envelope.document), "answer")

    def _take_value(self, procedure: Procedure, envelope: Envelope, path: Path, value: Path) -> None:
        """What a remote procedure gave: the document inside its value, else its response as it stands."""
        with self._files.open(path) as stream, self._files.new_part(value) as sink:
            size = read_value(stream, sink)
            sink.wanted = size > 0
        if size > 0:
            self._parts.append(self._part("value", "text/plain", value))
        if size > 0 and procedure.encoding != PLAIN:
            self._write_report(self._pieces(value), "value")
            return
        if procedure.codes:
            number = self._head(value).decode("utf-8", "replace").strip() if size > 0 else ""
            told = explain_code(self._failures, procedure.codes, number)
            if told is not None:
                self._notes.append(told)
        if envelope.document is not None and envelope.document.end >= 0:
            self._write_report(self._span(path, envelope.document), "answer")

    def _attachment(self, envelope: Envelope, value: Path) -> Part | None:
        """The part that holds the report: inside the envelope, the one it points to, or the only other one."""
        if envelope.inline:
            part = self._part("attachment", "text/plain", value)
            self._parts.append(part)
            return part
        if envelope.href is not None:
            wanted = envelope.href.removeprefix("cid:")
            for head, part in self._attachments:
                if head.content_id in (wanted, unquote(wanted)):
                    return part
            self._notes.append(damaged("attachment", f"the envelope points to “{envelope.href}”, which did not come"))
            return None
        return self._attachments[0][1] if self._attachments else None

    def _verify(self, stated: str | None, attachment: Part) -> None:
        if stated is None:
            return
        as_received = self._hash(attachment.path)
        if stated == as_received:
            self._notes.append(Note(Severity.INFO, "The attachment's hash is right", "It matches as received."))
        elif stated == self._hash(attachment.path, without=b"\r\n"):
            self._notes.append(
                Note(Severity.INFO, "The attachment's hash is right", "It matches without the line breaks.")
            )
        else:
            self._notes.append(hash_differs(stated, as_received))
            return
        self._side = Side.CAISO

    def _write_report(self, pieces: Iterator[bytes], what: str) -> None:
        target = self._folder / "report.xml"
        scan = ReportScan()
        broken = None
        with self._files.new(target) as sink:
            try:
                before = b""
                for piece in peel(pieces, self._bound):
                    sink.write(piece)
                    if before:
                        scan.feed(before)
                    before = piece
                scan.feed(before, last=True)
            except Unpeelable as error:
                broken = str(error)
                sink.target = self._folder / "report-incomplete.xml"
            path = sink.target
            sink.wanted = sink.size > 0
        if broken is not None:
            self._notes.append(damaged(what, broken, self._side))
            if sink.size:
                self._parts.append(Part("report", "text/xml", path, self._files.size(path), "incomplete"))
            return
        if not sink.size:
            self._notes.append(damaged(what, "it is empty"))
            return
        self._parts.append(Part("report", "text/xml", path, self._files.size(path)))
        self._findings = scan.findings() or self._thorough(path)
        if self._findings is None or self._findings.problem is None:
            self._report = path
        elif _is_page(head := self._head(path)):
            self._notes.append(explain_page(self._failures, head.decode("utf-8", "replace")))
        else:
            self._notes.append(damaged("report", self._findings.problem))

    def _split(self, kind: ContentType) -> Part | None:
        """Take every MIME part out; the root is the one that ``start`` names, else the first."""
        found: list[tuple[PartHead, Part]] = []
        with self._files.open(self._response.body) as stream:
            reader = MultipartReader(stream, kind.boundary)
            for head, pieces in reader.parts():
                path = self._folder / f"part-{len(found) + 1}"
                with self._files.new_part(path) as sink:
                    for piece in pieces:
                        sink.write(piece)
                if head.transfer_encoding == "quoted-printable":
                    path = self._unquoted(path)
                found.append((head, self._part("attachment", head.content_type, path)))
        if not reader.complete:
            self._notes.append(damaged("answer", "it ends before its last part does"))
        if not found:
            self._parts.append(Part("answer", kind.kind, self._response.body, self._response.size))
            return None
        roots = [i for i, (head, _) in enumerate(found) if kind.start and head.content_id == kind.start]
        head, part = found.pop(roots[0] if roots else 0)
        root = replace(part, name="envelope")
        self._parts += [root, *(other for _, other in found)]
        self._attachments = found
        return root

    def _part(self, name: str, content_type: str, path: Path) -> Part:
        return Part(name, content_type, path, self._files.size(path), data=self._files.data(path))

    def _unquoted(self, path: Path) -> Path:
        target = path.with_suffix(".decoded")
        with self._files.open(path) as source, self._files.new_part(target) as sink:
            quopri.decode(source, sink)
        return target

    def _head(self, path: Path) -> bytes:
        with self._files.open(path) as stream:
            return stream.read(_PAGE)

    def _pieces(self, path: Path) -> Iterator[bytes]:
        with self._files.open(path) as stream:
            while piece := stream.read(CHUNK):
                yield piece

    def _span(self, path: Path, span: Span) -> Iterator[bytes]:
        """The Body's document, as one of its own."""
        with self._files.open(path) as stream:
            stream.seek(span.start)
            left = span.end - span.start
            first = stream.read(min(CHUNK, left))
            left -= len(first)
            yield span.opening(first)
            while left and (piece := stream.read(min(CHUNK, left))):
                left -= len(piece)
                yield piece

    def _thorough(self, path: Path) -> Findings | None:
        scan = ReportScan(thorough=True)
        for piece in self._pieces(path):
            scan.feed(piece)
        return scan.findings()

    def _hash(self, path: Path, without: bytes = b"") -> str:
        """CAISO's hash of a part: exactly as received, or of its text without line breaks."""
        digest = hashlib.sha1()  # noqa: S324  CAISO's protocol, not ours to choose
        for piece in self._pieces(path):
            digest.update(piece.translate(None, without) if without else piece)
        return b64encode(digest.digest()).decode("ascii")


def _boundary(head: bytes) -> bytes:
    """The boundary of an answer that is in parts, though its Content-Type does not say so."""
    found = _FIRST_BOUNDARY.match(head)
    return found[1] if found else b""


def _is_page(head: bytes) -> bool:
    return _HTML.search(head[:1024]) is not None


def _charset(kind: ContentType) -> str:
    try:
        return codecs.lookup(kind.charset).name
    except LookupError:
        return "utf-8"
