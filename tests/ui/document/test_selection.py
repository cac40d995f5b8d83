"""Keys lead the caret where a reader expects."""

import pytest

from caiso_desktop.ui.document.selection import Move, Place, Selection, moved, word_at

LINES = ["<one two>", "", "three"]


@pytest.mark.parametrize(
    ("caret", "move", "expected"),
    [
        ((0, 0), Move.LEFT, (0, 0)),
        ((1, 0), Move.LEFT, (0, 9)),
        ((0, 9), Move.RIGHT, (1, 0)),
        ((2, 5), Move.RIGHT, (2, 5)),
        ((0, 99), Move.LEFT, (0, 8)),
        ((0, 0), Move.WORD_RIGHT, (0, 1)),
        ((0, 1), Move.WORD_RIGHT, (0, 5)),
        ((0, 7), Move.WORD_LEFT, (0, 5)),
        ((0, 4), Move.DOWN, (1, 4)),
        ((2, 4), Move.DOWN, (2, 4)),
        ((2, 4), Move.PAGE_UP, (0, 4)),
        ((0, 4), Move.PAGE_DOWN, (2, 4)),
        ((0, 4), Move.LINE_START, (0, 0)),
        ((0, 4), Move.LINE_END, (0, 9)),
        ((1, 0), Move.START, (0, 0)),
        ((0, 4), Move.END, (2, 5)),
    ],
)
def test_moves(caret: Place, move: Move, expected: Place) -> None:
    assert moved(caret, move, len(LINES), 10, LINES.__getitem__) == expected


def test_the_selected_columns_of_each_line() -> None:
    selection = Selection((2, 3), (0, 4))
    assert [selection.columns(number, len(LINES[number])) for number in range(3)] == [(4, 10), (0, 1), (0, 3)]
    assert selection.columns(3, 5) is None
    assert Selection((1, 1), (1, 1)).columns(1, 5) is None


def test_a_word_is_a_name_with_its_prefix() -> None:
    assert word_at("<m:Bid-1 k>", 4) == (1, 8)
    assert word_at("<m:Bid>", 0) == (0, 1)
