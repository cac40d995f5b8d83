"""What ADS says of the load following of a metered subsystem: it answers at once which instructions are valid."""

from pathlib import Path

from caiso_desktop.envelope.dispatch import read_load_following
from caiso_desktop.model.answer import Note, Severity
from caiso_desktop.model.error import Side

_ROOT = "MSSLFResponse"
_MOST_NAMED = 20


def about_load_following(root: str | None, report: Path) -> list[Note]:
    """The notes about a report of this root; none where it is about something else."""
    if (root or "").rpartition("}")[2] != _ROOT:
        return []
    rows = read_load_following(report)
    refused = [row["scMSSLFInstructionId"] for row in rows if row.get("validated", "").lower() not in ("true", "1")]
    if rows and not refused:
        return [Note(Severity.INFO, "Received and valid", f"ADS found every instruction valid ({len(rows):,}).")]
    if not rows:
        return []
    others = "; the others were taken" if len(refused) < len(rows) else ""
    named = ", ".join(refused[:_MOST_NAMED]) + (" and others" if len(refused) > _MOST_NAMED else "")
    return [
        Note(
            Severity.ERROR,
            "ADS found instructions that are not valid",
            f"Not valid are {len(refused):,} of {len(rows):,}: {named}.",
            f"Check their resources, times and MW, then submit these again{others}.",
            side=Side.YOURS,
        )
    ]
