"""Column mappings as plain files: which rows they are for, and under that a line for each column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from caiso_desktop.model.grid.mapping import ColumnMapping, Link
from caiso_desktop.model.grid.style import Marks, Turn
from caiso_desktop.model.template import BadFile, Owner
from caiso_desktop.store.named_file import FileWrong, Head, NamedFiles, of_name

TITLE = "CAISO Desktop column mapping"
SUFFIX = ".caiso-mapping"
FORMAT = 1

_STYLES: dict[str, Marks | Turn] = {str(style): style for style in (*Marks, *Turn)}


class MappingFolders:
    """The port `caiso_desktop.model.grid.mapping.Mappings`, over a folder for each owner.

    A line has the title in the file, a tab, the grid's column, and perhaps a tab and how its values are written.
    """

    def __init__(self, folders: Mapping[Owner, Path]) -> None:
        self._files = NamedFiles(folders, kind="mapping", title=TITLE, version=FORMAT, suffix=SUFFIX)

    def list(self) -> tuple[Sequence[ColumnMapping], Sequence[BadFile]]:
        """Every mapping, and the files that are none."""
        return self._files.list(lambda owner, file, head: _mapping(owner, file, head, self._files.rest(file)))

    def save(self, mapping: ColumnMapping) -> ColumnMapping:
        """Keep a mapping."""
        name = self._files.wanted_name(mapping.name)
        there = of_name(name, mapping.owner, self.list()[0])
        lines = [
            "\t".join((_one_line(link.title), link.column, *([str(link.style)] if link.style else [])))
            for link in mapping.links
        ]
        head = (("name", name), ("rows", mapping.rows))
        over = there.file if there is not None else None
        file = self._files.write(
            mapping.owner, name, head, "".join(f"{line}\n" for line in lines).encode(), replace=over
        )
        return replace(mapping, name=name, file=file)

    def remove(self, mapping: ColumnMapping) -> None:
        """Delete its file."""
        if mapping.file is not None:
            self._files.remove(mapping.file)


def _mapping(owner: Owner, file: Path, head: Head, rest: bytes) -> ColumnMapping:
    first = len(head.lines) + 3
    try:
        text = rest.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileWrong(first + rest[: error.start].count(b"\n"), "this is not UTF-8.") from None
    links = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), first):
        if not line.strip():
            continue
        parts = line.split("\t")
        if len(parts) not in (2, 3) or ":" not in parts[1]:
            raise FileWrong(number, "here should stand a title, a tab, and a column such as '4:mw'.")
        style = _STYLES.get(parts[2]) if len(parts) == 3 else None
        if len(parts) == 3 and style is None:
            raise FileWrong(number, f"'{parts[2]}' is none of: {', '.join(_STYLES)}.")
        links.append(Link(parts[0], parts[1], style))
    return ColumnMapping(head.need("name"), head.need("rows"), tuple(links), owner, file)


def _one_line(title: str) -> str:
    return " ".join(title.split())
