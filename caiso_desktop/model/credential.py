"""The ports to a person's certificates, as the window is given them."""

from dataclasses import dataclass

from caiso_desktop.model.cabinet import Cabinet, TrackRecord
from caiso_desktop.model.trial import Trial


@dataclass(frozen=True, slots=True)
class Credentials:
    """One of each. The verbs of ``cabinet`` and ``trial`` may take a while: for a worker."""

    cabinet: Cabinet
    record: TrackRecord
    trial: Trial
