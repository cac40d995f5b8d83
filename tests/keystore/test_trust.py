"""The authorities that a user adds: every kind of file, pinning, and nothing half done."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from caiso_desktop.keystore.trust import SettingsAuthorities
from caiso_desktop.keystore.witness import issuer_of
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.transport import Request
from caiso_desktop.model.transport_error import ServerNotTrusted
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.wire.transport import HttpTransport
from tests.wire.conftest import Authority, Server, ask, authority, echo, serve, server_context, server_pem, transport

__all__ = ["ask", "authority", "serve", "server_pem", "transport"]


class Texts(dict[str, str]):
    """Settings in memory."""

    def set(self, name: str, value: str) -> None:
        self[name] = value

    def change(self, name: str, make: Callable[[str | None], str]) -> None:
        self[name] = make(self.get(name))


@pytest.fixture
def texts() -> Texts:
    return Texts()


@pytest.fixture
def own(texts: Texts) -> SettingsAuthorities:
    return SettingsAuthorities(texts, lambda environment: Trust())


ROOT, ISSUING, OTHER = Authority("CAISO root of this run"), Authority("CAISO issuing of this run"), Authority("Other")


def p7b(*authorities: Authority, encoding: Encoding = Encoding.DER) -> bytes:
    return pkcs7.serialize_certificates([each.certificate for each in authorities], encoding)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (ROOT.pem, ["CAISO root of this run"]),
        (
            b"Subject: in words before it\n" + ROOT.pem + ISSUING.pem,
            ["CAISO root of this run", "CAISO issuing of this run"],
        ),
        (ROOT.certificate.public_bytes(Encoding.DER), ["CAISO root of this run"]),
        (p7b(ROOT), ["CAISO root of this run"]),
        (p7b(ROOT, encoding=Encoding.PEM), ["CAISO root of this run"]),
    ],
)
def test_every_kind_of_file(own: SettingsAuthorities, data: bytes, names: list[str]) -> None:
    assert [each.common_name for each in own.add("production", [data])] == names
    (first, *_) = own.trusting("production").added
    assert first.thumbprint == ROOT.certificate.fingerprint(hashes.SHA256()).hex().upper()
    assert own.add("production", [data]) == []
    assert len(own.trusting("production").added) == len(names)
    assert own.trusting("map-stage").added == ()


def test_a_bad_file_changes_nothing(own: SettingsAuthorities, texts: Texts) -> None:
    own.add("production", [ROOT.pem])
    before = dict(texts)
    leaf = ISSUING.identity("Jane Doe x1234").certificate.der
    for bad in (
        b"",
        b"nonsense",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"\x30" * 100,
        p7b(ROOT)[:200],
        leaf,
        ssl.DER_cert_to_PEM_cert(leaf).encode(),
        b"x" * 2_000_000,
    ):
        with pytest.raises(UsageError) as told:
            own.add("production", [ISSUING.pem, bad])
        assert told.value.advice
        assert texts == before


def test_an_expired_authority_is_not_added(texts: Texts) -> None:
    late = SettingsAuthorities(texts, lambda environment: Trust(), clock=lambda: datetime(2100, 1, 1, tzinfo=UTC))
    with pytest.raises(UsageError, match="has expired"):
        late.add("production", [ROOT.pem])
    assert texts == {}


def test_pinned_and_not(own: SettingsAuthorities) -> None:
    assert own.trust("production") == Trust()
    with pytest.raises(UsageError, match="no server would be trusted"):
        own.pin("production", exactly=True)
    own.add("production", [ROOT.pem])
    assert own.trust("production") == Trust((ROOT.pem,), beside_system=True)
    own.pin("production", exactly=True)
    assert own.trust("production") == Trust((ROOT.pem,))
    thumbprint = own.trusting("production").added[0].thumbprint
    with pytest.raises(UsageError):
        own.remove("production", "AA")
    own.remove("production", ":".join(thumbprint[i : i + 2].lower() for i in range(0, 64, 2)))
    assert own.trust("production") == Trust()
    assert not own.trusting("production").exactly


def test_a_catalogue_file_s_authorities_stay_exactly_those_and_the_user_s_besides(texts: Texts) -> None:
    given = SettingsAuthorities(texts, lambda environment: Trust((ROOT.pem,)))
    assert given.trust("production") == Trust((ROOT.pem,))
    told = given.trusting("production")
    assert (told.exactly, told.fixed, [each.common_name for each in told.given]) == (True, True, [ROOT.name])
    given.add("production", [ROOT.pem, OTHER.pem])
    assert given.trust("production") == Trust((ROOT.pem, OTHER.pem))
    with pytest.raises(UsageError, match="catalogue file"):
        given.pin("production", exactly=False)


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"added": ["x"]}', '{"added": 5}'])
def test_a_damaged_setting_is_none(text: str) -> None:
    assert (
        SettingsAuthorities(Texts({"trust.production": text}), lambda environment: Trust()).trust("production")
        == Trust()
    )


def test_real_servers_are_trusted_by_what_was_added(
    own: SettingsAuthorities,
    authority: Authority,
    serve: Callable[..., Server],
    server_pem: object,
    transport: HttpTransport,
    ask: Callable[..., Request],
) -> None:
    server = serve(echo, server_context(server_pem))  # type: ignore[arg-type]
    with pytest.raises(ServerNotTrusted):
        transport.send(ask(server.port, trust=own.trust("production")), CancelToken())
    own.add("production", [p7b(authority)])
    for exactly in (False, True):
        own.pin("production", exactly=exactly)
        response = transport.send(ask(server.port, trust=own.trust("production")), CancelToken())
        assert response.tls is not None
        assert issuer_of(response.tls.peer_certificate) == "CN=Authority of this run"


def test_two_programs_at_once_leave_each_other_s_choices(tmp_path: Path, authority: Authority) -> None:
    """The window has not heard that the command line pinned: to add one there does not unpin."""
    file = tmp_path / "settings.json"
    window, caiso = (SettingsAuthorities(FileSettings(file), lambda environment: Trust()) for _ in range(2))
    caiso.add("map-stage", [ROOT.pem])
    caiso.pin("map-stage", exactly=True)
    assert not window.trusting("map-stage").exactly
    assert [each.common_name for each in window.add("map-stage", [OTHER.pem])] == ["Other"]
    for each in (window, SettingsAuthorities(FileSettings(file), lambda environment: Trust())):
        now = each.trusting("map-stage")
        assert now.exactly
        assert [found.common_name for found in now.added] == ["CAISO root of this run", "Other"]
    with pytest.raises(UsageError, match="was added here"):
        caiso.remove("map-stage", "00")
    caiso.remove("map-stage", now.added[0].thumbprint)
    assert [found.common_name for found in caiso.trusting("map-stage").added] == ["Other"]
