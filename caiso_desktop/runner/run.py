"""The port `caiso_desktop.model.run_list.Runs`: carries the calls of a list, one after the other or some at a time."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from caiso_desktop.model.call import Call, Door
from caiso_desktop.model.cancel import CancelToken, under
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.dispatch_watch import LIST
from caiso_desktop.model.error import CaisoError, Cancelled, CatalogueError, GuardError, PayloadInvalid, UsageError
from caiso_desktop.model.exchange import Courier
from caiso_desktop.model.guard import hash_of, is_guarded
from caiso_desktop.model.identity import IdentityRef
from caiso_desktop.model.journal import Standing
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.run_list import (
    MOST_AT_ONCE,
    Outlook,
    Result,
    RunList,
    RunListError,
    Step,
    Watcher,
    Wording,
    standing_of,
    words_of,
)
from caiso_desktop.model.sentence import begun
from caiso_desktop.model.service import Kind, Target, Variant
from caiso_desktop.model.transport import Progress
from caiso_desktop.runner.read import read_run_list

Skeleton: TypeAlias = Callable[[Target, str], str]
_ADVICE = "Open it as a draft and send it from there, past the guard; or run the list in another environment."
_IN_SPITE = 'CAISO\'s verdict counts, not ours: "send_invalid": true in this call of the list sends it all the same.'
_CALLED = (Variant.AP, Variant.DOCATTACH, Variant.RPC)


class ListRunner:
    """``skeleton`` gives the usual payload of a retrieve, ``word`` replaces macros, ``pause`` waits between calls.

    Nothing here lets a submit to the real market through: no permit is ever given.
    """

    def __init__(
        self,
        courier: Courier,
        catalogue: Callable[[], Catalogue],
        skeleton: Skeleton,
        word: Wording,
        pause: Callable[[float, CancelToken], None],
        *,
        door: Door = Door.WINDOW,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._courier = courier
        self._catalogue = catalogue
        self._skeleton = skeleton
        self._word = word
        self._pause = pause
        self._door = door
        self._clock = clock

    def read(self, path: Path) -> RunList:
        """The list in a file."""
        return read_run_list(path, self._catalogue())

    def all_retrieves(self, environment: str, application: str = "") -> RunList:
        """Every retrieve that the environment has, once; no data is as good an answer as any."""
        catalogue = self._catalogue()
        place = catalogue.environment(environment)
        wanted = catalogue.application(application).id if application else ""
        steps = [
            Step(target, expected=_usual(target), scenario=f"{target.application}-{number:03}")
            for number, target in enumerate(_retrieves(catalogue, environment, wanted), 1)
        ]
        of = f" of {catalogue.application(wanted).acronym}" if wanted else ""
        if not steps:
            raise RunListError(f"there is no retrieve{of} in {place.name}.", advice="Choose another environment.")
        return RunList(f"All retrieves{of} once", tuple(steps))

    def outlook(self, run_list: RunList, environment: str) -> Outlook:
        """The kind of each call, and why the list may not start there."""
        catalogue = self._catalogue()
        place = catalogue.environment(environment)
        kinds = tuple(catalogue.kind(step.target) for step in run_list.steps)
        for number, (step, kind) in enumerate(zip(run_list.steps, kinds, strict=True), 1):
            name = f"call {number} ({step.target.service})"
            if is_guarded(place, kind):
                return Outlook(
                    kinds,
                    f"{begun(name)} changes the real market of {place.name}, which no list may do. {_ADVICE}",
                )
            if step.payload is None and kind is not Kind.RETRIEVE:
                return Outlook(kinds, f"{begun(name)} is a submit and has no payload.")
            try:
                catalogue.url(environment, step.target)
            except CatalogueError as error:
                return Outlook(kinds, f"{begun(name)} cannot be made: {error.detail} {error.advice}")
        return Outlook(kinds)

    def run(
        self,
        run_list: RunList,
        environment: str,
        identity: IdentityRef | None,
        token: CancelToken,
        watcher: Watcher,
        *,
        at_once: int = 1,
    ) -> Sequence[Result]:
        """Run a list; as many calls at a time as said, in their order."""
        outlook = self.outlook(run_list, environment)
        if outlook.refused:
            raise GuardError(outlook.refused, advice="Nothing of the list was sent.")
        if not 1 <= at_once <= MOST_AT_ONCE:
            raise UsageError(f"from 1 to {MOST_AT_ONCE} calls can be made at a time.")

        def carry(number: int, step: Step) -> Result:
            with under(token):
                return self._carry(number, step, environment, identity, token, watcher)

        with ThreadPoolExecutor(at_once, thread_name_prefix="run") as pool:
            found = [pool.submit(carry, number, step) for number, step in enumerate(run_list.steps, 1)]
            try:
                for each in wait(found, return_when=FIRST_EXCEPTION).done:  # woken once, not for each call
                    each.result()
                return tuple(each.result() for each in found)
            except BaseException:
                token.cancel()  # a fault of the program: what is under way ends, what has not begun never does
                raise

    def _carry(
        self,
        number: int,
        step: Step,
        environment: str,
        identity: IdentityRef | None,
        token: CancelToken,
        watcher: Watcher,
    ) -> Result:
        if not token.cancelled:
            watcher.begun(number)
        if step.pause and not token.cancelled:
            watcher.said(number, f"pausing {step.pause:g} s")
            self._pause(step.pause, token)
        started = self._clock()
        if token.cancelled:
            result = Result(number, step, Standing.CANCELLED, started, "It was not begun: the run was stopped.")
        else:
            result = self._try(number, step, environment, identity, token, watcher, started)
        watcher.ended(result)
        return result

    def _try(
        self,
        number: int,
        step: Step,
        environment: str,
        identity: IdentityRef | None,
        token: CancelToken,
        watcher: Watcher,
        started: datetime,
    ) -> Result:
        def progress(now: Progress) -> None:
            watcher.said(number, f"{now.phase}: {now.note}" if now.note else str(now.phase))

        try:
            payload = step.payload
            if payload is None:
                payload = self._skeleton(step.target, environment).encode()
            worded = self._word(payload, environment)
            despite = hash_of(worded) if step.send_invalid else ""
            call = Call(environment, step.target, worded, identity, door=self._door, despite=despite)
            exchange = self._courier.carry(call, token, progress)
        except Cancelled as error:
            return Result(number, step, Standing.CANCELLED, started, str(error))
        except PayloadInvalid as error:
            error.advice = _IN_SPITE
            return Result(number, step, Standing.NOT_SENT, started, str(error))
        except CaisoError as error:
            return Result(number, step, Standing.NOT_SENT, started, str(error))
        return Result(number, step, standing_of(exchange), started, words_of(exchange), exchange)


def _usual(target: Target) -> tuple[Standing, ...]:
    """What is expected of a usual question: data, or none; of one that asks by the UID of a batch an error too."""
    if target.procedure not in ("", LIST):
        return (Standing.SUCCESS, Standing.NO_DATA, Standing.ERROR)
    return (Standing.SUCCESS, Standing.NO_DATA)


def _retrieves(catalogue: Catalogue, environment: str, application: str) -> Sequence[Target]:
    """The newest row of each retrieve that an environment has, and each retrieving procedure of a remote one."""
    found: list[Target] = []
    for owner in catalogue.applications:
        if application not in ("", owner.id):
            continue
        for service in owner.services:
            row = service.newest
            variant = next((each for each in _CALLED[::-1] if row is not None and each in row.paths), None)
            if row is None or variant is None or environment not in catalogue.bases(owner, row):
                continue
            target = Target(owner.id, service.name, row.version, variant, row.minor_version)
            if row.procedures:
                found += [
                    Target(owner.id, service.name, row.version, variant, row.minor_version, each.name)
                    for each in row.procedures
                    if each.kind is Kind.RETRIEVE
                ]
            elif catalogue.kind(target) is Kind.RETRIEVE:
                found.append(target)
    return found
