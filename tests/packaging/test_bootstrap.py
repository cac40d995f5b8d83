"""The set-up's own promises: a lock without addresses, every package hashed, and words where it cannot go on."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = (CHECKOUT / "packaging" / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", CHECKOUT / "packaging" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_names_no_registry() -> None:
    lines = [line for line in LOCK.splitlines() if not line.startswith("#")]
    assert not [line for line in lines if "://" in line or line.startswith("--")]


def test_every_locked_package_has_a_hash() -> None:
    entries = re.split(r"(?m)^(?=[a-zA-Z0-9])", LOCK)[1:]
    assert len(entries) > 40
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_satisfies_what_the_project_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK):
        locked.setdefault(re.sub(r"[-_.]+", "-", name).lower(), []).append(version)
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for text in wanted:
        requirement = Requirement(text)
        versions = locked[re.sub(r"[-_.]+", "-", requirement.name).lower()]
        assert all(requirement.specifier.contains(version) for version in versions), text


def test_an_old_python_is_told_so_in_words(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 12, "final", 0))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(bootstrap.SetUpError, match=r"3\.11 or later is needed, and this is 3\.10"):
        bootstrap.find_a_newer_python()


def test_without_root_the_one_command_is_printed(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(bootstrap.SetUpError, match="sudo apt-get update && sudo apt-get install --yes libgl1 libegl1"):
        bootstrap.install_debian_packages(["libgl1", "libegl1"], "for Qt")


def test_without_apt_the_names_are_printed(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)
    with pytest.raises(bootstrap.SetUpError, match="libgl1"):
        bootstrap.install_debian_packages(["libgl1"], "for Qt")
