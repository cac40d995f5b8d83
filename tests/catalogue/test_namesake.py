from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.catalogue.namesake import namesake
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Target

EXPECTED = {
    "bsap/SubmitBaseSchedule": "RetrieveBaseScheduleResults",
    "cira/SubmitCSPOffers": "RetrieveCSPOffers",
    "cira/WithdrawCSPOffers": "RetrieveCSPOffers",
    "drrs/SubmitDRLocations": "RetrieveDRLocations",
    "drrs/SubmitDRRegistrations": "RetrieveDRRegistrations",
    "drs/SubmitPDRMeterData": "RetrievePDRMeterData",
    "master-file/SubmitGeneratorRDT": "RetrieveGeneratorRDT",
    "master-file/SubmitIntertieRDT": "RetrieveIntertieRDT",
    "oms/SubmitResourceOutage": "RetrieveResourceOutage",
    "oms/SubmitTransmissionOutageChangeRequest": "RetrieveTransmissionOutageChangeRequest",
    "settlements/SubmitMeterData": "RetrieveMeterData",
    "sibr/SubmitBidAction": "RetrieveCurrentBidResults",
    "sibr/SubmitCBBidAction": "RetrieveCBCCurrentBidResults",
    "sibr/SubmitCBRawBidSet": "RetrieveCBCCleanBidSet",
    "sibr/SubmitRawBidSet": "RetrieveCleanBidSet",
    "sibr/SubmitRawTradeSet": "RetrieveFinalTradeSet",
    "sibr/SubmitSCVERForecast": "RetrieveSCVERForecast",
    "sibr/SubmitTradeAction": "RetrieveTradeResults",
    # The catalogue has no retrieve for these applications.
    "alfs/SubmitDailyFSPVERForecast": None,
    "baaop/SubmitEIMDynamicLimitData": None,
}


@pytest.fixture(scope="module")
def catalogue(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


def rows(catalogue: Catalogue, name: str) -> list[tuple[str, Target]]:
    application = catalogue.application(name.split("/")[0])
    service = catalogue.service(*name.split("/"))
    return [
        (environment, Target(application.id, service.name, v.version, next(iter(v.paths)), v.minor_version))
        for v in service.versions
        for environment in catalogue.bases(application, v)
        if v.callable
    ]


@pytest.mark.parametrize(("name", "expected"), EXPECTED.items())
def test_the_retrieve_that_is_named_as_a_submit(catalogue: Catalogue, name: str, expected: str | None) -> None:
    for environment, target in rows(catalogue, name):
        found = namesake(catalogue, target, environment)
        assert (found.service if found else None) == expected


def test_a_service_that_is_gone_has_none(catalogue: Catalogue) -> None:
    target = rows(catalogue, "sibr/SubmitRawBidSet")[0][1]
    assert namesake(catalogue, Target("sibr", "Gone", "v1", target.variant), "production") is None
