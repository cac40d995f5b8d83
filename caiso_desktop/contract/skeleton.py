"""A payload to begin with: root, header, and the day, by rule; what else a service takes is in its specification."""

import re
from datetime import UTC, date, datetime, timedelta
from xml.sax.saxutils import quoteattr

from caiso_desktop.model.call import Operation
from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.service import Kind, Procedure

_SIBR = re.compile(r"(?:Trade|BidSet|BidResults|SelfScheduleContracts|SCVERForecast)")
# The minor versions that public clients send; one source each.
_MINOR_VERSIONS = {
    "BatchValidationStatus": "v20160501",
    "RequestDRRegistrationData": "v20160501",
    "DRRegistrationData": "v20160501",
    "RequestGasBurnSummaryData": "v20171001",
}
_START = "-1"
"""The batchUID that asks for all that is held, about 24 hours (ADS API specification)."""

_DATED = re.compile(r"_(v\d{8})(?:_DocAttach)?$")


def trade_day(day: date) -> tuple[datetime, datetime]:
    """The first instant of a Pacific trade date and of the next, in GMT: 23, 24 or 25 hours apart."""
    following = day + timedelta(days=1)
    start, end = (datetime(d.year, d.month, d.day, tzinfo=PACIFIC).astimezone(UTC) for d in (day, following))
    return start, end


def skeleton(
    operation: Operation, trade_date: date, *, minor_version: str | None = None, now: datetime | None = None
) -> str:
    """A well-formed payload of an operation for a Pacific trade date, indented by two spaces.

    ``minor_version`` is the schema's (``vYYYYMMDD``) where the catalogue knows it; ``now`` is the header's time.
    """
    namespace, local = operation.request_root.removeprefix("{").split("}")
    if operation.procedure is not None:
        return _procedure(operation.procedure, namespace)
    dated = _DATED.search(operation.name)
    known = minor_version or _MINOR_VERSIONS.get(local) or (dated[1] if dated else None)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<{local} xmlns={quoteattr(namespace)}>",
        "  <MessageHeader>",
        f"    <TimeDate>{_gmt(now or datetime.now(UTC))}</TimeDate>",
        "    <Source>CAISO Desktop</Source>",
        *(
            ()
            if known
            else ("    <!-- The schema's minor version, as its specification prints it; this is a guess. -->",)
        ),
        f"    <Version>{known or 'v20171001'}</Version>",
        "  </MessageHeader>",
        "  <MessagePayload>",
        *(f"    {line}" for line in _body(operation, local, trade_date)),
        "  </MessagePayload>",
        f"</{local}>",
        "",
    ]
    return "\n".join(lines)


def _procedure(procedure: Procedure, namespace: str) -> str:
    """A call of a remote procedure: the parameters have no namespace."""
    first = _START if procedure.name.endswith("SinceUID") else ""
    parameters = [f"  <{each.name}>{first}</{each.name}>" for each in procedure.parameters]
    lines = [f"<ads:{procedure.name} xmlns:ads={quoteattr(namespace)}>", *parameters, f"</ads:{procedure.name}>", ""]
    return "\n".join(lines)


def _gmt(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(operation: Operation, local: str, trade_date: date) -> list[str]:
    start, end = trade_day(trade_date)
    if local == "BatchValidationStatus":
        return [
            "<!-- mRID is the batch of a submit's answer. -->",
            *_element("BatchStatus", ["<mRID></mRID>"]),
        ]
    if operation.kind is not Kind.RETRIEVE:
        return [f"<!-- What is handed in, as the interface specification of {operation.name} lays it out. -->"]
    if local == "RequestDRRegistrationData":
        container = "LocationRequest" if operation.name.startswith("retrieveDRLocations") else "RegistrationRequest"
        period = _element("rangePeriod", [f"<end>{_gmt(end)}</end>", f"<start>{_gmt(start)}</start>"])
        return [f"<!-- Trade date {trade_date} Pacific, in GMT. -->", *_element(container, period)]
    if _SIBR.search(local):
        return [
            f"<!-- The first hour of trade date {trade_date} Pacific, in GMT; the end is one hour after the start. -->",
            f"<MarketStartTime>{_gmt(start)}</MarketStartTime>",
            f"<MarketEndTime>{_gmt(start + timedelta(hours=1))}</MarketEndTime>",
        ]
    return [
        f"<!-- Trade date {trade_date} Pacific, in GMT. Most reports take more, such as marketType,",
        "     executionType or SchedulingCoordinatorList: see the service's interface specification. -->",
        *_element(
            f"{local.removesuffix('Data')}Record",
            [f"<dateTimeStart>{_gmt(start)}</dateTimeStart>", f"<dateTimeEnd>{_gmt(end)}</dateTimeEnd>"],
        ),
    ]


def _element(name: str, inner: list[str]) -> list[str]:
    return [f"<{name}>", *(f"  {line}" for line in inner), f"</{name}>"]
