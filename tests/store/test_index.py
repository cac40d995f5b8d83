"""The index finds what one finds that takes every word of a text, one after the other, and stores it compressed."""

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caiso_desktop.model.journal import SEARCHED_CHARACTERS, Filter
from caiso_desktop.store import index
from caiso_desktop.store.format import STEPS
from caiso_desktop.store.search import search

# Every kind of white space that Python knows, what looks like one and is none, and what a tokenizer may stumble over.
BLANKS = (" ", "\n", "\t", "\x1c", "\x85", "\xa0", "\u2028", "\u200b", "\0")
TAGS = ("<", ">", "><", "</", "/>", "<a>", "</a>", "&lt;")
CHARACTERS = ("a", "B", "7", "25.50", "2026-11-22", "UNIT_7", "é", "Straße", "日", '"', "'", "*", "%", "_", "\\")
TEXTS = st.lists(st.sampled_from(BLANKS + TAGS + CHARACTERS), max_size=40).map("".join)
MARKS = ("m1", "m2")


def by_hand(text: str) -> str:
    """The words of a text, each once, in the order in which they come."""
    return " ".join(dict.fromkeys(text[:SEARCHED_CHARACTERS].replace("><", "> <").split()))


def add_by_hand(connection: sqlite3.Connection, call: int, payload: str, answer: str) -> None:
    texts = [by_hand(text) for text in (payload, answer)]
    packed = [zlib.compress(text.encode("utf-8", "surrogatepass"), 1) for text in texts]
    connection.execute(
        "INSERT INTO searched (call, mark, payload, answer, indexed) VALUES (?, ?, ?, ?, 1)",
        (call, " ".join(MARKS), *packed),
    )
    connection.execute(
        "INSERT INTO words (rowid, payload, answer, mark) VALUES (?, ?, ?, ?)", (call, *texts, " ".join(MARKS))
    )


@contextmanager
def filled(calls: Sequence[tuple[str, str]], *, hand: bool) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        for step in STEPS:
            step(connection)
        index.prepare(connection)
        payloads, answers = index.LastWords(), index.LastWords()
        for call, (payload, answer) in enumerate(calls, 1):
            connection.execute(
                "INSERT INTO call (id, run, started, environment, application, service, kind, subject, thumbprint,"
                " standing) VALUES (?, '', '', '', '', '', '', '', '', '')",
                (call,),
            )
            if hand:
                add_by_hand(connection, call, payload, answer)
            else:
                texts = payloads.of(payload), answers.of(answer)
                index.add(connection, call, *texts, MARKS, indexed=index.is_kept(connection))
        yield connection


@given(TEXTS)
def test_each_word_is_kept_once_in_the_order_in_which_it_comes(text: str) -> None:
    words = index.Words.of(text)
    assert words.text == by_hand(text)
    assert index.unpack(words.packed) == words.text


def test_words_end_where_the_searched_part_of_a_text_ends() -> None:
    text = "<a>" + "x" * (SEARCHED_CHARACTERS - 8) + "><last>"
    assert index.Words.of(text).text == by_hand(text)
    assert "last" not in index.Words.of(text).text


@given(st.lists(st.sampled_from([f"<a>{number}</a><a>" for number in range(30)]), max_size=60))
def test_of_the_last_texts_everyone_has_its_own_words(texts: list[str]) -> None:
    known = index.LastWords()
    assert [known.of(text) for text in texts] == [index.Words.of(text) for text in texts]


@pytest.mark.parametrize("indexed", [True, False])
@settings(deadline=None)
@given(calls=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), data=st.data())
def test_the_same_is_found(indexed: bool, calls: list[tuple[str, str]], data: st.DataObject) -> None:
    whole = " ".join(text for call in calls for text in call)
    some = [word for word in whole.split() if word] or ["a"]
    parts = st.sampled_from(some).flatmap(lambda word: st.slices(len(word)).map(lambda part: word[part]))
    asked = data.draw(st.lists(st.one_of(st.sampled_from(some), parts, TEXTS), min_size=1, max_size=3).map(" ".join))
    with pytest.MonkeyPatch.context() as patch, filled(calls, hand=True) as old, filled(calls, hand=False) as new:
        if not indexed:
            patch.setattr("caiso_desktop.store.search.can_index", lambda connection: False)
        expected, found = (search(each, Filter(text=asked), before=None, limit=100) for each in (old, new))
        assert found == expected
        for call in range(1, len(calls) + 1):
            index.remove(new, call)
        assert new.execute("SELECT count(*) FROM words WHERE words MATCH 'm1'").fetchone()[0] == 0
