"""After a day of work through both doors no secret lies in any folder that the program writes into."""

import argparse
import ast
import base64
import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

import caiso_desktop
from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.cli.door import build_parser, main
from caiso_desktop.keystore.secret import KeyringSecrets
from caiso_desktop.keystore.system import PKCS11_SETTING
from caiso_desktop.model.identity import Hash, IdentityRef, Padding
from caiso_desktop.model.route import Mode, NetworkChoice, Proxy
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.simulator import fault
from caiso_desktop.simulator.authority import ClientIdentity
from caiso_desktop.simulator.server import Simulator
from caiso_desktop.ui.certificate.asking import WindowAsking
from caiso_desktop.ui.certificate.import_dialog import ImportDialog
from caiso_desktop.ui.certificate.passphrase_dialog import PassphraseDialog
from caiso_desktop.ui.draft_panel import DraftPanel
from caiso_desktop.ui.fake import FakeFiles
from caiso_desktop.ui.jobs import Jobs
from caiso_desktop.ui.palette import Appearance, Scheme
from caiso_desktop.ui.window import Window
from tests.keystore.conftest import issue
from tests.keystore.soft_token import MODULE, soft_token
from tests.secret.scan import Scanner, of_key, of_text
from tests.wire.conftest import Server
from tests.wire.proxies import proxy, refusal, wants_basic

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")

FILE_PASSWORD = "Größe & <73> of a file ✓"
WRONG_PASSWORD = "not the p4ssword of the file"
PASSPHRASE = "correct horse; battery Stäple"
PIN = "Pin-58203-Karte"
PROXY_PASSWORD = "pr0xy: der Gäste & <Freunde>"
ENVIRONMENT = "simulator"


@dataclass
class Typist:
    """The person at the keyboard, who knows what to type; or the window, which asks them, once it is there."""

    window: WindowAsking | None = None

    def passphrase(self, question: str, *, new: bool) -> str | None:
        if self.window is not None:
            return self.window.passphrase(question, new=new)
        if "proxy" in question:
            return PROXY_PASSWORD
        return PIN if "PIN" in question else PASSPHRASE


class KeptHouse(House):
    """A house that outlives the command which was run in it."""

    def close(self) -> None:
        """Stay open: `really_close` ends it."""

    def really_close(self) -> None:
        super().close()


@dataclass
class Day:
    """Where the program writes, what it was told in confidence, and the house in which it happened."""

    folder: Path
    house: KeptHouse
    typist: Typist
    secrets: dict[str, set[bytes]]

    @property
    def simulator(self) -> Simulator:
        server = self.house.simulator.running().server
        assert isinstance(server, Simulator)
        return server

    def caiso(self, *arguments: object) -> int:
        return main([str(argument) for argument in arguments], lambda: self.house)

    def issued(self, name: str, file: str) -> tuple[Path, ClientIdentity]:
        """A certificate that the simulator accepts, as a file with a password that lies outside of every folder."""
        own = self.simulator.issue(name, not_after=datetime.now(UTC) + timedelta(days=400))
        key = serialization.load_pem_private_key(own.key, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self.secrets.update({f"{name}: {what}": pieces for what, pieces in of_key(key).items()})
        certificate, *chain = x509.load_pem_x509_certificates(own.certificate)
        path = self.folder.parent / file
        protection = serialization.BestAvailableEncryption(FILE_PASSWORD.encode())
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, chain, protection))
        return path, own


@pytest.fixture
def day(tmp_path: Path, session_bus: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """Every folder of the program under one roof, also those of the system for what is temporary."""
    session_bus()
    folder = tmp_path / "home"
    for variable, name in (("TMPDIR", "temp"), ("XDG_CACHE_HOME", "cache"), ("HOME", "user")):
        (folder / name).mkdir(parents=True)
        monkeypatch.setenv(variable, str(folder / name))
    monkeypatch.setattr(tempfile, "tempdir", None)
    made: dict[str, set[bytes]] = {}
    real = KeyringSecrets.set

    def listen(self: KeyringSecrets, name: str, secret: str) -> None:
        made[f"the vault's passphrase {len(made)}"] = of_text(secret)
        real(self, name, secret)

    monkeypatch.setattr(KeyringSecrets, "set", listen)
    made |= {
        "the password of the file": of_text(FILE_PASSWORD),
        "a wrong password": of_text(WRONG_PASSWORD),
        "the passphrase": of_text(PASSPHRASE),
        "the PIN": of_text(PIN),
        "the proxy's password": of_text(PROXY_PASSWORD),
        "the proxy's log-on": of_text(base64.b64encode(f"jdoe:{PROXY_PASSWORD}".encode()).decode()),
    }
    typist = Typist()
    house = KeptHouse(Places(data=folder / "data", config=folder / "config"), asking=typist)
    house.settings.set("window.environment", ENVIRONMENT)
    yield Day(folder, house, typist, made)
    house.really_close()


def through_a_pipe(password: str) -> int:
    reading, writing = os.pipe()
    os.write(writing, password.encode() + b"\n")
    os.close(writing)
    return reading


def at_the_command_line(day: Day, capsys: pytest.CaptureFixture[str]) -> IdentityRef:
    """Import, look, sign, call, fail, examine, break, export."""
    path, _ = day.issued("Jane Doe x1234", "jane.p12")
    wrong = through_a_pipe(WRONG_PASSWORD)
    assert day.caiso("certificate", "import", path, "--into", "vault", "--password-fd", wrong) == 3
    right = through_a_pipe(FILE_PASSWORD)
    assert day.caiso("certificate", "import", path, "--into", "vault", "--password-fd", right) == 0
    os.close(wrong)
    os.close(right)
    ref = capsys.readouterr().out.split()[-1]
    for asked in (
        ("certificate", "list"),
        ("certificate", "show", ref, "--environment", "production"),
        ("certificate", "test", ref, "--environment", ENVIRONMENT),
        ("call", "sibr/RetrieveCleanBidSet", "--environment", ENVIRONMENT, "--certificate", ref),
        ("envelope", "sibr/RetrieveCleanBidSet", "--environment", ENVIRONMENT, "--certificate", ref),
        ("doctor", "sibr", "--environment", ENVIRONMENT, "--certificate", ref, "--include-subject"),
    ):
        assert day.caiso(*asked) == 0, asked
    day.simulator.arrange(fault.CutOff(after=100))
    failed = ("call", "cmri/RetrieveMarketAwards", "--environment", ENVIRONMENT, "--certificate", ref, "--once")
    assert day.caiso(*failed) == 4
    store, _, thumbprint = ref.partition(":")
    return IdentityRef(store, thumbprint)


def through_a_proxy(day: Day, ref: IdentityRef) -> None:
    """Log on at a company's proxy that then does not reach the host, and fail; the password is to be remembered."""
    let_in = wants_basic("jdoe", PROXY_PASSWORD)
    server = Server(proxy(lambda number, head: let_in(number, head) or refusal("502 Bad Gateway")))
    network = day.house.road.network
    before = network.choice()
    try:
        here = Proxy("127.0.0.1", server.port)
        network.choose(NetworkChoice(Mode.EXPLICIT, here, user="jdoe", remember=True))
        asked = ("call", "sibr/RetrieveCleanBidSet", "--environment", "map-stage", "--certificate", ref, "--once")
        assert day.caiso(*asked) == 3
        assert any(b"Proxy-Authorization: Basic" in head for head in server.heads)
        kept = KeyringSecrets().get(f"proxy jdoe@{here}")
        assert kept == PROXY_PASSWORD
    finally:
        network.choose(before)
        server.close()


def a_fault_while_a_password_is_at_hand(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program breaks in the middle of an import, in a frame that holds the password."""
    path, _ = day.issued("John Roe x5678", "john.p12")

    def explode(*arguments: object, **named: object) -> None:
        raise ZeroDivisionError("the disk is on fire")

    right = through_a_pipe(FILE_PASSWORD)
    with monkeypatch.context() as patch:
        patch.setattr("caiso_desktop.keystore.vault.Vault.add", explode)
        assert day.caiso("certificate", "import", path, "--into", "vault", "--password-fd", right) == 3
    os.close(right)


def in_the_window(day: Day, ref: IdentityRef, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import with a passphrase of one's own, sign, call, fail, examine, break, save, close."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    house, jobs, asking = day.house, Jobs(), WindowAsking()
    day.typist.window = asking
    house.diary.open()
    files = FakeFiles(house.settings)
    files.quits = True
    window = Window(
        house.catalogues, house.courier, house.identities, house.payloads, house.saving, house.settings, jobs,
        Appearance(application, Scheme.LIGHT), files, safety=house.safety(), doctor=house.doctor,
        simulation=house.simulator.control,
        credentials=house.credentials(), asking=asking,
        workshop=house.workshop,
        watching=house.watching,
        network=house.reaching,
    )  # fmt: skip
    qtbot.addWidget(window)
    window.show()
    window.begin()
    path, own = day.issued("Jill Poe x9012", "jill.p12")
    import_in_the_window(window, path, qtbot)
    [taken] = [each for each in house.cabinet.identities() if each.certificate.subject == own.subject]
    panel = window.open_draft(Target("sibr", "RetrieveCleanBidSet", "v4", Variant.DOCATTACH))
    qtbot.waitUntil(lambda: bool(panel.desk.draft.text))
    for identity in (house.cabinet.open(ref), taken):
        panel.desk.set_identity(identity.ref, identity.certificate)
        send(panel, qtbot)
        assert panel.desk.exchange is not None
        assert panel.desk.exchange.succeeded, panel.desk.exchange.failure
    day.simulator.arrange(fault.CutOff(after=None))
    send(panel, qtbot)
    panel.doctor_asked.emit()

    def fail(token: object, password: str = FILE_PASSWORD) -> None:
        raise RuntimeError("a job broke with a secret at hand")

    told: list[object] = []
    jobs.run(fail, owner=window, done=told.append, failed=told.append)
    qtbot.waitUntil(lambda: bool(told))
    house.diary.report(RuntimeError("it broke"))
    for widget in application.allWidgets():
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            text = widget.text() if isinstance(widget, QLineEdit) else widget.toPlainText()
            assert Scanner(day.secrets).names_in(text.encode()) == set(), widget.objectName()
    window.close()
    asking.close()
    day.typist.window = None
    assert jobs.close(10)


def import_in_the_window(window: Window, path: Path, qtbot: QtBot) -> None:
    """Type a wrong password, the right one, and a passphrase of one's own, key by key."""
    window.certificates.import_files([path], "vault-with-passphrase")
    [dialog] = window.findChildren(ImportDialog)
    qtbot.waitUntil(dialog.verb.isEnabled)
    dialog.verb.click()
    for typed, answer in ((WRONG_PASSWORD, "does not open"), (FILE_PASSWORD, "")):
        qtbot.waitUntil(dialog.password.isVisible)
        type_in(dialog.password, typed)
        dialog.verb.click()
        qtbot.waitUntil(lambda answer=answer: answer in dialog.said or bool(questions(window)))  # type: ignore[misc]
    qtbot.waitUntil(lambda: bool(questions(window)))
    [question] = questions(window)
    for field in (question.field, question.twin):
        type_in(field, PASSPHRASE)
    question.go.click()
    qtbot.waitUntil(lambda: "is in: " in dialog.said)
    dialog.close()


def type_in(field: QLineEdit, text: str) -> None:
    """Press a key for each letter; QTest knows those of ASCII alone."""
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.sendEvent(field, event)
    assert field.text() == text


def questions(window: Window) -> list[PassphraseDialog]:
    return [each for each in window.findChildren(PassphraseDialog) if each.isVisible()]


def send(panel: DraftPanel, qtbot: QtBot) -> None:
    panel.bar.send.click()
    qtbot.waitUntil(lambda: not panel.call.under_way)


def with_a_card(day: Day) -> None:
    """Sign with a key of a token, whose PIN is typed."""
    if MODULE is None or shutil.which("softhsm2-util") is None:
        return
    key = rsa.generate_private_key(65537, 2048)
    issuing = issue("CAISO Issuing CA of this run", key, None, authority=True)
    card = day.folder.parent / "card"
    card.mkdir()
    with soft_token(card, "Card of this run", PIN, issuing):
        day.house.settings.set(PKCS11_SETTING, str(MODULE))
        day.house.settings.flush()  # the next start reads it from the file
        house = KeptHouse(day.house.places, asking=Typist())
        try:
            [identity] = [each for each in house.cabinet.identities() if each.ref.store == "pkcs11"]
            assert len(identity.signer.sign(bytes(32), Hash.SHA256, Padding.PKCS1)) == 256
        finally:
            house.really_close()


def test_no_secret_is_left_anywhere(
    day: Day, qtbot: QtBot, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.getLogger("caiso_desktop").setLevel(logging.DEBUG)
    ref = at_the_command_line(day, capsys)
    through_a_proxy(day, ref)
    a_fault_while_a_password_is_at_hand(day, monkeypatch)
    in_the_window(day, ref, qtbot, monkeypatch)
    with_a_card(day)
    assert day.caiso("journal", "export", "--save", day.folder / "journal.csv") == 0
    assert day.caiso("journal", "show", "1", "--format", "json") == 0
    out, err = capsys.readouterr()
    (day.folder / "printed").write_text(out + err, encoding="utf-8")
    day.house.diary.close()

    written = [path for path in day.folder.rglob("*") if path.is_file()]
    kinds = {path.name.split(".")[0] for path in written}
    assert {"caiso-desktop", "settings", "journal", "request", "response", "window"} <= kinds, kinds
    assert any("report" in path.name or "crash" in path.name for path in written), sorted(map(str, written))
    assert len(day.secrets) > 12
    scanner = Scanner(day.secrets)
    assert scanner.scan(day.folder) == []
    # The control: one line of one key, and the scan speaks.
    (day.folder / "data" / "forgotten").write_bytes(next(iter(next(iter(of_last(day).values())))))
    assert scanner.scan(day.folder) != []


def of_last(day: Day) -> dict[str, set[bytes]]:
    """The secrets of the key that was imported last."""
    return {name: pieces for name, pieces in day.secrets.items() if name.startswith("Jill")}


def options(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    for action in parser._actions:
        for option in action.option_strings:
            yield option, action
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from options(inner)


SECRET = re.compile(r"pass|\bpin\b|secret|key|credential")


def test_no_argument_takes_a_secret() -> None:
    asked = [
        (name, action)
        for name, action in options(build_parser())
        if SECRET.search(name) and action.nargs != 0  # a switch takes nothing
    ]
    assert {name for name, _ in asked} == {"--password-fd"}
    assert all(action.type is int for _, action in asked)


def test_no_environment_variable_is_read_for_a_secret() -> None:
    package = Path(caiso_desktop.__file__).parent
    trees = {path: ast.walk(ast.parse(path.read_bytes())) for path in package.rglob("*.py")}
    reads = [
        path.relative_to(package).as_posix()
        for path, nodes in trees.items()
        for node in nodes
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv")
    ]
    assert reads == [], reads
