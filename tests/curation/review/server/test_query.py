"""Argilla's search language, as SQLite's full text takes it."""

import sqlite3
from contextlib import closing

import pytest

from curation.review.server.inside import query
from curation.review.server.inside.words import field_words, words


@pytest.mark.parametrize(
    ("text", "expression", "negated"),
    [
        ("a b", '"a" AND "b"', False),
        ("a | b c", '("a" OR "b") AND "c"', False),
        ("-a", '"a"', True),
        ("-a -b", '"a" OR "b"', True),
        ("a | -b", '"b" NOT "a"', True),
        ("a -(b | c)", '"a" NOT ("b" OR "c")', False),
        ('"new york"', '"new york"', False),
        ('"new york"~2', 'NEAR("new" "york", 2)', False),
        ("don't", '"don t"', False),
        ("wor*", '"wor"*', False),
        ("recieve~1", '"recieve" OR "receive"', False),
        ("((a", '"a"', False),
        ('a) "', '"a"', False),
        ("- | ( ,", "", False),
        ("*", "", True),
    ],
)
def test_a_query_is_one_expression_or_its_complement(
    text: str,
    expression: str,
    negated: bool,  # noqa: FBT001
) -> None:
    found = query.parse(text, lambda _word, _distance: ["receive"])

    assert (found.expression, found.negated) == (expression, negated)


@pytest.mark.parametrize("joined", [" ", " | ", " -"])
def test_a_query_of_a_thousand_words_is_answered(joined: str) -> None:
    found = query.parse(joined.join(f"w{n}" for n in range(200)), lambda *_: [])

    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(a)")
        assert db.execute("SELECT * FROM t WHERE t MATCH ?", (found.expression,)).fetchall() == []


def test_words_are_the_same_however_they_are_typed() -> None:
    assert words("Straße \uff21\uff22\uff23") == ["strasse", "abc"]
    assert words("cafe\u0301") == words("CAFÉ")
    assert words("東京 hi") == ["東", "京", "hi"]
    assert words("हिन्दी") == ["हिन्दी"]


def test_a_chat_is_searched_by_what_was_said_and_an_image_by_nothing() -> None:
    assert field_words('[{"role": "user", "content": "Hi there"}]', "chat") == "user hi there"
    assert field_words("https://example.com/a.png", "image") == ""
    assert field_words(None, "text") == ""


@pytest.mark.parametrize(
    ("one", "other", "distance"), [("kitten", "sitting", 3), ("abc", "abc", 0), ("ab", "ba", 2)]
)
def test_words_differ_by_letters(one: str, other: str, distance: int) -> None:
    assert query.differ(one, other, 5) == distance
