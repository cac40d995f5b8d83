"""Answers what was let in: reports for retrieves, result documents for everything that hands something in."""

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from lxml import etree

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.simulator.attachment import Dress, Packed, attached, compressed, documented, pack
from caiso_desktop.simulator.gate import Order
from caiso_desktop.simulator.inquiry import Inquiry, read_inquiry
from caiso_desktop.simulator.market import Market
from caiso_desktop.simulator.plan import Plan
from caiso_desktop.simulator.refusal import ENTITLEMENT, NO_DATA, Refused
from caiso_desktop.simulator.reply import Reply, xml
from caiso_desktop.simulator.report import gmt, has_rows, head_of, report_pieces, tail_of
from caiso_desktop.simulator.result import SUCCESS, envelope, fault, result_document

_AHEAD = timedelta(days=7)
_GO_LIVE = datetime(2009, 4, 1, tzinfo=PACIFIC).date()
_KEPT_REPORTS = 32
_KEPT_BATCHES = 10_000
_ASYNCHRONOUS = ("drrs", "settlements")
_STATUS_NOUN = "BatchValidationStatus"


class Answers:
    """Keeps what an answer depends on: the market, the batches handed in, and the reports packed lately."""

    def __init__(self, market: Market, clock: Callable[[], datetime]) -> None:
        self.market = market
        self._clock = clock
        self._lock = threading.Lock()
        self._reports: OrderedDict[object, Packed] = OrderedDict()
        self._batches: OrderedDict[str, int] = OrderedDict()

    def now(self) -> datetime:
        """The simulator's time, in GMT."""
        return self._clock().astimezone(UTC)

    def answer(self, order: Order, dress: Dress | None = None) -> Reply:
        """The answer to an order; `Refused` when there is no data, or the sender may not see it."""
        if order.plan.kind is not Kind.RETRIEVE:
            return self._received(order)
        inquiry = self.inquiry(order.plan, order.payload)
        if order.plan.noun == _STATUS_NOUN:
            return wrap(order.plan, pack(compressed(self._batch_status(order.plan, inquiry.batch))), dress or Dress())
        return wrap(order.plan, self.packed(order.plan, inquiry), dress or Dress())

    def refuse(self, plan: Plan, refused: Refused) -> Reply:
        """The fault for a refusal."""
        return xml(fault(plan.operation, refused, self.now(), numbered=plan.numbered), 500)

    def inquiry(self, plan: Plan, payload: etree._Element) -> Inquiry:
        """What is asked for; `Refused` when nothing can be found, or it belongs to somebody else."""
        now = self.now()
        inquiry = read_inquiry(payload, now)
        foreign = self.market.foreign_coordinators.intersection(inquiry.coordinators)
        if foreign:
            raise Refused(ENTITLEMENT, f"the certificate has no right to {', '.join(sorted(foreign))}")
        if plan.noun == _STATUS_NOUN:
            return inquiry
        latest = (now + _AHEAD).astimezone(PACIFIC).date()
        if inquiry.trade_dates[0] > latest or inquiry.trade_dates[-1] < _GO_LIVE:
            raise Refused(NO_DATA, f"the market has data from {_GO_LIVE} to {latest}")
        if not has_rows(inquiry, self.market):
            known = ", ".join(resource.id for resource in self.market.resources)
            raise Refused(NO_DATA, f"the resources of this market are {known}")
        return inquiry

    def packed(self, plan: Plan, inquiry: Inquiry) -> Packed:
        """The report, packed; the same request within a minute gets the same bytes."""
        now = self.now().replace(second=0, microsecond=0)
        key = (plan.path, inquiry, now)
        with self._lock:
            kept = self._reports.get(key)
        if kept is not None:
            return kept
        packed = pack(compressed(report_pieces(plan, inquiry, self.market, now)))
        if packed.text is not None:
            with self._lock:
                self._reports[key] = packed
                while len(self._reports) > _KEPT_REPORTS:
                    self._reports.popitem(last=False)
        return packed

    def today(self) -> Inquiry:
        """What is answered where nothing was asked for: the report of today."""
        return Inquiry((self.now().astimezone(PACIFIC).date(),))

    def _received(self, order: Order) -> Reply:
        batch = ""
        if order.plan.application in _ASYNCHRONOUS and order.plan.service.startswith("Submit"):
            batch = f"{zlib.crc32(order.message_id.encode()):010d}"
            with self._lock:
                self._batches[batch] = 0
                while len(self._batches) > _KEPT_BATCHES:
                    self._batches.popitem(last=False)
        document = result_document(
            order.plan.operation,
            self.now(),
            numbered=order.plan.numbered,
            result=SUCCESS,
            description=f"{order.plan.service}: the message was received.",
            batch=batch,
        )
        return xml(envelope(document))

    def _batch_status(self, plan: Plan, batch: str) -> Iterable[bytes]:
        """A batch is pending when it is first asked for, and a success from then on."""
        with self._lock:
            if batch not in self._batches:
                raise Refused(NO_DATA, f"no batch '{batch}' was handed in")
            self._batches[batch] += 1
            status = "PENDING" if self._batches[batch] == 1 else "SUCCESS"
        now = self.now()
        row = (
            f"    <BatchStatus><mRID>{batch}</mRID><description>{status}</description>"
            f"<creationTime>{gmt(now)}</creationTime></BatchStatus>\n"
        )
        return [(head_of(plan, self.market, now) + row + tail_of(plan)).encode()]


def wrap(plan: Plan, packed: Packed, dress: Dress) -> Reply:
    """A packed report as the answer of its variant."""
    return documented(packed) if plan.variant is Variant.DOCATTACH else attached(plan, packed, dress)
