"""Templates as plain files: what they are for, in a few lines, and under them the payload byte for byte."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace as changed
from datetime import datetime
from pathlib import Path

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import PayloadError, UsageError
from caiso_desktop.model.moment import utc_now
from caiso_desktop.model.service import Target, Variant
from caiso_desktop.model.template import BadFile, Owner, Template
from caiso_desktop.store.named_file import FileWrong, Head, NamedFiles, of_name

TITLE = "CAISO Desktop template"
SUFFIX = ".caiso-template"
FORMAT = 1


class TemplateFolders:
    """The port `caiso_desktop.model.template.Templates`, over a folder for each owner; ``user`` names who saves."""

    def __init__(
        self, folders: Mapping[Owner, Path], *, user: str = "", clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._files = NamedFiles(folders, kind="template", title=TITLE, version=FORMAT, suffix=SUFFIX)
        self._user = user
        self._clock = clock

    @property
    def owners(self) -> Sequence[Owner]:
        """Whose folders there are."""
        return self._files.owners

    def list(self) -> tuple[Sequence[Template], Sequence[BadFile]]:
        """Every template, by name, and the files that are none."""
        return self._files.list(_template)

    def find(self, name: str) -> Template:
        """The template of a name."""
        known, _ = self.list()
        for each in known:
            if each.name.casefold() == name.casefold():
                return each
        names = ", ".join(each.name for each in known) or "none yet"
        raise UsageError(f"there is no template '{name}'.", advice=f"There are: {names}.")

    def open(self, template: Template) -> Draft:
        """The payload."""
        if template.file is None:
            raise UsageError(f"the template '{template.name}' has no file.")
        try:
            return Draft.from_bytes(self._files.read(template.file))
        except PayloadError as error:
            raise UsageError(f"{template.file}: {error.detail}", advice=error.advice) from error

    def save(self, template: Template, draft: Draft, *, replace: bool) -> Template:
        """Keep a draft."""
        name = self._files.wanted_name(template.name)
        there = of_name(name, template.owner, self.list()[0])
        if there is not None and not replace:
            raise UsageError(
                f"there is a template '{there.name}' already.",
                advice="Choose another name, or replace it.",
            )
        made = changed(template, name=name, saved=self._clock(), by=self._user)
        over = there.file if there is not None else None
        file = self._files.write(template.owner, name, _head(made), draft.to_bytes(), replace=over)
        return changed(made, file=file)

    def remove(self, template: Template) -> None:
        """Delete its file."""
        if template.file is not None:
            self._files.remove(template.file)


def _head(template: Template) -> list[tuple[str, str]]:
    target = template.target
    saved = template.saved.isoformat(timespec="seconds") if template.saved else ""
    lines = [
        ("name", template.name),
        ("note", template.note.strip()),
        ("application", target.application),
        ("service", target.service),
        ("version", target.version),
        ("variant", str(target.variant)),
        ("minor-version", target.minor_version or ""),
        ("saved", saved),
        ("by", template.by),
    ]
    return [(key, value) for key, value in lines if value or key == "version"]


def _template(owner: Owner, file: Path, head: Head) -> Template:
    variant = head.need("variant")
    if variant not in [str(each) for each in Variant]:
        known = ", ".join(Variant)
        raise FileWrong(head.lines["variant"], f"'{variant}' is no variant; there are {known}.")
    saved = None
    with suppress(ValueError):
        saved = datetime.fromisoformat(head.values.get("saved", ""))
    return Template(
        name=head.need("name"),
        target=Target(
            head.need("application"),
            head.need("service"),
            head.values.get("version", ""),
            Variant(variant),
            head.values.get("minor-version") or None,
            head.values.get("procedure", ""),
        ),
        note=head.values.get("note", ""),
        owner=owner,
        saved=saved,
        by=head.values.get("by", ""),
        file=file,
    )
