"""The results of a run as rows of text, for a table, a file of CSV, and as JSON."""

import csv
import io
import json
from collections.abc import Sequence

from caiso_desktop.model.journal_table import harmless
from caiso_desktop.model.run_list import Result, Step

COLUMNS = (
    "number",
    "scenario",
    "service",
    "version",
    "variant",
    "operation",
    "expected",
    "found",
    "passed",
    "status",
    "started",
    "seconds",
    "exchange",
    "words",
    "environment",
    "address",
    "certificate",
    "tries",
    "batch",
)


def service_of(step: Step) -> str:
    """The service of a step, as a command takes it."""
    return f"{step.target.application}/{step.target.service}"


def facts(result: Result, environment: str) -> dict[str, object]:
    """A result of a run in an environment by the names of `COLUMNS`; times in UTC."""
    step, exchange = result.step, result.exchange
    told = exchange.answer.result if exchange is not None and exchange.answer is not None else None
    return {
        "number": result.number,
        "scenario": step.scenario,
        "service": service_of(step),
        "version": step.target.version,
        "variant": str(step.target.variant),
        "operation": step.target.procedure,
        "expected": [str(each) for each in step.expected],
        "found": str(result.found),
        "passed": result.passed,
        "status": result.status,
        "started": result.started.isoformat(timespec="milliseconds"),
        "seconds": result.seconds,
        "exchange": exchange.id if exchange is not None else "",
        "words": result.words,
        "environment": environment,
        "address": exchange.request.url if exchange is not None else "",
        "certificate": exchange.certificate.subject if exchange is not None and exchange.certificate else "",
        "tries": len(exchange.earlier) + 1 if exchange is not None else 0,
        "batch": (told.batch if told is not None else None) or "",
    }


def row(result: Result, environment: str) -> tuple[str, ...]:
    """A result in the order of `COLUMNS`."""
    told = facts(result, environment) | {
        "expected": " or ".join(map(str, result.step.expected)),
        "passed": "yes" if result.passed else "no",
        "seconds": "" if result.seconds is None else f"{result.seconds:.3f}",
    }
    return tuple("" if value is None else str(value) for value in told.values())


def as_csv(results: Sequence[Result], environment: str) -> str:
    """The results for a spreadsheet, which must take none of them for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([[harmless(cell) for cell in row(result, environment)] for result in results])
    return out.getvalue()


def as_json(results: Sequence[Result], title: str, environment: str) -> str:
    """The results with what they are of."""
    told = {
        "title": title,
        "environment": environment,
        "passed": sum(result.passed for result in results),
        "calls": len(results),
        "results": [facts(result, environment) for result in results],
    }
    return json.dumps(told, indent=2) + "\n"


def summary(results: Sequence[Result]) -> str:
    """How a run went, in a sentence."""
    passed = sum(result.passed for result in results)
    calls = "1 call" if len(results) == 1 else f"{len(results):,} calls"
    return f"{calls}: {passed:,} as expected, {len(results) - passed:,} not."
