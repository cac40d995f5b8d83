"""Makes the answers that `caiso_desktop.simulator.fault` describes."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.simulator import fault as faults
from caiso_desktop.simulator.answer import Answers, wrap
from caiso_desktop.simulator.attachment import Dress, broken, compressed, pack
from caiso_desktop.simulator.fault import AnswerFault, Place
from caiso_desktop.simulator.gate import Order
from caiso_desktop.simulator.inquiry import Inquiry
from caiso_desktop.simulator.plan import SOA, Plan
from caiso_desktop.simulator.refusal import ENTITLEMENT, NO_DATA, OPERATION, Refused
from caiso_desktop.simulator.reply import Reply, Streamed, page, whole, xml
from caiso_desktop.simulator.report import head_of, report_pieces, tail_of
from caiso_desktop.simulator.result import envelope, result_document

# Where an answer was arranged for an address that has no service.
NOWHERE = Plan(
    path="",
    application="",
    service="RetrieveNothing",
    version="v1",
    variant=Variant.AP,
    kind=Kind.RETRIEVE,
    operation="retrieveNothing_v1",
    actions=frozenset(),
    request_roots=frozenset(),
    answer_root=f"{{{SOA}Nothing_v1.xsd#}}Nothing",
    minor_version="v20171001",
    numbered=True,
    attachable=True,
)
_TITLES = {
    403: "You are not authorized to access this page.",
    404: "The page cannot be found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_POLICY = "CAISO Acceptable Use Policy Violation"
_WRONG_HASH = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
_LAUGHS = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
_BLOCK = b" " * (1024 * 1024)


def error_page(status: int) -> Reply:
    """The page a gateway gives with this status."""
    later = (("Retry-After", "5"),) if status in (429, 503) else ()
    title = _TITLES.get(status, "Error")
    return page(status, title, f"HTTP status {status}. The request did not reach a service.", *later)


def spoilt(fault: AnswerFault, plan: Plan, order: Order | None, answers: Answers) -> Reply:
    """The answer with this fault; of today's report where the request was not one that could be answered."""
    match fault:
        case faults.Status(code):
            return error_page(code)
        case faults.Maintenance():
            return page(503, "Scheduled Maintenance", "The web services are down for scheduled maintenance.")
        case faults.HtmlPage():
            return page(200, "Welcome", "This is a page, not an answer of a web service.")
        case faults.AcceptableUse():
            return page(200, _POLICY, f"{_POLICY}. Your request was blocked.")
        case faults.Redirect(location):
            return whole(302, "text/html; charset=utf-8", b"", ("Location", location))
        case faults.EmptyBody():
            return xml(b"")
        case faults.NoData():
            return answers.refuse(plan, Refused(NO_DATA, "arranged"))
        case faults.NotEntitled():
            return answers.refuse(plan, Refused(ENTITLEMENT, "arranged"))
        case faults.NoOperation():
            return answers.refuse(plan, Refused(OPERATION, "arranged"))
        case faults.EntityBomb(place):
            dtd = f'<!DOCTYPE lolz [<!ENTITY lol0 "lol">{_LAUGHS}]>'
            return _declared(dtd, "&lol9;", place, plan)
        case faults.ExternalEntity(location, place):
            dtd = f"<!DOCTYPE Body [<!ENTITY outside SYSTEM {quoteattr(location)}>]>"
            return _declared(dtd, "&outside;", place, plan)
        case _:
            return _spoilt_report(fault, plan, order, answers)


def _spoilt_report(fault: AnswerFault, plan: Plan, order: Order | None, answers: Answers) -> Reply:
    if order is not None and plan.kind is not Kind.RETRIEVE:
        return answers.answer(order)  # what is answered without a report has none to be spoilt
    inquiry = answers.inquiry(plan, order.payload) if order and plan.kind is Kind.RETRIEVE else answers.today()
    now, market = answers.now(), answers.market
    match fault:
        case faults.WrongHash():
            return wrap(plan, answers.packed(plan, inquiry), Dress(hash=_WRONG_HASH))
        case faults.UnwrappedHash():
            packed = answers.packed(plan, inquiry)
            return wrap(plan, packed, Dress(hash=packed.unwrapped))
        case faults.Mtom():
            return wrap(plan, answers.packed(plan, inquiry), Dress(xop=True))
        case faults.BrokenGzip(truncated):
            gzip = b"".join(compressed(report_pieces(plan, inquiry, market, now)))
            return wrap(plan, pack([broken(gzip, truncated=truncated)]), Dress())
        case faults.HugeReport(size):
            return wrap(plan, pack(compressed(report_pieces(plan, inquiry, market, now, size), 1)), Dress())
        case faults.HugeBody(size):
            return _inline(plan, inquiry, answers, size)
        case faults.GzipBomb(size):
            return wrap(plan, pack(_bomb(head_of(plan, market, now).encode(), tail_of(plan).encode(), size)), Dress())
        case faults.HiddenError():
            document = result_document(
                plan.operation,
                now,
                numbered=plan.numbered,
                result="ERRS0009",
                description="The report could not be made.",
                comments="Simulator: arranged",
            )
            return wrap(plan, pack(compressed([document.encode()])), Dress())
        case _:
            raise AssertionError(f"{fault} is not a fault of an answer")


def _inline(plan: Plan, inquiry: Inquiry, answers: Answers, size: int) -> Reply:
    before, _, after = envelope("\0").partition("\0")

    def pieces() -> Iterator[bytes]:
        report = report_pieces(plan, inquiry, answers.market, answers.now(), size)
        yield before.encode()
        yield next(report).partition(b"?>\n")[2]
        yield from report
        yield after.encode()

    return Reply(200, "text/xml; charset=utf-8", Streamed(pieces()), None)


def _declared(dtd: str, text: str, place: Place, plan: Plan) -> Reply:
    """XML with a document type, as the envelope or as the report in the attachment."""
    if place is Place.ENVELOPE:
        return xml(envelope(f"<Report>{text}</Report>").replace("?>\n", f"?>\n{dtd}\n", 1))
    namespace, _, root = plan.answer_root[1:].partition("}")
    report = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{dtd}\n<{root} xmlns="{namespace}">'
        f"<MessagePayload><Row>{text}</Row></MessagePayload></{root}>"
    )
    return wrap(plan, pack(compressed([report.encode()])), Dress())


def _bomb(before: bytes, after: bytes, size: int) -> Iterable[bytes]:
    """One gzip member of a report with ``size`` bytes of blanks: one compressed block, given again and again.

    A block that ends in a full flush depends on nothing before it, so it is compressed once.
    """
    yield b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    yield deflater.compress(before) + deflater.flush(zlib.Z_FULL_FLUSH)
    crc, length = zlib.crc32(before), len(before)
    block = deflater.compress(_BLOCK) + deflater.flush(zlib.Z_FULL_FLUSH)
    for _ in range(size // len(_BLOCK)):
        yield block
        crc, length = zlib.crc32(_BLOCK, crc), length + len(_BLOCK)
    rest = _BLOCK[: size % len(_BLOCK)] + after
    yield deflater.compress(rest) + deflater.flush()
    crc, length = zlib.crc32(rest, crc), length + len(rest)
    yield struct.pack("<II", crc, length & 0xFFFFFFFF)
