"""`caiso certificate`, over a real vault: what is printed, where, and with which status."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from caiso_desktop.catalogue.load import load
from caiso_desktop.cli.asking import TerminalAsking
from caiso_desktop.cli.certificate import add_parser, run
from caiso_desktop.keystore.cabinet import KeystoreCabinet
from caiso_desktop.keystore.track_record import SettingsTrackRecord
from caiso_desktop.keystore.vault import Vault
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.doctor import Finding, Place, Step, Verdict
from caiso_desktop.model.error import CaisoError, CatalogueError, PasswordNeeded, UsageError
from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.fake_doctor import FakeDoctor
from caiso_desktop.model.fake_safety import FakeKnownHosts
from caiso_desktop.model.transport_error import ClientCertificateRefused
from caiso_desktop.trial import CertificateTrial
from tests.keystore.conftest import FakeSecrets

KEY = rsa.generate_private_key(65537, 2048)
Caiso = Callable[..., int]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(Path(__file__).resolve().parents[2] / "resources" / "catalogue")


@pytest.fixture
def doctor() -> FakeDoctor:
    """Finds that SIBR's host takes any certificate."""
    place = Place("ws.caiso.com", 443, "https://ws.caiso.com/sst/sibr/", ("SIBR",))
    return FakeDoctor((place, replace(place, host="wsmap.caiso.com")), {Step.HTTP: answer("HTTP 404 Not Found")})


def answer(status: str, verdict: Verdict = Verdict.OK) -> Finding:
    return Finding(Step.HTTP, verdict, f"{status}.", "", 0.1, (("Status", status),))


@pytest.fixture
def settings() -> FakeSettings:
    return FakeSettings()


@pytest.fixture
def caiso(tmp_path: Path, catalogue: Catalogue, doctor: FakeDoctor, settings: FakeSettings) -> Caiso:
    """Runs the command as the door does."""
    vault = Vault(tmp_path / "vault", FakeSecrets(), TerminalAsking())
    cabinet, record = KeystoreCabinet([vault], vault), SettingsTrackRecord(settings)
    trial = CertificateTrial(doctor, lambda: catalogue, FakeKnownHosts())

    def call(*arguments: str) -> int:
        parser = argparse.ArgumentParser()
        add_parser(parser.add_subparsers())
        return run(
            parser.parse_args(["certificate", *arguments]),
            cabinet,
            record,
            catalogue,
            lambda: trial,
            TerminalAsking,
        )

    return call


def p12(
    folder: Path,
    name: str = "Jane Doe x1234",
    days: int = 300,
    password: bytes | None = b"s3cret",
    *,
    log_on: bool = False,
) -> Path:
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "CAISO"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    now = datetime.now(UTC)
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SMARTCARD_LOGON] if log_on else [])]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(KEY.public_key())
        .serial_number(0xABC)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .sign(KEY, hashes.SHA256())
    )
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    path = folder / f"{name}.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(None, KEY, certificate, None, protection))
    return path


@pytest.fixture
def jane(caiso: Caiso, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The reference of an imported certificate."""
    assert caiso("import", str(p12(tmp_path, password=None))) == 0
    return capsys.readouterr().out.strip()


def test_an_empty_list_says_how_to_begin(caiso: Caiso, capsys: pytest.CaptureFixture[str]) -> None:
    assert caiso("list") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "caiso certificate import FILE" in err


def test_a_file_is_imported_with_its_password_from_a_descriptor(
    caiso: Caiso, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"s3cret\n")
    os.close(writing)
    try:
        assert caiso("import", str(p12(tmp_path)), "--password-fd", str(reading), "--into", "vault") == 0
    finally:
        os.close(reading)
    out, err = capsys.readouterr()
    assert out.startswith("vault:")
    assert "Jane Doe x1234 is in: This program's vault." in err
    assert "s3cret" not in out + err


def test_nothing_prompts_where_there_is_no_terminal(
    caiso: Caiso, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        with pytest.raises(PasswordNeeded):
            caiso("import", str(p12(tmp_path)))


def test_a_wrong_password_and_a_missing_file_are_told(caiso: Caiso, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"wrong\n")
    os.close(writing)
    try:
        with pytest.raises(PasswordNeeded, match="does not open"):
            caiso("import", str(p12(tmp_path)), "--password-fd", str(reading))
    finally:
        os.close(reading)
    with pytest.raises(UsageError, match="cannot be read"):
        caiso("import", str(tmp_path / "nothing.p12"))


def test_a_certificate_that_ends_soon_is_told_with_whom_to_ask(
    caiso: Caiso, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    caiso("import", str(p12(tmp_path, "John Roe x5678", days=14, password=None)))
    caiso("import", str(p12(tmp_path, password=None)))
    capsys.readouterr()
    assert caiso("list") == 0
    out, err = capsys.readouterr()
    assert [line.split("  ")[1] for line in out.splitlines()[1:]] == ["Jane Doe x1234", "John Roe x5678"]
    assert "warning: The certificate expires in 14 days" in err
    assert "user access administrator" in err
    assert "Jane" not in err


def test_those_for_logging_on_come_last(caiso: Caiso, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    caiso("import", str(p12(tmp_path, "A card", password=None, log_on=True)))
    caiso("import", str(p12(tmp_path, password=None)))
    capsys.readouterr()
    assert caiso("list") == 0
    names = [line.split("  ")[1] for line in capsys.readouterr().out.splitlines()[1:]]
    assert names == ["Jane Doe x1234", "A card (for logging on with a smart card)"]


def test_show_prints_every_fact(caiso: Caiso, jane: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert caiso("show", jane) == 0
    out, _ = capsys.readouterr()
    facts = dict(line.split("  ", 1) for line in out.splitlines())
    told = {name.strip(): value.strip() for name, value in facts.items()}
    assert told["Subject"] == "CN=Jane Doe x1234,O=CAISO,C=US"
    assert told["Serial number"] == "ABC"
    assert told["Key"] == "RSA 2048"
    assert told["Exportable"] == "no"
    assert told["Worked last in"] == "no environment yet"
    assert caiso("show", jane.partition(":")[2][:12].lower(), "--format", "json", "--environment", "production") == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["ref"] == jane
    assert [concern["title"] for concern in plain["concerns"]] == ["The certificate is new here"]


def test_a_reference_that_names_none_or_several_is_told(caiso: Caiso, jane: str) -> None:
    with pytest.raises(UsageError, match="no certificate is named"):
        caiso("show", "FFFF")
    with pytest.raises(CaisoError, match="is not in the vault"):
        caiso("show", f"vault:{'0' * 64}")
    with pytest.raises(CatalogueError):
        caiso("show", jane, "--environment", "nowhere")


def test_remove_deletes_it(caiso: Caiso, jane: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert caiso("remove", jane) == 0
    assert "were deleted" in capsys.readouterr().err
    with pytest.raises(CaisoError):
        caiso("show", jane)


def test_a_test_prints_what_each_step_found(
    caiso: Caiso, jane: str, doctor: FakeDoctor, capsys: pytest.CaptureFixture[str]
) -> None:
    assert caiso("test", jane, "--environment", "map-stage", "--application", "sibr") == 0
    [order] = doctor.plans
    assert (order.environment, str(order.identity), order.application) == ("map-stage", jane, "sibr")
    assert not order.retrieve
    assert [place.host for place in doctor.examined[0].places] == ["wsmap.caiso.com"]
    out, err = capsys.readouterr()
    assert "Secure connection (TLS)  ok: " in out
    assert "HTTP 404 Not Found." in out
    assert "Signed retrieve" not in out
    assert "was accepted" in err
    assert "new here" in err


def test_a_test_that_is_refused_says_so(
    caiso: Caiso, jane: str, doctor: FakeDoctor, settings: FakeSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor.findings[Step.HTTP] = answer("HTTP 403 Forbidden", Verdict.FAILED)
    assert caiso("test", jane, "--environment", "production", "--application", "sibr") == 1
    assert "does not accept this certificate" in capsys.readouterr().err
    refused = ClientCertificateRefused("it refused.")
    doctor.findings[Step.CERTIFICATE] = Finding(Step.CERTIFICATE, Verdict.FAILED, "It refused.", error=refused)
    doctor.findings[Step.HTTP] = Finding(Step.HTTP, Verdict.NOT_REACHED, "Not tried.")
    with pytest.raises(ClientCertificateRefused):
        caiso("test", jane, "--environment", "production", "--application", "sibr")
    assert settings.texts == {}
