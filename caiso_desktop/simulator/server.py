"""The simulator: a CAISO on this computer, with its own authority, that rejects what CAISO would reject."""

import secrets
import socket
import ssl
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from cryptography.x509.oid import ExtendedKeyUsageOID

from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.service import Catalogue
from caiso_desktop.simulator.ads.procedure import Door, Procedures, make_doors
from caiso_desktop.simulator.answer import Answers
from caiso_desktop.simulator.authority import Authority, ClientIdentity, ServerIdentity, make_keys
from caiso_desktop.simulator.fault import GATEWAY_FAULTS, Arrangements, CutOff, Delay, Fault, LineFault, Trickle
from caiso_desktop.simulator.gate import Gate, Order, Peer
from caiso_desktop.simulator.listener import Arrived, Listener, open_door
from caiso_desktop.simulator.market import read_market
from caiso_desktop.simulator.mishap import NOWHERE, error_page, spoilt
from caiso_desktop.simulator.plan import Plan, make_plans, paths_of, read_exceptions
from caiso_desktop.simulator.record import ACCEPTED, Received, Record
from caiso_desktop.simulator.refusal import Refused, TurnedAway
from caiso_desktop.simulator.reply import Reply, xml
from caiso_desktop.simulator.result import plain_fault
from caiso_desktop.simulator.schema import Schemas

COMMON_NAME = "Simulator User x0001"


@dataclass(frozen=True, slots=True)
class Tls:
    """How the server presents itself: versions, names in its certificate, and when that ends (None: in a week)."""

    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    maximum: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
    names: tuple[str, ...] = ("localhost", "127.0.0.1")
    not_after: datetime | None = None


class Simulator:
    """A CAISO on 127.0.0.1. Listens once started; use it as a context manager, or call `start` and `stop`.

    ``resources`` is the folder of the program's plain files, ``clock`` the simulator's own time (certificates are
    checked against the computer's), ``port`` 0 takes a free one; ``door`` is a socket that listens already, taken over.
    """

    def __init__(
        self,
        resources: Path,
        catalogue: Catalogue,
        *,
        clock: Callable[[], datetime] = utc_now,
        tls: Tls | None = None,
        port: int = 0,
        door: socket.socket | None = None,
    ) -> None:
        self._paths = paths_of(catalogue)
        self._plans = make_plans(catalogue, read_exceptions(resources))
        self._clock = clock
        self._gate = Gate(clock, Schemas(resources))
        market = read_market(resources)
        self._answers = Answers(market, clock)
        self._doors = make_doors(catalogue, self._paths)
        self._procedures = Procedures(market, clock)
        self._arrangements = Arrangements()
        self._record = Record()
        self._peers: dict[bytes, Peer] = {}
        self._without_access: set[str] = set()
        tls = tls if tls is not None else Tls()
        keys = make_keys(3)
        self._authority = Authority(key=keys[0])
        self._identity = self._authority.issue_client(COMMON_NAME, key=keys[1])
        server = self._authority.issue_server(
            tls.names, secrets.token_hex(16).encode(), not_after=tls.not_after, key=keys[2]
        )
        self._context = _context(server, self._authority.pem, tls)
        self._port = port
        self._door = door
        self._listener: Listener | None = None

    def start(self) -> Self:
        """Begin to listen and to answer; the address is known from then on."""
        if self._listener is None:
            door, self._door = self._door or open_door(self._port), None
            self._listener = Listener(self._context, door, self._respond, self._record.fail, self._clock)
            self._listener.start()
        return self

    def stop(self) -> None:
        """End every connection and thread; a second time does nothing."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port; the simulator must have been started."""
        if self._listener is None:
            raise RuntimeError("the simulator has not been started")
        return self._listener.port

    @property
    def origin(self) -> str:
        """``https://127.0.0.1:PORT``."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def authority(self) -> bytes:
        """The certificate (PEM) of the authority that vouches for the server."""
        return self._authority.pem

    @property
    def identity(self) -> ClientIdentity:
        """The identity that is ready to be used: made at the start, gone at the end."""
        return self._identity

    @property
    def requests(self) -> tuple[Received, ...]:
        """What was received lately, oldest first."""
        return self._record.requests

    @property
    def failures(self) -> tuple[str, ...]:
        """Handshakes that failed, and errors of the simulator itself."""
        return self._record.failures

    def bases(self) -> Mapping[str, str]:
        """The web-service base of each application here, with the path it has in Production."""
        return MappingProxyType({name: self.origin + path for name, path in self._paths.items()})

    def issue(
        self,
        common_name: str = COMMON_NAME,
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        stranger: bool = False,
        server_only: bool = False,
        access: bool = True,
    ) -> ClientIdentity:
        """Another identity: out of date, of an authority nobody knows (``stranger``), of a certificate for servers
        (``server_only``), or known but without access to any service (``access`` false: HTTP 403).
        """
        issuer = Authority("Somebody Else's Authority") if stranger else self._authority
        usage = ExtendedKeyUsageOID.SERVER_AUTH if server_only else ExtendedKeyUsageOID.CLIENT_AUTH
        identity = issuer.issue_client(common_name, not_before=not_before, not_after=not_after, usage=usage)
        if not access:
            self._without_access.add(identity.subject)
        return identity

    def arrange(self, *faults: Fault, path: str | None = None, times: int | None = 1) -> None:
        """Let these faults befall, together, the next ``times`` requests (None: all until `calm`) to ``path``
        (None: any). An answer has at most one fault of its own, and any of its line.
        """
        self._arrangements.arrange(faults, path, times)

    def calm(self) -> None:
        """Take back every fault that is arranged."""
        self._arrangements.clear()

    def forget(self) -> None:
        """Empty the record."""
        self._record.clear()

    def accept(self, path: str, *, action: str, request_root: str, answer_root: str | None = None) -> None:
        """Let an address take other names than those of the rule, such as those of a WSDL from CAISO.

        ``path`` is that of the URL, roots are in Clark notation. `KeyError` when the catalogue has no such address.
        """
        plan = self._plans[path]
        self._plans[path] = plan.renamed(action, request_root, answer_root)

    def _respond(self, arrived: Arrived) -> tuple[Reply, Sequence[LineFault]]:
        path = arrived.path.partition("?")[0]
        faults = self._arrangements.take(path)
        line = [fault for fault in faults if isinstance(fault, Delay | CutOff | Trickle)]
        own = next((fault for fault in faults if not isinstance(fault, Delay | CutOff | Trickle)), None)
        peer = self._peer(arrived.peer)
        if path in self._doors:
            return self._call(arrived, self._doors[path], peer, own), line
        plan = self._plans.get(path, NOWHERE)
        verdict, order = ACCEPTED, None
        try:
            order = self._admit(arrived, plan, peer)
            reply = self._answers.answer(order) if own is None else spoilt(own, plan, order, self._answers)
        except TurnedAway as error:
            verdict = str(error)
            reply = error_page(error.status) if own is None else spoilt(own, plan, None, self._answers)
        except Refused as error:
            verdict = str(error)
            if own is None or order is not None:
                reply = self._answers.refuse(plan, error)
            else:
                reply = spoilt(own, plan, None, self._answers)
        self._record.add(
            Received(self._clock(), arrived.method, arrived.path, arrived.headers, arrived.body, peer.subject, verdict)
        )
        return reply, line

    def _call(self, arrived: Arrived, door: Door, peer: Peer, own: Fault | None) -> Reply:
        """Answer a call of a remote procedure; of the faults only those of a gateway befall it."""
        verdict = ACCEPTED
        try:
            if peer.subject in self._without_access:
                raise TurnedAway(403, "this certificate has no access")
            if arrived.method != "POST":
                raise TurnedAway(405, "a procedure is called by POST")
            if isinstance(own, GATEWAY_FAULTS):
                reply = spoilt(own, NOWHERE, None, self._answers)
            else:
                reply = xml(self._procedures.answer(door, arrived.body, peer.subject))
        except TurnedAway as error:
            verdict, reply = str(error), error_page(error.status)
        except Refused as error:
            verdict, reply = str(error), xml(plain_fault(error), 500)
        self._record.add(
            Received(self._clock(), arrived.method, arrived.path, arrived.headers, arrived.body, peer.subject, verdict)
        )
        return reply

    def _admit(self, arrived: Arrived, plan: Plan, peer: Peer) -> Order:
        if peer.subject in self._without_access:
            raise TurnedAway(403, "this certificate has no access")
        if plan is NOWHERE:
            raise TurnedAway(404, "no service has this address")
        if arrived.method != "POST":
            raise TurnedAway(405, "a service is called by POST")
        content_type, action = arrived.header("Content-Type"), arrived.header("SOAPAction")
        return self._gate.check(plan, peer, content_type, action, arrived.body)

    def _peer(self, der: bytes) -> Peer:
        """The peer of a certificate, read once."""
        peer = self._peers.get(der)
        if peer is None:
            peer = self._peers[der] = Peer.from_der(der)
        return peer


def _context(server: ServerIdentity, authority: bytes, tls: Tls) -> ssl.SSLContext:
    """TLS that requires a client certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = tls.minimum, tls.maximum
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(cadata=authority.decode("ascii"))
    with tempfile.TemporaryDirectory() as folder:
        # ssl reads keys from files only: this one is encrypted with a passphrase of one use, and gone at once.
        certificate, key = Path(folder, "server.pem"), Path(folder, "server.key")
        certificate.write_bytes(server.certificate)
        key.write_bytes(server.key)
        context.load_cert_chain(certificate, key, lambda: server.passphrase)
    return context
