"""What is handed in is given back, from when it is due, to whoever asks for it."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from caiso_desktop.catalogue.load import load
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.model.simulation import Disturbance, FaultChoice
from caiso_desktop.simulator.batch import TAKES, Batches
from caiso_desktop.simulator.entry import Entry
from caiso_desktop.simulator.flow import read_flows
from caiso_desktop.simulator.inquiry import read_inquiry
from caiso_desktop.simulator.ledger import Ledger
from caiso_desktop.simulator.message import parser
from caiso_desktop.simulator.plan import Plan, make_plans, read_exceptions
from caiso_desktop.simulator.refusal import Refused
from caiso_desktop.simulator.report import Kept
from caiso_desktop.simulator.server import Simulator
from tests.simulator.client import (
    INFO_HEADER,
    ISO,
    SIBR,
    SOA,
    Client,
    Draft,
    base64_gzip,
    request_payload,
)

START, END = "2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z"
OWN = "urn:caiso-desktop:simulator:RawBidSet_v4"


def bid(resource: str = "SIMGEN_1_UNIT1", megawatts: str = "77.7", start: str = START, who: str = "SIM1") -> str:
    return (
        f"<GeneratingBid><SchedulingCoordinator><mRID>{who}</mRID></SchedulingCoordinator>"
        f"<RegisteredResource><mRID>{resource}</mRID></RegisteredResource><marketType>DAM</marketType>"
        f"<startTime>{start}</startTime><stopTime>{END}</stopTime><ProductBid><productType>EN</productType><BidHour>"
        f"<timeIntervalStart>{start}</timeIntervalStart><timeIntervalEnd>2026-12-01T09:00:00Z</timeIntervalEnd>"
        f"<SelfSchedule><selfSchedMW>{megawatts}</selfSchedMW><selfSchedType>PT</selfSchedType></SelfSchedule>"
        "</BidHour></ProductBid></GeneratingBid>"
    )


def raw_bids(*bids: str) -> str:
    return f'<RawBidSet xmlns="{OWN}"><MessagePayload>{"".join(bids)}</MessagePayload></RawBidSet>'


@pytest.fixture
def hand_in(simulator: Simulator, client: Client) -> Callable[..., etree._Element]:
    """Submit a document by DocAttach."""

    def submit(document: str) -> etree._Element:
        value = base64_gzip(document).decode()
        payload = f'<a:ISOAttachment xmlns:a="{ISO}"><a:AttachmentValue>{value}</a:AttachmentValue></a:ISOAttachment>'
        draft = Draft(simulator.identity, payload, f"{SOA}submitRawBidSet_v4_DocAttach", header=INFO_HEADER)
        answer = client.send(draft, SIBR + "SubmitRawBidSet_SIBRv4_DocAttach_AP")
        return answer.root

    return submit


@pytest.fixture
def rows(simulator: Simulator, client: Client) -> Callable[..., list[etree._Element]]:
    """Retrieve a report of a day and give its rows."""

    def retrieve(inside: str = "", day: tuple[str, str] = (START, END)) -> list[etree._Element]:
        asked = f"<MarketStartTime>{day[0]}</MarketStartTime><MarketEndTime>{day[1]}</MarketEndTime>{inside}"
        answer = client.send(Draft(simulator.identity, request_payload("RequestCleanBidSet", inside=asked)))
        assert answer.status == 200, answer.body
        return list(etree.fromstring(answer.report)[1])

    return retrieve


def later(simulator: Simulator, seconds: float) -> None:
    simulator.control.disturb(Disturbance((FaultChoice("clock", seconds / 60),)))


def megawatts(rows: list[etree._Element]) -> list[str | None]:
    return [row.findtext(".//{*}selfSchedMW") for row in rows if row.find(".//{*}selfSchedMW") is not None]


def test_a_bid_becomes_clean_and_takes_the_place_of_what_was_made_up(
    simulator: Simulator, hand_in: Callable[..., etree._Element], rows: Callable[..., list[etree._Element]]
) -> None:
    before = rows(day=(START, END))
    assert megawatts(before) == []
    assert hand_in(raw_bids(bid(), bid("SIMGEN_9_NEW"))).findtext(".//{*}result") == "SCSS0001"
    assert megawatts(rows()) == []
    later(simulator, 61)
    clean = rows()
    assert megawatts(clean) == ["77.7", "77.7"]
    assert {row.findtext("{*}status") for row in clean} == {"CLEAN"}
    assert {etree.QName(each).namespace for each in clean[0].iter()} == {"http://www.caiso.com/soa/CleanBidSet_v4.xsd#"}
    assert len(clean) == len(before) + 1, "of the resource that is known the made-up bid gave way"
    named = "<SchedulingCoordinator><mRID>SIM1</mRID></SchedulingCoordinator>"
    only = "<RegisteredResource><mRID>SIMGEN_9_NEW</mRID></RegisteredResource>"
    assert megawatts(rows(inside=named + only)) == ["77.7"]
    assert megawatts(rows(day=("2026-11-28T08:00:00Z", "2026-11-29T08:00:00Z"))) == []
    simulator.forget()
    assert megawatts(rows()) == []


def test_a_bid_that_the_simulator_made_up_can_be_cancelled_too(
    simulator: Simulator, client: Client, rows: Callable[..., list[etree._Element]]
) -> None:
    def ids() -> set[str | None]:
        return {row.findtext("{*}mRID") for row in rows(day=(START, END))}

    before = ids()
    bid = "<Bid><mRID>SIMGEN_1_UNIT1_20261201</mRID><action>CANCEL</action></Bid>"
    payload = f'<BidAction xmlns="{SOA}BidAction.xsd#"><MessagePayload>{bid}</MessagePayload></BidAction>'
    draft = Draft(simulator.identity, payload, f"{SOA}submitBidAction")
    assert client.send(draft, SIBR + "SubmitBidAction_SIBR_AP").status == 200
    assert before - ids() == {"SIMGEN_1_UNIT1_20261201"}
    unknown = payload.replace("_UNIT1_", "_UNIT9_")
    answer = client.send(Draft(simulator.identity, unknown, draft.action), SIBR + "SubmitBidAction_SIBR_AP")
    assert (answer.status, answer.fault) == (500, "The given mRID does not exist.")
    assert answer.root.findtext(".//detail//{*}Event/{*}result") == "ERRS0005"


def test_a_report_is_of_what_was_asked_for_by_name(rows: Callable[..., list[etree._Element]]) -> None:
    named = "<GeneratingBid><mRID>SIMGEN_7_PEAKER_20261201</mRID></GeneratingBid>"
    assert [row.findtext("{*}mRID") for row in rows(inside=named)] == ["SIMGEN_7_PEAKER_20261201"]


def test_the_same_bid_again_takes_the_place_of_the_first(
    simulator: Simulator, hand_in: Callable[..., etree._Element], rows: Callable[..., list[etree._Element]]
) -> None:
    hand_in(raw_bids(bid(megawatts="10")))
    hand_in(raw_bids(bid(megawatts="20")))
    later(simulator, 61)
    assert megawatts(rows()) == ["20"]


def test_a_spoilt_report_leaves_a_submit_alone(
    simulator: Simulator, hand_in: Callable[..., etree._Element], rows: Callable[..., list[etree._Element]]
) -> None:
    simulator.control.disturb(Disturbance((FaultChoice("broken-gzip"),), service="sibr/SubmitRawBidSet"))
    assert hand_in(raw_bids(bid())).findtext(".//{*}result") == "SCSS0001"
    later(simulator, 61)
    assert megawatts(rows()) == ["77.7"]


def test_what_belongs_to_somebody_else_is_not_taken(hand_in: Callable[..., etree._Element]) -> None:
    refused = hand_in(raw_bids(bid(who="NOTMINE")))
    assert refused.findtext(".//faultstring") == "Invalid role and/or Entity list identifier."


def test_a_batch_takes_its_time_or_a_second_question_and_tells_its_errors() -> None:
    batches, now = Batches(), datetime(2026, 11, 30, 12, tzinfo=UTC)
    good, bad = batches.open("one", now), batches.open("two", now, ("<F>: the end comes before the start.",))
    assert not batches.taken(good, now + TAKES - timedelta(seconds=1))
    assert batches.taken(good, now + TAKES)
    told = [batches.ask(bad, now) for _ in range(2)]
    assert told[0] is not None
    assert told[1] is not None
    assert "PENDING" in told[0]
    assert "<description>ERROR</description>" in told[1]
    assert "<errMessage>&lt;F&gt;: the end comes" in told[1]
    assert not batches.taken(bad, now + TAKES)
    assert batches.ask("three", now) is None


class TestWithAClock:
    """The ledger itself, by a clock of the test's own."""

    now = datetime(2026, 11, 30, 12, tzinfo=UTC)

    @pytest.fixture
    def everything(self, resources: Path) -> Catalogue:
        return load(resources / "catalogue")

    @pytest.fixture
    def plan(self, resources: Path, everything: Catalogue) -> Callable[[str], Plan]:
        plans = make_plans(everything, read_exceptions(resources))
        return lambda service: next(p for p in plans.values() if p.service == service and p.variant is Variant.AP)

    @pytest.fixture
    def ledger(self, resources: Path) -> Iterator[Ledger]:
        yield Ledger(read_flows(resources))

    def find(self, ledger: Ledger, plan: Plan, inside: str = "", after: float = 0.0, done: bool = True) -> Kept:
        payload = etree.fromstring(f"<R><MessagePayload>{inside}</MessagePayload></R>")
        now = self.now + timedelta(seconds=after)
        return ledger.find(plan, read_inquiry(payload, now), now, lambda batch: done)

    def take(self, ledger: Ledger, plan: Plan, inside: str, batch: str = "") -> None:
        payload = etree.fromstring(f"<R><MessagePayload>{inside}</MessagePayload></R>", parser())
        ledger.take(plan, payload, self.now, batch)

    def act(self, ledger: Ledger, plan: Plan, inside: str, *made_up: Entry) -> None:
        payload = etree.fromstring(f"<R><MessagePayload>{inside}</MessagePayload></R>", parser())
        ledger.act(plan, payload, self.now, lambda wish: made_up)

    def test_every_flow_names_services_of_the_catalogue(self, resources: Path, everything: Catalogue) -> None:
        kinds = {(a.id, s.name): s.kind for a in everything.applications for s in a.services}
        flows = read_flows(resources)
        assert {flow.application for flow in flows} >= {"sibr", "oms", "master-file", "bsap", "drrs"}
        for flow in flows:
            assert {kinds[flow.application, name] for name in flow.submits} == {Kind.SUBMIT}
            shown_by = {(shown.application or flow.application, shown.service) for shown in flow.shown}
            assert {kinds[each] for each in shown_by} == {Kind.RETRIEVE}
            acting = {*flow.withdrawn_by, *flow.acknowledged_by, *flow.actions}
            assert all(kinds[flow.application, name] is Kind.STATE_CHANGING for name in acting)
            for words in flow.actions.values():
                told = {status for shown in flow.shown for status in shown.acted}
                assert set(words.values()) >= told, "what an action makes of a thing is what retrieves tell"
            for shown in flow.shown:
                assert shown.narrowed_by
                assert [stage.after for stage in shown.stages] == sorted(stage.after for stage in shown.stages)
        handing_in = {name for name, kind in kinds.items() if kind is Kind.SUBMIT}
        assert {(flow.application, name) for flow in flows for name in flow.submits} == handing_in
        changing = {name for name, kind in kinds.items() if kind is Kind.STATE_CHANGING}
        assert all(any(flow.acts(*name) for flow in flows) for name in changing if name[0] != "ads")
        rows = tomllib.loads((resources / "simulator" / "flows.toml").read_text(encoding="utf-8"))["flow"]
        assert len(rows) == len(flows)

    def test_an_outage_and_its_change(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        outage = (
            "<ResourceOutage><mRID>O-1</mRID><RegisteredResource><mRID>G</mRID></RegisteredResource>"
            "<shortDescription>{}</shortDescription></ResourceOutage>"
        )
        self.take(ledger, plan("SubmitResourceOutage"), outage.format("first"))
        told = self.find(ledger, plan("RetrieveResourceOutage"))
        assert "<status>SUBMITTED</status>" in told.rows[0]
        assert "<status>APPROVED</status>" in self.find(ledger, plan("RetrieveResourceOutage"), after=90).rows[0]
        self.take(ledger, plan("SubmitResourceOutageChangeRequest"), outage.format("later"))
        (change,) = self.find(ledger, plan("RetrieveResourceOutageChangeRequest")).rows
        assert "later" in change
        (changed,) = self.find(ledger, plan("RetrieveResourceOutage"), after=40).rows
        assert "later" in changed
        self.act(ledger, plan("WithdrawOutageChangeRequest"), "<Request><mRID>O-1</mRID></Request>")
        assert self.find(ledger, plan("RetrieveResourceOutageChangeRequest")).rows == ()
        (again,) = self.find(ledger, plan("RetrieveResourceOutage"), after=40).rows
        assert "first" in again

    def test_a_row_of_the_master_file_is_pending_and_then_in_force(
        self, ledger: Ledger, plan: Callable[[str], Plan]
    ) -> None:
        row = "<RegisteredGenerator><mRID>G_1</mRID><effectiveDate>2026-12-01</effectiveDate></RegisteredGenerator>"
        self.take(ledger, plan("SubmitGeneratorRDT"), row)
        status = plan("RetrieveRDTSubmissionStatus")
        told = [self.find(ledger, status, after=after).rows[0] for after in (0, 30, 120)]
        stages = ("PENDING", "VALIDATED", "APPROVED")
        assert [word for word, text in zip(stages, told, strict=True) if word in text] == list(stages)
        assert "<mRID>G_1</mRID>" in told[0]
        assert self.find(ledger, plan("RetrieveGeneratorRDT"), after=119).rows == ()
        assert "G_1" in self.find(ledger, plan("RetrieveGeneratorRDT"), after=120).rows[0]
        much_later = "<tradeDate>2027-06-01</tradeDate>"
        assert self.find(ledger, plan("RetrieveGeneratorRDT"), much_later, after=120).rows, "it stays in force"
        before = "<tradeDate>2026-11-01</tradeDate>"
        assert self.find(ledger, plan("RetrieveGeneratorRDT"), before, after=120).rows == ()

    def test_trades_and_base_schedules(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        trade = (
            "<Trade><tradeType>IST</tradeType><fromSchedulingCoordinator>A</fromSchedulingCoordinator>"
            "<toSchedulingCoordinator>B</toSchedulingCoordinator><TradeHour>"
            f"<timeIntervalStart>{START}</timeIntervalStart><timeIntervalEnd>{END}</timeIntervalEnd></TradeHour></Trade>"
        )
        self.take(ledger, plan("SubmitRawTradeSet"), trade)
        assert "MATCHED" in self.find(ledger, plan("RetrieveTradeResults"), after=20).rows[0]
        assert "FINAL" in self.find(ledger, plan("RetrieveFinalTradeSet"), after=60).rows[0]
        other = "<SchedulingCoordinator><mRID>C</mRID></SchedulingCoordinator>"
        assert self.find(ledger, plan("RetrieveTradeResults"), other).rows == ()
        schedule = (
            "<BaseSchedule><SchedulingCoordinator><mRID>A</mRID></SchedulingCoordinator><RegisteredLoad><mRID>L</mRID>"
            f"</RegisteredLoad><ScheduleHour><timeIntervalStart>{START}</timeIntervalStart></ScheduleHour></BaseSchedule>"
        )
        self.take(ledger, plan("SubmitBaseSchedule"), schedule)
        assert "PASSED" in self.find(ledger, plan("RetrieveBalancingTestResults"), after=20).rows[0]
        assert "ACCEPTED" in self.find(ledger, plan("RetrieveBaseScheduleResults"), after=40).rows[0]

    def test_what_came_in_a_batch_waits_for_it(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        place = (
            "<DistributedEnergyResourceContainer><name>F</name><status><value>New</value></status>"
            "</DistributedEnergyResourceContainer>"
        )
        self.take(ledger, plan("SubmitDRLocations"), place, batch="1")
        assert self.find(ledger, plan("RetrieveDRLocations"), done=False).rows == ()
        (row,) = self.find(ledger, plan("RetrieveDRLocations")).rows
        assert "<status><value>Active</value></status>" in row

    def test_a_bid_that_was_cancelled_is_told_and_not_clean(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        self.take(ledger, plan("SubmitRawBidSet"), bid("G1") + bid("G2"))
        named = "<RegisteredResource><mRID>{}</mRID></RegisteredResource>"
        cancel = (
            f"<GeneratingBid><action>Cancel</action>{named.format('G1')}<marketType>DAM</marketType></GeneratingBid>"
        )
        self.act(ledger, plan("SubmitBidAction"), cancel)
        clean = self.find(ledger, plan("RetrieveCleanBidSet"), "<tradeDate>2026-12-01</tradeDate>", after=60)
        assert ["G1" in row for row in clean.rows] == [False]
        assert {resource for resource, _ in clean.covered} == {"G1", "G2"}, "nothing made up takes its place"
        told = self.find(ledger, plan("RetrieveCurrentBidResults"), after=60).rows
        assert ["<status>CANCELLED</status>" in row for row in told] == [True, False]
        self.take(ledger, plan("SubmitRawBidSet"), bid("G1"))
        assert len(self.find(ledger, plan("RetrieveCleanBidSet"), after=60).rows) == 2, "handed in anew it counts again"

    @pytest.mark.parametrize(
        ("word", "result", "final"),
        [("ACCEPT", "ACCEPTED", True), ("Reject", "REJECTED", False), ("CANCELLED", "CANCELLED", False)],
    )
    def test_what_was_done_with_a_trade_is_told(
        self, ledger: Ledger, plan: Callable[[str], Plan], word: str, result: str, final: bool
    ) -> None:
        trade = "<Trade><mRID>T-{}</mRID><fromSchedulingCoordinator>A</fromSchedulingCoordinator></Trade>"
        self.take(ledger, plan("SubmitRawTradeSet"), trade.format(1) + trade.format(2))
        self.act(
            ledger,
            plan("SubmitTradeAction"),
            f"<TradeAction><tradeID>T-1</tradeID><tradeAction>{word}</tradeAction></TradeAction>",
        )
        first, second = self.find(ledger, plan("RetrieveTradeResults"), after=60).rows
        assert f"<status>{result}</status>" in first
        assert "<status>MATCHED</status>" in second
        finals = "".join(self.find(ledger, plan("RetrieveFinalTradeSet"), after=60).rows)
        assert ("T-1" in finals, "T-2" in finals) == (final, True)

    def test_a_warning_is_there_until_it_is_acknowledged(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        outage = "<ResourceOutage><mRID>{}</mRID><startTime>{}</startTime></ResourceOutage>"
        soon, far = outage.format("SOON", "2026-12-02T08:00:00Z"), outage.format("FAR", "2026-12-20T08:00:00Z")
        self.take(ledger, plan("SubmitResourceOutage"), soon + far)

        def warnings() -> list[str | None]:
            told = [etree.fromstring(row) for row in self.find(ledger, plan("RetrieveResourceOutage")).rows]
            return [row.findtext("{*}OutageWarning/{*}acknowledged") for row in told]

        assert warnings() == ["false", None]
        self.act(ledger, plan("AcknowledgeOutageWarning"), "<OutageWarning><mRID>SOON-W1</mRID></OutageWarning>")
        assert warnings() == ["true", None]
        with pytest.raises(Refused, match="does not exist"):
            self.act(ledger, plan("AcknowledgeOutageWarning"), "<OutageWarning><mRID>FAR</mRID></OutageWarning>")

    @pytest.mark.parametrize(
        ("service", "inside", "said"),
        [
            ("SubmitBidAction", "<Bid><mRID>NONE</mRID><action>CANCEL</action></Bid>", "NONE was handed in"),
            ("SubmitBidAction", "<Bid><mRID>B-1</mRID><action>DANCE</action></Bid>", "'DANCE' is not one of CANCEL"),
            ("SubmitBidAction", "<Bid><mRID>B-1</mRID></Bid>", "'' is not one of CANCEL"),
            (
                "SubmitBidAction",
                "<Bid><mRID>B-1</mRID><transactionType>CANCEL</transactionType></Bid>",
                "'' is not one of CANCEL",
            ),
            ("SubmitBidAction", "<Bid><action>CANCEL</action></Bid>", "names nothing"),
            ("SubmitBidAction", "", "names nothing"),
            (
                "SubmitBidAction",
                "<action>CANCEL</action><Bid><mRID>B-1</mRID></Bid><Bid><mRID>NONE</mRID></Bid>",
                "NONE was handed in",
            ),
            ("WithdrawCSPOffers", "<Offer><mRID>NONE</mRID></Offer>", "NONE was handed in"),
        ],
    )
    def test_an_action_that_cannot_be_done_does_nothing(
        self, ledger: Ledger, plan: Callable[[str], Plan], service: str, inside: str, said: str
    ) -> None:
        self.take(ledger, plan("SubmitRawBidSet"), "<Bid><mRID>B-1</mRID></Bid>")
        with pytest.raises(Refused) as raised:
            self.act(ledger, plan(service), inside)
        assert said in raised.value.reason
        assert len(self.find(ledger, plan("RetrieveCleanBidSet"), after=60).rows) == 1

    def test_one_action_for_all_that_follows(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        self.take(ledger, plan("SubmitRawBidSet"), "<Bid><mRID>B-1</mRID></Bid><Bid><mRID>B-2</mRID></Bid>")
        self.act(
            ledger,
            plan("SubmitBidAction"),
            "<actionType>CANCEL</actionType><Bid><mRID>B-1</mRID></Bid><Bid><mRID>B-2</mRID></Bid><Bid><mRID>B-2</mRID></Bid>",
        )
        assert self.find(ledger, plan("RetrieveCleanBidSet"), after=60).rows == ()

    def test_a_range_in_hours_gives_the_rows_of_these_hours(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        hour = "<H><timeIntervalStart>{0}:00:00Z</timeIntervalStart><timeIntervalEnd>{0}:59:59Z</timeIntervalEnd></H>"
        hours = "".join(hour.format(f"2026-12-01T{each}") for each in (10, 11, 12))
        self.take(ledger, plan("SubmitBaseSchedule"), f"<BaseSchedule>{hours}</BaseSchedule>")
        self.take(ledger, plan("SubmitResourceOutage"), f"<ResourceOutage><mRID>O</mRID>{hours}</ResourceOutage>")
        asked = "<dateTimeStart>{}Z</dateTimeStart><dateTimeEnd>{}Z</dateTimeEnd>"
        eleven = asked.format("2026-12-01T11:00:00", "2026-12-01T12:00:00")
        (row,) = self.find(ledger, plan("RetrieveBaseScheduleResults"), eleven, after=60).rows
        assert "T11:00" in row
        assert "T10:00" not in row
        assert "T12:00" not in row
        (whole,) = self.find(ledger, plan("RetrieveResourceOutage"), eleven).rows
        assert whole.count("<timeIntervalStart>") == 3
        evening = asked.format("2026-12-01T20:00:00", "2026-12-01T21:00:00")
        for service in ("RetrieveBaseScheduleResults", "RetrieveResourceOutage"):
            assert self.find(ledger, plan(service), evening, after=60).rows == ()

    def test_a_bid_that_ends_before_it_starts_is_rejected(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        self.take(ledger, plan("SubmitRawBidSet"), bid(start="2026-12-05T08:00:00Z"))
        (row,) = self.find(ledger, plan("RetrieveCurrentBidResults"), after=60).rows
        assert "<status>REJECTED</status>" in row
        assert self.find(ledger, plan("RetrieveCleanBidSet"), after=60).rows == ()

    def test_what_is_odd_is_kept_as_it_is(self, ledger: Ledger, plan: Callable[[str], Plan]) -> None:
        deep = "<a>" * 400 + "</a>" * 400
        odd = (
            "<Bid><mRID>&lt;1&gt;</mRID><startTime>0001-01-01T00:00:00Z</startTime><endTime>9999-12-31T23:59:59Z</endTime>"
            f"<!-- c --><note>Peña &amp; Søn</note>{deep}</Bid> stray"
        )
        self.take(ledger, plan("SubmitRawBidSet"), odd)
        (row,) = self.find(ledger, plan("RetrieveCleanBidSet"), after=60).rows
        assert "Peña &amp; Søn" in row
        assert "stray" not in row
        assert deep in row.replace("\n", "").replace("<a/>", "<a></a>")
        assert "<status>CLEAN</status>" in row
        summed = "<RegisteredGenerator><mRID>&lt;G&gt;</mRID></RegisteredGenerator>"
        self.take(ledger, plan("SubmitGeneratorRDT"), summed)
        etree.fromstring(self.find(ledger, plan("RetrieveRDTSubmissionStatus")).rows[0])

    def test_the_oldest_go_where_there_are_too_many(self, resources: Path, plan: Callable[[str], Plan]) -> None:
        small = Ledger(read_flows(resources), most=3, most_bytes=10_000)
        for number in range(5):
            self.take(small, plan("SubmitRawBidSet"), bid(f"G{number}"))
        assert len(small) == 3
        self.take(small, plan("SubmitRawBidSet"), bid("L" * 20_000))
        assert len(small) == 1
        small.forget()
        assert len(small) == 0
