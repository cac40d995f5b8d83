"""Writes the reports that retrieves are answered with, piece by piece; nothing is ever held as a whole.

The shapes follow the payloads known from public clients; where none is known, a record with intervals. Times are GMT,
trade dates Pacific; MW and $/MWh.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from xml.sax.saxutils import escape

from caiso_desktop.simulator.inquiry import Inquiry
from caiso_desktop.simulator.market import Hour, Market, Resource, chance, trading_hours
from caiso_desktop.simulator.plan import Plan

_Hours = tuple[Hour, ...]
_Shape = Callable[[Plan, Market, Resource, str, date, _Hours], str]


def gmt(moment: datetime) -> str:
    """An instant as CAISO prints it: ``2026-11-23T08:00:00.000-00:00``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000-00:00")


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of a report that were handed in; the made-up ones of these (resource, trade date) give way to them."""

    rows: tuple[str, ...] = ()
    covered: frozenset[tuple[str, date]] = frozenset()


def report_pieces(
    plan: Plan, inquiry: Inquiry, market: Market, now: datetime, at_least: int = 0, kept: Kept | None = None
) -> Iterator[bytes]:
    """The report, in pieces of some kilobytes: what was handed in, then what is made up; rows are repeated for further
    resources until ``at_least`` bytes.
    """
    kept = kept or Kept()
    yield head_of(plan, market, now).encode()
    yield from (row.encode() for row in kept.rows)
    coordinator = escape(inquiry.coordinators[0] if inquiry.coordinators else market.coordinator)
    shape = _shape_of(plan.noun)
    written = 0
    first_round: list[tuple[str, str]] = []
    for resource, day in _made_up(plan, inquiry, market, kept):
        rows = shape(plan, market, resource, coordinator, day, inquiry.hours(day))
        if at_least:
            first_round.append((resource.id, rows))
        piece = rows.encode()
        written += len(piece)
        yield piece
    for number in count(1):
        if written >= at_least or not first_round:
            break
        for name, rows in first_round:
            piece = rows.replace(name, f"{name}_{number}").encode()
            written += len(piece)
            yield piece
    yield tail_of(plan).encode()


def has_rows(plan: Plan, inquiry: Inquiry, market: Market, kept: Kept) -> bool:
    """Whether the report has any row."""
    return bool(kept.rows) or any(True for _ in _made_up(plan, inquiry, market, kept))


def made_up_bids(market: Market, coordinator: str, days: Iterable[date]) -> str:
    """The bids of these days that were made up, one after the other."""
    return "".join(
        _bid(market, resource, escape(coordinator), day, trading_hours(day))
        for day in days
        for resource in market.resources
    )


def _made_up(plan: Plan, inquiry: Inquiry, market: Market, kept: Kept) -> Iterator[tuple[Resource, date]]:
    """The resources and trade dates for which something is made up: asked for, and not handed in by anybody."""
    for resource in market.resources:
        if inquiry.resources and resource.id not in inquiry.resources:
            continue
        for day in inquiry.trade_dates:
            if (resource.id, day) in kept.covered or not inquiry.hours(day):
                continue
            if not inquiry.names or _name_of(plan, resource, day) in inquiry.names:
                yield resource, day


def _name_of(plan: Plan, resource: Resource, day: date) -> str:
    """The mRID of what is made up; empty where it has none."""
    shape = _shape_of(plan.noun)
    if shape is _bids:
        return f"{resource.id}_{day:%Y%m%d}"
    if shape is _registration:
        return f"{resource.id}_{'LOC' if plan.service.endswith('Locations') else 'REG'}"
    return ""


def head_of(plan: Plan, market: Market, now: datetime) -> str:
    """The beginning of a report, up to its MessagePayload."""
    namespace, _, root = plan.answer_root[1:].partition("}")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">\n  <MessageHeader>\n'
        f"    <TimeDate>{gmt(now)}</TimeDate>\n    <Source>{escape(market.source)}</Source>\n"
        f"    <Version>{plan.minor_version}</Version>\n  </MessageHeader>\n  <MessagePayload>\n"
    )


def tail_of(plan: Plan) -> str:
    """The end of a report."""
    return f"  </MessagePayload>\n</{plan.noun}>\n"


def _shape_of(noun: str) -> _Shape:
    shapes: tuple[tuple[str, _Shape], ...] = (
        ("GasBurnSummaryData", _gas_burn),
        ("DRRegistrationData", _registration),
        ("Bid", _bids),
        ("Awards", _awards),
        ("Prices", _prices),
        ("PriceIndex", _prices),
        ("Schedules", _schedules),
    )
    if noun == "ConvergenceBidAwards":
        return _awards
    return next((shape for part, shape in shapes if part in noun), _generic)


def _span(hour: Hour, start: str, end: str) -> str:
    return f"<{start}>{gmt(hour.start)}</{start}><{end}>{gmt(hour.end)}</{end}>"


def _who(market_type: str, resource: Resource, coordinator: str) -> str:
    kind = "RegisteredInterTie" if resource.type == "TIE" else "RegisteredGenerator"
    return (
        f"      <marketType>{market_type}</marketType>\n"
        f"      <{kind}><mRID>{resource.id}</mRID></{kind}>\n"
        f"      <SchedulingCoordinator><mRID>{coordinator}</mRID></SchedulingCoordinator>\n"
    )


def _bids(plan: Plan, market: Market, resource: Resource, coordinator: str, day: date, hours: _Hours) -> str:
    """A bid is one thing, of whatever hours it is asked for."""
    return _bid(market, resource, coordinator, day, trading_hours(day))


def _bid(market: Market, resource: Resource, coordinator: str, day: date, hours: _Hours) -> str:
    name = "InterTieBid" if resource.type == "TIE" else "GeneratingBid"
    lines = [
        f"    <{name}>\n      <mRID>{resource.id}_{day:%Y%m%d}</mRID>\n      <status>CLEAN</status>\n",
        f"      <startTime>{gmt(hours[0].start)}</startTime>\n      <stopTime>{gmt(hours[-1].end)}</stopTime>\n",
        _who("DAM", resource, coordinator),
    ]
    for product in market.products[:3] if resource.type == "GEN" else market.products[:1]:
        lines.append(
            f"      <ProductBid>\n        <MarketProduct><productType>{product}</productType></MarketProduct>\n"
        )
        for hour in hours:
            if product == "EN":
                curve = _segments(market, resource, hour)
                lines.append(
                    f'        <BidPriceCurve hourEnding="{hour.ending}">'
                    f"{_span(hour, 'timeIntervalStart', 'timeIntervalEnd')}{curve}</BidPriceCurve>\n"
                )
            else:
                megawatts = round(resource.maximum * 0.1 * chance(resource.id + product, hour.start), 1)
                lines.append(
                    f'        <BidSelfSched hourEnding="{hour.ending}">'
                    f"{_span(hour, 'timeIntervalStart', 'timeIntervalEnd')}<pMW>{megawatts}</pMW>"
                    "<selfSchedType>PT</selfSchedType></BidSelfSched>\n"
                )
        lines.append("      </ProductBid>\n")
    lines.append(f"    </{name}>\n")
    return "".join(lines)


def _segments(market: Market, resource: Resource, hour: Hour) -> str:
    """Three segments that rise in MW and in $/MWh, as a bid must."""
    price = market.price(resource.node, hour)
    reach = resource.maximum - resource.minimum
    return "".join(
        f"<CurveSchedData><xAxisData>{resource.minimum + reach * step / 3:.2f}</xAxisData>"
        f"<y1AxisData>{price * (0.7 + 0.3 * step):.2f}</y1AxisData></CurveSchedData>"
        for step in range(4)
    )


def _awards(plan: Plan, market: Market, resource: Resource, coordinator: str, day: date, hours: _Hours) -> str:
    rows = "".join(
        f'      <ProductAward hourEnding="{hour.ending}">{_span(hour, "intervalStartTime", "intervalEndTime")}'
        f"<productType>EN</productType><awardMW>{market.output(resource, hour)}</awardMW>"
        f"<clearingPrice>{market.price(resource.node, hour)}</clearingPrice></ProductAward>\n"
        for hour in hours
    )
    return f"    <MarketAward>\n{_who('DAM', resource, coordinator)}{rows}    </MarketAward>\n"


def _schedules(plan: Plan, market: Market, resource: Resource, coordinator: str, day: date, hours: _Hours) -> str:
    rows = "".join(
        f'      <ScheduleInterval hourEnding="{hour.ending}">{_span(hour, "intervalStartTime", "intervalEndTime")}'
        f"<scheduleType>TOTAL</scheduleType><MW>{market.output(resource, hour)}</MW></ScheduleInterval>\n"
        for hour in hours
    )
    return f"    <MarketSchedule>\n{_who('DAM', resource, coordinator)}{rows}    </MarketSchedule>\n"


def _prices(plan: Plan, market: Market, resource: Resource, coordinator: str, day: date, hours: _Hours) -> str:
    rows = []
    for hour in hours:
        total = market.price(resource.node, hour)
        congestion = round(total * 0.08 * (chance(resource.node + "MCC", hour.start) - 0.5), 2)
        loss = round(-total * 0.03 * chance(resource.node + "MCL", hour.start), 2)
        rows.append(
            f'      <PriceInterval hourEnding="{hour.ending}">{_span(hour, "intervalStartTime", "intervalEndTime")}'
            f"<LMP>{total:.2f}</LMP><energy>{total - congestion - loss:.2f}</energy>"
            f"<congestion>{congestion:.2f}</congestion><loss>{loss:.2f}</loss></PriceInterval>\n"
        )
    node = f"      <Pnode><mRID>{resource.node}</mRID></Pnode>\n"
    return f"    <SchedulePrice>\n{_who('DAM', resource, coordinator)}{node}{''.join(rows)}    </SchedulePrice>\n"


def _gas_burn(plan: Plan, market: Market, resource: Resource, coordinator: str, day: date, hours: _Hours) -> str:
    rows = "".join(
        f"      <TradeIntervalData>{_span(hour, 'intervalStartTime', 'intervalEndTime')}"
        f"<gasBurn>{market.output(resource, hour) * 7.8:.1f}</gasBurn></TradeIntervalData>\n"
        for hour in hours
    )
    return (
        f"    <GasBurnSummaryRecord>\n      <gasCompany>SIMGAS</gasCompany>\n"
        f"      <marketStartTime>{gmt(hours[0].start)}</marketStartTime>\n"
        f"      <marketEndTime>{gmt(hours[-1].end)}</marketEndTime>\n"
        f"      <GasZone><name>{resource.node}</name><summaryLevel>ZONE</summaryLevel></GasZone>\n"
        f"{rows}    </GasBurnSummaryRecord>\n"
    )


def _registration(plan: Plan, market: Market, resource: Resource, coordinator: str, day: date, hours: _Hours) -> str:
    activity = (
        f"<DistributedActivity><action>NONE</action>"
        f"<submittedActiveEndDateTime>{gmt(hours[-1].end)}</submittedActiveEndDateTime>"
        f"<submittedActiveStartDateTime>{gmt(hours[0].start)}</submittedActiveStartDateTime></DistributedActivity>\n"
    )
    if plan.service.endswith("Locations"):
        return (
            f"    <DistributedEnergyResourceContainer>\n      <mRID>{resource.id}_LOC</mRID>\n"
            f"      <name>{resource.id}</name>\n      {activity}      <status><value>Active</value></status>\n"
            f"    </DistributedEnergyResourceContainer>\n"
        )
    return (
        f"    <DemandResponseRegistration_Full>\n      <mRID>{resource.id}_REG</mRID>\n"
        f"      <name>{resource.id}</name>\n      {activity}"
        f"      <RegisteredGenerator><mRID>{resource.id}</mRID>"
        f"<LoadAggregationPoint><AggregatedPnode><mRID>{resource.node}</mRID></AggregatedPnode></LoadAggregationPoint>"
        f"<LoadServingEntity><mRID>{market.coordinator}</mRID></LoadServingEntity>"
        f"<SchedulingCoordinator><mRID>{coordinator}</mRID></SchedulingCoordinator></RegisteredGenerator>\n"
        f"      <status><value>Confirmed</value></status>\n      <program>PDR</program>\n"
        f"    </DemandResponseRegistration_Full>\n"
    )


def _generic(plan: Plan, market: Market, resource: Resource, coordinator: str, day: date, hours: _Hours) -> str:
    rows = "".join(
        f'      <IntervalData hourEnding="{hour.ending}">{_span(hour, "intervalStartTime", "intervalEndTime")}'
        f"<value>{market.output(resource, hour)}</value></IntervalData>\n"
        for hour in hours
    )
    name = f"{plan.noun}Record"
    return f"    <{name}>\n{_who('DAM', resource, coordinator)}{rows}    </{name}>\n"
