"""The catalogue while the program runs: what a person adds counts at once, once it has been agreed to."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from caiso_desktop.catalogue.offer import OverlaidCatalogues
from caiso_desktop.model.calendar import Calendar, Cycle, TradeDate
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueError, CatalogueFileError
from caiso_desktop.model.fake import FakeSettings
from caiso_desktop.model.service import Kind, Target, Variant

ELSEWHERE = "https://elsewhere.example/sst/cmri/"
CMRI = Target("cmri", "RetrieveExpectedEnergy", "v1", Variant.DOCATTACH)


@pytest.fixture
def settings() -> FakeSettings:
    return FakeSettings()


@pytest.fixture
def offer(printed: Catalogue, tmp_path: Path, settings: FakeSettings) -> OverlaidCatalogues:
    return OverlaidCatalogues(printed, tmp_path / "company", tmp_path / "user", settings)


def base(offer: OverlaidCatalogues) -> str | None:
    return offer.catalogue.application("cmri").reach["map-stage"].base


def test_another_address_waits_for_a_yes_and_then_counts(offer: OverlaidCatalogues, settings: FakeSettings) -> None:
    before = base(offer)
    file = offer.save_address("map-stage", "cmri", ELSEWHERE)
    offer.adopt(offer.read())
    [pending] = offer.layers.pending
    assert base(offer) == before
    assert pending.file == file
    assert (pending.changes[0].before, pending.changes[0].after) == (before, ELSEWHERE)
    told = []
    offer.adopted = lambda: told.append(base(offer))
    offer.adopt(offer.read(agreeing=file))
    assert told == [ELSEWHERE]
    again = OverlaidCatalogues(offer.printed, None, offer.user_folder, settings)
    assert base(again) == ELSEWHERE, "the yes is remembered"
    file.write_text(file.read_text().replace("elsewhere", "nowhere"))
    offer.adopt(offer.read())
    assert len(offer.layers.pending) == 1, "a yes is for exactly these changes"


def test_a_no_is_remembered_too(offer: OverlaidCatalogues) -> None:
    offer.save_address("map-stage", "cmri", ELSEWHERE)
    offer.adopt(offer.read())
    [pending] = offer.layers.pending
    assert not offer.asked(pending)
    offer.decline(pending)
    assert offer.asked(pending)
    assert len(offer.read().pending) == 1


def test_a_version_is_added_and_an_existing_one_is_not(offer: OverlaidCatalogues) -> None:
    both = (Variant.AP, Variant.DOCATTACH)
    offer.save_version("cmri", "RetrieveStorageAwards", "v1", "Fall 2021", kind=Kind.RETRIEVE, variants=both)
    offer.save_version("cmri", "RetrieveExpectedEnergy", "v99", "Fall 2026", kind=Kind.RETRIEVE, variants=both)
    offer.adopt(offer.read())
    new = Target("cmri", "RetrieveStorageAwards", "v1", Variant.AP)
    assert offer.catalogue.url("production", new).endswith("/RetrieveStorageAwards_CMRIv1_AP")
    assert offer.catalogue.service("cmri", "RetrieveExpectedEnergy").versions[0].version == "v99"
    known = offer.catalogue.service("cmri", "RetrieveExpectedEnergy").versions[1].version
    with pytest.raises(CatalogueError, match="already"):
        offer.save_version("cmri", "RetrieveExpectedEnergy", known, "", kind=Kind.RETRIEVE, variants=both)


def test_a_row_with_a_base_of_its_own_is_led_elsewhere_alone(offer: OverlaidCatalogues) -> None:
    target = Target("ads", "APIWebService", "v8", Variant.RPC)
    others = offer.catalogue.url("production", replace(target, version="v7"))
    file = offer.save_address("production", "ads", "https://ads.example/ADS/", target)
    offer.adopt(offer.read(agreeing=file))
    assert offer.catalogue.url("production", target) == "https://ads.example/ADS/APIWebService/v8"
    assert offer.catalogue.url("production", replace(target, version="v7")) == others


def test_only_what_differs_from_print_is_kept_of_a_calendar(offer: OverlaidCatalogues) -> None:
    printed = offer.catalogue.environment("map-stage").calendar
    edited = replace(
        printed,
        cycles=(Cycle("Spring 2027", date(2027, 2, 1), date(2027, 3, 31)),),
        trade_date=TradeDate(fixed=date(2026, 4, 1)),
    )
    file = offer.save_calendar("map-stage", edited)
    assert file is not None
    assert "maintenance" not in file.read_text()
    offer.adopt(offer.read())
    assert offer.catalogue.environment("map-stage").calendar == edited
    moment = datetime(2027, 2, 3, 18, tzinfo=UTC)
    now = offer.catalogue.environment("map-stage").calendar
    assert offer.trade_date(now, moment) == date(2026, 4, 1)
    known = offer.availability(now, moment)
    assert known.brief.startswith("By document 10.1: ")
    assert "in the simulation cycle 'Spring 2027'" in known.sentence
    assert offer.save_calendar("map-stage", replace(edited, cycles=())) == file
    assert offer.save_calendar("map-stage", printed) is None
    assert not file.exists(), "what is printed needs no file"


def test_a_company_may_forbid_files_of_users(printed: Catalogue, tmp_path: Path, settings: FakeSettings) -> None:
    (tmp_path / "policy.toml").write_text("[policy]\nuser_overlays = false\n")
    offer = OverlaidCatalogues(printed, tmp_path, tmp_path / "user", settings)
    with pytest.raises(CatalogueError, match="policy"):
        offer.save_address("map-stage", "cmri", ELSEWHERE)
    with pytest.raises(CatalogueError, match="policy"):
        offer.save_calendar("map-stage", Calendar(trade_date=TradeDate(offset=-1)))
    assert not (tmp_path / "user").exists()


def test_an_address_that_is_none_is_refused_and_leaves_nothing(offer: OverlaidCatalogues) -> None:
    with pytest.raises(CatalogueFileError, match="https"):
        offer.save_address("map-stage", "cmri", "http://elsewhere.example/")
    assert offer.user_folder is not None
    assert list(offer.user_folder.iterdir()) == []


def test_what_stands_in_no_file_is_kept(printed: Catalogue, settings: FakeSettings) -> None:
    offer = OverlaidCatalogues(printed, None, None, settings, lambda given: replace(given, title="completed"))
    assert offer.catalogue.title == "completed"
    offer.adopt(offer.read())
    assert offer.catalogue.title == "completed"
    assert offer.layers.catalogue.title == printed.title


def test_the_firewall_sheet_is_of_what_was_chosen(offer: OverlaidCatalogues) -> None:
    lines = offer.firewall_sheet({"map-stage"}, {"cmri", "sibr"}).splitlines()
    assert lines[0] == "environment,application,use,host,port,ip"
    assert {line.split(",")[0] for line in lines[1:]} == {"map-stage"}
    assert {line.split(",")[1] for line in lines[1:]} == {"cmri", "sibr"}
    assert any(",wsmap.caiso.com,443,12.200.60.218" in line for line in lines), "the gateway's IPs are found too"
