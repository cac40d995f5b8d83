"""The names that protocol and specifications print, against those made by rule."""

import pytest

from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.model.call import Basis, Operation
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.service import Kind, Service, Source, Variant, Version

SOA = "http://www.caiso.com/soa/"


def operation(name: str, version: str, variant: Variant = Variant.AP, kind: Kind = Kind.RETRIEVE) -> Operation:
    row = Version(version, "Fall 2014", {}, Source("test"))
    return operation_by_rule(Service(name, kind, (row,)), row, variant)


def test_a_numbered_retrieve() -> None:
    found = operation("RetrieveMarketAwards", "v3")
    assert found.name == "retrieveMarketAwards_v3"
    assert found.soap_action == "http://www.caiso.com/soa/retrieveMarketAwards_v3"
    assert found.request_root == f"{{{SOA}RequestMarketAwards_v3.xsd#}}RequestMarketAwards"
    assert found.answer_root == f"{{{SOA}MarketAwards_v3.xsd#}}MarketAwards"
    assert found.basis is Basis.RULE


def test_docattach_has_its_own_operation_and_the_same_payload() -> None:
    found = operation("RetrieveMarketAwards", "v3", Variant.DOCATTACH)
    assert found.name == "retrieveMarketAwards_v3_DocAttach"
    assert found.soap_action == f"{SOA}retrieveMarketAwards_v3_DocAttach"
    assert found.request_root == operation("RetrieveMarketAwards", "v3").request_root


def test_a_dated_version_has_its_date_as_a_folder() -> None:
    found = operation("BroadcastTelemetryData", "v20120401", kind=Kind.SUBMIT)
    assert found.soap_action == "http://www.caiso.com/soa/2012-04-01/broadcastTelemetryData_v20120401"
    assert found.request_root == f"{{{SOA}2012-04-01/TelemetryData_v20120401.xsd#}}TelemetryData"


def test_a_service_without_a_version() -> None:
    found = operation("SubmitTradeAction", "", kind=Kind.SUBMIT)
    assert (found.name, found.soap_action) == ("submitTradeAction", f"{SOA}submitTradeAction")
    assert found.request_root == f"{{{SOA}TradeAction.xsd#}}TradeAction"
    assert found.answer_root == f"{{{SOA}2006-06-13/StandardOutput.xsd}}outputDataType"


@pytest.mark.parametrize("service", ["RetrieveDRLocations", "RetrieveDRRegistrations"])
def test_drrs_has_roots_of_its_own(service: str) -> None:
    found = operation(service, "v1")
    assert found.request_root == f"{{{SOA}RequestDRRegistrationData_v1.xsd#}}RequestDRRegistrationData"
    assert found.answer_root == f"{{{SOA}DRRegistrationData_v1.xsd#}}DRRegistrationData"


def test_batch_status_has_the_same_root_both_ways() -> None:
    found = operation("RetrieveBatchValidationStatus", "v1")
    assert found.name == "retrieveBatchValidationStatus_v1"
    assert found.request_root == found.answer_root == f"{{{SOA}BatchValidationStatus_v1.xsd#}}BatchValidationStatus"


def test_a_submit_hands_in_the_noun() -> None:
    found = operation("SubmitDRLocations", "v1", kind=Kind.SUBMIT)
    assert found.request_root == f"{{{SOA}DRRegistrationData_v1.xsd#}}DRRegistrationData"
    assert found.answer_root == f"{{{SOA}StandardOutput_v1.xsd#}}StandardOutput"


@pytest.mark.parametrize("variant", [Variant.RPC, Variant.REST])
def test_other_services_have_no_such_rule(variant: Variant) -> None:
    with pytest.raises(UsageError, match="SOAP"):
        operation("APIWebService", "v7", variant)
