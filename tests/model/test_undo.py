from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.draft import Draft
from caiso_desktop.model.undo import MOST_EDITS, Edit, Undo

TEXTS = st.lists(st.text("ab\n<é", max_size=12), min_size=1, max_size=12)


@given(TEXTS)
def test_all_the_way_back_and_forth(texts: list[str]) -> None:
    draft, undo = Draft(texts[0]), Undo()
    for text in texts[1:]:
        later = Draft(text, revision=draft.revision + 1)
        undo, draft = undo.recorded(draft, later), later
    last = draft.text
    revisions = [draft.revision]
    while step := undo.back(draft):
        draft, undo = step
        revisions.append(draft.revision)
    assert draft.text == texts[0]
    while step := undo.forth(draft):
        draft, undo = step
    assert draft.text == last
    assert revisions == sorted(set(revisions)), "each step is a new revision"


@given(st.text(max_size=20), st.text(max_size=20))
def test_the_splice_between_two_texts(before: str, after: str) -> None:
    edit = Edit.between(before, after)
    assert edit.apply(before) == after
    assert edit.revert(after) == before


def typed(*texts: str) -> Undo:
    undo = Undo()
    for before, after in pairwise(texts):
        undo = undo.recorded(Draft(before), Draft(after))
    return undo


def test_a_word_typed_is_one_step() -> None:
    assert typed("", "a", "ab", "abc").done == (Edit(0, "", "abc"),)
    assert typed("abc", "ab", "a").done == (Edit(1, "bc", ""),)
    assert typed("abc", "bc", "c").done == (Edit(0, "ab", ""),)
    assert len(typed("", "a", "a\n", "a\nb").done) == 2, "a new line is a new step"
    assert len(typed("", "a", "ba").done) == 2


def test_an_edit_after_undo_ends_what_was_undone() -> None:
    undo = typed("", "a\n", "a\nb\n")
    step = undo.back(Draft("a\nb\n"))
    assert step is not None
    draft, undo = step
    assert undo.recorded(draft, Draft("a\nc")).undone == ()


def test_bounded() -> None:
    undo = Undo()
    for number in range(MOST_EDITS + 50):
        undo = undo.recorded(Draft(f"{number}\n"), Draft(f"{number + 1}\n"))
    assert len(undo.done) == MOST_EDITS
    big = Undo().recorded(Draft(""), Draft("x" * 3_000_000)).recorded(Draft("x" * 3_000_000), Draft(""))
    assert len(big.done) == 1


def test_what_goes_on_with_the_last_edit_is_taken_back_with_it() -> None:
    texts = ("<a>1</a>", "<a>12</a>", "<a>x</a>", "<a></a>")
    undo = Undo()
    for number, (before, after) in enumerate(pairwise(texts)):
        undo = undo.recorded(Draft(before), Draft(after), goes_on=bool(number))
    assert undo.done == (Edit(3, "1", ""),)
    assert undo.recorded(Draft("<a></a>"), Draft("<a>1</a>"), goes_on=True).done == (), "as if nothing had been done"
    step = undo.back(Draft("<a></a>"))
    assert step is not None
    draft, undo = step
    assert draft.text == texts[0]
    assert len(undo.recorded(draft, Draft("<a>2</a>"), goes_on=True).done) == 1, "after undo it is a step of its own"
