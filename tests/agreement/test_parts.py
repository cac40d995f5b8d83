"""Messages in parts, whichever side writes them: of any size, in any order, whatever looks like a boundary in them."""

import base64
import gzip
import io
import random
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.envelope.dress import dress
from caiso_desktop.envelope.large import Packing
from caiso_desktop.envelope.multipart import content_type
from caiso_desktop.model.answer import Outcome, Severity
from caiso_desktop.model.call import Operation
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.identity import Hash
from caiso_desktop.model.service import Packaging, Variant
from caiso_desktop.model.source import PayloadFile, bytes_of
from caiso_desktop.model.transport import ignore_progress
from caiso_desktop.simulator.attachment import Dress, attached, compressed, documented, pack
from caiso_desktop.simulator.gate import Order
from caiso_desktop.simulator.message import read_request
from caiso_desktop.simulator.plan import Plan
from tests.agreement.test_simulator_reads import Post, canonical
from tests.envelope.test_multipart_answer import ENDS
from tests.envelope.test_undress import undressed

BOUNDARY = b"----=_Part.7"
HOSTILE = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"--" + BOUNDARY,
        b"\r\n--" + BOUNDARY[:-1] + b"\r\n",
        b"\r\n--" + BOUNDARY + b"x\r\n",
        b"\r\n--" + BOUNDARY + b"-\r\n",
        b"\n--" + BOUNDARY + b"\r\n",
        b"\r\n\r\n",
    ]
)
DELIMITER = re.compile(rb"(?:^|\r\n)--" + re.escape(BOUNDARY) + rb"(?:--)?[ \t]*(?:\r\n|\Z)")
ENVELOPE = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body><a/></s:Body></s:Envelope>'
)
SIZES = st.integers(0, 3000) | st.sampled_from([1 << 16, (1 << 18) - 40, 1 << 18, (1 << 18) + 1, 700_000])


@pytest.fixture(scope="module")
def post() -> Post:
    return Post()


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text of any size, easy or hard to compress."""
    size = draw(SIZES)
    return random.Random(size).randbytes(size // 2 + 1).hex() if draw(st.booleans()) else "1" * size


def submit(post: Post) -> tuple[Plan, Operation]:
    service = post.catalogue.service("sibr", "SubmitRawBidSet")
    version = service.versions[0]
    return post.plan("sibr", version, Variant.AP), operation_by_rule(service, version, Variant.AP)


def document(operation: Operation, text: str) -> bytes:
    space, local = operation.request_root[1:].split("}")
    return (
        f'<{local} xmlns="{space}"><MessagePayload><Bid><note>{text}</note></Bid></MessagePayload></{local}>'.encode()
    )


def check(post: Post, plan: Plan, kind: str, action: str, body: bytes) -> Order:
    return post.gate.check(plan, post.peer, kind, action, body)


def reordered(body: bytes, boundary: bytes, *, preamble: bytes, end: bytes) -> bytes:
    """The same parts, the last first, between a preamble and an epilogue."""
    _, *parts, _ = (b"\r\n" + body).split(b"\r\n--" + boundary)
    return (
        preamble
        + b"".join(b"\r\n--" + boundary + part for part in reversed(parts))
        + b"\r\n--"
        + boundary
        + b"--"
        + end
    )


@pytest.mark.parametrize("packaging", [Packaging.SWA, Packaging.MTOM])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts(), file=st.booleans(), turned=st.booleans(), end=st.sampled_from([b"", b"\r\n", b"\r\nan epilogue"]))
def test_a_submit_of_any_size_arrives_with_its_parts_in_any_order(
    post: Post, packaging: Packaging, text: str, file: bool, turned: bool, end: bytes
) -> None:
    plan, operation = submit(post)
    payload = document(operation, text)
    with TemporaryDirectory() as name:
        if file:
            path = Path(name) / "payload.xml"
            path.write_bytes(payload)
            work = Packing(PayloadFile.of(path), Path(name), operation, CancelToken(), ignore_progress)
            large = work.prepare(
                post.identity, hash=Hash.SHA1, now=lambda: datetime.now(UTC), packaging=packaging
            ).sign()
            headers, body = dict(large.headers), bytes_of(large.body)
        else:
            small = dress(operation, payload, post.identity, hash=Hash.SHA1, now=datetime.now(UTC), packaging=packaging)
            headers, body = dict(small.headers), small.body
    kind = headers["Content-Type"]
    if turned:
        body = reordered(body, content_type(kind).boundary, preamble=b"a preamble", end=end)
    order = check(post, plan, kind, headers["SOAPAction"], body)
    assert canonical(order.payload) == canonical(etree.fromstring(payload))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(HOSTILE | st.binary(max_size=30), max_size=6).map(b"".join), ENDS), max_size=4),
    st.randoms(use_true_random=False),
    st.sampled_from([b"", b"a preamble\r\n", b"\r\n"]),
    st.sampled_from([b"", b"\r\n", b"\r\nan epilogue\r\n--" + BOUNDARY + b"\r\n"]),
    st.sampled_from([b"", b" ", b"\t"]),
)
def test_the_simulator_takes_parts_apart_whatever_they_hold(
    drawn: list[tuple[bytes, bytes]], turn: random.Random, preamble: bytes, epilogue: bytes, blank: bytes
) -> None:
    others = {
        f"p{row}": data + end for row, (data, end) in enumerate(drawn) if not DELIMITER.search(data + end + b"\r\n")
    }
    names = [*others, "root"]
    turn.shuffle(names)
    pieces = [
        b"--%s%s\r\nContent-Type: text/xml\r\nContent-ID: <%s>\r\n\r\n%s\r\n"
        % (BOUNDARY, blank, name.encode(), others.get(name, ENVELOPE))
        for name in names
    ]
    body = preamble + b"".join(pieces) + b"--" + BOUNDARY + b"--" + epilogue
    kind = f'multipart/related; type="text/xml"; start="<root>"; boundary="{BOUNDARY.decode()}"'
    request = read_request(kind, body)
    assert request.envelope.raw == ENVELOPE
    assert dict(request.parts) == others


@pytest.mark.parametrize("way", ["parts", "mtom", "docattach"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts(), cuts=st.lists(st.integers(0, 700_000), max_size=4), level=st.integers(1, 9))
def test_a_report_of_any_size_that_the_simulator_packs_is_read(
    post: Post, way: str, text: str, cuts: list[int], level: int
) -> None:
    report = f'<m:MarketAwards xmlns:m="urn:m"><MessagePayload><Award>{text}</Award></MessagePayload></m:MarketAwards>'
    data = report.encode()
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    packed = pack(compressed((data[start:stop] for start, stop in pairwise(edges)), level))
    plan, _ = submit(post)
    reply = documented(packed) if way == "docattach" else attached(plan, packed, Dress(xop=way == "mtom"))
    body = b"".join(reply.content)
    assert len(body) == reply.length
    for hold in (0, 1 << 18):
        with TemporaryDirectory() as name:
            answer = undressed(Path(name), body, reply.content_type, hold=hold)
            assert answer.outcome is Outcome.SUCCESS, answer.notes
            assert answer.report is not None
            assert answer.report.read_bytes() == data
            assert [note for note in answer.notes if note.severity is Severity.ERROR] == []
    if way != "docattach":
        text_part = read_request(reply.content_type, body).parts["attachment@simulator.caiso.desktop"]
        assert gzip.GzipFile(fileobj=io.BytesIO(base64.b64decode(text_part))).read() == data
    reply.content.close()
