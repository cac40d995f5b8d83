from pathlib import Path

import pytest

from caiso_desktop.catalogue.counterpart import counterpart
from caiso_desktop.catalogue.load import load
from caiso_desktop.model.service import Catalogue, Kind, Target

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
def test_where_to_look_what_became_of_a_submit(catalogue: Catalogue, name: str, expected: str | None) -> None:
    for environment, target in rows(catalogue, name):
        found = counterpart(catalogue, target, environment)
        assert (found.service if found else None) == expected


def test_it_is_always_a_retrieve_that_can_be_called_there(catalogue: Catalogue) -> None:
    for application in catalogue.applications:
        for service in application.services:
            for environment, target in rows(catalogue, f"{application.id}/{service.name}"):
                found = counterpart(catalogue, target, environment)
                if found is not None:
                    assert catalogue.service(found.application, found.service).kind is Kind.RETRIEVE
                    assert catalogue.url(environment, found)


def test_a_service_that_is_gone_has_none(catalogue: Catalogue) -> None:
    target = rows(catalogue, "sibr/SubmitRawBidSet")[0][1]
    assert counterpart(catalogue, Target("sibr", "Gone", "v1", target.variant), "production") is None
