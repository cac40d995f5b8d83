"""How records and endings are written into the chain: JSON with sorted keys, times in UTC."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from caiso_desktop.model.answer import Outcome
from caiso_desktop.model.call import Door
from caiso_desktop.model.error import Fate
from caiso_desktop.model.journal import Ending, Record, Repeats
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.transport import Timings
from caiso_desktop.store.evidence import Written, read_evidence, write_evidence


def write_time(moment: datetime) -> str:
    """A moment with a zone as text that sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read_time(text: str) -> datetime:
    """A moment from its text."""
    return datetime.fromisoformat(text)


def write_record(record: Record) -> dict[str, Any]:
    """A record as JSON."""
    return {
        "started": write_time(record.started),
        "environment": record.environment,
        "url": record.url,
        "host": record.host,
        "target": write_target(record.target),
        "operation": record.operation,
        "kind": str(record.kind),
        "exchange": record.exchange,
        "subject": record.subject,
        "thumbprint": record.thumbprint,
        "message_id": record.message_id,
        "scheduling_coordinators": list(record.scheduling_coordinators),
        "trade_dates": [day.isoformat() for day in record.trade_dates],
        "door": str(record.door),
        "typed": record.typed,
        "approved_by": record.approved_by,
        "conformity": record.conformity,
        "problems": record.problems,
        "confirmed": record.confirmed,
    }


def read_record(found: dict[str, Any]) -> Record:
    """A record from its JSON."""
    return Record(
        started=read_time(found["started"]),
        environment=found["environment"],
        url=found["url"],
        target=read_target(found["target"]),
        operation=found["operation"],
        kind=Kind(found["kind"]),
        exchange=found["exchange"],
        subject=found["subject"],
        thumbprint=found["thumbprint"],
        message_id=found["message_id"],
        scheduling_coordinators=tuple(found["scheduling_coordinators"]),
        trade_dates=tuple(date.fromisoformat(day) for day in found["trade_dates"]),
        door=Door(found["door"]),
        typed=found["typed"],
        approved_by=found["approved_by"],
        conformity=found.get("conformity", ""),
        problems=found.get("problems", 0),
        confirmed=found.get("confirmed", False),
    )


def write_target(target: Target) -> dict[str, Any]:
    """A target as JSON."""
    return {
        "application": target.application,
        "service": target.service,
        "version": target.version,
        "variant": str(target.variant),
        "minor_version": target.minor_version,
        "procedure": target.procedure,
    }


def read_target(found: dict[str, Any]) -> Target:
    """A target from its JSON."""
    return Target(
        found["application"],
        found["service"],
        found["version"],
        Variant(found["variant"]),
        found["minor_version"],
        found.get("procedure", ""),
    )


def write_ending(ending: Ending) -> dict[str, Any]:
    """An ending as JSON; the searched text is kept elsewhere, and so are the circumstances, which it names."""
    return {
        "ended": write_time(ending.ended),
        "fate": str(ending.fate),
        "cancelled": ending.cancelled,
        "outcome": None if ending.outcome is None else str(ending.outcome),
        "status": ending.status,
        "failure": ending.failure,
        "answer": None if ending.answer is None else str(ending.answer),
        "answer_hash": ending.answer_hash,
        "answer_size": ending.answer_size,
        "batches": list(ending.batches),
        "timings": None if ending.timings is None else _write_timings(ending.timings),
        "content_type": ending.content_type,
        "content_encoding": ending.content_encoding,
        "evidence": None if ending.evidence is None else write_evidence(ending.evidence),
    }


def _write_timings(timings: Timings) -> dict[str, float | None]:
    return {
        "connect": timings.connect,
        "tls": timings.tls,
        "send": timings.send,
        "wait": timings.wait,
        "receive": timings.receive,
        "total": timings.total,
        "proxy": timings.proxy,
    }


def read_ending(found: dict[str, Any], circumstances: Mapping[str, Written]) -> Ending:
    """An ending from its JSON; ``circumstances`` has, by their names, those that it may name."""
    evidence = found.get("evidence")
    return Ending(
        ended=read_time(found["ended"]),
        fate=Fate(found["fate"]),
        cancelled=found["cancelled"],
        outcome=None if found["outcome"] is None else Outcome(found["outcome"]),
        status=found["status"],
        failure=found["failure"],
        answer=None if found["answer"] is None else Path(found["answer"]),
        answer_hash=found["answer_hash"],
        answer_size=found["answer_size"],
        batches=tuple(found["batches"]),
        timings=None if found["timings"] is None else Timings(**found["timings"]),
        content_type=found.get("content_type", ""),
        content_encoding=found.get("content_encoding", ""),
        evidence=None if evidence is None else read_evidence(evidence, circumstances),
    )


def write_repeats(repeats: Repeats) -> dict[str, Any]:
    """What says the same, as JSON."""
    return {"times": repeats.times, "first": write_time(repeats.first), "last": write_time(repeats.last)}


def read_repeats(found: dict[str, Any]) -> Repeats:
    """What says the same, from its JSON."""
    return Repeats(found["times"], read_time(found["first"]), read_time(found["last"]))
