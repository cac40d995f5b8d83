"""A password of a proxy that is not wished any more leaves the keystore, without a question to anybody."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from caiso_desktop.keystore.kept_password import SETTING, KeptPasswords, TidySecrets, secret_name
from caiso_desktop.keystore.secret import KeyringSecrets, SecretsAbsent, SecretsLocked
from caiso_desktop.model.fake_route import FakeNetworkSettings
from caiso_desktop.model.route import Cleared, Mode, NetworkChoice, Proxy
from caiso_desktop.store.setting import FileSettings
from tests.keystore.conftest import FakeSecrets
from tests.keystore.test_proxy_password import Texts

CORP, HOME = Proxy("proxy.corp", 8080), Proxy("proxy.home", 3128)
KEPT = NetworkChoice(Mode.EXPLICIT, CORP, user="jane", remember=True)

Start = Callable[..., None]
linux = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


@pytest.fixture
def network() -> FakeNetworkSettings:
    return FakeNetworkSettings(KEPT)


def test_what_is_wished_stays(network: FakeNetworkSettings) -> None:
    secrets = FakeSecrets()
    kept = KeptPasswords(Texts(), network, secrets)
    kept.keep(CORP, "jane", "swordfish")
    network.choose(replace(KEPT, proxy=HOME, mode=Mode.PAC))
    assert kept.clear() == Cleared()
    assert list(secrets.texts.values()) == ["swordfish"]


@pytest.mark.parametrize("choice", [replace(KEPT, remember=False), replace(KEPT, user="john"), NetworkChoice()])
def test_what_is_not_goes(network: FakeNetworkSettings, choice: NetworkChoice) -> None:
    secrets, settings = FakeSecrets(texts={"vault": "stays"}), Texts()
    kept = KeptPasswords(settings, network, secrets)
    kept.keep(CORP, "jane", "swordfish")
    kept.keep(HOME, "jane", "marlin")
    network.choose(choice)
    cleared = KeptPasswords(settings, network, secrets).clear()
    assert cleared == Cleared(gone=2)
    assert cleared.sentence == "Deleted from the keystore: the 2 passwords kept for the proxy."
    assert secrets.texts == {"vault": "stays"}
    assert settings[SETTING] == "{}"
    assert kept.clear().sentence == ""


def test_a_keystore_in_which_nothing_lies_is_not_even_looked_at(network: FakeNetworkSettings) -> None:
    network.choose(replace(KEPT, remember=False))
    for text in ("", "[]", "nonsense", '{"a": '):
        assert KeptPasswords(Texts({SETTING: text}), network, FakeSecrets(absent=True)).clear() == Cleared()


def test_a_locked_one_is_told_of_and_cleared_when_somebody_opens_it(network: FakeNetworkSettings) -> None:
    secrets, settings = FakeSecrets(texts={"vault": "passphrase"}), Texts()
    kept = KeptPasswords(settings, network, secrets)
    kept.keep(CORP, "jane", "swordfish")
    network.choose(replace(KEPT, remember=False))
    secrets.locked = True
    assert kept.clear().sentence == (
        "A password kept for the proxy could not be deleted yet: the keystore of this test is locked. "
        "That is done when it is open next."
    )
    assert secrets.unlocked == 0
    assert "swordfish" in secrets.texts.values()
    # Now a certificate is used, whose passphrase lies there.
    assert TidySecrets(secrets, kept).get("vault") == "passphrase"
    assert secrets.texts == {"vault": "passphrase"}
    assert kept.clear() == Cleared()


def test_a_note_of_before_stays_where_keeping_again_fails(network: FakeNetworkSettings) -> None:
    secrets, settings = FakeSecrets(), Texts()
    kept = KeptPasswords(settings, network, secrets)
    kept.keep(CORP, "jane", "swordfish")
    secrets.absent = True
    with pytest.raises(SecretsAbsent):
        kept.keep(CORP, "jane", "marlin")
    assert secret_name(CORP, "jane") in settings[SETTING]


KEEPER = """
import sys
from pathlib import Path
from caiso_desktop.keystore.kept_password import KeptPasswords
from caiso_desktop.model.fake_route import FakeNetworkSettings
from caiso_desktop.model.route import Mode, NetworkChoice, Proxy
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.store.setting import FileSettings
from tests.keystore.conftest import FakeSecrets
settings, proxy = FileSettings(Path(sys.argv[1])), Proxy(sys.argv[2], 8080)
kept = KeptPasswords(settings, FakeNetworkSettings(NetworkChoice()), FakeSecrets())
for line in sys.stdin:
    {"open": lambda: None, "keep": lambda: kept.keep(proxy, "jane", "x"), "drop": lambda: kept.drop(proxy, "jane")}[
        line.strip()
    ]()
    print("done", flush=True)
"""


def test_two_programs_at_once_keep_each_other_s_notes(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    programs = {
        name: subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(file), name],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("window", "caiso")
    }

    def tell(name: str, what: str) -> None:
        process = programs[name]
        assert process.stdin
        assert process.stdout
        print(what, file=process.stdin, flush=True)
        assert process.stdout.readline() == "done\n"

    def noted() -> set[str]:
        return set(json.loads(FileSettings(file).get(SETTING) or "{}"))

    names = {each: secret_name(Proxy(each, 8080), "jane") for each in programs}
    try:
        for name in programs:
            tell(name, "open")
        for name in programs:
            tell(name, "keep")
        assert noted() == set(names.values())
        tell("window", "drop")
        assert noted() == {names["caiso"]}
    finally:
        for process in programs.values():
            process.communicate(timeout=30)


def test_what_was_not_kept_is_not_written_down(network: FakeNetworkSettings) -> None:
    settings = Texts()
    with pytest.raises(SecretsAbsent):
        KeptPasswords(settings, network, FakeSecrets(absent=True)).keep(CORP, "jane", "swordfish")
    assert settings[SETTING] == "{}"


@linux
def test_a_real_keyring_is_cleared_and_a_locked_one_left_alone(
    session_bus: Start, network: FakeNetworkSettings
) -> None:
    import secretstorage

    session_bus()
    settings, secrets = Texts(), KeyringSecrets()
    kept = KeptPasswords(settings, network, secrets)
    kept.keep(CORP, "jane", "swordfish")
    kept.keep(HOME, "jane", "marlin")
    secrets.set("vault", "passphrase")
    network.choose(replace(KEPT, remember=False))
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()
        cleared = kept.clear()
        assert (cleared.gone, cleared.left) == (0, 2)
        assert "2 passwords kept for the proxy could not be deleted yet: the system keyring is locked." in str(
            cleared.sentence
        )
        # Nobody was asked: with no prompter in this session a question would have been an error, and it is locked yet.
        assert secretstorage.get_default_collection(bus).is_locked()
    with pytest.raises(SecretsLocked):
        TidySecrets(secrets, kept).get("vault")
    assert kept.clear().left == 2
    session_bus()  # opens the same keyring again, with its password
    assert TidySecrets(KeyringSecrets(), kept).get("vault") == "passphrase"
    for proxy in (CORP, HOME):
        assert KeyringSecrets().get(secret_name(proxy, "jane")) is None
    assert KeyringSecrets().get("vault") == "passphrase"
    assert kept.clear() == Cleared()


@linux
def test_a_keyring_that_nobody_has_made_is_not_made_for_it(session_bus: Start, network: FakeNetworkSettings) -> None:
    import secretstorage

    session_bus(password="")
    assert KeyringSecrets().discard("nothing") is True
    with closing(secretstorage.dbus_init()) as bus, pytest.raises(secretstorage.ItemNotFoundException):
        secretstorage.get_collection_by_alias(bus, "default")


@linux
def test_nobody_is_asked_to_unlock_a_real_keyring(
    session_bus: Start, network: FakeNetworkSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import secretstorage

    session_bus()
    kept = KeptPasswords(Texts(), network, KeyringSecrets())
    kept.keep(CORP, "jane", "swordfish")
    network.choose(replace(KEPT, remember=False))
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()
    asked: list[object] = []
    monkeypatch.setattr(secretstorage.Collection, "unlock", lambda collection: asked.append(collection))
    assert kept.clear() == Cleared(left=1, why="the system keyring is locked")
    assert asked == []
    with pytest.raises(SecretsLocked):
        KeyringSecrets().get("vault")
    assert len(asked) == 1, "whoever uses the keyring asks"
