"""A user who types, saves, sends and receives by the numbers of a seed, until he is done or killed.

    python actor.py

Each line that it reads (profile, seed, ``window``, ``caiso``, ``crowd`` or ``watch``, seconds, bytes that a file may
have or 0; tabs between) forks an actor; what it prints is his process id, then his end. A ``crowd`` sends several calls
at a time, ``watch`` asks ADS without a rest.

What he did is told in files beside the profile: ``typed`` (before a save begins), ``saved`` (once it has returned),
``wire`` (what reached the service), ``ended`` (once an ending is recorded), ``trouble`` (an error that nobody planned).
"""

import os
import random
import resource
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from html import escape
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from caiso_desktop.catalogue.load import load
from caiso_desktop.courier import CallCourier
from caiso_desktop.keystore.memory import MemoryKeystore
from caiso_desktop.model.call import Call
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.dispatch_watch import LIST, Poll
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.draft_store import SavedDraft
from caiso_desktop.model.error import CaisoError, Fate, StorageError
from caiso_desktop.model.identity import Trust
from caiso_desktop.model.journal import CallJournal
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.transport import Request, Response, Timings, ignore_progress
from caiso_desktop.model.transport_error import CutOff
from caiso_desktop.model.undo import Undo
from caiso_desktop.store.chain import HeadNote
from caiso_desktop.store.database import Database
from caiso_desktop.store.draft import DraftTable
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.journal import prepare
from caiso_desktop.store.known_host import ApprovedHosts
from caiso_desktop.store.quiet import QuietJournal
from caiso_desktop.store.run import Runs
from caiso_desktop.store.setting import FileSettings
from caiso_desktop.store.spool import Spool
from caiso_desktop.store.swift import SwiftJournal
from caiso_desktop.watch.dispatch import DispatchWatch

TARGET = Target("sibr", "SubmitRawBidSet", "v4", Variant.DOCATTACH)
CROWD = 4
RESOURCES = Path(__file__).resolve().parents[2] / "resources"
RESULT = (
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    b"<StandardOutput xmlns='http://www.caiso.com/soa/StandardOutput_v1.xsd#'><MessagePayload><EventLog>"
    b"<Event><id>1</id><result>SCSS0001</result></Event></EventLog></MessagePayload></StandardOutput></e:Body></e:Envelope>"
)
DISPATCH = Target("ads", "APIWebService", "v7", Variant.RPC, procedure=LIST)


def listed(batches: str) -> bytes:
    """What ADS answers to the question for batches."""
    text = f'<APIDispatchResponse xmlns="http://ads.caiso.com"><dispatchBatchList>{batches}</dispatchBatchList>'
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f'<ads:{LIST}Response xmlns:ads="http://ads.caiso.com/api/webservices/dispatch/v7"><{LIST}Return>'
        f"{escape(text + '</APIDispatchResponse>')}</{LIST}Return></ads:{LIST}Response></e:Body></e:Envelope>"
    ).encode()


def text_of(draft: str, revision: int) -> str:
    """The text of a draft at a revision: what comes back can be checked to the last character."""
    lines = "é\r\n" * (revision % 50)
    return f"<draft id='{draft}' revision='{revision}'>{lines}</draft>"


def make_keystore() -> MemoryKeystore:
    """A keystore with one certificate made for the run."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Actor x1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    start = datetime.now(UTC)
    valid = builder.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=1))
    store = MemoryKeystore("memory")
    store.add(
        valid.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM),
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    return store


class Told:
    """Files of lines; a line is in the operating system's hands when ``tell`` returns, so a kill cannot lose it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tell(self, name: str, line: str) -> None:
        descriptor = os.open(self._folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, line.encode() + b"\n")
        os.close(descriptor)


class Wire:
    """A service that is slow, and now and then breaks off; it notes what reached it."""

    def __init__(self, told: Told, draw: random.Random) -> None:
        self._told = told
        self._draw = draw
        self._batches = 0

    def send(self, request: Request, token: CancelToken) -> Response:
        self._told.tell("wire", request.keep.parent.name)
        time.sleep(self._draw.random() * 0.004)
        if self._draw.random() < 0.1:
            raise CutOff("the connection ended.", fate=Fate.UNKNOWN)
        body = self._dispatch() if ":447/" in request.url else RESULT
        with request.keep.open("xb") as file:
            for start in range(0, len(body), 100):
                file.write(body[start : start + 100])
                time.sleep(self._draw.random() * 0.0005)
        headers = (("Content-Type", "text/xml; charset=utf-8"),)
        return Response(200, "OK", headers, request.keep, len(body), datetime.now(UTC), Timings())

    def _dispatch(self) -> bytes:
        """Mostly nothing; now and then a batch."""
        if self._draw.random() > 0.15:
            return listed("")
        self._batches += 1
        return listed(f'<DispatchBatch batchUID="{self._batches}"><batchType>1</batchType></DispatchBatch>')

    def close(self) -> None:
        """Nothing is open."""


class Actor:
    """Acts on a profile."""

    def __init__(self, profile: Path, seed: int, catalogue: Catalogue, keystore: MemoryKeystore) -> None:
        self._draw = random.Random(seed)
        self._seed = seed
        self._told = Told(profile)
        note = HeadNote(profile / "journal.head")
        self._database = Database(profile / "journal.sqlite", STEPS, prepare=partial(prepare, note=note))
        self._runs = Runs(profile / "run")
        self._journal = SwiftJournal(self._database, self._runs, note)
        self._drafts = DraftTable(self._database, self._runs)
        self._identity = keystore.identities()[0].ref
        self._spool = Spool(profile / "answers")
        self._questions = QuietJournal(self._journal, self._runs)

        def courier(written: CallJournal) -> CallCourier:
            return CallCourier(
                catalogue,
                Wire(self._told, self._draw),
                [keystore],
                self._spool,
                lambda environment: Trust(),
                written,
                hosts=ApprovedHosts(FileSettings(profile / "settings.json")),
            )

        self._courier, self._quiet = courier(self._journal), courier(self._questions)
        self._open: list[SavedDraft] = []
        self._count = 0

    def act(self, kind: str, seconds: float) -> None:
        """Until the time is over."""
        until = time.monotonic() + seconds
        if kind == "watch":
            self._questions.recover()
            self._watch(until)
        if kind == "window":
            self._try(self._start)
        acts: list[Callable[[], None]] = [self._send]
        acts += [self._type, self._type, self._look, self._throw_away] if kind == "window" else [self._look]
        if kind == "crowd":
            self._send_at_once(until)
        while time.monotonic() < until:
            self._try(self._draw.choice(acts))
        self._try(self._drafts.close)
        self._questions.close()
        self._journal.close()
        self._runs.close()
        self._database.close()

    def _send_at_once(self, until: float) -> None:
        """Several calls at a time, as a run list makes them."""

        def send(number: int) -> None:
            while time.monotonic() < until:
                self._try(self._send)

        with ThreadPoolExecutor(CROWD) as threads:
            list(threads.map(send, range(CROWD)))

    def limit(self, size: int) -> None:
        """Let the disk be full for every file beyond this size."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except StorageError as error:
            self._told.tell("refused", str(error))
        except CaisoError as error:
            self._told.tell("trouble", str(error))

    def _start(self) -> None:
        self._journal.unknown()
        self._open = list(self._drafts.restore().open)

    def _type(self) -> None:
        if len(self._open) < 3:
            self._count += 1
            self._open.append(SavedDraft(f"{self._seed}-{self._count}", "simulator", TARGET, Draft("")))
        place = self._draw.randrange(len(self._open))
        saved = self._open[place]
        revision = saved.draft.revision + 1
        later = Draft(text_of(saved.id, revision), revision=revision)
        undo = saved.undo.recorded(saved.draft, later) if revision % 20 else Undo()
        self._open[place] = SavedDraft(saved.id, "simulator", TARGET, later, undo=undo, caret=revision)
        self._told.tell("typed", f"{saved.id} {revision}")
        self._drafts.save(self._open[place])
        self._told.tell("saved", f"{saved.id} {revision}")

    def _throw_away(self) -> None:
        if self._open and self._draw.random() < 0.2:
            self._drafts.throw_away(self._open.pop(0).id)

    def _look(self) -> None:
        self._journal.unknown()

    def _watch(self, until: float) -> None:
        """Look at dispatch as the window does, but for the ten seconds between two questions."""
        token = CancelToken()

        def polled(poll: Poll) -> None:
            if not poll.trouble:
                self._told.tell("ended", poll.exchange.id)
            if time.monotonic() > until:
                token.cancel()

        watch = DispatchWatch(self._quiet, lambda seconds, token: None, dict, self._spool.forget)
        watch.watch(DISPATCH, "map-stage", self._identity, "", token, polled)

    def _send(self) -> None:
        payload = f"<RawBidSet>{self._seed}-{self._draw.random()}</RawBidSet>".encode()
        exchange = self._courier.carry(
            Call("map-stage", TARGET, payload, self._identity), CancelToken(), ignore_progress
        )
        if exchange.failure is None:
            self._told.tell("ended", exchange.id)


def act(catalogue: Catalogue, keystore: MemoryKeystore, line: str) -> None:
    """What one line asks."""
    profile, seed, kind, seconds, size = line.split("\t")
    actor = Actor(Path(profile), int(seed), catalogue, keystore)
    try:
        if int(size):
            actor.limit(int(size))
        actor.act(kind, float(seconds))
    except BaseException:
        Told(Path(profile)).tell("trouble", traceback.format_exc())
        raise


def main() -> None:
    """Fork an actor for each line; his process id is the answer, and so is his end."""
    keystore = make_keystore()
    catalogue = load(RESOURCES / "catalogue")
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                act(catalogue, keystore, line.rstrip("\n"))
                status = 0
            finally:
                os._exit(status)
        print(pid, flush=True)
        _, ended = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


if __name__ == "__main__":
    main()
