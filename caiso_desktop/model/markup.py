"""The markup of well-formed XML: its tags, what its text says, and how a text is written into it.

Everything here takes text that a parser has found to be well-formed and without a DTD
(`caiso_desktop.contract.outline`); so a regular expression tells where a tag ends. White space is XML's: four
characters, not Unicode's.
"""

import re
from collections.abc import Iterator

from caiso_desktop.model.error import EditRefused

SPACE = " \t\r\n"
XML = "http://www.w3.org/XML/1998/namespace"

_S = "[ \t\r\n]"
TOKEN = re.compile(
    rf"<(?P<leaf>[^ \t\r\n/>!?]+)>(?P<said>[^<]*)</(?P=leaf){_S}*>"
    rf"|<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rf"|</(?P<close>[^ \t\r\n>]+){_S}*>"
    rf"|<(?P<open>[^ \t\r\n/>!?]+)(?P<attributes>(?:{_S}+[^ \t\r\n=]+{_S}*={_S}*(?:\"[^\"]*\"|'[^']*'))*){_S}*"
    rf"(?P<empty>/?)>",
    re.DOTALL,
)
"""An element with nothing but text, a tag, comment, CDATA section or processing instruction."""

ATTRIBUTE = re.compile(rf"{_S}+(?P<tag>[^ \t\r\n=]+){_S}*={_S}*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")
_ITEM = re.compile(r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_LINE_END = re.compile("\r\n?")
# What XML 1.0 has no way to write, not even by number (section 2.2, Char).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Section 2.3; the colon is the namespaces' own.
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_START}][{_START}\\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*")


def split(name: str) -> tuple[str, str]:
    """Namespace and local part of a name in Clark notation (``{namespace}local``)."""
    namespace, _, local = name.rpartition("}")
    return namespace.removeprefix("{"), local


def clark(namespace: str, local: str) -> str:
    """A name in Clark notation."""
    return f"{{{namespace}}}{local}" if namespace else local


def check_name(name: str) -> None:
    """`EditRefused` for a name (Clark) that no element or attribute can have."""
    if not _NAME.fullmatch(split(name)[1]):
        raise EditRefused(f"“{split(name)[1]}” is not a name that XML allows.")


def unescaped(raw: str) -> str:
    """What a piece of text says: line ends are one line feed, references are their characters."""
    if "\r" in raw:
        raw = _LINE_END.sub("\n", raw)
    return _REFERENCE.sub(_referred, raw) if "&" in raw else raw


def attribute_said(raw: str) -> str:
    """What an attribute's value says: white space as written is a space (section 3.3.3)."""
    if "\r" in raw:
        raw = _LINE_END.sub("\n", raw)
    raw = raw.replace("\n", " ").replace("\t", " ")
    return _REFERENCE.sub(_referred, raw) if "&" in raw else raw


def content_said(raw: str) -> str:
    """What an element's content without child elements says; comments and instructions say nothing."""
    if "<" not in raw:
        return unescaped(raw)
    return "".join(text for text, _, _ in _runs(raw))


def has_text(raw: str) -> bool:
    """Whether there is more than white space, comments and instructions between two tags."""
    if not raw.strip(SPACE):
        return False
    return any(text.strip(SPACE) for text, _, _ in _runs(raw))


def escaped(text: str, encoding: str, newline: str = "\n") -> str:
    """A text as it is written between two tags; what the encoding cannot write becomes a reference."""
    _refuse_forbidden(text)
    raw = text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;").replace("\r", "&#13;")
    return _referenced(raw, encoding).replace("\n", newline)


def quoted(text: str, encoding: str, quote: str = '"') -> str:
    """A text as it is written between an attribute's quotes."""
    _refuse_forbidden(text)
    raw = text.replace("&", "&amp;").replace("<", "&lt;").replace(quote, "&quot;" if quote == '"' else "&apos;")
    return _referenced(raw.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;"), encoding)


def rewritten(raw: str, text: str, encoding: str, newline: str) -> str:
    """Content without child elements that says ``text`` instead; comments, instructions and CDATA stay.

    White space around a text that stands on lines of its own belongs to the layout, and stays too.
    """
    runs = list(_runs(raw)) or [("", 0, 0)]
    cdata = (run for run in runs if raw.startswith("<![CDATA[", run[1]))
    chosen = next((run for run in runs if run[0].strip(SPACE)), None) or next(cdata, runs[0])
    layout = text == text.strip(SPACE)
    out, end = [], 0
    for run in runs:
        said, start, stop = run
        out.append(raw[end:start])
        if run is chosen:
            out.append(_run_rewritten(raw[start:stop], text, encoding, newline, layout=layout))
        elif layout and not said.strip(SPACE) and "\n" in said:
            out.append(raw[start:stop])
        end = stop
    return "".join(out) + raw[end:]


def value_of(text: str) -> str:
    """What a leaf's text says without the white space of a layout, which has a line end in it."""
    bare = text.strip(SPACE)
    if not bare or "\n" not in text:
        return text if bare or "\n" not in text else ""
    start = text.index(bare)
    before, after = text[:start], text[start + len(bare) :]
    return ("" if "\n" in before else before) + bare + ("" if "\n" in after else after)


def _run_rewritten(raw: str, text: str, encoding: str, newline: str, *, layout: bool) -> str:
    if raw.startswith("<![CDATA[") and "\r" not in text and _encodable(text, encoding):
        _refuse_forbidden(text)
        return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>".replace("\n", newline)
    written = escaped(text, encoding, newline)
    bare = raw.strip(SPACE)
    if not layout or not bare or raw.startswith("<![CDATA["):
        return written
    start = raw.index(bare)
    before, after = raw[:start], raw[start + len(bare) :]
    return (before if _breaks(before) else "") + written + (after if _breaks(after) else "")


def _breaks(blank: str) -> bool:
    return "\n" in blank or "\r" in blank


def _runs(raw: str) -> Iterator[tuple[str, int, int]]:
    """What each stretch of text or CDATA section says, and where it stands; empty stretches are left out."""
    end = 0
    for found in _ITEM.finditer(raw):
        if found.start() > end:
            yield unescaped(raw[end : found.start()]), end, found.start()
        if found.group(1) is not None:
            yield _LINE_END.sub("\n", found.group(1)), found.start(), found.end()
        end = found.end()
    if end < len(raw):
        yield unescaped(raw[end:]), end, len(raw)


def _referred(found: re.Match[str]) -> str:
    sixteen, ten, name = found.groups()
    if name:
        return _NAMED[name]
    return chr(int(sixteen, 16) if sixteen else int(ten))


def _refuse_forbidden(text: str) -> None:
    found = _FORBIDDEN.search(text)
    if found:
        raise EditRefused(
            f"The character U+{ord(found.group()):04X} at position {found.start() + 1:,} cannot stand in XML.",
            advice="Remove it; it may have come along with what was copied.",
        )


def _encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _referenced(raw: str, encoding: str) -> str:
    if raw.isascii() or _encodable(raw, encoding):
        return raw
    return raw.encode(encoding, "xmlcharrefreplace").decode(encoding)
