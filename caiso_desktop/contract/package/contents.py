"""Reads what the files of a package hold: operations, roots, and what cannot be used and why.

One bad file does not spoil the others: what is good counts, the rest is told with file and line.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from caiso_desktop.contract.grammar import compiled, roots
from caiso_desktop.contract.package.examine import Examined, examine, lost
from caiso_desktop.contract.package.name import SUFFIXES, is_wrapper
from caiso_desktop.contract.package.wsdl import has_operations, imported, read_wsdl
from caiso_desktop.contract.schema_folder import SchemaFolder
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled, Fate, SchemaError
from caiso_desktop.model.package import Contents, Described, Style, Unreadable

_TOLD = re.compile(r"(?:(?P<file>[^:\n]+?)(?:, line (?P<line>\d+))?: )?(?P<why>.*)", re.DOTALL)


def read_contents(
    folder: Path, token: CancelToken | None = None, tell: Callable[[str], None] = lambda words: None
) -> Contents:
    """Everything that the files of a folder hold. Never raises for what a file says; `Cancelled`."""
    return _Reading(folder.resolve(), token or CancelToken(), tell).read()


class _Reading:
    """One pass over a package."""

    def __init__(self, folder: Path, token: CancelToken, tell: Callable[[str], None]) -> None:
        self._folder = folder
        self._token = token
        self._tell = tell
        self._files: dict[Path, Examined] = {}
        self._unreadable: list[Unreadable] = []
        self._reached: set[Path] = set()
        self._bad = 0

    def read(self) -> Contents:
        paths = sorted(path for path in self._folder.rglob("*") if path.is_file() and not path.is_symlink())
        self._examine([path for path in paths if path.suffix.lower() in SUFFIXES])
        known = frozenset(space for file in self._files.values() for space in file.namespaces)
        for file in self._files.values():
            self._unreadable += lost(self._folder, file, known)
        operations = [each for file in self._wsdls() for each in self._read(file)]
        declared = self._declared()
        return Contents(
            operations=tuple(operations),
            roots=MappingProxyType(declared),
            unreadable=tuple(self._unreadable),
            files=len(self._files),
            size=sum(file.path.stat().st_size for file in self._files.values()),
            left_out=len(paths) - len(self._files) - self._bad,
        )

    def _examine(self, paths: list[Path]) -> None:
        for number, path in enumerate(paths, 1):
            self._step(f"Reading file {number} of {len(paths)}: {path.name}")
            found = examine(self._folder, path)
            if isinstance(found, Unreadable):
                self._unreadable.append(found)
                self._bad += 1
            elif found is not None:
                self._files[path] = found

    def _wsdls(self) -> list[Examined]:
        """Those that describe operations; one without, which nobody imports, is told."""
        every = [file for file in self._files.values() if file.tree is not None]
        parts = {path for file in every for path in imported(self._folder, file)}
        found = []
        for file in every:
            if file.tree is not None and has_operations(file.tree):
                if file.path not in parts or file.tree.find("{*}service") is not None:
                    found.append(file)
            elif file.path not in parts:
                self._note(file, SchemaError("it binds no operation, so nothing can be called by it."))
        return found

    def _read(self, file: Examined) -> list[Described]:
        self._step(f"Reading the operations of {file.path.name}")
        try:
            described, left = read_wsdl(self._folder, file, self._files)
        except SchemaError as error:
            self._note(file, error)
            return []
        for each in left:
            self._note(file, each)
        if not described and not left:
            self._note(file, SchemaError("it binds no operation to SOAP."))
        declared = self._check(file)
        return [self._with_schemas(each, file, declared) for each in described]

    def _with_schemas(self, described: Described, file: Examined, declared: frozenset[str] | None) -> Described:
        if described.style is Style.RPC or declared is None:
            return described
        for role, root in (("asks", described.request_root), ("is answered", described.answer_root)):
            if root and root not in declared:
                what = f"{described.name} {role} with {_plain(root)}, which no file of the package declares."
                self._note(file, SchemaError(what))
        return replace(
            described,
            request_file=file.name if _has_schema(described.request_root, declared) else "",
            answer_file=file.name if _has_schema(described.answer_root, declared) else "",
        )

    def _declared(self) -> dict[str, str]:
        """The files of the elements that a document may begin with, of XSDs whose schema holds together.

        Where two versions declare the same, the file whose name comes last has it: names end with versions or dates.
        """
        found: dict[str, str] = {}
        for file in sorted(self._files.values(), key=lambda each: each.name):
            if file.tree is not None or not file.roots:
                continue
            if file.path not in self._reached and self._check(file) is None:
                continue
            found.update(dict.fromkeys(file.roots, file.name))
        return found

    def _check(self, file: Examined) -> frozenset[str] | None:
        """The elements of a file's schema; None where it has none, or none that holds together, which is told."""
        if file.tree is not None and not _holds_types(file):
            return None
        self._step(f"Checking the schema of {file.path.name}")
        try:
            documents = SchemaFolder(self._folder).documents(file.name)
            compiled(documents)
        except SchemaError as error:
            self._note(file, error)
            return None
        self._reached.update(document.file for document in documents)
        return frozenset(roots(documents))

    def _note(self, file: Examined, error: SchemaError) -> None:
        said = _TOLD.fullmatch(error.detail)
        named, line = (said["file"], int(said["line"] or 0)) if said else (None, 0)
        beside = [each.name for each in self._files.values() if each.path.name == named]
        why = said["why"] if said and (beside or named is None) else error.detail
        # Two files may bear the same name in two folders: then the one that is being read is told.
        place = beside[0] if len(beside) == 1 else file.name
        if not any(each.file == place and each.line == line and line for each in self._unreadable):
            self._unreadable.append(Unreadable(place, line, why))

    def _step(self, words: str) -> None:
        if self._token.cancelled:
            raise Cancelled("The import was stopped, and nothing was changed.", fate=Fate.NOT_SENT)
        self._tell(words)


def _has_schema(root: str, declared: frozenset[str]) -> bool:
    return root in declared and not is_wrapper(root)


def _holds_types(file: Examined) -> bool:
    tree = file.tree
    return tree is not None and (bool(file.namespaces) or tree.find("{*}import") is not None)


def _plain(root: str) -> str:
    space, _, local = root.removeprefix("{").rpartition("}")
    return f"<{local}> of {space}" if space else f"<{local}>"
