"""An examination as text for the help desk: whole, and without what is nobody's business."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo

from caiso_desktop.model.doctor import Chart, Examination, Finding
from caiso_desktop.model.moment import PACIFIC

_WIDTH = 12
_CREDENTIALS = re.compile(r"(\w+://)[^/@\s]+@")
OWNER = "(the certificate's owner)"
"""What stands in a text in place of whose certificate it is."""


def report(examination: Examination, *, version: str, subject: bool = False) -> str:
    """Lines of plain text for an examination that was `redacted`; ``version`` is the program's.

    With ``subject`` the certificate's subject is named.
    """
    plan = examination.plan
    lines = [
        f"Connection to {plan.environment.name}: {examination.verdict}",
        f"Pacific time  {_stamp(examination.started, PACIFIC)}",
        f"Local time    {_stamp(examination.started, None)}",
        f"Took          {examination.seconds:.1f} s" + (", stopped before its end" if examination.stopped else ""),
        f"Program       CAISO Desktop {version}",
    ]
    certificate = plan.certificate
    if certificate is None:
        lines.append("Certificate   none chosen")
    else:
        lines += [
            f"Certificate   {certificate.subject if subject else '(its subject is left out)'}",
            f"              issued by {certificate.issuer}, valid until {certificate.not_after:%Y-%m-%d}",
            f"              thumbprint (SHA-256) {certificate.thumbprint}",
        ]
    for chart in examination.charts:
        lines += ["", *_chart(chart)]
    return "\n".join(lines) + "\n"


def redacted(examination: Examination, *, private: tuple[str, ...] = (), subject: bool = False) -> Examination:
    """An examination whose findings hold no credentials of addresses and no names.

    ``private`` are texts that are left out wherever they stand, such as the user's name and home folder. The
    certificate's owner is left out too, unless ``subject`` says that the user includes them.
    """
    names = [(each, "…") for each in private]
    certificate = examination.plan.certificate
    if certificate is not None:
        own = (certificate.subject, certificate.common_name)
        # What the user includes stays, even where it holds the name by which the computer knows them.
        names += [(each, each if subject else OWNER) for each in own]
    words = {each.casefold(): instead for each, instead in names if each}
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile(
        "|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in longest_first) or "(?!)", re.IGNORECASE
    )

    def clean(text: str) -> str:
        text = _CREDENTIALS.sub(r"\1", text)
        return pattern.sub(lambda found: words[found[0].casefold()], text)

    def clean_finding(finding: Finding) -> Finding:
        facts = tuple((name, clean(value)) for name, value in finding.facts)
        return replace(finding, sentence=clean(finding.sentence), advice=clean(finding.advice), facts=facts)

    charts = tuple(replace(chart, findings=tuple(map(clean_finding, chart.findings))) for chart in examination.charts)
    return replace(examination, charts=charts)


def _chart(chart: Chart) -> Iterator[str]:
    place = chart.place
    if place is None:
        yield "This computer"
    else:
        yield f"{place.host}, port {place.port}  ({', '.join(place.applications)})"
        yield f"{place.url}"
    for finding in chart.findings:
        yield from _finding(finding)


def _finding(finding: Finding) -> Iterator[str]:
    took = f"  ({duration(finding.seconds)})" if finding.seconds is not None else ""
    yield f"  {finding.verdict.upper():{_WIDTH}} {finding.step.heading}{took}"
    margin = " " * (_WIDTH + 3)
    yield f"{margin}{finding.sentence}"
    if finding.advice:
        yield f"{margin}What to do: {finding.advice}"
    for name, value in finding.facts:
        yield f"{margin}{name}: {value}"


def duration(seconds: float) -> str:
    """A time as one reads it: milliseconds below a second."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _stamp(moment: datetime, zone: tzinfo | None) -> str:
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"
