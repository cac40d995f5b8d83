import pytest

from caiso_desktop.model.sentence import begun, sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the file is empty", "The file is empty."),
        ("a package named 'x' was imported before.", "A package named 'x' was imported before."),
        ("own.toml, line 2: 'id' is missing.", "own.toml, line 2: 'id' is missing."),
        ("bids/last week.xml cannot be read", "bids/last week.xml cannot be read."),
        ("proxy.example.com:8080 refuses it!", "proxy.example.com:8080 refuses it!"),
        ("mRID is missing", "mRID is missing."),
        ("trade_date is no macro", "trade_date is no macro."),
        ("user's folder: full", "User's folder: full."),
        (" SIBR answers ", "SIBR answers."),
        ("no", "No."),
        ("", ""),
    ],
)
def test_a_detail_becomes_a_sentence_and_a_name_stays_as_it_is(text: str, said: str) -> None:
    assert sentence(text) == said
    assert begun(said) == said
