"""Payloads to begin with, on long, short and common days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.contract.document import Document, read
from caiso_desktop.contract.rule import operation_by_rule
from caiso_desktop.contract.skeleton import skeleton, trade_day
from caiso_desktop.model.call import Operation
from caiso_desktop.model.service import Kind, Service, Source, Variant, Version

NOW = datetime(2017, 7, 1, 12, 30, tzinfo=UTC)


def operation(name: str, version: str = "v1", kind: Kind = Kind.RETRIEVE) -> Operation:
    row = Version(version, "", {}, Source("test"))
    return operation_by_rule(Service(name, kind, (row,)), row, Variant.AP)


def texts(payload: str, name: str) -> list[str | None]:
    return [found.text for found in etree.fromstring(payload.encode()).iter(f"{{*}}{name}")]


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2017, 7, 1), "2017-07-01T07:00:00Z", "2017-07-02T07:00:00Z"),
        (date(2017, 12, 1), "2017-12-01T08:00:00Z", "2017-12-02T08:00:00Z"),
        (date(2017, 3, 12), "2017-03-12T08:00:00Z", "2017-03-13T07:00:00Z"),
        (date(2017, 11, 5), "2017-11-05T07:00:00Z", "2017-11-06T08:00:00Z"),
    ],
)
def test_a_report_is_asked_for_by_its_pacific_day(day: date, start: str, end: str) -> None:
    payload = skeleton(operation("RetrieveMarketAwards", "v3"), day, now=NOW)
    assert (texts(payload, "dateTimeStart"), texts(payload, "dateTimeEnd")) == ([start], [end])


def test_sibr_is_asked_for_by_the_hour() -> None:
    payload = skeleton(operation("RetrieveCleanBidSet", "v4"), date(2017, 11, 5), now=NOW)
    assert texts(payload, "MarketStartTime") == ["2017-11-05T07:00:00Z"]
    assert texts(payload, "MarketEndTime") == ["2017-11-05T08:00:00Z"]


def test_the_header_tells_time_source_and_minor_version() -> None:
    payload = skeleton(operation("RetrieveDRLocations"), date(2017, 7, 1), now=NOW)
    assert texts(payload, "TimeDate") == ["2017-07-01T12:30:00Z"]
    assert texts(payload, "Version") == ["v20160501"]
    assert texts(payload, "start") == ["2017-07-01T07:00:00Z"]
    told = skeleton(operation("RetrieveDRLocations"), date(2017, 7, 1), minor_version="v20170101", now=NOW)
    assert texts(told, "Version") == ["v20170101"]
    dated = skeleton(operation("RetrieveSelfScheduleContracts", "v20090801"), date(2017, 7, 1), now=NOW)
    assert texts(dated, "Version") == ["v20090801"]


@pytest.mark.parametrize("name", ["RetrieveMarketAwards", "RetrieveDRRegistrations", "RetrieveBatchValidationStatus"])
@pytest.mark.parametrize("version", ["v1", "", "v20120401"])
def test_every_skeleton_fits_its_operation(name: str, version: str) -> None:
    asked = operation(name, version)
    document = read(skeleton(asked, date(2017, 7, 1)))
    assert isinstance(document, Document)
    assert document.root == asked.request_root


def test_a_submit_begins_with_its_root() -> None:
    asked = operation("SubmitRawBidSet", "v4", Kind.SUBMIT)
    assert etree.fromstring(skeleton(asked, date(2017, 7, 1)).encode()).tag == asked.request_root


@given(st.dates(date(2000, 1, 1), date(2035, 1, 1)))
def test_days_follow_each_other_and_have_23_to_25_hours(day: date) -> None:
    start, end = trade_day(day)
    assert end - start in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))
    assert trade_day(day + timedelta(days=1))[0] == end
