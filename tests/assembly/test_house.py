"""What a running program learns: a schema package or a file of the catalogue changes how the next call is made."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caiso_desktop.assembly.house import House
from caiso_desktop.assembly.place import Places
from caiso_desktop.model.call import Basis, Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.service import Target, Variant
from tests.package_maker import retrieve, zipped

CLEAN = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
NAMES = "format = 1\n[[application]]\nid = 'sibr'\n[[application.service]]\nname = 'RetrieveCleanBidSet'\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(Places(data=tmp_path / "data", config=tmp_path / "config"))
    yield house
    house.close()


def test_the_next_call_goes_by_what_was_learned_meanwhile(house: House, tmp_path: Path) -> None:
    [me, *_] = house.identities.for_environment("simulator")
    sent = []

    def send() -> None:
        call = Call("simulator", CLEAN, b"<RequestCleanBidSet/>", me.ref)
        preview = house.courier.preview(call)
        assert preview.operation == house.courier.operation(call)
        sent.append((preview.operation.basis, dict(preview.headers)["SOAPAction"]))

    send()
    for action in ("urn:first", "urn:second"):
        package = zipped(tmp_path / "sibr.zip", retrieve("CleanBidSet", "v4", action=action))
        house.packages.add(package, CancelToken(), replace=True)
        send()
    house.places.overlays.mkdir(parents=True, exist_ok=True)
    file = house.places.overlays / "names.toml"
    file.write_text(f"{NAMES}versions = [{{version='v4', names={{ap={{action='urn:ours'}}}}}}]\n", encoding="utf-8")
    house.catalogues.adopt(house.catalogues.read(agreeing=file))
    send()
    file.unlink()
    house.catalogues.adopt(house.catalogues.read())
    house.packages.remove("sibr")
    send()
    ruled = (Basis.RULE, '"http://www.caiso.com/soa/retrieveCleanBidSet_v4"')
    imported = [(Basis.WSDL, '"urn:first"'), (Basis.WSDL, '"urn:second"')]
    assert sent == [ruled, *imported, (Basis.OVERLAY, '"urn:ours"'), ruled]


def test_the_next_call_goes_to_the_address_that_counts_by_then(house: House) -> None:
    [me, *_] = house.identities.for_environment("simulator")
    call = Call("map-stage", CLEAN, b"<RequestCleanBidSet/>", me.ref)
    printed = house.courier.preview(call).url
    file = house.catalogues.save_address("map-stage", "sibr", "https://localhost:8443/")
    house.catalogues.adopt(house.catalogues.read(agreeing=file))
    assert house.courier.preview(call).url.startswith("https://localhost:8443/")
    file.unlink()
    house.catalogues.adopt(house.catalogues.read())
    assert house.courier.preview(call).url == printed
