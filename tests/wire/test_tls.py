"""What every TLS context of ours insists on."""

import ssl

import pytest

from caiso_desktop.model.error import UsageError
from caiso_desktop.model.identity import Trust
from caiso_desktop.wire.tls import Contexts, client_context
from tests.wire.conftest import Authority, TestIdentity


@pytest.mark.parametrize("own_authorities", [True, False])
def test_every_context_verifies(authority: Authority, jane: TestIdentity, own_authorities: bool) -> None:
    for identity in (None, jane):
        context = client_context(identity, authority.trust if own_authorities else Trust())
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_an_authority_must_be_a_certificate() -> None:
    for wrong in (b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\xff"):
        with pytest.raises(UsageError, match="not a certificate in PEM"):
            client_context(None, Trust((wrong,)))


def test_a_context_is_made_once_for_each_certificate_and_trust(
    authority: Authority, stranger: Authority, jane: TestIdentity, john: TestIdentity
) -> None:
    contexts = Contexts()
    wanted = [(who, trust) for who in (None, jane, john) for trust in (authority.trust, stranger.trust)]
    made = [contexts.make(who, trust) for who, trust in wanted]
    assert len({id(each) for each in made}) == len(wanted)
    assert [contexts.known(who, trust) for who, trust in wanted] == made
    contexts.clear()
    assert [contexts.known(who, trust) for who, trust in wanted] == [None] * len(wanted)
