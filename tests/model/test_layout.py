"""The layout changes white space between tags, and nothing else."""

from hypothesis import HealthCheck, given, settings
from lxml import etree

from caiso_desktop.contract.outline import outline
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.layout import formatted
from caiso_desktop.model.outline import Node, Outline
from tests.contract.documents import documents


def laid_out(text: str) -> str:
    found = outline(Draft(text))
    assert isinstance(found, Outline)
    return formatted(Draft(text), found).text


def said(node: Node) -> tuple[object, ...]:
    """What an element says, its layout apart."""
    return (
        node.name,
        node.text,
        node.mixed,
        tuple((a.name, a.value) for a in node.attributes),
        [*map(said, node.children)],
    )


@given(documents())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_said_stays_and_to_do_it_again_changes_nothing(text: str) -> None:
    made = laid_out(text)
    before, after = outline(Draft(text)), outline(Draft(made))
    assert isinstance(before, Outline)
    assert isinstance(after, Outline)
    assert said(before.root) == said(after.root)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    asides = [
        [each.text for each in etree.fromstring(each_text.encode(), parser).iter() if not isinstance(each.tag, str)]
        for each_text in (text, made)
    ]
    assert asides[0] == asides[1]
    assert laid_out(made) == made


def test_lines_and_indentation() -> None:
    text = (
        "<?xml version='1.0'?>\r\n<r><a>1</a> <!-- one --><b><c/>\r\n\r\n<!-- two --></b><p>text <i>x</i></p></r>\r\n"
    )
    assert laid_out(text) == (
        "<?xml version='1.0'?>\r\n<r>\r\n  <a>1</a> <!-- one -->\r\n  <b>\r\n    <c/>\r\n    <!-- two -->\r\n  </b>\r\n"
        "  <p>text <i>x</i></p>\r\n</r>\r\n"
    )
    assert laid_out('<r xml:space="preserve"><a> </a><b/></r>') == '<r xml:space="preserve"><a> </a><b/></r>'
