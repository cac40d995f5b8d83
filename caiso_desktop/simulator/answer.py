"""Answers what was let in: reports for retrieves, result documents for everything that hands something in."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from lxml import etree

from caiso_desktop.model.moment import PACIFIC
from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.simulator.action import Wish
from caiso_desktop.simulator.attachment import Dress, Packed, attached, compressed, documented, pack
from caiso_desktop.simulator.batch import Batches
from caiso_desktop.simulator.entry import Entry, read_entries
from caiso_desktop.simulator.gate import Order
from caiso_desktop.simulator.inquiry import COORDINATORS, MOST_DAYS, Inquiry, read_inquiry, texts_of
from caiso_desktop.simulator.ledger import Ledger
from caiso_desktop.simulator.market import Market
from caiso_desktop.simulator.plan import Plan
from caiso_desktop.simulator.refusal import ENTITLEMENT, NO_DATA, Refused
from caiso_desktop.simulator.reply import Reply, xml
from caiso_desktop.simulator.report import Kept, has_rows, head_of, made_up_bids, report_pieces, tail_of
from caiso_desktop.simulator.result import SUCCESS, envelope, fault, result_document

_AHEAD = timedelta(days=7)
_GO_LIVE = datetime(2009, 4, 1, tzinfo=PACIFIC).date()
_DAY = re.compile(r"_(\d{8})$")
_KEPT_REPORTS = 32
_ASYNCHRONOUS = ("drrs", "settlements")
_STATUS_NOUN = "BatchValidationStatus"


class Answers:
    """Keeps what an answer depends on: the market, what was handed in, and the reports packed lately."""

    def __init__(self, market: Market, clock: Callable[[], datetime], ledger: Ledger | None = None) -> None:
        self.market = market
        self.ledger = ledger if ledger is not None else Ledger(())
        self._batches = Batches()
        self._clock = clock
        self._lock = threading.Lock()
        self._reports: OrderedDict[object, Packed] = OrderedDict()

    def now(self) -> datetime:
        """The simulator's time, in GMT."""
        return self._clock().astimezone(UTC)

    def answer(self, order: Order, dress: Dress | None = None) -> Reply:
        """The answer to an order; `Refused` when there is no data, or the sender may not see it."""
        if order.plan.kind is not Kind.RETRIEVE:
            return self._received(order)
        inquiry = self.inquiry(order.plan, order.payload)
        if order.plan.noun == _STATUS_NOUN:
            status = self._batch_status(order.plan, inquiry.batches)
            return wrap(order.plan, pack(compressed([status])), dress or Dress())
        return wrap(order.plan, self.packed(order.plan, inquiry), dress or Dress())

    def forget(self) -> None:
        """Forget what was handed in."""
        self.ledger.forget()
        self._batches.clear()

    def refuse(self, plan: Plan, refused: Refused) -> Reply:
        """The fault for a refusal."""
        return xml(fault(plan.operation, refused, self.now(), numbered=plan.numbered), 500)

    def inquiry(self, plan: Plan, payload: etree._Element) -> Inquiry:
        """What is asked for; `Refused` when nothing can be found, or it belongs to somebody else."""
        now = self.now()
        inquiry = read_inquiry(payload, now)
        self._check_right(inquiry.coordinators)
        kept = self._kept(plan, inquiry, now)
        if plan.noun == _STATUS_NOUN or kept.rows:
            return inquiry
        latest = (now + _AHEAD).astimezone(PACIFIC).date()
        if inquiry.trade_dates[0] > latest or inquiry.trade_dates[-1] < _GO_LIVE:
            raise Refused(NO_DATA, f"the market has data from {_GO_LIVE} to {latest}")
        if not has_rows(plan, inquiry, self.market, kept):
            known = ", ".join(resource.id for resource in self.market.resources)
            nothing = f"nothing here is called {', '.join(sorted(inquiry.names))}; " if inquiry.names else ""
            raise Refused(NO_DATA, f"{nothing}the resources of this market are {known}")
        return inquiry

    def packed(self, plan: Plan, inquiry: Inquiry) -> Packed:
        """The report, packed; the same request within a minute gets the same bytes."""
        now = self.now().replace(second=0, microsecond=0)
        kept = self._kept(plan, inquiry, self.now())
        key = (plan.path, inquiry, now, kept)
        with self._lock:
            packed_lately = self._reports.get(key)
        if packed_lately is not None:
            return packed_lately
        packed = pack(compressed(report_pieces(plan, inquiry, self.market, now, kept=kept)))
        if packed.text is not None:
            with self._lock:
                self._reports[key] = packed
                while len(self._reports) > _KEPT_REPORTS:
                    self._reports.popitem(last=False)
        return packed

    def today(self) -> Inquiry:
        """What is answered where nothing was asked for: the report of today."""
        return Inquiry((self.now().astimezone(PACIFIC).date(),))

    def _kept(self, plan: Plan, inquiry: Inquiry, now: datetime) -> Kept:
        return self.ledger.find(plan, inquiry, now, lambda batch: self._batches.taken(batch, now))

    def _check_right(self, coordinators: Iterable[str]) -> None:
        foreign = self.market.foreign_coordinators.intersection(coordinators)
        if foreign:
            raise Refused(ENTITLEMENT, f"the certificate has no right to {', '.join(sorted(foreign))}")

    def _received(self, order: Order) -> Reply:
        self._check_right(texts_of(order.payload, COORDINATORS))
        batch, now = "", self.now()
        self.ledger.act(order.plan, order.payload, now, self._made_up)
        if order.plan.application in _ASYNCHRONOUS and order.plan.service.startswith("Submit"):
            errors = tuple(entry.trouble for entry in read_entries(order.payload, now) if entry.trouble)
            batch = self._batches.open(order.message_id, now, errors)
        self.ledger.take(order.plan, order.payload, now, batch)
        document = result_document(
            order.plan.operation,
            now,
            numbered=order.plan.numbered,
            result=SUCCESS,
            description=f"{order.plan.service}: the message was received.",
            batch=batch,
        )
        return xml(envelope(document))

    def _made_up(self, wish: Wish) -> Iterator[Entry]:
        """The bids of the simulator's own that are named, as if they had been handed in."""
        days = {_day(match[1]) for name in wish.names if (match := _DAY.search(name))}
        if wish.span is not None:
            first = wish.span[0].astimezone(PACIFIC).date()
            days |= {first + timedelta(days=n) for n in range(min((wish.span[1] - wish.span[0]).days + 1, MOST_DAYS))}
        coordinator = min(wish.coordinators, default=self.market.coordinator)
        bids = made_up_bids(self.market, coordinator, sorted(day for day in days if day is not None))
        # They stand as long as the market has existed: what they have become they are by now.
        received = datetime.combine(_GO_LIVE, time(), UTC)
        root = etree.fromstring(f"<MessagePayload>{bids}</MessagePayload>")
        yield from (entry for entry in read_entries(root, received) if wish.means(entry))

    def _batch_status(self, plan: Plan, batches: Iterable[str]) -> bytes:
        now = self.now()
        asked = list(batches)
        rows = [row for batch in asked if (row := self._batches.ask(batch, now)) is not None]
        if not rows:
            raise Refused(NO_DATA, f"no batch '{', '.join(asked)}' was handed in")
        return (head_of(plan, self.market, now) + "".join(rows) + tail_of(plan)).encode()


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a trade date has no zone
    except ValueError:
        return None


def wrap(plan: Plan, packed: Packed, dress: Dress) -> Reply:
    """A packed report as the answer of its variant."""
    return documented(packed) if plan.variant is Variant.DOCATTACH else attached(plan, packed, dress)
