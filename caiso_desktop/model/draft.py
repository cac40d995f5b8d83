"""A payload while it is written: its text exactly as it will be sent, and how an editor's view of it maps back.

An editor shows lines only: it turns every line end into one line feed and drops a byte-order mark. So what it holds
is a *view*; the truth is here, and an edit of the view becomes one splice of the truth that leaves the rest alone.
"""

import codecs
import re
from dataclasses import dataclass, replace

from caiso_desktop.model.error import PayloadError

EDITABLE_BYTES = 2_000_000
EDITABLE_LINE = 20_000

# What an editor shows as the end of a line; the last three are what QTextDocument makes blocks of besides CR and LF.
_LINE_END = re.compile("\r\n|[\r\n\u2029\ufdd0\ufdd1]")
_OTHER_ENDS = "\r\u2029\ufdd0\ufdd1"
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a payload with its encoding, byte-order mark and line ends; ``revision`` counts its edits."""

    text: str
    encoding: str = "utf-8"
    mark: bytes = b""
    revision: int = 0

    @classmethod
    def from_bytes(cls, data: bytes) -> "Draft":
        """The draft of a file's bytes; `PayloadError` where they are not in the encoding they claim."""
        mark, encoding = encoding_of(data[:200])
        try:
            text = data[len(mark) :].decode(encoding)
        except LookupError:
            raise PayloadError(
                f"its encoding '{encoding}' is not known here.", advice="Save the file as UTF-8, then open it again."
            ) from None
        except UnicodeDecodeError as error:
            raise PayloadError(
                f"byte {error.start + len(mark):,} is not {encoding.upper()}, as the file says it is.",
                advice="Save the file as UTF-8, then open it again.",
            ) from None
        return cls(text, encoding, mark)

    def to_bytes(self) -> bytes:
        """What is sent; `PayloadError` where the text has a character that its encoding cannot write."""
        try:
            return self.mark + self.text.encode(self.encoding)
        except UnicodeEncodeError as error:
            character = self.text[error.start]
            raise PayloadError(
                f"'{character}' (U+{ord(character):04X}) cannot be written in {self.encoding.upper()}.",
                advice="Remove it, or declare encoding='UTF-8' in the first line of a new draft.",
            ) from None

    @property
    def newline(self) -> str:
        """The line end that new lines get: the first one the text has, else a line feed."""
        found = _LINE_END.search(self.text)
        return found.group() if found and found.group() in ("\r\n", "\r") else "\n"

    def view(self) -> str:
        """The text as an editor shows it: every line end is one line feed."""
        view = self.text.replace("\r\n", "\n")
        for end in _OTHER_ENDS:
            view = view.replace(end, "\n")
        return view

    def with_view(self, view: str) -> "Draft":
        """The draft after its view was edited into ``view``: one splice, so what was not edited stays as it is."""
        before = self.view()
        if before == view:
            return self
        start = common_start(before, view)
        end = common_end(before, view, start)
        first, last = self.from_view(start), self.from_view(len(before) - end)
        inserted = view[start : len(view) - end].replace("\n", self.newline)
        text = _joined(_joined(self.text[:first], inserted), self.text[last:])
        return replace(self, text=text, revision=self.revision + 1)

    def in_view(self, position: int) -> int:
        """Where a position of the text lies in the view."""
        return len(replace(self, text=self.text[:position]).view())

    def from_view(self, position: int) -> int:
        """Where a position of the view lies in the text."""
        truth, before = position, -1
        while truth != before:
            before, truth = truth, position + self.text.count("\r\n", 0, truth)
        between = truth > 0 and self.text[truth - 1 : truth + 1] == "\r\n"
        return truth + between


def too_big_to_edit(text: str) -> str:
    """Why a text is viewed and sent but not edited here, in words; empty where it can be edited."""
    if len(text) > EDITABLE_BYTES:
        return f"It has {len(text):,} characters; up to {EDITABLE_BYTES:,} can be edited here."
    if _has_long_line(text):
        longest = max(map(len, _LINE_END.split(text)))
        return f"It has a line of {longest:,} characters; up to {EDITABLE_LINE:,} can be edited here."
    return ""


def encoding_of(head: bytes) -> tuple[bytes, str]:
    """The byte-order mark at the start of a text, and the encoding that this or its declaration names."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return mark, encoding
    declared = _DECLARED.match(head)
    return b"", declared.group(1).decode("ascii") if declared else "utf-8"


def common_start(one: str, other: str) -> int:
    """How many characters two texts have in common at their start: by halving, so a long text costs little."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_end(one: str, other: str, start: int = 0) -> int:
    """How many characters two texts have in common at their end, behind the ``start`` of both."""
    low, high = 0, min(len(one), len(other)) - start
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _has_long_line(text: str) -> bool:
    """Whether a line is too long: from one line end to the last that is near enough, so a long text costs little."""
    at = 0
    while len(text) - at > EDITABLE_LINE:
        last = max(text.rfind(end, at, at + EDITABLE_LINE + 1) for end in "\n" + _OTHER_ENDS)
        if last < 0:
            return True
        at = last + 1
    return False


def _joined(head: str, tail: str) -> str:
    """Two pieces of a text; a CR and an LF that only now meet stay two line ends, as they are in the view."""
    if head.endswith("\r") and tail.startswith("\n"):
        kept = head.rstrip("\r")
        head = kept + "\n" * (len(head) - len(kept))
    return head + tail
