"""``caiso doctor``: what is wrong between this computer and CAISO, step by step."""

import argparse
import json
import sys
import threading

from caiso_desktop import __version__
from caiso_desktop.cli.interrupt import until_done
from caiso_desktop.cli.target import add_row, find_target
from caiso_desktop.model.call import Door
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.doctor import Chart, Doctor, Examination, Finding, Order, Place, Plan, Step, Verdict
from caiso_desktop.model.doctor_report import duration, report
from caiso_desktop.model.identity import IdentityRef

SUCCESS, SERVICE_ERROR, _USAGE, NOT_MADE = range(4)

_MARKS = {
    Verdict.OK: "ok",
    Verdict.WARNING: "WARNING",
    Verdict.FAILED: "FAILED",
    Verdict.NOT_REACHED: "-",
    Verdict.SKIPPED: "skipped",
}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "doctor",
        help="find out what is wrong between here and CAISO",
        description="Tries each step to a service, or to every host of an environment: name, proxy, connection, TLS, "
        "client certificate, HTTP, clock, and one signed retrieve. It never submits. Exit status: 0 when nothing "
        "failed, 1 when only the service refused, 3 when it is not reached.",
    )
    parser.add_argument(
        "service", nargs="?", metavar="SERVICE", help="APPLICATION or APPLICATION/SERVICE; all when left out"
    )
    add_row(parser)
    parser.add_argument("--environment", required=True, metavar="E", help="production, map-stage, simulator ...")
    parser.add_argument("--certificate", metavar="REF", help="STORE:THUMBPRINT, as `caiso certificate list` prints it")
    parser.add_argument("--no-retrieve", action="store_true", help="leave out the signed retrieve")
    parser.add_argument("--plan", action="store_true", help="only print what would be done")
    parser.add_argument(
        "--include-subject", action="store_true", help="name the certificate's subject, which is left out otherwise"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text for the help desk, or JSON")


def run(args: argparse.Namespace, doctor: Doctor, catalogue: Catalogue, identity: IdentityRef | None) -> int:
    """Examine, and print the report; what is going on goes to standard error."""
    plan = doctor.plan(order(args, catalogue, identity))
    _show(plan)
    if args.plan:
        return SUCCESS
    examination = doctor.redacted(examine(doctor, plan), subject=args.include_subject)
    if args.format == "json":
        print(json.dumps(facts(examination, subject=args.include_subject), indent=2, ensure_ascii=False))
    else:
        print(report(examination, version=__version__, subject=args.include_subject), end="")
    return status(examination)


def order(args: argparse.Namespace, catalogue: Catalogue, identity: IdentityRef | None) -> Order:
    """What the arguments ask for. `CatalogueError` for names that are not in the catalogue."""
    application, slash, _ = (args.service or "").partition("/")
    target = find_target(args, catalogue) if slash else None
    return Order(
        environment=catalogue.environment(args.environment).id,
        identity=identity,
        application=catalogue.application(application).id if application else "",
        target=target,
        retrieve=not args.no_retrieve,
        door=Door.COMMAND_LINE,
    )


def examine(doctor: Doctor, plan: Plan) -> Examination:
    """Examine so that Ctrl-C stops it; each finding is told on standard error when it is made."""
    lock = threading.Lock()

    def tell(place: Place | None, finding: Finding) -> None:
        with lock:
            where = f"{place.name}  " if place is not None else ""
            took = f" ({duration(finding.seconds)})" if finding.seconds is not None else ""
            print(f"{_MARKS[finding.verdict]:8} {where}{finding.step.heading}{took}", file=sys.stderr, flush=True)

    return until_done(lambda token: doctor.examine(plan, token, tell), "doctor")


def status(examination: Examination) -> int:
    """The exit status of an examination."""
    failed = [f for chart in examination.charts for f in chart.findings if f.verdict is Verdict.FAILED]
    if examination.stopped or any(not _service_spoke(finding) for finding in failed):
        return NOT_MADE
    return SERVICE_ERROR if failed else SUCCESS


def _service_spoke(finding: Finding) -> bool:
    """Whether a step failed by what a service said, rather than because there was none."""
    return finding.step in (Step.HTTP, Step.RETRIEVE) and "Status" in dict(finding.facts)


def _show(plan: Plan) -> None:
    """Say what will be done before it is."""
    owner = plan.certificate.common_name if plan.certificate is not None else "nobody: no certificate is chosen"
    print(f"caiso: examines {plan.environment.name} as {owner}", file=sys.stderr)
    for place in plan.places:
        last = f"{place.intention}{'; it changes nothing there' if place.retrieve is not None else ''}"
        print(f"  {place.name} ({', '.join(place.applications)}): {last}", file=sys.stderr)


def facts(examination: Examination, *, subject: bool = False) -> dict[str, object]:
    """An examination for a program."""
    plan = examination.plan
    certificate = plan.certificate
    return {
        "environment": plan.environment.id,
        "started": examination.started.isoformat(),
        "seconds": round(examination.seconds, 3),
        "stopped": examination.stopped,
        "verdict": str(examination.verdict),
        "certificate": certificate.thumbprint if certificate is not None else None,
        **({"subject": certificate.subject} if subject and certificate is not None else {}),
        "places": [_place_facts(chart) for chart in examination.charts],
    }


def _place_facts(chart: Chart) -> dict[str, object]:
    place = chart.place
    return {
        "host": place.host if place is not None else None,
        "port": place.port if place is not None else None,
        "applications": list(place.applications) if place is not None else [],
        "verdict": str(chart.verdict),
        "steps": [
            {
                "step": str(finding.step),
                "verdict": str(finding.verdict),
                "seconds": None if finding.seconds is None else round(finding.seconds, 4),
                "sentence": finding.sentence,
                "advice": finding.advice,
                "facts": dict(finding.facts),
            }
            for finding in chart.findings
        ],
    }
