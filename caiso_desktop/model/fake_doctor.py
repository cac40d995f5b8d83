"""A fake beside the port `caiso_desktop.model.doctor.Doctor`: it finds what a test has said before."""

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.doctor import STEPS, Chart, Examination, Finding, Found, Order, Place, Plan, Step, Verdict
from caiso_desktop.model.doctor_report import redacted
from caiso_desktop.model.error import CaisoError
from caiso_desktop.model.identity import Certificate
from caiso_desktop.model.service import Environment


@dataclass
class FakeDoctor:
    """``findings`` replace the usual "ok" by step; the last step waits until ``go`` is set or the token cancelled.

    ``failure`` is raised by `plan`; ``plans`` and ``examined`` remember what was asked for.
    """

    places: tuple[Place, ...] = (Place("ws.example", 443, "https://ws.example/sst/", ("SIBR",)),)
    findings: dict[Step, Finding] = field(default_factory=dict)
    certificate: Certificate | None = None
    failure: CaisoError | None = None
    go: threading.Event = field(default_factory=threading.Event)
    plans: list[Order] = field(default_factory=list)
    examined: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.go.set()

    def plan(self, order: Order) -> Plan:
        """The places of the fake, whatever is ordered."""
        self.plans.append(order)
        if self.failure is not None:
            raise self.failure
        environment = Environment(order.environment, order.environment.capitalize(), "", guarded=False)
        return Plan(environment, self.places, order.identity, self.certificate)

    def examine(self, plan: Plan, token: CancelToken, found: Found) -> Examination:
        """Tell the findings of every place."""
        self.examined.append(plan)
        token.on_cancel(self.go.set)
        charts = []
        for place in plan.places:
            findings = []
            for step in STEPS:
                if step is STEPS[-1]:
                    self.go.wait(20)
                finding = self.findings.get(step, Finding(step, Verdict.OK, f"{step.heading} is well.", "", 0.01))
                if token.cancelled:
                    finding = replace(finding, verdict=Verdict.NOT_REACHED, sentence="Not tried.")
                findings.append(finding)
                found(place, finding)
            charts.append(Chart(place, tuple(findings)))
        return Examination(plan, datetime.now(UTC), 0.1, tuple(charts), stopped=token.cancelled)

    def redacted(self, examination: Examination, *, subject: bool) -> Examination:
        """As the real one does it."""
        return redacted(examination, subject=subject)
