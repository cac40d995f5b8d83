"""What an examination works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from caiso_desktop.doctor.places import Skeleton
from caiso_desktop.doctor.security import Read
from caiso_desktop.model.cabinet import TrackRecord
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.exchange import Courier
from caiso_desktop.model.failure import Failures
from caiso_desktop.model.guard import KnownHosts
from caiso_desktop.model.identity import Identity, IdentityRef, Trust
from caiso_desktop.model.issuer import Issuers
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.probe import Probe


@dataclass(frozen=True, slots=True)
class Tools:
    """The ports, and functions of other rooms.

    ``open`` finds an identity by its reference, ``trust`` the authorities of an environment by its id, ``read`` reads
    a certificate (DER), ``failures`` what is known of texts and statuses, ``private`` what a text for others leaves
    out: the user's name, where their files lie.
    """

    catalogue: Callable[[], Catalogue]
    probe: Probe
    courier: Courier
    skeleton: Skeleton
    open: Callable[[IdentityRef], Identity]
    trust: Callable[[str], Trust]
    hosts: KnownHosts
    record: TrackRecord
    issuers: Issuers
    read: Read
    private: Callable[[], tuple[str, ...]] = tuple
    failures: Callable[[], Failures] = Failures
    clock: Callable[[], datetime] = utc_now
