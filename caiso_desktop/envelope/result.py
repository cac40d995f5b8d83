"""Result documents of both generations, faults and batch states, out of their trees.

Old: ``outputDataType/EventLog{Event*, Service*}``; new: ``StandardOutput/MessagePayload/EventLog{Batch?, Event,
Service}``; batch: ``BatchValidationStatus/MessagePayload/BatchStatus/description``. Read by local name, for prefixes
and namespaces vary.
"""

from caiso_desktop.envelope.node import Node
from caiso_desktop.model.answer import BatchCheck, BatchError, Event, Fault, Result

RESULTS = frozenset({"outputDataType", "StandardOutput"})
BATCH_STATUS = "BatchValidationStatus"


def result_of(node: Node) -> Result | None:
    """The result document at or below a node."""
    document = next((found for found in node.walk() if found.name in RESULTS), None)
    if document is None:
        return None
    services = document.all("Service")
    batches = [batch.first("mRID") for batch in document.all("Batch")]
    return Result(
        document=document.name,
        service=next((name for name in (s.first("name", "id") for s in services) if name), ""),
        events=tuple(_event(event) for event in document.all("Event")),
        batch=next((batch for batch in batches if batch), None),
    )


def _event(event: Node) -> Event:
    return Event(
        result=event.first("result"),
        id=event.first("id"),
        name=event.first("name"),
        description=event.first("description"),
        severity=event.first("severity"),
        created=event.first("creationTime", "creationDateTime"),
    )


def fault_of(node: Node) -> Fault:
    """A SOAP 1.1 or 1.2 fault; what its detail says in words is added where it is no result document."""
    code = node.first("faultcode") or _below(node, "Code", "Value")
    text = node.first("faultstring") or _below(node, "Reason", "Text")
    detail = next((child for child in node.children if child.name.lower() == "detail"), None)
    result = result_of(detail) if detail else None
    if detail is not None and result is None:
        said = " ".join(found.text.strip() for found in detail.walk() if found.text.strip())
        text = " ".join(filter(None, (text, said[:4000] if said != text else "")))
    return Fault(code=code, text=text, result=result)


def batch_of(node: Node) -> BatchCheck | None:
    """How far the check of a batch is, where the document tells it."""
    states = [state.first("description") for state in node.all("BatchStatus")]
    description = next((state for state in states if state), None)
    return None if description is None else BatchCheck(description, tuple(_error(log) for log in node.all("ErrorLog")))


def _error(log: Node) -> BatchError:
    return BatchError(
        message=log.first("errMessage"),
        priority=log.first("errPriority"),
        logged=log.first("logTimeStamp"),
        start=log.first("startTime"),
        end=log.first("endTime"),
        about=log.first("mRID"),
    )


def _below(node: Node, outer: str, inner: str) -> str:
    for child in node.children:
        if child.name == outer and (text := child.first(inner)):
            return text
    return ""
