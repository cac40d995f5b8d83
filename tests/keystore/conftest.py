"""Certificates made for the run, and a Secret Service of the run's own."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from caiso_desktop.keystore.certificate import describe
from caiso_desktop.keystore.parcel import Parcel
from caiso_desktop.keystore.secret import SecretsAbsent

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
KEYS = [rsa.generate_private_key(65537, 2048) for _ in range(3)]


def name(common_name: str) -> x509.Name:
    """A name as CAISO writes them."""
    parts = {
        NameOID.COUNTRY_NAME: "US",
        NameOID.ORGANIZATION_NAME: "CAISO",
        NameOID.ORGANIZATIONAL_UNIT_NAME: "people",
        NameOID.COMMON_NAME: common_name,
    }
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts.items()])


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def key_pem(self, password: bytes | None = None) -> bytes:
        protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if password is not None:
            protection = serialization.BestAvailableEncryption(password)
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)

    def issue(
        self,
        common_name: str,
        *,
        key: rsa.RSAPrivateKey = KEYS[0],
        days: float = 365,
        begin: datetime = NOW - DAY,
        authority: bool = False,
        uses: tuple[ObjectIdentifier, ...] = (ExtendedKeyUsageOID.CLIENT_AUTH,),
    ) -> "Issued":
        """A certificate signed by this one."""
        return issue(common_name, key, self, days=days, begin=begin, authority=authority, uses=uses)


def issue(
    common_name: str,
    key: rsa.RSAPrivateKey,
    issuer: Issued | None,
    *,
    days: float = 365,
    begin: datetime = NOW - DAY,
    authority: bool = False,
    uses: tuple[ObjectIdentifier, ...] = (),
) -> Issued:
    """A certificate; without an issuer, one that signs itself."""
    subject, signer = name(common_name), issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(NOW + days * DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(uses)), critical=False)
    return Issued(builder.sign(signer, hashes.SHA256()), key)


@pytest.fixture(scope="session")
def root() -> Issued:
    return issue("CAISO Root of this run", KEYS[1], None, authority=True)


@pytest.fixture(scope="session")
def issuing(root: Issued) -> Issued:
    return root.issue("CAISO Issuing CA of this run", key=KEYS[2], authority=True, uses=())


@pytest.fixture(scope="session")
def jane(issuing: Issued) -> Issued:
    return issuing.issue("Jane Doe x1234")


@pytest.fixture
def parcel(jane: Issued, issuing: Issued) -> Parcel:
    return Parcel(describe(jane.certificate, [issuing.certificate]), jane.key)


@dataclass
class FakeSecrets:
    """A keystore of the system that can be told to be absent or locked, and forgets with the test."""

    place: str = "keystore of this test"
    texts: dict[str, str] = field(default_factory=dict)
    absent: bool = False
    locked: bool = False
    unlocked: int = 0

    def _check(self) -> None:
        if self.absent:
            raise SecretsAbsent("there is no keystore of this test.")
        # A person would be asked now, and opens it.
        self.unlocked += self.locked
        self.locked = False

    def get(self, name: str) -> str | None:
        self._check()
        return self.texts.get(name)

    def set(self, name: str, secret: str) -> None:
        self._check()
        self.texts[name] = secret

    def delete(self, name: str) -> None:
        self._check()
        self.texts.pop(name, None)

    def discard(self, name: str) -> bool:
        if self.locked:
            return False
        self.delete(name)
        return True


@dataclass
class FakePerson:
    """Types what the test says, in turn, and remembers the questions."""

    answers: list[str | None] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def passphrase(self, question: str, *, new: bool) -> str | None:
        self.questions.append(question)
        return self.answers.pop(0) if self.answers else None


@pytest.fixture
def secrets() -> FakeSecrets:
    return FakeSecrets()


@pytest.fixture
def person() -> FakePerson:
    return FakePerson()


BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
{rule}</policy></busconfig>"""


@pytest.fixture
def session_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Starts a D-Bus session with a GNOME keyring of its own, unlocked, or with a rule that denies something."""
    for program, package in (("dbus-daemon", "dbus-daemon"), ("gnome-keyring-daemon", "gnome-keyring")):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian: {package}); python packaging/bootstrap.py test does it")
    running: list[subprocess.Popen[str]] = []

    def start(*, password: str = "of this run", keyring: bool = True, rule: str = "") -> None:
        for variable, folder in (
            ("XDG_DATA_HOME", "data"),
            ("XDG_RUNTIME_DIR", "runtime"),
            ("XDG_CONFIG_HOME", "config"),
        ):
            (tmp_path / folder).mkdir(mode=0o700, exist_ok=True)
            monkeypatch.setenv(variable, str(tmp_path / folder))
        for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(variable, raising=False)
        configuration = tmp_path / "bus.conf"
        configuration.write_text(BUS.format(rule=rule))
        bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        running.append(bus)
        assert bus.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().strip())
        bus.stdout.close()
        if not keyring:
            return
        daemon = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            env=dict(os.environ),
        )
        running.append(daemon)
        assert daemon.stdin is not None
        daemon.stdin.write(password)
        daemon.stdin.close()
        wait_for_service()

    yield start
    for process in reversed(running):
        process.terminate()
        process.wait(10)


def wait_for_service() -> None:
    """Until somebody owns the name of the Secret Service."""
    import secretstorage

    pause = threading.Event()
    for _ in range(200):
        connection = secretstorage.dbus_init()
        try:
            if secretstorage.check_service_availability(connection):
                return
        finally:
            connection.close()
        pause.wait(0.02)
    pytest.fail("gnome-keyring-daemon did not come up")
