"""Which answers a fault can befall: what an answer does not have cannot be spoilt in it."""

from caiso_desktop.model.service import Kind, Variant
from caiso_desktop.simulator.fault import (
    GATEWAY_FAULTS,
    AnswerFault,
    BrokenGzip,
    GzipBomb,
    HiddenError,
    HugeBody,
    HugeReport,
    Mtom,
    NoData,
    NoOperation,
    NotEntitled,
    UnwrappedHash,
    WrongHash,
)
from caiso_desktop.simulator.plan import Plan

_OF_PART = (WrongHash, UnwrappedHash, Mtom)
_OF_REPORT = (*_OF_PART, BrokenGzip, GzipBomb, HiddenError, HugeBody, HugeReport)
_OF_PROCEDURE = (*GATEWAY_FAULTS, NoData, NotEntitled, NoOperation)

_PACKED = frozenset({"getDispatchBatch", "getTrajectoryData"})
_DOCUMENTS = _PACKED | {"getDispatchBatchesSinceUID", "getBatchHeader"}


def befalls_service(own: AnswerFault, plan: Plan) -> bool:
    """Whether it can befall an answer of a SOAP service: submits give no report, DocAttach has no part of its own."""
    if isinstance(own, _OF_PART) and plan.variant is not Variant.AP:
        return False
    return plan.kind is Kind.RETRIEVE or not isinstance(own, _OF_REPORT)


def befalls_procedure(own: AnswerFault, name: str) -> bool:
    """Whether it can befall the answer of a procedure of ADS, by its name: few give a document, fewer a packed one."""
    if isinstance(own, BrokenGzip):
        return name in _PACKED
    return isinstance(own, _OF_PROCEDURE) or (name in _DOCUMENTS and isinstance(own, HugeBody | HugeReport))
