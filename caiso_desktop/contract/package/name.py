"""The names of operations, as rows of the catalogue are found by them.

``retrieveDRLocations_v1`` belongs to the path ``RetrieveDRLocations_DRRSv1_AP`` (one source each for DRRS and CMRI),
``..._DocAttach`` to its DocAttach variant (one source; where the name does not say so, action, namespace or address
may). A service of a date bears it as ``_v20120401``, or as the folder ``/2012-04-01/`` of its action or namespace;
others bear no version at all.
"""

import re
from typing import NamedTuple

from caiso_desktop.model.package import Described

SUFFIXES = frozenset({".wsdl", ".xsd", ".xml"})
"""How the names of files end that a package is made of; what else lies among them is left out."""

_DOCATTACH = re.compile(r"_?DocAttach", re.IGNORECASE)
_VERSION = re.compile(r"_?(v\d+)$", re.IGNORECASE)
_DATE = re.compile(r"/(\d{4})-(\d{2})-(\d{2})/")
_ENDING = re.compile(r"_(v\d+)(?:_DocAttach)?(?:\.wsdl)?#?$", re.IGNORECASE)
_WRAPPER = re.compile(r"(?:.*_attachment(?:Response|Request)?|ISOAttachment)", re.IGNORECASE)
_PATH = re.compile(r"([^/?]+_AP)/?(?:\?.*)?$", re.IGNORECASE)


class Key(NamedTuple):
    """A name in lower case without version and variant; the version (empty for none); whether it is DocAttach."""

    name: str
    version: str
    docattach: bool


def key_of(operation: str) -> Key:
    """The key of an operation's name."""
    bare, docattach = _DOCATTACH.subn("", operation.strip())
    version = _VERSION.search(bare)
    name = bare[: version.start()] if version else bare
    return Key(name.replace("_", "").casefold(), version[1].lower() if version else "", bool(docattach))


def keys_of(described: Described) -> tuple[Key, ...]:
    """The keys of an operation; more than one where its name lacks what only its action, namespace or address says:
    the version, or that it is DocAttach.
    """
    own = key_of(described.name)
    around = (described.action, described.namespace, described.address)
    if not own.docattach and any(_DOCATTACH.search(text.rpartition("/")[2]) for text in around):
        own = own._replace(docattach=True)
    if own.version:
        return (own,)
    versions = [found[1].lower() for text in around[:2] if (found := _ENDING.search(text))]
    versions += ["v" + "".join(found.groups()) for text in around[:2] if (found := _DATE.search(text))]
    return tuple(dict.fromkeys((own, *(own._replace(version=version) for version in versions))))


def is_wrapper(root: str) -> bool:
    """Whether a root only wraps an attachment: the payload's own root is another."""
    return _WRAPPER.fullmatch(root.rpartition("}")[2]) is not None


def says_otherwise(address: str, path: str) -> bool:
    """Whether an address in a WSDL is plainly that of another service than the one at a path of the catalogue."""
    theirs, ours = _PATH.search(address), _PATH.search(path)
    return theirs is not None and ours is not None and _bare(theirs[1]) != _bare(ours[1])


def _bare(segment: str) -> str:
    return _DOCATTACH.sub("", segment).casefold()
