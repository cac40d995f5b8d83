"""Documents of every odd kind that may be a payload, and the letters of a name."""

from hypothesis import strategies as st

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

letters = st.text("a \t\n\r&<>\"'=\u00e9\u682a\U0001f600", max_size=12) | st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20
)
_PREFIXES = ("soapenv", "wsu", "p", "q")
_SPACES = st.sampled_from(["urn:x", "urn:y", "http://a.b/?c=1&amp;d", SOAP, WSU])
_NAMES = st.sampled_from(["a", "b", *(f"{prefix}:a" for prefix in _PREFIXES)])
_BLANK = st.sampled_from(["", " ", "\n", "\r\n\t"])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")


def _quoted(text: str) -> str:
    return "'" + _escaped(text).replace("'", "&apos;") + "'" if '"' in text else f'"{_escaped(text)}"'


_TEXTS = (
    letters.map(_escaped)
    | letters.map(lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>")
    | st.sampled_from(
        ["<!-- c --><?pi x?>", "<!--\r\n-->", "<?pi?>", "&#13;&#xA;&#9;", "&quot;&apos;&gt;", "\r\n", "\r"]
    )
)
_VALUES = letters.map(_quoted) | st.sampled_from(['" &#13;&#10;&#9; "', "'\r\n'", '"  a  b "'])


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A well-formed document, with what may stand around its root."""
    before = draw(st.sampled_from(["", '<?xml version="1.0"?>\n', "<!-- before -->\n", "<?pi before?>"]))
    after = draw(st.sampled_from(["", "\n", "<!-- after -->", "<?pi after?>\r\n"]))
    return before + draw(_elements()) + after


@st.composite
def _elements(draw: st.DrawFn, depth: int = 0) -> str:
    """An element that may use the envelope's own prefixes for anything, and undo the default namespace."""
    name = draw(_NAMES)
    declared = [
        f"xmlns:{prefix}={draw(_SPACES.map(_in_quotes))}" for prefix in _PREFIXES if depth == 0 or draw(_RARELY)
    ]
    if draw(_RARELY):
        declared.append(draw(_SPACES.map(lambda space: f'xmlns="{space}"') | st.just('xmlns=""')))
    attributes = [
        f"{name}={draw(_VALUES)}" for name in draw(st.sets(st.sampled_from(["z", "y", "xml:lang", "xml:space"])))
    ]
    # One prefix alone: two might be bound to one namespace, and an attribute must not stand twice.
    attributes += draw(st.sampled_from([[], ['p:y="1"'], ['wsu:Id="id"'], ['q:z="2"']]))
    words = draw(st.permutations(declared + attributes))
    opening = "".join((name, *(f"{draw(_BLANK) or ' '}{word}" for word in words), draw(_BLANK)))
    children = draw(st.lists(_TEXTS | _elements(depth=depth + 1) if depth < 3 else _TEXTS, max_size=3))
    if not children and draw(st.booleans()):
        return f"<{opening}/>"
    return f"<{opening}>{''.join(children)}</{name}{draw(_BLANK)}>"


def _in_quotes(value: str) -> str:
    return f'"{value}"'


_RARELY = st.integers(0, 3).map(lambda drawn: drawn == 0)
