"""Reports: their roots by rule, and hours as the market counts them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.simulator.inquiry import Inquiry
from caiso_desktop.simulator.market import Market, read_market, trading_hours
from caiso_desktop.simulator.plan import Plan, make_plans, read_exceptions
from caiso_desktop.simulator.report import report_pieces
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import CMRI, GATEWAY, SIBR, SOA, Client, Draft, request_payload

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
SUMMER, SPRING, AUTUMN = date(2017, 6, 1), date(2026, 3, 8), date(2026, 11, 1)


@pytest.fixture(scope="module")
def market(resources: Path) -> Market:
    return read_market(resources)


@pytest.fixture(scope="module")
def plans(resources: Path, catalogue: Catalogue) -> dict[str, Plan]:
    return make_plans(catalogue, read_exceptions(resources))


@pytest.mark.parametrize(
    ("day", "first", "last", "endings"),
    [
        (SUMMER, "2017-06-01T07", "2017-06-02T07", [*range(1, 25)]),
        (SPRING, "2026-03-08T08", "2026-03-09T07", [1, 2, *range(4, 25)]),
        (AUTUMN, "2026-11-01T07", "2026-11-02T08", [1, 2, 25, *range(3, 25)]),
    ],
)
def test_hours_of_a_trade_date(day: date, first: str, last: str, endings: list[int]) -> None:
    hours = trading_hours(day)
    assert [hour.ending for hour in hours] == endings
    assert f"{hours[0].start:%Y-%m-%dT%H}" == first
    assert f"{hours[-1].end:%Y-%m-%dT%H}" == last


@given(st.dates(date(2009, 4, 1), date(2060, 1, 1)))
def test_hours_follow_each_other_from_midnight_to_midnight(day: date) -> None:
    hours = trading_hours(day)
    assert len({hour.ending for hour in hours}) == len(hours) in (23, 24, 25)
    assert all(a.end == b.start for a, b in pairwise(hours))
    assert hours[-1].end == trading_hours(day + timedelta(days=1))[0].start


@pytest.mark.parametrize(
    ("path", "root", "record", "interval"),
    [
        (SIBR + "RetrieveCleanBidSet_SIBRv4_AP", "CleanBidSet_v4", "GeneratingBid", "BidPriceCurve"),
        (CMRI + "RetrieveMarketAwards_CMRIv4_AP", "MarketAwards_v4", "MarketAward", "ProductAward"),
        (CMRI + "RetrieveSchedulePrices_CMRIv4_AP", "SchedulePrices_v4", "SchedulePrice", "PriceInterval"),
        (CMRI + "RetrieveMarketSchedules_CMRIv3_AP", "MarketSchedules_v3", "MarketSchedule", "ScheduleInterval"),
        (CMRI + "RetrieveGasBurnSummaryData_CMRIv1_AP", "GasBurnSummaryData_v1",
         "GasBurnSummaryRecord", "TradeIntervalData"),
        (CMRI + "RetrieveResourceMovementPoint_CMRIv1_AP", "ResourceMovementPoint_v1",
         "ResourceMovementPointRecord", "IntervalData"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("day", "count"), [(SUMMER, 24), (SPRING, 23), (AUTUMN, 25)])
def test_a_report_has_every_hour(
    plans: dict[str, Plan], market: Market, path: str, root: str, record: str, interval: str, day: date, count: int
) -> None:
    report = etree.fromstring(b"".join(report_pieces(plans[path], Inquiry((day,)), market, NOW)))
    assert report.tag == f"{{{SOA}{root}.xsd#}}{root.partition('_')[0]}"
    assert [etree.QName(e).localname for e in report] == ["MessageHeader", "MessagePayload"]
    assert [etree.QName(e).localname for e in report[0]] == ["TimeDate", "Source", "Version"]
    rows = report.findall(f"{{*}}MessagePayload/{{*}}{record}")
    assert rows
    for row in rows:
        assert sum(1 for _ in row.iter(f"{{*}}{interval}")) == count


def test_bids_rise(plans: dict[str, Plan], market: Market) -> None:
    plan = plans[SIBR + "RetrieveCleanBidSet_SIBRv4_AP"]
    report = etree.fromstring(b"".join(report_pieces(plan, Inquiry((SUMMER,)), market, NOW)))
    curves = [*report.iter("{*}BidPriceCurve")]
    assert curves
    for curve in curves:
        for axis in ("xAxisData", "y1AxisData"):
            values = [float(e.text or "") for e in curve.iter(f"{{*}}{axis}")]
            assert values == sorted(values)
            assert len(set(values)) == len(values) == 4


def test_every_retrieve_of_the_catalogue_has_a_well_formed_report(plans: dict[str, Plan], market: Market) -> None:
    retrieves = [plan for plan in plans.values() if plan.kind is Kind.RETRIEVE]
    assert len(retrieves) == 20
    for plan in retrieves:
        report = etree.fromstring(b"".join(report_pieces(plan, Inquiry((SUMMER,), ("A&B",)), market, NOW)))
        assert report.tag == plan.answer_root
        assert len(report[1]) > 0


def test_the_same_report_every_time_and_another_for_another_day(plans: dict[str, Plan], market: Market) -> None:
    plan = plans[SIBR + "RetrieveCleanBidSet_SIBRv4_AP"]
    first, again, other = (b"".join(report_pieces(plan, Inquiry((d,)), market, NOW)) for d in (SUMMER, SUMMER, SPRING))
    assert first == again != other


def test_a_range_of_days_and_one_resource(simulator: Simulator, client: Client) -> None:
    """An end at midnight is the end of the day before."""
    inside = (
        "<MarketStartTime>2017-06-01T07:00:00Z</MarketStartTime><MarketEndTime>2017-06-04T07:00:00Z</MarketEndTime>"
        "<RegisteredGenerator><mRID>SIMGEN_1_UNIT1</mRID></RegisteredGenerator>"
        "<schedulingCoordinator>MINE</schedulingCoordinator>"
    )
    payload = request_payload("RequestMarketAwards", inside=inside)
    answer = client.send(
        Draft(simulator.identity, payload, SOA + "retrieveMarketAwards_v4"), CMRI + "RetrieveMarketAwards_CMRIv4_AP"
    )
    report = etree.fromstring(answer.report)
    assert len(report.findall(".//{*}MarketAward")) == 3
    assert {e.text for e in report.iter("{*}mRID")} == {"SIMGEN_1_UNIT1", "MINE"}


@pytest.mark.parametrize("suffix", ["", "_DocAttach"])
def test_registrations(simulator: Simulator, client: Client, suffix: str) -> None:
    payload = request_payload("RequestDRRegistrationData", "v1")
    draft = Draft(simulator.identity, payload, SOA + "retrieveDRRegistrations_v1" + suffix)
    answer = client.send(draft, GATEWAY + f"RetrieveDRRegistrations_DRRSv1{suffix}_AP")
    assert answer.status == 200, answer.body
    report = etree.fromstring(answer.report)
    assert report.tag == f"{{{SOA}DRRegistrationData_v1.xsd#}}DRRegistrationData"
    assert report.find(".//{*}DemandResponseRegistration_Full") is not None


@pytest.mark.parametrize(
    ("service", "action", "payload", "root"),
    [
        (
            "RetrieveCBCCleanBidSet_SIBRv20100301",
            "2010-03-01/retrieveCBCCleanBidSet_v20100301",
            request_payload("RequestCBCCleanBidSet", "v20100301", folder="2010-03-01/"),
            "2010-03-01/CBCCleanBidSet_v20100301.xsd#}CBCCleanBidSet",
        ),
        (
            "RetrieveTradeResults_SIBR",
            "retrieveTradeResults",
            request_payload("RequestTradeResults", ""),
            "TradeResults.xsd#}TradeResults",
        ),
    ],
)
def test_older_services(
    simulator: Simulator, client: Client, service: str, action: str, payload: str, root: str
) -> None:
    answer = client.send(Draft(simulator.identity, payload, SOA + action), SIBR + service + "_AP")
    assert answer.status == 200, answer.body
    assert etree.fromstring(answer.report).tag == "{" + SOA + root


def test_plans_of_a_path(plans: dict[str, Plan]) -> None:
    plan = plans[SIBR + "RetrieveCleanBidSet_SIBRv4_DocAttach_AP"]
    assert plan.variant is Variant.DOCATTACH
    assert plan.operation == "retrieveCleanBidSet_v4_DocAttach"
    assert plan.actions == {SOA + "retrieveCleanBidSet_v4_DocAttach"}
    assert plan.request_roots == {f"{{{SOA}RequestCleanBidSet_v4.xsd#}}RequestCleanBidSet"}


def test_bases_are_those_of_production(simulator: Simulator) -> None:
    origin = simulator.origin
    assert simulator.bases() == {"sibr": origin + SIBR, "cmri": origin + CMRI, "drrs": origin + GATEWAY}


def test_the_time_of_a_report_is_gmt(plans: dict[str, Plan], market: Market) -> None:
    head = next(report_pieces(plans[SIBR + "RetrieveTradeResults_SIBR_AP"], Inquiry((SUMMER,)), market, NOW))
    assert b"<TimeDate>2026-11-01T09:00:00.000-00:00</TimeDate>" in head
