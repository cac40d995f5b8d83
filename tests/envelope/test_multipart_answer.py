"""Whole answers in parts, as hostile as a sender may make them: every part comes out as it went in, and the report."""

import base64
import gzip
import hashlib
import random
import re
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from caiso_desktop.model.answer import Answer, Outcome, Severity
from tests.envelope.test_undress import envelope, hash_header, include, undressed

BOUNDARY = b"----=_Part.7"
HOSTILE = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r",
        b"--" + BOUNDARY,
        b"\r\n--" + BOUNDARY,
        b"\r\n--" + BOUNDARY + b"x\r\n",
        b"\n--" + BOUNDARY + b"\n",
        b"\r\n--" + BOUNDARY[:-1] + b"\r\n",
        b"\r\n\r\n",
        b"--",
    ]
)
"""What looks like a boundary, and what a careless reader strips."""

DELIMITER = re.compile(rb"(?:^|\r\n)--" + re.escape(BOUNDARY) + rb"(?:--)?[ \t]*(?:\r\n|\n|\Z)")
ENDS = st.sampled_from([b"", b"\r\n", b"\n", b"\r\n\r\n", b"\r", b"\0\r\n"])


class Sent(NamedTuple):
    """An answer as it was made: its bytes, its Content-Type, the report in it, and every part by its Content-ID."""

    body: bytes
    kind: str
    report: bytes
    parts: dict[str, bytes]


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A report of any size, its text easy or hard to compress."""
    size = draw(st.integers(0, 3000) | st.sampled_from([1 << 16, (1 << 18) - 40, 1 << 18, (1 << 18) + 1, 700_000]))
    seed = draw(st.integers(0, 1 << 30))
    text = random.Random(seed).randbytes(size // 2 + 1).hex() if draw(st.booleans()) else "1" * size
    return f'<m:Awards xmlns:m="urn:m"><MessagePayload><Award>{text}</Award></MessagePayload></m:Awards>'.encode()


@st.composite
def zips(draw: st.DrawFn, document: bytes) -> bytes:
    """The document as a gzip of one or several members, of which some may be empty."""
    cuts = sorted(draw(st.lists(st.integers(0, len(document)), max_size=4)))
    edges = [0, *cuts, len(document)]
    level = draw(st.integers(0, 9))
    return b"".join(gzip.compress(document[start:end], level, mtime=0) for start, end in pairwise(edges))


@st.composite
def attachments(draw: st.DrawFn, zipped: bytes) -> bytes:
    """The zip as it travels: base64 text on one line or in lines, or the bare bytes."""
    match draw(st.sampled_from(["line", "lines", "bare"])):
        case "line":
            return base64.b64encode(zipped)
        case "lines":
            end = draw(st.sampled_from([b"\r\n", b"\n"]))
            return base64.encodebytes(zipped).replace(b"\n", end)
        case _:
            return zipped


@st.composite
def answers(draw: st.DrawFn) -> Sent:
    document = draw(documents())
    text = draw(attachments(draw(zips(document))))
    root = envelope(include(), hash_header(text))
    others = draw(st.lists(st.tuples(st.lists(HOSTILE | st.binary(max_size=30), max_size=6).map(b"".join), ENDS)))
    parts = {"root": root, "a@b": text}
    parts |= {f"other-{row}": data + end for row, (data, end) in enumerate(others[:4])}
    parts = {name: data for name, data in parts.items() if not DELIMITER.search(data) or name in ("root", "a@b")}
    order = draw(st.permutations(sorted(parts)))
    head = b"--%s%s\r\n" % (BOUNDARY, draw(st.sampled_from([b"", b" ", b"\t"])))
    pieces = [draw(st.sampled_from([b"", b"a preamble\r\n", b"\r\n"]))]
    pieces += [head + b"Content-ID: <%s>\r\n\r\n%s\r\n" % (name.encode(), parts[name]) for name in order]
    pieces.append(b"--" + BOUNDARY + b"--" + draw(st.sampled_from([b"", b"\r\n", b"\r\nan epilogue"])))
    kind = f'multipart/related; type="text/xml"; start="<root>"; boundary="{BOUNDARY.decode()}"'
    return Sent(b"".join(pieces), kind, document, parts)


def by_id(answer: Answer, sent: Sent) -> None:
    """Every part is there with its bytes."""
    came = sorted(hashlib.sha256(part.file().read_bytes()).digest() for part in answer.parts if part.name != "report")
    assert came == sorted(hashlib.sha256(data).digest() for data in sent.parts.values())


@settings(deadline=None, max_examples=60)
@given(answers(), st.sampled_from([0, 1 << 18]))
def test_parts_in_any_order_and_whatever_they_hold(sent: Sent, hold: int) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        answer = undressed(folder, sent.body, sent.kind, hold=hold)
        assert answer.outcome is Outcome.SUCCESS, answer.notes
        assert answer.report is not None
        assert answer.report.read_bytes() == sent.report
        assert [note.title for note in answer.notes if note.severity is Severity.ERROR] == []
        by_id(answer, sent)


@settings(deadline=None, max_examples=40)
@given(answers(), st.data())
def test_a_cut_off_answer_is_told_and_no_report_is_made_up(sent: Sent, data: st.DataObject) -> None:
    closing = sent.body.rindex(b"\r\n--" + BOUNDARY + b"--")
    cut = data.draw(st.integers(0, closing))
    with TemporaryDirectory() as name:
        answer = undressed(Path(name), sent.body[:cut], sent.kind)
        loud = [note for note in answer.notes if note.severity is Severity.ERROR]
        assert loud
        assert answer.outcome in (Outcome.UNREADABLE, Outcome.ERROR)
        if answer.report is not None:
            assert answer.report.read_bytes() == sent.report
