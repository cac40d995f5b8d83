"""What a person is told of a package, in the words of both doors."""

from caiso_desktop.model.package import Described, Package, Stock, Style
from caiso_desktop.model.service import Target, Variant

_VARIANTS = {Variant.AP: "AP", Variant.DOCATTACH: "DocAttach", Variant.RPC: "RPC", Variant.REST: "REST"}


def counted(stock: Stock) -> str:
    """How much of a package is what: ``3 operations matched; 1 new; 8 files; 2 things not readable``."""
    contents = stock.package.contents
    words = [_many(len(stock.matched), "operation", "operations") + " matched"]
    if stock.documents:
        words.append(f"schemas of {_many(len(stock.documents), 'row', 'rows')} more")
    if stock.new:
        words.append(f"{len(stock.new)} new")
    words.append(_many(contents.files, "file", "files"))
    if contents.unreadable:
        words.append(_many(len(contents.unreadable), "thing", "things") + " not readable")
    if contents.left_out:
        words.append(_many(contents.left_out, "other file", "other files") + " left out")
    return "; ".join(words)


def imported_words(package: Package) -> str:
    """When it was imported, in GMT; empty where its deed cannot be read."""
    return f"{package.imported:%Y-%m-%d %H:%M}" if package.imported.timestamp() > 0 else ""


def row_words(target: Target) -> str:
    """A row of the catalogue: ``sibr/RetrieveCleanBidSet v4 AP``."""
    version = f" {target.version}" if target.version else ""
    return f"{target.application}/{target.service}{version} {_VARIANTS[target.variant]}"


def unmatched_words(described: Described) -> str:
    """What stands for a row that was not found."""
    if described.style is Style.RPC:
        return "a remote procedure that the catalogue does not have"
    return "no service of this name and version is in the catalogue"


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
