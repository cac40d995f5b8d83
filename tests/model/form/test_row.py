"""The rows of a form, and what is done to them: the document always stays what the shape has."""

from dataclasses import replace

import pytest

from caiso_desktop.contract.outline import outline
from caiso_desktop.model.composition import Composition
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.fake_shape import NAMESPACE, bid_set_shape
from caiso_desktop.model.form.deed import Deeds
from caiso_desktop.model.form.row import Kind, Row
from caiso_desktop.model.form.rows import Rows
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.shape import Shape
from caiso_desktop.model.splice import Splice

SHAPE = bid_set_shape()
TEXT = f"""<BidSet xmlns="{NAMESPACE}">
  <MessagePayload>
    <Bid number="1">
      <resource>UNIT_7</resource>
      <comment>first</comment>
      <Product>
        <product>EN</product>
        <Hour><start>2026-11-01T08:00:00Z</start><end>2026-11-01T09:00:00Z</end></Hour>
      </Product>
      <odd>kept</odd>
    </Bid>
  </MessagePayload>
</BidSet>
"""


class Form:
    """A form over a composition, as a person works with it: rows by their labels."""

    def __init__(self, text: str = TEXT, *, known: bool = True) -> None:
        found = outline(Draft(text))
        assert isinstance(found, Outline)
        self.whole = Composition(Draft(text)).read(found)
        self.shape: Shape | None = SHAPE if known else None

    @property
    def text(self) -> str:
        return self.whole.draft.text

    @property
    def rows(self) -> Rows:
        assert self.whole.outline is not None
        return Rows(self.whole.outline, self.shape)

    @property
    def deeds(self) -> Deeds:
        return Deeds(self.rows)

    def children(self, *labels: str) -> list[Row]:
        row = self.rows.root()
        for label in labels:
            row = next(each for each in self.rows.children(row) if each.label == label)
        return self.rows.children(row)

    def labels(self, *labels: str) -> list[str]:
        return [each.label for each in self.children(*labels)]

    def row(self, *labels: str) -> Row:
        return next(each for each in self.children(*labels[:-1]) if each.label == labels[-1])

    def do(self, splices: tuple[Splice, ...]) -> None:
        for splice in splices:
            self.whole, _ = self.whole.spliced(splice)
        found = outline(self.whole.draft)
        assert isinstance(found, Outline)
        assert found == self.whole.outline


BID = ("MessagePayload", "Bid")


def test_what_is_required_comes_first_and_is_there_also_where_it_is_missing() -> None:
    form = Form()
    assert form.labels() == ["MessagePayload"], "an optional header is added on demand"
    assert form.labels(*BID) == ["number", "resource", "One of", "Product", "comment", "odd"]
    hour = form.row(*BID, "Product", "Hour")
    assert [(each.label, each.missing) for each in form.rows.children(hour)] == [
        ("start", False),
        ("end", False),
        ("Segment", True),
    ]
    assert form.row(*BID, "odd").unknown
    assert form.row(*BID, "odd").text == "kept"
    assert not form.row(*BID, "comment").unknown


def test_a_missing_value_is_added_where_the_schema_puts_it() -> None:
    form = Form(TEXT.replace("      <resource>UNIT_7</resource>\n", ""))
    row = form.row(*BID, "resource")
    assert row.missing
    form.do(form.deeds.give(row, "UNIT_8"))
    assert '<Bid number="1">\n      <resource>UNIT_8</resource>\n      <comment>' in form.text


def test_a_section_is_added_with_all_that_must_be_in_it() -> None:
    form = Form()
    addable = {each.label: each for each in form.deeds.addables(form.row("MessagePayload", "Bid"))}
    assert list(addable) == ["Product", "Note"], "of a choice that was made only what was chosen"
    form.do(addable["Product"].splices)
    assert form.labels(*BID)[3:5] == ["Product 1", "Product 2"]
    hour = form.row(*BID, "Product 1", "Hour")
    form.do(form.deeds.add(form.rows.children(hour)[2]))
    segment = form.row(*BID, "Product 1", "Hour", "Segment")
    assert [each.label for each in form.rows.children(segment)] == ["number", "mw", "price"]
    assert form.labels() == ["MessagePayload"]
    form.do(form.deeds.addables(form.rows.root())[0].splices)
    assert form.text.index("<MessageHeader>") < form.text.index("<MessagePayload>")


def test_a_choice_is_made_and_made_again() -> None:
    form = Form()
    choice = form.row(*BID, "One of")
    assert choice.kind is Kind.CHOICE
    assert choice.text == "Product"
    form.do(form.deeds.choose(choice, 0))
    assert form.labels(*BID) == ["number", "resource", "One of", "selfSchedule", "comment", "odd"]
    assert form.text.index("<comment>") < form.text.index("<selfSchedule></selfSchedule>") < form.text.index("<odd>")
    form.do(form.deeds.remove(form.row(*BID, "selfSchedule")))
    choice = form.row(*BID, "One of")
    assert choice.missing
    form.do(form.deeds.choose(choice, 1))
    assert form.text.index("<comment>") < form.text.index("<Product>") < form.text.index("<odd>")


def test_recursion_ends_with_what_is_there() -> None:
    form = Form()
    for depth in range(3):
        row = form.row(*BID, *["Note"] * depth) if depth else form.row(*BID)
        note = next(each for each in form.deeds.addables(row) if each.label == "Note")
        form.do(note.splices)
    assert form.labels(*BID, "Note", "Note", "Note") == ["text"]


def test_repeats_are_moved_duplicated_and_removed_among_their_like() -> None:
    form = Form()
    form.do(form.deeds.duplicate(form.row(*BID)))
    second = form.row("MessagePayload", "Bid 2")
    number = next(each for each in form.rows.children(second) if each.label == "number")
    form.do(form.deeds.give(number, "2"))
    form.do(form.deeds.move(form.row("MessagePayload", "Bid 2"), -1))
    assert form.text.index('number="2"') < form.text.index('number="1"')
    assert form.deeds.move(form.row("MessagePayload", "Bid 1"), -1) == ()
    assert form.deeds.can_repeat(form.row("MessagePayload", "Bid 1"))
    assert not form.deeds.can_repeat(form.row("MessagePayload"))
    form.do(form.deeds.remove(form.row("MessagePayload", "Bid 2")))
    assert 'number="1"' not in form.text


def test_nil_is_said_and_taken_back_by_a_value() -> None:
    form = Form()
    form.do(form.deeds.set_nil(form.row(*BID, "comment"), nil=True))
    assert 'nil="true"></comment>' in form.text
    assert form.row(*BID, "comment").nil
    form.do(form.deeds.give(form.row(*BID, "comment"), "again"))
    assert ">again</comment>" in form.text
    assert "nil=" not in form.text


def test_without_a_shape_the_document_is_the_form() -> None:
    form = Form(known=False)
    assert form.labels(*BID) == ["number", "resource", "comment", "Product", "odd"]
    assert not any(each.unknown for each in form.children(*BID))
    assert form.deeds.addables(form.row(*BID)) == []
    assert form.deeds.can_repeat(form.row(*BID, "Product"))
    mixed = Form("<a>text <b>1</b> more</a>", known=False)
    assert mixed.rows.root().kind is Kind.SECTION
    assert mixed.labels() == ["b"]


def test_what_a_row_says_goes_on_under_the_same_row() -> None:
    form = Form()
    before, after = form.row(*BID, "resource"), replace(form.row(*BID, "resource"), text="UNIT_9")
    assert before.become(after)
    assert before.text == "UNIT_9"
    assert not before.become(after)


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("<Product>", "<Other>").replace("</Product>", "</Other>")])
def test_no_element_of_the_document_is_left_out(text: str) -> None:
    form = Form(text)
    seen = set()
    stack = [form.rows.root()]
    while stack:
        row = stack.pop()
        if row.node is not None and row.kind in (Kind.SECTION, Kind.VALUE):
            seen.add(row.path)
        stack += form.rows.children(row)
    assert form.whole.outline is not None
    assert seen == {path for path, _, _ in form.whole.outline.walk()}
