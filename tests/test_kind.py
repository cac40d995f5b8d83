"""What every operation of the catalogue does to the market, by name: a wrong word here could cost a user money."""

from pathlib import Path

import pytest

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Kind, Variant

SUBMITS = {
    "alfs": {"Submit5MinFSPVERForecast", "SubmitDailyFSPVERForecast", "SubmitExternalEntityLoadForecast"},
    "baaop": {"SubmitEIMDynamicLimitData", "SubmitEIMRTInterchangeScheduleData"},
    "bsap": {"SubmitBaseSchedule"},
    "cira": {"SubmitCSPOffers"},
    "drrs": {"SubmitDRLocations", "SubmitDRRegistrations"},
    "drs": {"SubmitPDRLoadMeterData", "SubmitPDRMeterData"},
    "master-file": {"SubmitGeneratorRDT", "SubmitIntertieRDT"},
    "oms": {
        "SubmitResourceOutage",
        "SubmitResourceOutageChangeRequest",
        "SubmitTransmissionOutage",
        "SubmitTransmissionOutageChangeRequest",
    },
    "settlements": {"SubmitMeterData"},
    "sibr": {"SubmitCBRawBidSet", "SubmitRawBidSet", "SubmitRawTradeSet", "SubmitSCVERForecast"},
}
STATE_CHANGING = {
    "ads": {"APIWebService", "APIResponseWebService"},
    "cira": {"WithdrawCSPOffers"},
    "oms": {"AcknowledgeOutageWarning", "WithdrawOutageChangeRequest"},
    "sibr": {"SubmitBidAction", "SubmitCBBidAction", "SubmitTradeAction"},
}
# Retrieves whose names do not begin with the word.
RETRIEVES = {"crr": {"PublicMarketResults"}, "oasis": {"SingleZip", "GroupZip"}}

PROCEDURES = {
    "getDispatchBatchesSinceUID": Kind.RETRIEVE,
    "getBatchStatus": Kind.RETRIEVE,
    "getDispatchBatch": Kind.RETRIEVE,
    "getBatchHeader": Kind.RETRIEVE,
    "isNewTrajData": Kind.RETRIEVE,
    "getTrajectoryData": Kind.RETRIEVE,
    "validateDispatchBatch": Kind.STATE_CHANGING,
    "submitMSSLFRequest": Kind.STATE_CHANGING,
    "acceptInstruction": Kind.STATE_CHANGING,
    "declineInstruction": Kind.STATE_CHANGING,
    "partialAcceptInstruction": Kind.STATE_CHANGING,
}


@pytest.fixture(scope="module")
def catalogue(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


def named(catalogue: Catalogue, kind: Kind) -> dict[str, set[str]]:
    found = {a.id: {s.name for s in a.services if s.kind is kind} for a in catalogue.applications}
    return {application: names for application, names in found.items() if names}


def test_submits(catalogue: Catalogue) -> None:
    assert named(catalogue, Kind.SUBMIT) == SUBMITS


def test_what_changes_the_state_of_something(catalogue: Catalogue) -> None:
    assert named(catalogue, Kind.STATE_CHANGING) == STATE_CHANGING


def test_all_others_are_called_retrieves(catalogue: Catalogue) -> None:
    for application, names in named(catalogue, Kind.RETRIEVE).items():
        for name in names - RETRIEVES.get(application, set()):
            assert name.startswith("Retrieve"), f"{application}/{name} is it one?"


def test_every_remote_procedure(catalogue: Catalogue) -> None:
    found = {
        procedure.name: procedure.kind
        for application in catalogue.applications
        for service in application.services
        for version in service.versions
        for procedure in version.procedures
    }
    assert found == PROCEDURES


def test_an_operation_is_what_its_service_is(catalogue: Catalogue) -> None:
    for application in catalogue.applications:
        for service in application.services:
            for version in service.versions:
                for variant in version.paths:
                    if variant in (Variant.AP, Variant.DOCATTACH):
                        assert operation_by_rule(service, version, variant).kind is service.kind
