"""Overlays: laid over, refused whole, held back until agreed to, and forbidden by a company."""

import re
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest

from caiso_desktop.catalogue import patch, patch_environment, patch_guide, patch_service
from caiso_desktop.catalogue.edit import (
    address_text,
    calendar_text,
    retired_text,
    save_overlay,
    service_text,
    version_text,
)
from caiso_desktop.catalogue.overlay import lay_over
from caiso_desktop.model.calendar import Cycle, Deviation, State, TradeDate, Window
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.error import CatalogueFileError
from caiso_desktop.model.overlay import Layered
from caiso_desktop.model.service import Kind, Packaging, Retirement, Source, Target, Variant

NEW_SERVICE = """
format = 1

[[application]]
id = 'cmri'

[[application.service]]
name = 'RetrieveStorageAwards'
kind = 'retrieve'
versions = [ 'v2 | Spring 2024', 'v1 | Fall 2021' ]
"""

NINE, NOON = datetime.fromisoformat("2026-03-01T09:00"), datetime.fromisoformat("2026-03-01T12:00")


@pytest.fixture
def company(tmp_path: Path) -> Path:
    (tmp_path / "company").mkdir()
    return tmp_path / "company"


@pytest.fixture
def user(tmp_path: Path) -> Path:
    (tmp_path / "user").mkdir()
    return tmp_path / "user"


def test_a_service_that_did_not_exist_in_2017(printed: Catalogue, user: Path) -> None:
    (user / "storage.toml").write_text(NEW_SERVICE, encoding="utf-8")
    layered = lay_over(printed, None, user)
    target = Target("cmri", "RetrieveStorageAwards", "v2", Variant.DOCATTACH)
    address = "https://ws.caiso.com/sst/cmri/RetrieveStorageAwards_CMRIv2_DocAttach_AP"
    assert layered.catalogue.url("production", target) == address
    assert layered.catalogue.row(target)[2].source == Source("user file storage.toml")
    assert [overlay.owner for overlay in layered.applied] == ["user"]
    assert (layered.pending, layered.refused, layered.barred) == ((), (), ())


def test_a_new_version_stands_first_and_the_rest_remains(printed: Catalogue, user: Path) -> None:
    service = printed.service("sibr", "SubmitRawBidSet")
    save_overlay(user, "SIBR v5", version_text("sibr", service, "v5", "Fall 2019"), printed)
    after = lay_over(printed, None, user).catalogue.service("sibr", "SubmitRawBidSet")
    assert [version.version for version in after.versions] == ["v5", "v4", "v3"]
    assert after.versions[1:] == service.versions


def test_a_bad_file_is_refused_whole_and_the_rest_kept(printed: Catalogue, company: Path, user: Path) -> None:
    (user / "a.toml").write_text("[[application]]\nid = 'sibr'\nname = 'Lost'\ncolour = 1\n", encoding="utf-8")
    (user / "b.toml").write_text(NEW_SERVICE, encoding="utf-8")
    layered = lay_over(printed, company, user)
    assert [(error.file.name, error.line, error.key) for error in layered.refused] == [
        ("a.toml", 4, "application.colour")
    ]
    assert layered.catalogue.application("sibr") == printed.application("sibr")
    assert layered.catalogue.service("cmri", "RetrieveStorageAwards")


def held_back(printed: Catalogue, folder: Path, text: str) -> Layered:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    layered = lay_over(printed, None, folder)
    assert layered.catalogue == printed
    assert (layered.applied, layered.refused) == ((), ())
    assert len(layered.pending) == 1
    agreed = lay_over(printed, None, folder, {layered.pending[0].fingerprint})
    assert agreed.pending == ()
    assert agreed.catalogue != printed
    return layered


@pytest.mark.parametrize(
    ("text", "environment", "what"),
    [
        (address_text("sibr", "production", "https://ws.example.com/sst/sibr/"), "production", "web services of SIBR"),
        ("[[environment]]\nid = 'map-stage'\nsignature_hash = 'sha256'\n", "map-stage", "hash of signatures"),
        ("[[environment]]\nid = 'production'\nguarded = false\n", "production", "guard before submits"),
        (
            "[[application]]\nid='sibr'\n[[application.service]]\nname='SubmitTradeAction'\nkind='retrieve'\n",
            "",
            "what SubmitTradeAction_SIBR_AP does",
        ),
        (
            (
                "[[application]]\nid='sibr'\n[[application.service]]\nname='Harmless'\nkind='retrieve'\n"
                "versions=[{version='', paths={ap='SubmitTradeAction_SIBR_AP'}}]\n"
            ),
            "",
            "what SubmitTradeAction_SIBR_AP does",
        ),
        (
            (
                "[[application]]\nid='ads'\n[[application.service]]\nname='APIWebService'\nversions=[{version='v9',"
                "paths={rpc='APIWebService/v9'},bases={production='https://ads.example.com/ADS/'}}]\n"
            ),
            "production",
            "ADS APIWebService v9",
        ),
        (
            (
                "[[application]]\nid='sibr'\n[[application.service]]\nname='RetrieveCleanBidSet'\n"
                "versions=[{version='v4', names={ap={action='http://www.caiso.com/soa/submitRawBidSet_v4'}}}]\n"
            ),
            "",
            "how RetrieveCleanBidSet_SIBRv4_AP is called",
        ),
        (
            (
                "[[environment]]\nid='mine'\nname='Mine'\npurpose='x'\nguarded=false\n[[application]]\nid='sibr'\n"
                "[application.reach.mine]\nbase='https://ws.caiso.com/sst/sibr/'\n"
            ),
            "mine",
            "guard before submits to ws.caiso.com:443",
        ),
    ],
)
def test_what_must_be_agreed_to_waits(text: str, environment: str, what: str, printed: Catalogue, user: Path) -> None:
    changes = held_back(printed, user, text).pending[0].changes
    assert [(change.environment, change.what) for change in changes] == [(environment, what)]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("{ap={action='a\\r\\nX: y'}}", "is not a SOAPAction"),
        ("{ap={action='a \"b\"'}}", "is not a SOAPAction"),
        ("{ap={request='CleanBids'}}", "is not a root with its namespace"),
        ("{ap={request='{urn:x}'}}", "is not a root with its namespace"),
        ("{docattach={operation='two words'}}", "is not a name"),
        ("{ap={namespace='urn:x'}}", "nobody knows this key"),
        ("{rpc={request='{urn:x}A'}}", "nobody knows this key"),
        ("{rest={action='x'}}", "nobody knows this key"),
        ("{ap='x'}", "must be"),
    ],
)
def test_names_that_could_not_travel_are_refused(names: str, sentence: str, printed: Catalogue, user: Path) -> None:
    text = "format = 1\n[[application]]\nid='sibr'\n[[application.service]]\nname='RetrieveCleanBidSet'\n"
    names = names.replace("'a\\r", '"a\\r').replace("y'", 'y"')
    (user / "names.toml").write_text(f"{text}versions=[{{version='v4', names={names}}}]\n", encoding="utf-8")
    [refused] = lay_over(printed, None, user).refused
    assert sentence in str(refused)


def test_trust_in_another_authority_waits_and_another_one_asks_again(printed: Catalogue, user: Path) -> None:
    text = "[[environment]]\nid = 'sandbox'\nauthorities = ['ca.pem']\n"
    pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    (user / "ca.pem").write_bytes(pem)
    first = held_back(printed, user, text).pending[0]
    agreed = lay_over(printed, None, user, {first.fingerprint})
    assert agreed.catalogue.environment("sandbox").trust.authorities == (pem,)
    (user / "ca.pem").write_bytes(pem.replace(b"AAAA", b"BBBB"))
    assert lay_over(printed, None, user, {first.fingerprint}).pending


def test_another_path_on_the_same_host_needs_no_yes(printed: Catalogue, user: Path) -> None:
    text = address_text("ads", "map-stage", "https://adsmap.caiso.com:447/ADS/")
    save_overlay(user, "ADS map stage", text, printed)
    layered = lay_over(printed, None, user)
    assert layered.pending == ()
    target = Target("ads", "APIWebService", "v7", Variant.RPC)
    assert layered.catalogue.url("map-stage", target) == "https://adsmap.caiso.com:447/ADS/APIWebService/v7"


def test_a_company_can_forbid(printed: Catalogue, company: Path, user: Path) -> None:
    (company / "policy.toml").write_text(
        "[policy]\nproduction_submits = false\nuser_overlays = false\n", encoding="utf-8"
    )
    (company / "ours.toml").write_text(NEW_SERVICE, encoding="utf-8")
    (user / "mine.toml").write_text(NEW_SERVICE, encoding="utf-8")
    layered = lay_over(printed, company, user)
    assert (layered.policy.production_submits, layered.policy.user_overlays) == (False, False)
    assert [overlay.owner for overlay in layered.applied] == ["company"]
    assert layered.barred == (user / "mine.toml",)


def test_a_policy_that_cannot_be_read_forbids_all_it_could(printed: Catalogue, company: Path, user: Path) -> None:
    (company / "policy.toml").write_text("[policy]\nproduction_submit = false\n", encoding="utf-8")
    layered = lay_over(printed, company, user)
    assert (layered.policy.production_submits, layered.policy.user_overlays) == (False, False)
    assert "Did you mean 'production_submits'?" in str(layered.refused[0])


def test_folders_need_not_exist(printed: Catalogue, tmp_path: Path) -> None:
    assert lay_over(printed, tmp_path / "no", tmp_path / "nothing").catalogue is printed


def test_an_edit_that_does_not_fit_leaves_nothing(printed: Catalogue, user: Path) -> None:
    with pytest.raises(CatalogueFileError, match="https://"):
        save_overlay(user, "bad", address_text("sibr", "production", "http://ws.caiso.com/"), printed)
    assert list(user.iterdir()) == []


def test_texts_survive_toml(printed: Catalogue, user: Path) -> None:
    odd = 'quote " back \\ slash \x7f é 😀 \t'
    save_overlay(user, "odd", service_text("sibr", "RetrieveOdd", Kind.RETRIEVE, "v1", odd), printed)
    assert lay_over(printed, None, user).catalogue.service("sibr", "RetrieveOdd").versions[0].release == odd


def test_retired_says_since_when_and_what_follows(printed: Catalogue, user: Path) -> None:
    retirement = Retirement(Source("notice"), date(2021, 5, 1), "RetrieveMeterData")
    save_overlay(user, "gone", retired_text("drs", "RetrievePDRMeterData", "production", retirement), printed)
    catalogue = lay_over(printed, None, user).catalogue
    found = catalogue.retirement("production", Target("drs", "RetrievePDRMeterData", "v20100301", Variant.AP))
    assert found == Retirement(Source("user file gone.toml"), date(2021, 5, 1), "RetrieveMeterData")


def test_an_edited_calendar_comes_back(printed: Catalogue, user: Path) -> None:
    before = printed.environment("map-stage").calendar
    calendar = replace(
        before,
        maintenance=(Window("nightly", (0, 6), time(22), time(4, 30), 1),),
        deviations=(Deviation(NINE, NOON, State.OPEN, "by notice"),),
        cycles=(Cycle("Spring 2026", date(2026, 2, 1), date(2026, 3, 31)),),
        trade_date=TradeDate(fixed=date(2025, 7, 4)),
    )
    save_overlay(user, "hours", calendar_text("map-stage", calendar), printed)
    after = lay_over(printed, None, user).catalogue.environment("map-stage").calendar
    assert after == replace(calendar, known_from="user file hours.toml")


def test_an_environment_of_ones_own(printed: Catalogue, company: Path) -> None:
    text = (
        "[[environment]]\nid='test-lab'\nname='Test lab'\npurpose='Ours'\nguarded=false\n"
        "[[application]]\nid='sibr'\n[application.reach.test-lab]\nbase='https://lab.example.com/sibr/'\n"
    )
    (company / "lab.toml").write_text(text, encoding="utf-8")
    layered = lay_over(printed, company, None)
    assert layered.pending == ()
    assert layered.catalogue.hosts("test-lab") == {("lab.example.com", 443)}


def test_the_examples_of_the_format_work(printed: Catalogue, resources: Path, company: Path) -> None:
    text = (resources / "catalogue" / "README.md").read_text(encoding="utf-8")
    service, rows, named, policy = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (company / "a.toml").write_text(service, encoding="utf-8")
    (company / "b.toml").write_text(rows, encoding="utf-8")
    (company / "policy.toml").write_text(policy, encoding="utf-8")
    layered = lay_over(printed, company, None)
    assert (layered.refused, layered.pending, layered.policy.user_overlays) == ((), (), False)
    catalogue = layered.catalogue
    awards = Target("cmri", "RetrieveStorageAwards", "v2", Variant.DOCATTACH)
    assert str(catalogue.row(awards)[2].source) == "CAISO technical user group, May 2024, 2024-05-14"
    old = Target("settlements", "RetrieveInvoices", "v1", Variant.AP)
    assert catalogue.url("map-stage", old) == "https://wsmap.caiso.com/sst/stlmt/RetrieveInvoices_STLMTv1_AP"
    gone = catalogue.retirement("production", old)
    assert gone is not None
    assert (gone.since, gone.successor) == (date(2023, 1, 1), "v2")
    stage = catalogue.environment("map-stage").calendar
    (company / "c.toml").write_text(named, encoding="utf-8")
    [waiting] = lay_over(printed, company, None).pending
    clean = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
    agreed = lay_over(printed, company, None, {waiting.fingerprint}).catalogue
    assert agreed.row(clean)[2].names[Variant.AP].action == "http://www.caiso.com/soa/retrieveCleanBids_v4"
    assert stage.cycles == (Cycle("Spring 2024", date(2024, 2, 1), date(2024, 3, 29)),)
    assert stage.known_from == "document 10.1"


@pytest.mark.parametrize("table", ["environment", "application", "a row", "reach", "guide", "service"])
def test_the_format_is_described_whole(table: str, resources: Path) -> None:
    text = (resources / "catalogue" / "README.md").read_text(encoding="utf-8")
    known = {
        "environment": patch_environment._ENVIRONMENT - {"calendar"} | patch_environment._CALENDAR,
        "application": patch._APPLICATION - {"reach", "service"},
        "a row": patch_service._VERSION,
        "reach": patch._REACH,
        "guide": patch_guide._GUIDE,
        "service": patch_service._SERVICE,
    }
    assert {key for key in known[table] if f"`{key}`" not in text} == set()


def test_the_readmes_example_is_a_service_that_can_be_called(printed: Catalogue, resources: Path, user: Path) -> None:
    text = (resources.parent / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (user / "mine.toml").write_text(example, encoding="utf-8")
    layered = lay_over(printed, None, user)
    assert (layered.refused, layered.pending) == ((), ())
    awards = Target("cmri", "RetrieveStorageAwards", "v2", Variant.DOCATTACH)
    assert layered.catalogue.url("production", awards).endswith("/RetrieveStorageAwards_CMRIv2_DocAttach_AP")
    assert str(layered.catalogue.row(awards)[2].source) == "CAISO technical user group, May 2024, 2024-05-14"


PACKAGING = """
format = 1
[[environment]]
id = 'map-stage'
packaging = 'mtom'
[[application]]
id = 'oms'
packaging = 'swa'
[[application.service]]
name = 'SubmitResourceOutage'
packaging = 'mtom'
"""


def test_how_an_attachment_travels_is_data_of_a_service_an_application_or_an_environment(
    printed: Catalogue, user: Path
) -> None:
    sibr = Target("sibr", "SubmitRawBidSet", "v4", Variant.AP)
    own = Target("oms", "SubmitResourceOutage", "v1", Variant.AP)
    other = Target("oms", "SubmitTransmissionOutage", "v1", Variant.AP)
    assert {printed.packaging("map-stage", each) for each in (sibr, own, other)} == {Packaging.SWA}
    (user / "packaging.toml").write_text(PACKAGING, encoding="utf-8")
    layered = lay_over(printed, None, user)
    assert (layered.pending, layered.refused) == ((), ())
    found = [
        [layered.catalogue.packaging(place, each) for each in (sibr, own, other)]
        for place in ("map-stage", "production")
    ]
    assert found == [[Packaging.MTOM, Packaging.MTOM, Packaging.SWA], [Packaging.SWA, Packaging.MTOM, Packaging.SWA]]
    (user / "packaging.toml").write_text(PACKAGING.replace("'mtom'", "'mime'"), encoding="utf-8")
    [refused] = lay_over(printed, None, user).refused
    assert "'mime' is none of: swa, mtom" in str(refused)
