"""Result documents of both generations, faults and batch states, out of their trees.

Old: ``outputDataType/EventLog{Event*, Service*}``; new: ``StandardOutput/MessagePayload/EventLog{Batch?, Event,
Service}``; batch: ``BatchValidationStatus/MessagePayload/BatchStatus/description``. Read by local name, for prefixes
and namespaces vary.
"""

from dataclasses import dataclass

from caiso_desktop.envelope.node import Node
from caiso_desktop.model.answer import Event, Fault, Result

RESULTS = frozenset({"outputDataType", "StandardOutput"})
BATCH_STATUS = "BatchValidationStatus"


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is: ``SUCCESS``, ``ERROR``, or anything else while pending; and its messages."""

    description: str
    messages: tuple[str, ...]


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


def batch_of(node: Node) -> BatchState | None:
    """The state of a batch, where the document tells one."""
    states = [state.first("description") for state in node.all("BatchStatus")]
    description = next((state for state in states if state), None)
    if description is None:
        return None
    return BatchState(description, tuple(log.first("errMessage") for log in node.all("ErrorLog")))


def _below(node: Node, outer: str, inner: str) -> str:
    for child in node.children:
        if child.name == outer and (text := child.first(inner)):
            return text
    return ""
