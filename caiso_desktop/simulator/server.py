"""The simulator: a CAISO on this computer, with its own authority, that rejects what CAISO would reject."""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from cryptography.x509.oid import ExtendedKeyUsageOID

from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.simulation import Disturbance, FaultChoice
from caiso_desktop.simulator.ads.procedure import Procedures, called, make_doors, name_of
from caiso_desktop.simulator.answer import Answers
from caiso_desktop.simulator.arrangement import Arrangements
from caiso_desktop.simulator.authority import Authority, ClientIdentity, make_keys
from caiso_desktop.simulator.clock import MovedClock
from caiso_desktop.simulator.control import Control
from caiso_desktop.simulator.fault import (
    GATEWAY_FAULTS,
    AnswerFault,
    Fault,
    HandshakeFault,
    LineFault,
    NoData,
    NoOperation,
    NotEntitled,
)
from caiso_desktop.simulator.fitting import befalls_procedure, befalls_service
from caiso_desktop.simulator.flow import read_flows
from caiso_desktop.simulator.gate import Gate, Order, Peer
from caiso_desktop.simulator.ledger import Ledger
from caiso_desktop.simulator.listener import Arrived, Listener, open_door
from caiso_desktop.simulator.market import read_market
from caiso_desktop.simulator.mishap import NOWHERE, error_page, spoilt
from caiso_desktop.simulator.plan import Plan, addresses_of, make_plans, other_paths, paths_of, read_exceptions
from caiso_desktop.simulator.record import ACCEPTED, PLAYED, Received, Record
from caiso_desktop.simulator.refusal import ENTITLEMENT, NO_DATA, OPERATION, Refused, TurnedAway
from caiso_desktop.simulator.reply import Reply, xml
from caiso_desktop.simulator.result import plain_fault
from caiso_desktop.simulator.schema import Schemas
from caiso_desktop.simulator.tape import Tape
from caiso_desktop.simulator.tls import Contexts, Tls

COMMON_NAME = "Simulator User x0001"


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
        self._elsewhere = other_paths(catalogue, self._paths)
        self._plans = make_plans(catalogue, read_exceptions(resources))
        self._clock = moved = MovedClock(clock)
        addresses = addresses_of(catalogue, self._paths)
        self._tape = Tape(addresses)
        self._gate = Gate(moved, Schemas(resources), self._tape)
        market = read_market(resources)
        self._answers = Answers(market, moved, Ledger(read_flows(resources)))
        self._doors = make_doors(catalogue, self._paths)
        self._procedures = Procedures(market, moved)
        self._arrangements = Arrangements()
        self._record = Record()
        self._peers: dict[bytes, Peer] = {}
        self._without_access: set[str] = set()
        keys = make_keys(3)
        self._authority = Authority(key=keys[0])
        self._identity = self._authority.issue_client(COMMON_NAME, key=keys[1])
        self._contexts = Contexts(self._authority, keys[2], tls or Tls())
        self._contexts.get()  # ready before the first handshake
        self._control = Control(resources, addresses, self._arrangements, self._clock, self._record, self._tape)
        self._control.hang_up, self._control.forgotten = self._hang_up, self.forget
        self._port = port
        self._door = door
        self._listener: Listener | None = None

    def start(self) -> Self:
        """Begin to listen and to answer; the address is known from then on."""
        if self._listener is None:
            door, self._door = self._door or open_door(self._port), None
            self._listener = Listener(self._shake_hands, door, self._respond, self._record.fail, self._clock)
            self._listener.start()
        return self

    def stop(self) -> None:
        """End every connection and thread; a second time does nothing."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
        self._tape.eject()

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
    def control(self) -> Control:
        """What lets things go wrong here, by their names."""
        return self._control

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
        told = Disturbance(tuple(FaultChoice(type(fault).__name__) for fault in faults), times=times)
        self._arrangements.arrange(faults, None if path is None else frozenset({path}), told)
        if any(isinstance(fault, HandshakeFault) for fault in faults):
            self._hang_up()

    def calm(self) -> None:
        """Take back every fault that is arranged, and the moved clock."""
        self._control.calm()

    def forget(self) -> None:
        """Empty the record, and forget what was handed in."""
        self._record.clear()
        self._answers.forget()
        self._procedures.dispatch.forget()

    def accept(self, path: str, *, action: str, request_root: str, answer_root: str | None = None) -> None:
        """Let an address take other names than those of the rule, such as those of a WSDL from CAISO.

        ``path`` is that of the URL, roots are in Clark notation. `KeyError` when the catalogue has no such address.
        """
        plan = self._plans[path]
        self._plans[path] = plan.renamed(action, request_root, answer_root)

    def _shake_hands(self) -> ssl.SSLContext:
        return self._contexts.get(self._arrangements.take_handshake())

    def _hang_up(self) -> None:
        if self._listener is not None:
            self._listener.hang_up()

    def _respond(self, arrived: Arrived) -> tuple[Reply, Sequence[LineFault]]:
        asked = arrived.path.partition("?")[0]
        path = self._elsewhere.get(asked, asked)
        plan = self._plans.get(path, NOWHERE)
        peer = self._peer(arrived.peer)
        if path in self._doors:
            name = name_of(arrived.body)
            befallen = self._arrangements.take(path, lambda own: befalls_procedure(own, name))
            reply, verdict = self._call(arrived, path, peer, befallen.own)
        else:
            befallen = self._arrangements.take(path, lambda own: befalls_service(own, plan))
            reply, verdict = self._serve(arrived, plan, peer, befallen.own)
        self._record.add(
            Received(
                self._clock(),
                arrived.method,
                arrived.path.replace(asked, path, 1),
                arrived.headers,
                arrived.body,
                peer.subject,
                verdict,
                befallen.words,
            )
        )
        return reply, befallen.line

    def _serve(self, arrived: Arrived, plan: Plan, peer: Peer, own: AnswerFault | None) -> tuple[Reply, str]:
        """The answer to a call of a service, and what it is written down as."""
        order = None
        try:
            order = self._admit(arrived, plan, peer)
            if own is not None:
                return spoilt(own, plan, order, self._answers), ACCEPTED
            played = self._tape.find(plan.path, order.payload)
            if played is not None:
                return self._tape.play(played), PLAYED
            return self._answers.answer(order), ACCEPTED
        except TurnedAway as error:
            return error_page(error.status) if own is None else spoilt(own, plan, None, self._answers), str(error)
        except Refused as error:
            if own is None or order is not None:
                return self._answers.refuse(plan, error), str(error)
            return spoilt(own, plan, None, self._answers), str(error)

    def _call(self, arrived: Arrived, path: str, peer: Peer, own: AnswerFault | None) -> tuple[Reply, str]:
        """The answer to a call of a remote procedure; of the faults those of an attachment do not befall it."""
        try:
            if peer.subject in self._without_access:
                raise TurnedAway(403, "this certificate has no access")
            if arrived.method != "POST":
                raise TurnedAway(405, "a procedure is called by POST")
            if isinstance(own, GATEWAY_FAULTS):
                return spoilt(own, NOWHERE, None, self._answers), ACCEPTED
            match own:
                case NoData():
                    raise Refused(NO_DATA, "arranged")
                case NotEntitled():
                    raise Refused(ENTITLEMENT, "arranged")
                case NoOperation():
                    raise Refused(OPERATION, "arranged")
            played = self._tape.find(path, called(arrived.body)) if self._tape.has(path) else None
            if played is not None:
                return self._tape.play(played), PLAYED
            return self._procedures.answer(self._doors[path], arrived.body, peer.subject, own), ACCEPTED
        except TurnedAway as error:
            return error_page(error.status), str(error)
        except Refused as error:
            return xml(plain_fault(error), 500), str(error)

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
