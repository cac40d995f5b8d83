"""Reads a payload's text into its elements and their places; refused is what a payload must not have."""

from caiso_desktop.contract.document import read
from caiso_desktop.model.answer import Severity
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.markup import TOKEN, XML
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.tag import grow


def outline(draft: Draft) -> Outline | Problem:
    """The elements of a draft's text, or the first thing that is wrong with it.

    expat reads all of it first, so nothing is taken for a tag that is none, and no DTD or entity is in it.
    """
    found = read(draft.text)
    if isinstance(found, Problem):
        return found
    start = next(token.start() for token in TOKEN.finditer(draft.text) if token["open"] or token["leaf"])
    try:
        return Outline(draft.revision, start, grow(draft.text, start, {"xml": XML}))
    except EditRefused as refused:
        return Problem(Severity.ERROR, found.line, 1, refused.detail)
