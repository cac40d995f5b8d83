"""Which keystores a system has, and that those of others say so."""

import sys
from pathlib import Path

import pytest

from caiso_desktop.keystore.keychain import ALGORITHMS, SecurityFramework
from caiso_desktop.keystore.system import system_stores
from caiso_desktop.model.identity import Hash, Padding
from tests.keystore.conftest import FakePerson


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux has")
def test_linux_has_tokens_only(tmp_path: Path, person: FakePerson) -> None:
    stores, importer = system_stores(str(tmp_path / "card.so"), person)
    assert [store.name for store in stores] == ["pkcs11"]
    assert importer is None


@pytest.mark.skipif(sys.platform == "darwin", reason="what others have not")
def test_there_is_no_keychain_elsewhere() -> None:
    with pytest.raises(OSError, match="part of macOS"):
        SecurityFramework()


def test_the_keychains_algorithms_bear_apples_names() -> None:
    assert ALGORITHMS[Hash.SHA1, Padding.PKCS1] == "kSecKeyAlgorithmRSASignatureDigestPKCS1v15SHA1"
    assert ALGORITHMS[Hash.SHA256, Padding.PSS] == "kSecKeyAlgorithmRSASignatureDigestPSSSHA256"
    assert len(ALGORITHMS) == len(Hash) * len(Padding)
