"""The words of an expression."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.cel.tokens import CelError, tokens_of


def test_every_word_has_its_kind_and_its_place() -> None:
    assert [(token.kind, token.text, token.at) for token in tokens_of("a.b>= 1 // why\n&& x")] == [
        *[("name", "a", 0), ("op", ".", 1), ("name", "b", 2), ("op", ">=", 3), ("int", "1", 6)],
        *[("op", "&&", 15), ("name", "x", 18), ("end", "", 19)],
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("0x1F", 31),
        ("9223372036854775807", 2**63 - 1),
        ("1.50", Decimal("1.50")),
        (".5", Decimal("0.5")),
        ("1e3", Decimal(1000)),
        ("2.5E-2", Decimal("0.025")),
        ("'it''s'"[:4], "it"),
        (r'"a\"b\\\n"', 'a"b\\\n'),
        (r"'\u00e9\x41'", "éA"),
    ],
)
def test_a_literal_is_what_it_means(text: str, value: object) -> None:
    literal = tokens_of(text)[0]
    assert literal.value == value
    assert type(literal.value) is type(value)


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a = 1", 2, "There is no operator =; write ==."),
        ("a & b", 2, "There is no operator &; write &&."),
        ("'abc", 0, "This text has no end."),
        ('x == "a\n"', 5, "This text has no end."),
        ("a # b", 2, "There is no '#' in an expression."),
        ("9223372036854775808", 0, "This number is too large."),
        ("1e31", 0, "This number is too large, or too small."),
        ("1e-99999999", 0, "This number is too large, or too small."),
        ("1e99999999999999999999", 0, "This number is too large, or too small."),
        ("0e99999999", 0, "This number is too large, or too small."),
        ("0." + "3" * 31, 0, "This number is too large, or too small."),
        (r"'ab\q'", 3, r"There is no escape \q."),
        (r"'\ud800'", 1, "There is no such character."),
        (r"'\x00'", 1, "There is no such character."),
    ],
)
def test_what_is_no_word_is_pointed_at(text: str, at: int, message: str) -> None:
    with pytest.raises(CelError) as found:
        tokens_of(text)
    assert (found.value.at, found.value.message) == (at, message)


@given(st.text(max_size=50))
def test_any_text_is_words_or_a_mistake_in_it(text: str) -> None:
    found: list[CelError] = []
    try:
        assert tokens_of(text)[-1].kind == "end"
    except CelError as wrong:
        found.append(wrong)
    assert all(0 <= wrong.at < len(text) for wrong in found)
