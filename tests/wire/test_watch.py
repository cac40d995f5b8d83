"""What is read off the messages of a handshake; messages that are cut short, or of another kind, tell nothing."""

import ssl

import pytest

from caiso_desktop.wire.watch import Watch


def vector(size: int, data: bytes) -> bytes:
    return len(data).to_bytes(size) + data


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + vector(3, body)


OLD = {
    11: vector(3, vector(3, b"leaf") + vector(3, b"issuer")),
    13: vector(1, b"\1") + vector(2, b"\4\1") + vector(2, vector(2, b"CN=A") + vector(2, b"CN=B")),
}
RECENT = {
    11: vector(1, b"") + vector(3, vector(3, b"leaf") + vector(2, b"ext") + vector(3, b"issuer") + vector(2, b"")),
    13: vector(1, b"")
    + vector(
        2, b"\0\r" + vector(2, b"\0\2\4\1") + b"\0\x2f" + vector(2, vector(2, vector(2, b"CN=A") + vector(2, b"CN=B")))
    ),
}
VERSIONS = {0x0303: OLD, 0x0304: RECENT}


def watch() -> Watch:
    return Watch(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@pytest.mark.parametrize("version", VERSIONS)
def test_chain_and_authorities(version: int) -> None:
    assert watch().asked is False
    seen = watch()
    for kind, body in VERSIONS[version].items():
        seen._look(None, "read", version, 22, kind, message(kind, body))
    assert seen.chain == (b"leaf", b"issuer")
    assert seen.authorities == (b"CN=A", b"CN=B")
    assert seen.asked is True
    assert seen.version == {0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}[version]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", [11, 13])
def test_a_message_that_is_cut_short_is_none(version: int, kind: int) -> None:
    whole = message(kind, VERSIONS[version][kind])
    for size in range(4, len(whole)):
        seen = watch()
        seen._look(None, "read", version, 22, kind, whole[:size])
        assert seen.chain == ()
        assert seen.authorities == ()


def test_what_we_say_ourselves_and_other_messages_tell_nothing() -> None:
    seen = watch()
    seen._look(None, "write", 0x0303, 22, 11, message(11, OLD[11]))
    seen._look(None, "read", 0x0303, 21, 11, message(11, OLD[11]))
    seen._look(None, "read", 0x0303, 22, 2, message(2, OLD[11]))
    assert (seen.chain, seen.version, seen.asked) == ((), "", False)
