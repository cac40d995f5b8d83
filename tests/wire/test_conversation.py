"""What HTTP/1.1 may say: whatever way an answer comes, it is read as it was meant, or refused."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Fate
from caiso_desktop.model.fake_route import FakeLogOns, FakeRoutes
from caiso_desktop.model.route import Proxy, Route
from caiso_desktop.model.transport import Request
from caiso_desktop.model.transport_error import CutOff, ProtocolBroken
from caiso_desktop.wire.conversation import LONGEST_HEAD, Conversation, Head
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Server, answer, read_request, server_context
from tests.wire.proxies import proxy, wants_basic

Serve = Callable[..., Server]
Ask = Callable[..., Request]
HOST = [(b"Host", b"localhost")]


@dataclass
class Played:
    """A carrier that hands out what a peer said, in these pieces, and notes what it was told."""

    coming: list[bytes]
    told: bytes = b""
    quiet: bool = True
    closed: bool = False

    def write(self, data: bytes) -> None:
        """Note it."""
        self.told += data

    def read(self) -> bytes:
        """The next piece; empty when there is none."""
        return self.coming.pop(0) if self.coming else b""

    def close(self) -> None:
        """Note it."""
        self.closed = True


def heard(conversation: Conversation, method: str = "GET") -> tuple[Head, bytes]:
    """Ask, and read the whole answer."""
    head = conversation.ask(method, "/", HOST)
    return head, b"".join(conversation.pieces())


def saying(*answers: bytes) -> Callable[[Server, socket.socket], None]:
    """A server that says one of these to each request on a connection, then closes it."""

    def handle(server: Server, connection: socket.socket) -> None:
        for each in answers:
            head, _ = read_request(connection)
            if not head:
                return
            server.heads.append(head)
            connection.sendall(each)

    return handle


# Answers in every form, cut anywhere


@dataclass
class Said:
    """An answer as bytes, and what is to be read of it."""

    wire: bytes
    body: bytes
    lasts: bool
    """Whether the connection can be used again."""


@st.composite
def answers(draw: st.DrawFn) -> Said:
    body = draw(st.binary(max_size=300))
    news = draw(st.lists(st.sampled_from([b"100 Continue", b"103 Early Hints\r\nLink: </a>"]), max_size=2))
    begin = b"".join(b"HTTP/1.1 %b\r\n\r\n" % each for each in news)
    framing = draw(st.sampled_from(["length", "chunks", "end"]))
    close = draw(st.booleans())
    lines = [b"X-Name:  value \r\n"] + [b"Connection: close\r\n"] * close
    version = draw(st.sampled_from([b"1.1", b"1.0"])) if framing != "chunks" else b"1.1"
    if framing == "length":
        lines.append(b"content-length: %d\r\n" % len(body))
        rest = body
    elif framing == "chunks":
        lines.append(b"Transfer-Encoding: chunked\r\n")
        size = draw(st.integers(1, 300))
        chunks = [body[at : at + size] for at in range(0, len(body), size)]
        trailer = draw(st.sampled_from([b"", b"X-Sum: 1\r\n"]))
        rest = b"".join(b"%x;a=b\r\n%b\r\n" % (len(each), each) for each in chunks) + b"0\r\n" + trailer + b"\r\n"
    else:
        rest = body
    wire = begin + b"HTTP/%b 200 OK\r\n" % version + b"".join(lines) + b"\r\n" + rest
    return Said(wire, body, framing != "end" and version == b"1.1" and not close)


def cut(data: bytes, at: list[int]) -> list[bytes]:
    """The bytes in pieces, cut at these places; none is empty."""
    places = sorted({0, len(data), *(place % (len(data) + 1) for place in at)})
    return [data[begin:end] for begin, end in pairwise(places)]


@given(answers(), st.lists(st.integers(0, 2000), max_size=6), st.booleans())
def test_an_answer_is_the_same_however_it_is_framed_and_cut(said: Said, places: list[int], stray: bool) -> None:
    wire = said.wire + (b"HTTP/1.1 200 OK\r\n" if stray and said.lasts else b"")
    carrier = Played(cut(wire, places))
    conversation = Conversation(carrier, kept=60)
    head, body = heard(conversation)
    assert (head.status, head.reason, body) == (200, "OK", said.body)
    assert ("X-Name", "value") in head.headers
    # What came along with the answer's end is known of; what is still to come shows on the carrier.
    came_along = sum(len(each) for each in carrier.coming) < len(wire) - len(said.wire)
    assert conversation.idle is (said.lasts and not came_along)


@given(answers(), st.data())
def test_an_answer_that_stops_too_early_is_never_taken_for_whole(said: Said, data: st.DataObject) -> None:
    if b"ontent-length" not in said.wire and b"chunked" not in said.wire:
        return
    end = data.draw(st.integers(0, len(said.wire) - 1))
    conversation = Conversation(Played(cut(said.wire[:end], [end // 2])), kept=60)
    with pytest.raises(h11.RemoteProtocolError):
        heard(conversation)
    assert not conversation.usable


# One after the other


def test_each_request_is_said_as_it_was_given() -> None:
    carrier = Played([answer(b"a"), answer(b"b"), answer(b"c"), answer(b"d"), answer(b"e")])
    conversation = Conversation(carrier, kept=60)
    told: list[bytes] = []
    for method, target, headers in (
        ("GET", "/a", HOST),
        ("GET", "/a", HOST),
        ("GET", "/b", HOST),
        ("GET", "/b", [*HOST, (b"X", b"1")]),
        ("DELETE", "/b", [*HOST, (b"X", b"1")]),
    ):
        carrier.told = b""
        conversation.ask(method, target, headers)
        list(conversation.pieces())
        told.append(carrier.told)
    host = b"HTTP/1.1\r\nHost: localhost\r\n"
    assert told == [
        b"GET /a " + host + b"\r\n",
        b"GET /a " + host + b"\r\n",
        b"GET /b " + host + b"\r\n",
        b"GET /b " + host + b"X: 1\r\n\r\n",
        b"DELETE /b " + host + b"X: 1\r\n\r\n",
    ]


def test_a_list_of_headers_that_was_changed_is_said_as_it_is_now() -> None:
    carrier = Played([answer(b""), answer(b"")])
    conversation = Conversation(carrier, kept=60)
    headers = [*HOST, (b"X", b"1")]
    conversation.ask("GET", "/", headers)
    list(conversation.pieces())
    headers[1] = (b"X", b"2")
    conversation.ask("GET", "/", headers)
    assert b"X: 2" in carrier.told


def test_when_another_request_may_follow() -> None:
    carrier = Played([answer(b"a"), answer(b"b"), answer(b"c")])
    conversation = Conversation(carrier, kept=60)
    states = [conversation.usable]  # nothing was asked yet
    conversation.ask("GET", "/", HOST)
    states.append(conversation.usable)  # its answer was not read
    list(conversation.pieces())
    states.append(conversation.usable)
    carrier.quiet = False  # something came unasked
    states.append(conversation.usable)
    carrier.quiet = True
    states.append(conversation.usable)
    conversation.ask("GET", "/", HOST)
    states.append(conversation.usable)  # the second answer was not read
    assert states == [False, False, True, False, True, False]
    list(conversation.pieces())
    conversation.close()
    assert (conversation.usable, carrier.closed) == (False, True)
    late = Conversation(Played([answer(b"a")]), kept=-1)
    heard(late)
    assert late.idle
    assert not late.usable, "its time is over"


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answers_that_have_no_body(status: bytes) -> None:
    conversation = Conversation(Played([b"HTTP/1.1 %b\r\n\r\n" % status]), kept=60)
    assert heard(conversation)[1] == b""
    assert conversation.usable


def test_the_answer_to_head_has_no_body_whatever_its_length_says() -> None:
    conversation = Conversation(Played([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"]), kept=60)
    assert heard(conversation, "HEAD")[1] == b""
    assert conversation.usable


# Over real connections


def test_what_only_precedes_an_answer_is_passed_over(
    serve: Serve, transport: HttpTransport, ask: Ask, token: CancelToken
) -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\n"
    server = serve(saying(early + answer(b"one"), early + answer(b"two", "500 Fault")))
    first = transport.send(ask(server.port, scheme="http"), token)
    second = transport.send(ask(server.port, scheme="http"), token)
    assert (first.status, first.body.read_bytes(), first.header("Link")) == (200, b"one", None)
    assert (second.status, second.body.read_bytes()) == (500, b"two")
    assert server.accepted == 1


@pytest.mark.parametrize("headers", [(), (("Upgrade", "websocket"),)], ids=["unasked", "asked"])
def test_nobody_is_followed_into_another_protocol(
    serve: Serve, transport: HttpTransport, ask: Ask, token: CancelToken, headers: tuple[tuple[str, str], ...]
) -> None:
    server = serve(saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nhello", b""))
    with pytest.raises(ProtocolBroken, match="answered something else") as caught:
        transport.send(ask(server.port, scheme="http", headers=headers), token)
    assert caught.value.fate is Fate.UNKNOWN


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\n\r\n<whole/>",
        b"HTTP/1.0 200 OK\r\n\r\n<whole/>",
        b"HTTP/1.0 200 OK\r\nContent-Length: 8\r\n\r\n<whole/>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n<whole/>",
        b"HTTP/1.1 200\r\nConnection: Close\r\nContent-Length: 8\r\n\r\n<whole/>",
    ],
    ids=["until the end", "1.0 until the end", "1.0", "close", "close, without a reason"],
)
def test_an_answer_after_which_the_connection_is_over(
    serve: Serve, transport: HttpTransport, ask: Ask, token: CancelToken, wire: bytes
) -> None:
    # Two answers on each connection: who used it again would be given the second.
    server = serve(saying(wire) if b"Content-Length" not in wire else saying(wire, answer(b"again")))
    for accepted in (1, 2):
        assert transport.send(ask(server.port, scheme="http"), token).body.read_bytes() == b"<whole/>"
        assert server.accepted == accepted


@pytest.fixture(params=["plain", "TLS 1.2", "TLS 1.3"])
def secured(request: pytest.FixtureRequest, server_pem: Path) -> ssl.SSLContext | None:
    """Each way of being connected; None is without TLS."""
    versions = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}
    return server_context(server_pem, versions[request.param]) if request.param in versions else None


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "afterwards"])
def test_what_came_unasked_is_not_the_answer_to_the_next_request(
    serve: Serve, transport: HttpTransport, ask: Ask, token: CancelToken, secured: ssl.SSLContext | None, at_once: bool
) -> None:
    said = threading.Semaphore(0)

    def stray(server: Server, connection: socket.socket) -> None:
        _, body = read_request(connection)
        parts = [answer(body), answer(b"stray")]
        for part in [b"".join(parts)] if at_once else parts:
            connection.sendall(part)
        said.release()
        assert connection.recv(1) == b"", "the connection was used again"

    server = serve(stray, secured)
    scheme = "http" if secured is None else "https"
    for number in (1, 2, 3):
        sent = ask(server.port, scheme=scheme, body=b"%d" % number)
        assert transport.send(sent, token).body.read_bytes() == b"%d" % number
        assert server.accepted == number
        assert said.acquire(timeout=10)


def test_a_goodbye_that_came_with_the_answer_ends_the_connection(
    serve: Serve, server_pem: Path, transport: HttpTransport, ask: Ask, token: CancelToken, version: ssl.TLSVersion
) -> None:
    """The socket stays open and says nothing more: only who has read the goodbye knows of it."""

    def goodbye(server: Server, connection: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = server_context(server_pem, version).wrap_bio(incoming, outgoing, server_side=True)

        def fed(step: Callable[[], bytes | None]) -> bytes | None:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                    incoming.write(connection.recv(65536) or b"no TLS: it has gone")

        fed(tls.do_handshake)
        body = b""
        while not body.endswith(b"<hello/>"):
            body += fed(lambda: tls.read(65536)) or b""
        tls.write(answer(b"bye"))
        with pytest.raises(ssl.SSLWantReadError):
            tls.unwrap()
        connection.sendall(outgoing.read())
        server.released.wait(20)

    server = serve(goodbye)
    for accepted in (1, 2):
        assert transport.send(ask(server.port), token).body.read_bytes() == b"bye"
        assert server.accepted == accepted


@pytest.mark.parametrize(
    "begin",
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<half\r\n0\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<half\r\n7;",
    ],
    ids=["headers", "a header", "trailers", "a chunk's size"],
)
def test_a_head_that_never_ends_is_not_read_for_ever(
    serve: Serve, transport: HttpTransport, ask: Ask, token: CancelToken, begin: bytes
) -> None:
    line = b"X-More: and more\r\n" if begin.endswith(b"\n") else b"x" * 18
    gone: list[OSError] = []

    def flood(server: Server, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(begin)
        try:
            while True:
                connection.sendall(line * 1000)
        except OSError as error:
            gone.append(error)

    server = serve(flood)
    request = ask(server.port, scheme="http")
    with pytest.raises(ProtocolBroken, match="too long"):
        transport.send(request, token)
    assert not request.keep.exists() or request.keep.read_bytes() == b"<half"
    server.close()
    assert len(gone) == 1
    assert not isinstance(gone[0], TimeoutError)


def test_a_long_head_that_ends_is_read() -> None:
    long = "".join(f"X-{number}: {'y' * 1000}\r\n" for number in range(LONGEST_HEAD // 1100))
    wire = answer(b"<a/>", headers=long)
    head, body = heard(Conversation(Played(cut(wire, list(range(0, len(wire), 1000)))), kept=60))
    assert body == b"<a/>"
    assert len(head.headers) == LONGEST_HEAD // 1100 + 1


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: \xb3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    ],
)
def test_what_can_be_read_in_two_ways_is_read_in_none(
    serve: Serve, transport: HttpTransport, ask: Ask, token: CancelToken, wire: bytes
) -> None:
    server = serve(saying(wire, b""))
    request = ask(server.port, scheme="http")
    with pytest.raises(ProtocolBroken):
        transport.send(request, token)
    assert not request.keep.exists()
    with pytest.raises((ProtocolBroken, CutOff)):
        transport.send(ask(server.port, scheme="http"), token)
    assert server.accepted == 2


# With a proxy


@pytest.fixture
def through() -> Iterator[Callable[[int], HttpTransport]]:
    """Makes transports whose way leads through the proxy on a port, with a password that it takes the second time."""
    made: list[HttpTransport] = []

    def make(port: int) -> HttpTransport:
        made.append(HttpTransport(FakeRoutes(Route(Proxy("127.0.0.1", port))), FakeLogOns(("jane", "right"))))
        return made[-1]

    yield make
    for each in made:
        each.close()


ASKS = b"HTTP/1.1 407 Log on\r\nProxy-Authenticate: Basic realm=a\r\n"


@dataclass
class Page:
    """How a proxy's refusal ends, and on how many connections the log-on goes on then."""

    wire: bytes
    connections: int


@pytest.mark.parametrize(
    "page",
    [
        Page(b"Content-Length: 4\r\n\r\nnope", 1),
        Page(b"Transfer-Encoding: chunked\r\n\r\n4\r\nnope\r\n0\r\nX: y\r\n\r\n", 1),
        Page(b"Content-Length: 4\r\nConnection: close\r\n\r\nnope", 2),
        Page(b"Content-Length: 4\r\n\r\nnopeHTTP/1.1 200 Stray\r\n\r\n", 2),
        Page(b"Content-Length: 999999\r\n\r\n" + b"x" * 999_999, 2),
    ],
    ids=["length", "chunks", "close", "stray", "too large to read"],
)
def test_a_log_on_goes_on_over_what_is_left_of_the_connection(
    serve: Serve,
    server_pem: Path,
    through: Callable[[int], HttpTransport],
    ask: Ask,
    token: CancelToken,
    page: Page,
) -> None:
    knows = wants_basic("jane", "right")
    between = serve(proxy(lambda number, head: ASKS + page.wire if knows(number, head) else None))
    server = serve(saying(answer(b"in")), server_context(server_pem))
    assert through(between.port).send(ask(server.port), token).body.read_bytes() == b"in"
    assert (between.accepted, len(between.heads)) == (page.connections, 2)
