"""Any well-formed document, as hypothesis draws it: every line end, space, comment, section and prefix that XML has."""

from hypothesis import strategies as st

ENDS = ["\n", "\r\n", "\r"]
TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                "7",
                ".5",
                " ",
                "\t",
                "\n",
                "\r\n",
                "\r",
                "\u00a0",
                "\u2028",
                "\u2029",
                "\u0085",
                "é",
                "𝄞",
                "]]",
                ">",
            ),
            *("&lt;", "&amp;", "&#13;", "&#xA;", "&#x1D11E;", "&apos;", "\ufdd0", "\ufeff"),
        ]
    ),
    max_size=5,
).map(lambda parts: "".join(parts).replace("]]>", "]]&gt;"))
ASIDES = st.sampled_from(["", "", "<!-- a > b < c ' -->", "<?p <a> ?>", "<!---->", "<!--\r\n-->"])
SECTIONS = st.sampled_from(["", "", "<![CDATA[<x>&y]] ]]>", "<![CDATA[]]>", "<![CDATA[\r\n1]]>"])
BLANKS = st.sampled_from(["", "", " ", "\n  ", "\r\n\t", "\r    ", "\n\n  ", "\n  <!-- note -->\n  ", " <!-- n -->\n"])


def _joined(parts: list[str]) -> str:
    """Parts in their order; two texts never make the end of a section between them, which no text may hold."""
    whole = ""
    for part in parts:
        whole += f"&gt;{part[1:]}" if whole.endswith("]]") and part.startswith(">") else part
    return whole


LEAVES = st.lists(st.one_of(TEXTS, ASIDES, SECTIONS), max_size=3).map(_joined)
TAGS = st.sampled_from(["a", "b", "p:a", "q:é-1.x", "_x"])
ATTRIBUTES = st.sampled_from(
    [
        *("", "", ' x="1"', " x = '>\"'", "\r\n  x='&quot;&#10;'\ty=\"]]>\"", ' p:x="\n2"', " xml:lang='e\u00a0n' "),
        *(' xmlns="v"', ' xmlns:p="other"', " xmlns=''"),
    ]
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3, root: bool = False) -> str:
    tag, attributes = draw(TAGS), draw(ATTRIBUTES)
    if root:
        attributes = draw(st.sampled_from([' xmlns="u"', ""])) + ' xmlns:p="p" xmlns:q="q"'
    if depth and draw(st.booleans() if not root else st.just(True)):
        inner = "".join(
            draw(BLANKS) + draw(ASIDES) + draw(elements(depth - 1)) + draw(st.sampled_from(["", "", "", "mixed &amp;"]))
            for _ in range(draw(st.integers(0, 3)))
        )
        inner += draw(BLANKS)
    else:
        inner = draw(LEAVES)
        if not inner and draw(st.booleans()):
            return f"<{tag}{attributes}{draw(st.sampled_from(['', ' ']))}/>"
    return f"<{tag}{attributes}>{inner}</{tag}{draw(st.sampled_from(['', ' ', chr(10)]))}>"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A document's text, without a byte-order mark."""
    declaration = draw(st.sampled_from(["", "<?xml version='1.0'?>", '<?xml version="1.0" encoding="UTF-8"?>\r\n']))
    before = draw(st.sampled_from(["", "\n", "<!-- <a> -->", "<?pi <b>?>\r"])) if declaration else ""
    after = draw(st.sampled_from(["", "\r\n", "\n<!-- </a> -->\n"]))
    return declaration + before + draw(elements(root=True)) + after
