"""Keys generated on a token of SoftHSM2, which never leave it."""

import gc
import shutil
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from caiso_desktop.keystore.memory import HASHES
from caiso_desktop.keystore.pkcs11 import Pkcs11Keystore, TokenError, find_module
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate, IdentityError
from caiso_desktop.model.identity import Hash, Identity, IdentityRef, Keystore, Padding, Trust
from caiso_desktop.model.transport import Request
from caiso_desktop.wire.provider.presentation import present
from caiso_desktop.wire.transport import HttpTransport
from tests.keystore.conftest import FakePerson, Issued
from tests.keystore.soft_token import MODULE, soft_token
from tests.wire.conftest import Authority, Server, echo, server_context

pytestmark = pytest.mark.skipif(
    MODULE is None or shutil.which("softhsm2-util") is None,
    reason="SoftHSM2 is not installed (Debian: softhsm2); python packaging/bootstrap.py test does it",
)
PIN = "1234"
LABEL = "Card of this run"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory, issuing: Issued) -> Iterator[rsa.RSAPublicKey]:
    """A token with a key that was generated on it, its certificate, and its issuer's."""
    with soft_token(tmp_path_factory.mktemp("softhsm"), LABEL, PIN, issuing) as key:
        yield key


@pytest.fixture
def store(token: rsa.RSAPublicKey, person: FakePerson) -> Iterator[Pkcs11Keystore]:
    assert MODULE is not None
    made = Pkcs11Keystore(MODULE, person)
    yield made
    made.close()


@pytest.fixture
def identity(store: Pkcs11Keystore, person: FakePerson) -> Identity:
    person.answers = [PIN]
    [found] = store.identities()
    return found


def test_listing_asks_for_no_pin(store: Pkcs11Keystore, issuing: Issued, person: FakePerson) -> None:
    port: Keystore = store
    [found] = port.identities()
    assert found.certificate.subject == "CN=Jane Doe x1234,OU=people,O=CAISO,C=US"
    assert found.certificate.chain == (issuing.der,)
    assert found.key_facts.place == f"on the card or token '{LABEL}'"
    assert found.key_file() is None
    assert found.signer.supports(Hash.SHA256, Padding.PSS)
    assert store.open(found.ref).certificate == found.certificate
    assert person.questions == []


@pytest.mark.parametrize("hash", list(Hash))
@pytest.mark.parametrize("kind", list(Padding))
def test_the_token_signs(identity: Identity, token: rsa.RSAPublicKey, hash: Hash, kind: Padding) -> None:
    algorithm = HASHES[hash]
    digest = bytes(algorithm.digest_size)
    scheme = (
        padding.PKCS1v15() if kind is Padding.PKCS1 else padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
    )
    token.verify(identity.signer.sign(digest, hash, kind), digest, scheme, utils.Prehashed(algorithm))


def test_the_pin_is_asked_for_once_a_session(identity: Identity, person: FakePerson) -> None:
    for _ in range(3):
        identity.signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)
    assert person.questions == [f"The PIN of {LABEL}"]


def test_a_wrong_pin_is_tried_twice_at_most(identity: Identity, person: FakePerson) -> None:
    person.answers = ["0000", "0001", PIN]
    with pytest.raises(TokenError, match="wrong twice"):
        identity.signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)
    assert person.questions[1] == f"That was not it. The PIN of {LABEL}"
    person.answers = [None]
    with pytest.raises(TokenError, match="was not given"):
        identity.signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)
    person.answers = ["0000", PIN]
    assert len(identity.signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)) == 256


def test_a_card_that_is_not_there_and_a_module_that_is_none_are_told(
    store: Pkcs11Keystore, person: FakePerson, tmp_path: Path
) -> None:
    with pytest.raises(IdentityError, match="in a reader now"):
        store.open(IdentityRef("pkcs11", "00" * 32))
    with pytest.raises(TokenError, match="does not work") as caught:
        Pkcs11Keystore(tmp_path / "nothing.so", person).identities()
    assert "settings" in caught.value.advice


def test_the_settings_name_the_module(tmp_path: Path) -> None:
    assert find_module(str(tmp_path / "card.so")) == tmp_path / "card.so"
    found = find_module(None)
    assert found is None or found.is_file()


# The same key in TLS


@pytest.fixture
def server(tmp_path: Path, root: Issued, issuing: Issued, version: ssl.TLSVersion) -> Iterator[tuple[int, list[str]]]:
    """A port that greets whoever shows a certificate of the issuing authority, and who did."""
    own = root.issue("localhost", uses=(ExtendedKeyUsageOID.SERVER_AUTH,))
    (tmp_path / "server.pem").write_bytes(own.key_pem() + own.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(tmp_path / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=(root.pem + issuing.pem).decode())
    names: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def greet() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with plain, context.wrap_socket(plain, server_side=True) as tls:
                shown = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
                names.append(str(shown.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value))
                tls.sendall(b"hello")

    threads = [threading.Thread(target=greet) for _ in range(4)]
    for thread in threads:
        thread.start()
    yield listener.getsockname()[1], names
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in threads:
        thread.join()


@pytest.fixture(params=["1.2", "1.3"])
def version(request: pytest.FixtureRequest) -> ssl.TLSVersion:
    return {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[request.param]


def test_the_token_authenticates_eight_threads_twenty_times(
    server: tuple[int, list[str]], identity: Identity, root: Issued, person: FakePerson
) -> None:
    port, names = server
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # the server's certificate is named as CAISO names people; its chain is checked
    context.load_verify_locations(cadata=root.pem.decode())
    present(context, identity.certificate.der, identity.certificate.chain, identity.signer)
    together = threading.Barrier(8)

    def work(_number: int) -> None:
        together.wait()
        for _ in range(20):
            with (
                socket.create_connection(("127.0.0.1", port)) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as tls,
            ):
                assert tls.recv(5) == b"hello"

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert names == ["Jane Doe x1234"] * 160
    assert person.questions == [f"The PIN of {LABEL}"]


@pytest.fixture
def strict(tmp_path: Path, root: Issued, issuing: Issued, version: ssl.TLSVersion) -> Iterator[tuple[Server, Trust]]:
    """A server that wants a certificate of the issuing authority, and who vouches for it."""
    authority = Authority("Authority of this run")
    context = server_context(authority.server_files(tmp_path), version)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=(root.pem + issuing.pem).decode())
    server = Server(echo, context)
    yield server, authority.trust
    server.close()


def request(server: Server, trust: Trust, identity: Identity, folder: Path) -> Request:
    url, hosts = f"https://localhost:{server.port}/", frozenset({("localhost", server.port)})
    return Request(url, (), b"<hello/>", folder / "answer", hosts, identity, trust)


def test_a_call_travels_with_the_tokens_key_and_a_pin_that_is_declined_ends_it_in_words(
    strict: tuple[Server, Trust], store: Pkcs11Keystore, person: FakePerson, tmp_path: Path
) -> None:
    [identity] = store.identities()
    transport = HttpTransport()
    try:
        person.answers = [None]
        with pytest.raises(TokenError, match="was not given"):
            transport.send(request(*strict, identity, tmp_path), CancelToken())
        assert strict[0].heads == []
        person.answers = [PIN]
        assert transport.send(request(*strict, identity, tmp_path), CancelToken()).status == 200
    finally:
        transport.close()
    assert strict[0].peers == [identity.certificate.thumbprint]


def test_a_cancel_ends_the_wait_for_a_pin_at_once(
    strict: tuple[Server, Trust], token: rsa.RSAPublicKey, tmp_path: Path
) -> None:
    asked, released = threading.Event(), threading.Event()

    class Away:
        """A person who does not come back."""

        def passphrase(self, question: str, *, new: bool) -> str | None:
            asked.set()
            released.wait(30)
            return None

    assert MODULE is not None
    store, transport, cancel = Pkcs11Keystore(MODULE, Away()), HttpTransport(), CancelToken()
    try:
        [identity] = store.identities()
        with ThreadPoolExecutor(1) as thread:
            sent = thread.submit(transport.send, request(*strict, identity, tmp_path), cancel)
            assert asked.wait(10)
            begun = time.monotonic()
            cancel.cancel()
            with pytest.raises(Cancelled) as caught:
                sent.result(10)
        assert time.monotonic() - begun < 1
        assert caught.value.fate is Fate.NOT_SENT
        assert strict[0].heads == []
    finally:
        released.set()
        transport.close()
        store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts memory elsewhere")
def test_three_hundred_contexts_with_a_token_leave_nothing_behind(identity: Identity) -> None:
    import resource

    def make(count: int) -> None:
        for _ in range(count):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            present(context, identity.certificate.der, identity.certificate.chain, identity.signer)
        gc.collect()

    def growth() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        make(300)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    make(50)
    # What is left behind each time grows each time; what other tests' threads take meanwhile does not.
    assert min(growth() for _ in range(3)) < 2048  # kilobytes
