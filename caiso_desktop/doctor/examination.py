"""The examination: this computer's key once, then the steps to each place, several places side by side."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from caiso_desktop.doctor import ground, security
from caiso_desktop.doctor.places import places
from caiso_desktop.doctor.tools import Tools
from caiso_desktop.doctor.visit import Visit, stopped
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.cancel import CancelToken, under
from caiso_desktop.model.concern import concerns
from caiso_desktop.model.doctor import Chart, Examination, Finding, Found, Order, Place, Plan, Step, Verdict
from caiso_desktop.model.doctor_report import redacted
from caiso_desktop.model.error import CaisoError, Cancelled, Fate
from caiso_desktop.model.identity import Hash, Identity, Padding

T = TypeVar("T")

SIDE_BY_SIDE = 4
"""Places that are tried at the same time."""


class ConnectionDoctor:
    """The port `caiso_desktop.model.doctor.Doctor`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def plan(self, order: Order) -> Plan:
        """What would be done."""
        catalogue = self._tools.catalogue()
        identity = self._tools.open(order.identity) if order.identity is not None else None
        return Plan(
            environment=catalogue.environment(order.environment),
            places=places(catalogue, order, self._tools.skeleton),
            identity=order.identity,
            certificate=identity.certificate if identity is not None else None,
        )

    def examine(self, plan: Plan, token: CancelToken, found: Found) -> Examination:
        """Do it."""
        started, begun = self._tools.clock(), time.monotonic()
        key, identity = self._try_key(plan, token)
        charts = []
        if key is not None:
            found(None, key)
            charts.append(Chart(None, (key,)))

        def visit(place: Place) -> Chart:
            with under(token):
                return Visit(self._tools, plan, place, identity, key, token).make(found)

        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="doctor") as pool:
            charts += pool.map(visit, plan.places)
        return Examination(plan, started, time.monotonic() - begun, tuple(charts), stopped=token.cancelled)

    def redacted(self, examination: Examination, *, subject: bool) -> Examination:
        """Without the names that others need not know."""
        return redacted(examination, private=self._tools.private(), subject=subject)

    def _try_key(self, plan: Plan, token: CancelToken) -> tuple[Finding | None, Identity | None]:
        """Whether the certificate is fit and its key signs: once, so that a PIN is asked for once."""
        if plan.identity is None or plan.certificate is None:
            return None, None
        ref, begun = plan.identity, time.monotonic()
        try:
            identity = self._tools.open(ref)
            _aside("key", lambda: identity.signer.sign(bytes(20), Hash.SHA1, Padding.PKCS1), token)
        except Cancelled:
            return stopped(Step.KEY), None
        except CaisoError as error:
            return ground.failed(Step.KEY, error, time.monotonic() - begun), None
        seconds = time.monotonic() - begun
        signs = security.key_signs(identity.key_facts.place)
        caiso = plan.environment.id != "simulator"
        notes = concerns(
            plan.certificate,
            self._tools.clock(),
            environment=plan.environment.id,
            worked=self._tools.record.worked(ref),
            caiso=caiso,
        )
        # The simulator's certificates live for a week, and are made anew at each start.
        grave = [n for n in notes if n.severity is Severity.ERROR or (caiso and n.severity is Severity.WARNING)]
        verdict = Verdict.WARNING if grave else Verdict.OK
        said = " ".join([signs, *(f"But: {note.title}. {note.meaning}" for note in grave)])
        return Finding(Step.KEY, verdict, said, " ".join(note.advice for note in grave), seconds), identity


def _aside(name: str, task: Callable[[], T], token: CancelToken) -> T:
    """Do on a thread of its own what cannot be stopped: a signature that waits for a PIN. A cancel waits for nobody."""
    over = threading.Event()
    made: list[T] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            with under(token):
                made.append(task())
        except Exception as error:  # noqa: BLE001  told to the thread that waits
            errors.append(error)
        over.set()

    threading.Thread(target=work, name=name, daemon=True).start()
    token.on_cancel(over.set)
    over.wait()
    if made:
        return made[0]
    if errors:
        raise errors[0]
    raise Cancelled(fate=Fate.NOT_SENT)
