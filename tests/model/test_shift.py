"""Where an element is after an edit of the text: before it, behind it, in it, across it."""

import pytest

from caiso_desktop.model.error import EditRefused
from caiso_desktop.model.outline import Extent, Outline
from caiso_desktop.model.shift import carried, find, shifted
from caiso_desktop.model.tag import grow
from caiso_desktop.model.undo import Edit

TEXT = "<r><a>1</a><b>2</b></r>"
A = Extent(3, 11)


@pytest.mark.parametrize(
    ("edit", "now"),
    [
        (Edit(0, "", "xx"), Extent(5, 13)),
        (Edit(3, "", "<z/>"), Extent(7, 15)),
        (Edit(2, ">", ">\n"), Extent(4, 12)),
        (Edit(11, "", "<z/>"), A),
        (Edit(11, "<b>2</b>", ""), A),
        (Edit(6, "1", "111"), Extent(3, 13)),
        (Edit(4, "a", "aa"), Extent(3, 12)),
        (Edit(3, "<a>1</a>", "<c/>"), None),
        (Edit(1, "r><", "q><"), None),
        (Edit(10, "><", "> <"), None),
    ],
)
def test_carried(edit: Edit, now: Extent | None) -> None:
    assert carried(A, edit) == now


def outlined(text: str = TEXT) -> Outline:
    return Outline(0, text.index("<r"), grow(text, text.index("<r"), {}))


def test_what_lies_beside_an_edit_is_trusted_and_what_it_lies_in_is_not() -> None:
    after = shifted(outlined(), Edit(6, "1", "111"), 1)
    assert after is not None
    assert after.unsure == {(0,)}
    assert after.extent((1,)) == Extent(13, 21)
    between = shifted(outlined(), Edit(11, "", "<!-- new -->"), 1)
    assert between is not None
    assert between.unsure == {()}
    assert between.extent((0,)) == A
    assert between.extent((1,)) == Extent(23, 31)
    over = shifted(outlined(), Edit(8, "/a><b", "/q><c"), 1)
    assert over is not None
    assert over.root.children == ()
    assert shifted(outlined(), Edit(0, "<r>", "<s>"), 1) is None


def test_find_finds_what_stands_exactly_there() -> None:
    assert find(outlined(), Extent(11, 19), "b") == (1,)
    for extent, tag in ((Extent(11, 18), "b"), (Extent(11, 19), "c"), (Extent(5, 6), "a")):
        with pytest.raises(EditRefused, match="changed in the XML"):
            find(outlined(), extent, tag)
