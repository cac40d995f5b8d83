"""What is written back is what the cell says, and nothing else changes."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caiso_desktop.contract.outline import outline
from caiso_desktop.contract.table import OutlineGrids
from caiso_desktop.model.call import Problem
from caiso_desktop.model.draft import Draft
from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.grid.edit import Edited, add_rows, delete_rows, duplicate_rows, reordered, set_cells
from caiso_desktop.model.grid.paste import Block, block_at, decide, from_clipboard, paste, to_clipboard, without_head
from caiso_desktop.model.grid.style import Marks, Turn
from caiso_desktop.model.grid.table import Table, texts_of
from caiso_desktop.model.outline import Outline
from caiso_desktop.model.value import ValueKind

BIDS = """<?xml version="1.0"?>\r
<b:RawBidSet xmlns:b="urn:bids">\r
  <b:MessageHeader><b:TimeDate>2026-01-01T00:00:00Z</b:TimeDate></b:MessageHeader>\r
  <b:MessagePayload>\r
    <b:Bid type='A'> <!-- \u2029 kept -->\r
      <b:resource>UNIT_1</b:resource>\r
      <b:Hour><b:start>2026-11-26T14:00:00Z</b:start>\r
        <b:Segment><b:mw>10</b:mw><b:price>20.5</b:price></b:Segment>\r
        <b:Segment><b:mw>15</b:mw><b:price><![CDATA[21]]></b:price><b:note>x &amp; y</b:note></b:Segment>\r
      </b:Hour>\r
      <b:Hour><b:start>2026-11-26T15:00:00Z</b:start>\r
        <b:Segment><b:mw>11</b:mw><b:price>22</b:price></b:Segment>\r
      </b:Hour>\r
    </b:Bid>\r
    <b:Bid type='B'>\r
      <b:resource>UNIT_2</b:resource>\r
      <b:Hour><b:start>2026-11-26T14:00:00Z</b:start>\r
        <b:Segment><b:mw>5</b:mw><b:price>30</b:price></b:Segment>\r
      </b:Hour>\r
    </b:Bid>\r
  </b:MessagePayload>\r
</b:RawBidSet>\r
"""


def read(text: str) -> tuple[Draft, Outline, Table]:
    draft = Draft(text)
    found = outline(draft)
    assert not isinstance(found, Problem), found
    return draft, found, OutlineGrids().table(found, None)


def cells(text: str) -> list[list[str | None]]:
    _, found, table = read(text)
    return [[table.place(found, row, column).text for column in table.columns] for row in range(len(table.rows))]


GRID: list[list[str | None]] = [
    ["A", "UNIT_1", "2026-11-26T14:00:00Z", "10", "20.5", None],
    ["A", "UNIT_1", "2026-11-26T14:00:00Z", "15", "21", "x & y"],
    ["A", "UNIT_1", "2026-11-26T15:00:00Z", "11", "22", None],
    ["B", "UNIT_2", "2026-11-26T14:00:00Z", "5", "30", None],
]


def test_nested_repeats_are_flattened_into_key_columns() -> None:
    _, _, table = read(BIDS)
    assert [column.title for column in table.columns] == ["@type", "resource", "start", "mw", "price", "note"]
    kinds = [column.kind for column in table.columns]
    assert kinds[2:5] == [ValueKind.INSTANT, ValueKind.NUMBER, ValueKind.NUMBER]
    assert [each.title for each in table.kinds] == ["Bid", "Bid / Hour", "Bid / Hour / Segment"]
    assert table.kind is not None
    assert table.kind.count == 4
    assert cells(BIDS) == GRID


def test_a_whole_column_says_what_its_cells_say() -> None:
    text = BIDS.replace("<b:Segment><b:mw>5</b:mw><b:price>30</b:price></b:Segment>", "")
    for payload in (BIDS, text, "<R><MessagePayload><Q><a>1</a></Q></MessagePayload></R>"):
        _, found, table = read(payload)
        for number, column in enumerate(table.columns):
            assert texts_of(table, found, column) == [line[number] for line in cells(payload)]


def test_other_rows_may_be_chosen() -> None:
    _, found, table = read(BIDS)
    hours = OutlineGrids().table(found, None, table.kinds[1].names)
    assert [column.title for column in hours.columns] == ["@type", "resource", "start"]
    assert len(hours.rows) == 3


def test_an_element_without_rows_has_a_row_of_its_own() -> None:
    text = BIDS.replace("<b:Segment><b:mw>5</b:mw><b:price>30</b:price></b:Segment>", "")
    assert cells(text)[-1] == ["B", "UNIT_2", "2026-11-26T14:00:00Z", None, None, None]
    draft, found, table = read(text)
    said = set_cells(draft, found, table, {(3, 3): "7"})
    assert said.draft == draft
    assert "no such element" in said.warnings[0]


def test_a_payload_without_repeats_has_one_row() -> None:
    assert cells("<R><MessagePayload><Q><start>2026-01-01T08:00:00Z</start></Q></MessagePayload></R>") == [
        ["2026-01-01T08:00:00Z"]
    ]
    assert cells("<R/>") == []
    for text in ("<R><a>1</a></R>", "<R><MessagePayload><a>1</a></MessagePayload></R>"):
        draft, found, table = read(text)
        with pytest.raises(EditRefused, match="one row"):
            duplicate_rows(draft, found, table, [0])
        with pytest.raises(EditRefused, match="one row"):
            add_rows(draft, found, table, [{0: "2"}])


@settings(max_examples=200, deadline=None)
@example(0, 0, "A")  # what is there already
@given(
    st.integers(0, 3),
    st.integers(0, 5),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
        lambda t: t == t.strip() != ""
    ),
)
def test_writing_back_equals_the_cell_and_leaves_the_rest(row: int, column: int, text: str) -> None:
    draft, found, table = read(BIDS)
    try:
        edited = set_cells(draft, found, table, {(row, column): text})
    except EditRefused:
        return  # a character that XML cannot have
    after = cells(edited.draft.text)
    assert after[row][column] == text
    place = table.place(found, row, table.columns[column])
    for number, line in enumerate(GRID):
        for at, before in enumerate(line):
            shared = at == column and table.place(found, number, table.columns[at]).owner == place.owner
            assert after[number][at] == (text if shared else before)
    if text == place.text:
        assert edited.draft == draft
    elif place.path is not None and place.text is not None:
        start, end = _same_ends(draft.text, edited.draft.text)
        extent = found.extent(place.path)
        assert extent.start <= start
        assert len(draft.text) - end <= extent.end


def _same_ends(one: str, other: str) -> tuple[int, int]:
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest = min(len(one), len(other)) - start
    end = next((i for i in range(rest) if one[-1 - i] != other[-1 - i]), rest)
    return start, end


def test_a_cell_that_is_emptied_and_filled_again_is_as_before() -> None:
    draft, found, table = read(BIDS)
    without = set_cells(draft, found, table, {(0, 4): "", (1, 5): ""}).draft
    assert "<b:Segment><b:mw>10</b:mw></b:Segment>" in without.text
    draft2, found2, table2 = read(without.text)
    again = set_cells(draft2, found2, table2, {(0, 4): "20.5"}).draft
    assert again.text == BIDS.replace("<b:note>x &amp; y</b:note>", "")


def test_shared_values_given_differently_are_left_alone_and_told() -> None:
    draft, found, table = read(BIDS)
    edited = set_cells(draft, found, table, {(0, 1): "X", (1, 1): "Y", (3, 1): "Z"})
    assert [line[1] for line in cells(edited.draft.text)] == ["UNIT_1", "UNIT_1", "UNIT_1", "Z"]
    assert edited.warnings == ("resource: 1 left alone; their rows share it and were given several.",)


def test_rows_go_and_are_copied_with_their_lines() -> None:
    draft, found, table = read(BIDS)
    gone = delete_rows(draft, found, table, [1, 3]).draft.text
    assert cells(gone)[:2] == [GRID[0], GRID[2]][:2] or len(cells(gone)) == 3
    assert gone == re.sub(
        r"\r\n        <b:Segment><b:mw>15.*?</b:Segment>|\r\n        <b:Segment><b:mw>5.*?</b:Segment>", "", BIDS
    )
    twice = duplicate_rows(draft, found, table, [3]).draft.text
    assert cells(twice) == [*GRID, GRID[3]]
    line = "        <b:Segment><b:mw>5</b:mw><b:price>30</b:price></b:Segment>\r\n"
    assert twice == BIDS.replace(line, line * 2)


def test_new_rows_open_the_elements_around_them_where_their_keys_differ() -> None:
    draft, found, table = read(BIDS)
    rows: list[Mapping[int, str]] = [
        {3: "6", 4: "31"},  # the same resource and hour
        {1: "UNIT_2", 2: "2026-11-26T15:00:00Z", 3: "7", 4: "32"},  # another hour
        {1: "UNIT_3", 2: "2026-11-26T14:00:00Z", 3: "8", 4: "33"},  # another resource
        {1: "UNIT_3", 2: "2026-11-26T15:00:00Z", 3: "9", 4: "34"},
        {1: "UNIT_3", 2: "2026-11-26T15:00:00Z", 3: "10", 4: "35"},
    ]
    text = add_rows(draft, found, table, rows).draft.text
    assert [line[:5] for line in cells(text)[4:]] == [
        ["B", "UNIT_2", "2026-11-26T14:00:00Z", "6", "31"],
        ["B", "UNIT_2", "2026-11-26T15:00:00Z", "7", "32"],
        ["B", "UNIT_3", "2026-11-26T14:00:00Z", "8", "33"],
        ["B", "UNIT_3", "2026-11-26T15:00:00Z", "9", "34"],
        ["B", "UNIT_3", "2026-11-26T15:00:00Z", "10", "35"],
    ]
    assert cells(text)[:4] == GRID
    assert text.count("<b:Bid ") == 3
    assert text.count("<b:Hour>") == 6
    assert text.startswith(BIDS[: BIDS.index("      </b:Hour>\r\n    </b:Bid>\r\n  </b:Message")])
    assert "\n\n" not in text.replace("\r", "")
    with pytest.raises(EditRefused):
        add_rows(*read("<R/>"), [{0: "x"}])


def test_the_document_is_sorted_at_every_level() -> None:
    draft, found, table = read(BIDS)
    assert reordered(draft, found, table, [0, 1, 2, 3]).draft == draft
    turned = reordered(draft, found, table, [3, 2, 1, 0]).draft.text
    assert cells(turned) == GRID[::-1]
    back = reordered(*read(turned), [3, 2, 1, 0]).draft.text
    assert back == BIDS
    assert sorted(turned) == sorted(BIDS)


def pasted(text: str, clip: str, first: int = 3, rows: tuple[int, ...] = (0, 1, 2, 3), **answers: Marks) -> Edited:
    draft, found, table = read(text)
    block = block_at(from_clipboard(clip), range(len(table.columns)), first)
    decided = decide(block, table, {int(at[1:]): answer for at, answer in answers.items()})
    assert decided.questions == ()
    return paste(draft, found, table, block, decided, rows[: len(block.rows)])[0]


def test_a_block_fills_cells_and_is_told_how_it_was_read() -> None:
    edited = pasted(BIDS, "1,234.5\t1,5\r\n2\t2,25\r\n")
    assert [line[3:5] for line in cells(edited.draft.text)][:2] == [["1234.5", "1.5"], ["2", "2.25"]]
    assert edited.notes == ("mw: 1,234.5 was read as 1234.5.", "price: 1,5 was read as 1.5.")
    assert edited.values is not None


def test_what_may_be_either_is_asked_and_then_done() -> None:
    draft, found, table = read(BIDS)
    block = block_at(from_clipboard("1,234\t5"), range(6), 3)
    [(_, question)] = decide(block, table, {}).questions
    assert question.sentence == "In mw, does 1,234 mean 1234 or 1.234?"
    assert cells(pasted(BIDS, "1,234\t5", c0=Marks.COMMA).draft.text)[0][3] == "1.234"
    assert cells(pasted(BIDS, "1,234\t5", c0=Marks.POINT).draft.text)[0][3] == "1234"
    mixed = block_at(from_clipboard("1.234\t1,5"), range(6), 3)
    assert [at for at, _ in decide(mixed, table, {}).questions] == [0]
    days = block_at(from_clipboard("3/4/2026 6:00\t1"), range(6), 2)
    [(_, question)] = decide(days, table, {}).questions
    assert "month/day/year or day/month/year" in question.sentence
    decided = decide(days, table, {0: Turn.DAY_FIRST})
    assert cells(paste(draft, found, table, days, decided, [0])[0].draft.text)[0][2] == "2026-04-03T13:00:00Z"


def test_more_rows_than_there_are_are_added() -> None:
    clip = "\n".join(f"UNIT_{n}\t11/26/2026 {n}:00\t{n}.5\t{n}" for n in range(4, 9))
    draft, found, table = read(BIDS)
    block = block_at(from_clipboard(clip), range(6), 1)
    edited, added = paste(draft, found, table, block, decide(block, table, {}), [3])
    assert added == 4
    lines = cells(edited.draft.text)
    assert [line[1] for line in lines] == ["UNIT_1"] * 3 + [f"UNIT_{n}" for n in range(4, 9)]
    assert lines[-1][1:5] == ["UNIT_8", "2026-11-26T16:00:00Z", "8.5", "8"]


def test_new_rows_that_go_on_with_what_the_last_row_was_given_stay_with_it() -> None:
    draft, found, table = read(BIDS)
    block = block_at(from_clipboard("N\t\t1\t2\nN\t\t3\t4\n"), range(6), 1)
    edited, added = paste(draft, found, table, Block(block.rows, (1, None, 3, 4)), decide(block, table, {}), [3])
    assert added == 1
    assert edited.draft.text.count("<b:Bid ") == 2
    assert [line[1] for line in cells(edited.draft.text)][3:] == ["N", "N"]


def test_what_cannot_be_read_stands_as_it_was_pasted_and_is_told() -> None:
    edited = pasted(BIDS, "abc\t5")
    assert cells(edited.draft.text)[0][3] == "abc"
    assert edited.warnings == ("mw: 'abc' is not a number.",)


def test_a_head_line_is_left_out() -> None:
    _, _, table = read(BIDS)
    block = block_at(from_clipboard("mw\tprice\n1\t2"), range(6), 3)
    left, had = without_head(block, table)
    assert had
    assert left.rows == (("1", "2"),)
    assert not without_head(left, table)[1]


@given(st.lists(st.lists(st.text('a\t\n\r"1,', max_size=5), min_size=1, max_size=4), min_size=1, max_size=4))
def test_what_is_copied_can_be_pasted(rows: list[list[str]]) -> None:
    width = max(map(len, rows))
    even = [tuple(row + [""] * (width - len(row))) for row in rows]
    if any(any(row) for row in even[-1:]) and not (width == 1 and not even[-1][0]):
        assert from_clipboard(to_clipboard(even)) == tuple(even)
