"""Fakes beside the ports that the window is given: real behaviour without services, keys or folders of the user."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from caiso_desktop.model.answer import Answer, Outcome, Part, Severity
from caiso_desktop.model.call import Call, Operation, Problem
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import CaisoError, Cancelled, EditRefused, Fate, StorageError
from caiso_desktop.model.exchange import Exchange, Preview, SentRequest
from caiso_desktop.model.fake_shape import bid_set_shape
from caiso_desktop.model.grid.table import Begun
from caiso_desktop.model.identity import Certificate, Hash, Identity, IdentityRef, KeyFacts, KeyFile, Padding, Signer
from caiso_desktop.model.judgement import Conformity, Judged, Judgement
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.provenance import Ground, Provenance
from caiso_desktop.model.service import Target
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.source import PayloadFile, bytes_of
from caiso_desktop.model.tag import grow
from caiso_desktop.model.transport import Phase, Progress, Response, Timings, TlsFacts
from caiso_desktop.model.version_difference import Change, Difference, VersionDifference

_REPORT = b"<?xml version='1.0'?>\n<Report>\n  <MessagePayload>\n    <Row n='1'/>\n  </MessagePayload>\n</Report>\n"


class FakeCourier:
    """Answers each call with a small report, out of ``folder``.

    ``failure`` ends the exchange with an error, ``refusal`` keeps it from being sent, ``dress_answer`` changes the
    answer, ``dress_response`` what came; while ``hold`` is not set, a call waits until it is, or until it is cancelled.
    """

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self.calls: list[Call] = []
        self.hold = threading.Event()
        self.hold.set()
        self.failure: CaisoError | None = None
        self.refusal: CaisoError | None = None
        self.dress_answer: Callable[[Answer], Answer] = lambda answer: answer
        self.dress_response: Callable[[Response], Response] = lambda response: response
        self.recorded: Callable[[Exchange], object] = lambda exchange: None

    def operation(self, call: Call) -> Operation:
        """An operation named after the service."""
        _, service, version = self._catalogue.row(call.target)
        name = f"{service.name[:1].lower()}{service.name[1:]}_{version.version}"
        return Operation(name, call.target.variant, service.kind, name, "{urn:fake}Request", "{urn:fake}Report")

    def preview(self, call: Call) -> Preview:
        """The payload as it stands."""
        return Preview(
            self._catalogue.url(call.environment, call.target), (), bytes_of(call.payload), self.operation(call)
        )

    def carry(self, call: Call, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        """Answer at once, or as the attributes say; ``recorded`` gets every call that has ended."""
        exchange = self._carry(call, token, on_progress)
        self.recorded(exchange)
        return exchange

    def _carry(self, call: Call, token: CancelToken, on_progress: Callable[[Progress], None]) -> Exchange:
        if self.refusal is not None:
            raise self.refusal
        self.calls.append(call)
        folder = self._folder / str(len(self.calls))
        folder.mkdir(parents=True)
        headers = (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '"urn:fake"'))
        url = self._catalogue.url(call.environment, call.target)
        request = SentRequest("POST", url, headers, _kept(folder / "request", bytes_of(call.payload)))
        started = datetime.now(UTC)
        exchange = Exchange(folder.name, call, self.operation(call), None, started, request)
        on_progress(Progress(Phase.WAITING, sent=len(call.payload)))
        self._wait(token)
        if token.cancelled:
            return replace(exchange, failure=Cancelled(fate=Fate.UNKNOWN))
        if self.failure is not None:
            return replace(exchange, failure=self.failure)
        body, report = _kept(folder / "response", b"<Envelope/>"), _kept(folder / "report.xml", _REPORT)
        response = Response(
            200,
            "OK",
            (("Content-Type", "text/xml"), ("Content-Length", "11")),
            body,
            11,
            started,
            Timings(connect=0.021, tls=0.044, send=0.003, wait=0.412, receive=0.02, total=0.5),
            TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", b"der"),
        )
        parts = (Part("envelope", "text/xml", body, 11), Part("report", "text/xml", report, len(_REPORT)))
        answer = Answer(Outcome.SUCCESS, report, "{urn:fake}Report", (("Row", 1),), parts)
        return replace(exchange, response=self.dress_response(response), answer=self.dress_answer(answer))

    def _wait(self, token: CancelToken) -> None:
        woken = threading.Event()
        token.on_cancel(woken.set)
        while not self.hold.is_set() and not token.cancelled:
            woken.wait(0.01)


class FakePayloads:
    """Skeletons with the service's name in them; a text is wrong where it says ``wrong``.

    A text that says ``slow`` is answered when ``hold`` is set; ``answered`` lists the texts that were.
    ``known`` is the shape of every service, ``begun`` how rows begin, by the way to them.
    """

    def __init__(self) -> None:
        self.known: Shape | None = None
        self.begun: dict[tuple[str, ...], Begun] = {}
        self.checked: list[str] = []
        self.answered: list[str] = []
        self.hold = threading.Event()
        self.failure: CaisoError | None = None

    def skeleton(self, target: Target, environment: str) -> str:
        """A payload that names the service and the environment."""
        if self.failure is not None:
            raise self.failure
        return f"<Request>\n  <!-- {target.service} in {environment} -->\n  <MessagePayload/>\n</Request>\n"

    def validate(
        self, payload: Judged, target: Target, environment: str, token: CancelToken | None = None
    ) -> Judgement:
        """Invalid at each line that says ``wrong``; without a known shape nothing is checked."""
        path = payload.path if isinstance(payload, PayloadFile) else payload
        text = path.read_text() if isinstance(path, Path) else path
        text = text.decode() if isinstance(text, bytes) else text
        self.checked.append(text)
        if "slow" in text:
            self.hold.wait(10)
        self.answered.append(text)
        problems = tuple(
            Problem(Severity.ERROR, number, line.index("wrong") + 1, "Something is wrong here.")
            for number, line in enumerate(text.splitlines(), 1)
            if "wrong" in line
        )
        if problems:
            return Judgement(Conformity.INVALID, problems, len(problems))
        if self.known is None:
            return Judgement(Conformity.NOT_CHECKED, why="no schema of this service is known.")
        return Judgement(Conformity.VALID, provenance=self.known.provenance)

    def compare_versions(self, before: Target, after: Target, environment: str) -> VersionDifference:
        """One element more, another type of a second, and nothing else."""
        if self.failure is not None:
            raise self.failure
        differences = (
            Difference(Change.ADDED, "request", "BidSet / Bid / storage", after="number, optional"),
            Difference(Change.RETYPED, "request", "BidSet / Bid / mw", "whole number", "number, 2 decimals"),
        )
        provenance = Provenance(Ground.IMPORTED, "a fake")
        return VersionDifference(before.version, after.version, differences, ("request",), (provenance, provenance))

    def row_ways(self, target: Target, environment: str) -> Sequence[tuple[str, ...]]:
        """What the test gave."""
        return tuple(self.begun)

    def begin_rows(self, target: Target, environment: str, way: Sequence[str]) -> Begun:
        """What the test gave for it."""
        return self.begun[tuple(way)]

    def infer(self, samples: Sequence[str | bytes], source: str) -> Shape:
        """The fake bid set's shape, as if it had been inferred."""
        return replace(bid_set_shape(Ground.SAMPLE), provenance=Provenance(Ground.SAMPLE, source))

    def sample(self, target: Target, environment: str, *, full: bool) -> str:
        """A payload that says how much is in it."""
        if self.failure is not None:
            raise self.failure
        return f"<Request>\n  <!-- {'full' if full else 'least'} of {target.service} -->\n</Request>\n"

    def outline(self, draft: Draft) -> Outline | Problem:
        """The elements of a text whose tags fit together; nothing else is looked at."""
        start = re.search(r"<[^!?]", draft.text)
        if start is None:
            return Problem(Severity.ERROR, 1, 1, "There is no root element.")
        try:
            return Outline(draft.revision, start.start(), grow(draft.text, start.start(), {}))
        except (EditRefused, IndexError):
            return Problem(Severity.ERROR, 1, 1, "The tags do not fit together.")

    def shape(self, target: Target, environment: str) -> Shape | None:
        """The known shape, whatever the target."""
        if self.failure is not None:
            raise self.failure
        return self.known


class FakeSaving:
    """Copies for real."""

    def suggest_name(self, exchange: Exchange, source: Path) -> str:
        """Service and file."""
        return f"{exchange.call.target.service}-{source.stem}.xml"

    def save_copy(self, source: Path, destination: Path, *, overwrite: bool) -> None:
        """Copy; refuse to replace unless told to."""
        if destination.exists() and not overwrite:
            raise StorageError(f"{destination} is there already.", advice="Choose another name.")
        destination.write_bytes(source.read_bytes())

    def save_text(self, text: str, destination: Path, *, overwrite: bool) -> None:
        """Write; refuse to replace unless told to."""
        if destination.exists() and not overwrite:
            raise StorageError(f"{destination} is there already.", advice="Choose another name.")
        destination.write_text(text, encoding="utf-8")

    def save_bytes(self, data: bytes, destination: Path, *, overwrite: bool) -> None:
        """Write; refuse to replace unless told to."""
        with self.writing(destination, overwrite=overwrite) as file:
            file.write(data)

    @contextmanager
    def writing(self, destination: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
        """Write at once; refuse to replace unless told to."""
        if destination.exists() and not overwrite:
            raise StorageError(f"{destination} is there already.", advice="Choose another name.")
        with destination.open("wb") as file:
            yield file


@dataclass
class FakeSettings:
    """Remembers as long as it lives."""

    texts: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """What was set."""
        return self.texts.get(name)

    def set(self, name: str, value: str) -> None:
        """Remember."""
        self.texts[name] = value

    def change(self, name: str, make: Callable[[str | None], str]) -> None:
        """Remember what is made of it."""
        self.texts[name] = make(self.texts.get(name))


@dataclass(frozen=True, slots=True)
class FakeIdentity:
    """A certificate that signs nothing."""

    ref: IdentityRef
    certificate: Certificate

    @property
    def signer(self) -> Signer:
        """Itself."""
        return self

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """Nothing."""
        raise NotImplementedError

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """Nothing."""
        return False

    @property
    def key_facts(self) -> KeyFacts:
        """Nowhere."""
        return KeyFacts("nowhere: it is a fake")

    def key_file(self) -> KeyFile | None:
        """None there is."""
        return None


def fake_identity(name: str, days: int = 400) -> FakeIdentity:
    """An identity whose certificate expires in so many days."""
    now = datetime.now(UTC)
    certificate = Certificate(
        der=name.encode(),
        subject=f"CN={name},OU=people,O=CAISO,C=US",
        issuer="CN=Fake CA,O=CAISO,C=US",
        serial=1,
        thumbprint=name.encode().hex().upper(),
        not_before=now - timedelta(days=1),
        not_after=now + timedelta(days=days, hours=1),
    )
    return FakeIdentity(IdentityRef("fake", certificate.thumbprint), certificate)


@dataclass
class FakeIdentities:
    """Identities by environment; ``failure`` is raised instead."""

    by_environment: dict[str, Sequence[Identity]] = field(default_factory=dict)
    failure: CaisoError | None = None

    def for_environment(self, environment: str) -> Sequence[Identity]:
        """Those of the environment."""
        if self.failure is not None:
            raise self.failure
        return self.by_environment.get(environment, ())


def _kept(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
