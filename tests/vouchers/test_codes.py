"""Codes: compared without regard to how they are typed, drawn fairly."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.vouchers.codes import CHARSET, CodePattern, is_code, lookup_key, normalise


@pytest.mark.parametrize(
    "typed",
    [
        "SUMMER24",
        "summer24",
        " Summer-24 ",
        "SUM_MER.24",
        "summer–24",
        "ＳＵＭＭＥＲ２４",
        "sum\u00admer\u200b24",
        "summer\u00a024",
    ],
)
def test_a_code_is_the_same_however_it_is_typed(typed: str) -> None:
    assert normalise(typed, case_sensitive=False) == "SUMMER24"


def test_characters_that_look_alike_stay_different() -> None:
    keys = {normalise(code, False) for code in ("O0", "00", "OO", "IL", "1L", "l1")}
    assert keys == {"O0", "00", "OO", "IL", "1L", "L1"}


def test_case_matters_where_the_project_says_so() -> None:
    assert normalise("Sum-mer", case_sensitive=True) == "Summer"
    assert normalise("é", case_sensitive=True) != normalise("É", case_sensitive=True)


def test_composed_and_decomposed_letters_are_one() -> None:
    assert normalise("caf\u00e9", False) == normalise("cafe\u0301", False) == "CAF\u00c9"


@given(st.text(), st.booleans())
def test_a_key_is_its_own_key(code: str, case_sensitive: bool) -> None:
    key = normalise(code, case_sensitive)
    assert normalise(key, case_sensitive) == key


@pytest.mark.parametrize("code", ["A", "7", "SUMMER-####", "é" * 64, "🎁", "A" * 64, "two words"])
def test_printable_texts_up_to_64_characters_are_codes(code: str) -> None:
    assert is_code(code, False)


@pytest.mark.parametrize(
    "code", ["", " ", "-_.", "A" * 65, "A\0B", "A\nB", "\ud800", "\u202eA", "\ufdfa" * 10]
)
def test_other_texts_are_none(code: str) -> None:
    assert not is_code(code, False)


def test_a_typed_text_is_looked_up_only_when_it_can_be_a_code() -> None:
    assert lookup_key(" summer-24\n", False) == "SUMMER24"
    assert lookup_key("S-" * 64, False) == "S" * 64
    assert [lookup_key(typed, False) for typed in ("", " -", "\ud800", "S" * 65)] == [None] * 4


def test_a_pattern_draws_its_random_characters_and_keeps_the_others() -> None:
    codes = CodePattern("50%-##-X#").draw(1_000)
    assert len(codes) == 1_000
    for code in codes:
        assert code[:4] == "50%-"
        assert code[6:8] == "-X"
        assert set(code[4:6] + code[8]) <= set(CHARSET)
    assert len(set(codes)) > 900


def test_the_default_characters_cannot_be_mixed_up() -> None:
    assert len(CHARSET) == len(set(CHARSET)) == 31
    assert not set(CHARSET) & set("0O1IL")


@pytest.mark.parametrize("charset", ["01", "ABC", CHARSET, "0123456789"])
def test_every_character_is_drawn_equally_often(charset: str) -> None:
    drawn = Counter("".join(CodePattern("####", charset).draw(50_000)))
    assert set(drawn) == set(charset)
    expected = 200_000 / len(charset)
    # Chi squared: its mean is the number of characters less one; eight deviations come about once in 10^15.
    freedom = len(charset) - 1
    distance = sum((count - expected) ** 2 / expected for count in drawn.values())
    assert distance < freedom + 8 * (2 * freedom) ** 0.5 + 16


@pytest.mark.parametrize(
    ("text", "charset", "codes"),
    [
        ("SUMMER-####", CHARSET, []),
        ("SUMMER", CHARSET, ["INVALID_PATTERN"]),
        ("", CHARSET, ["INVALID_PATTERN"]),
        ("#" * 65, CHARSET, ["INVALID_PATTERN"]),
        ("A\0#", CHARSET, ["INVALID_PATTERN"]),
        ("####", "", ["INVALID_CHARSET"]),
        ("####", "A", ["INVALID_CHARSET"]),
        ("####", "AAB", ["INVALID_CHARSET"]),
        ("####", "Aa", ["INVALID_CHARSET"]),
        ("####", "A-", ["INVALID_CHARSET"]),
        ("####", "Aé", ["INVALID_CHARSET"]),
        ("SUMMER", "é", ["INVALID_PATTERN", "INVALID_CHARSET"]),
    ],
)
def test_a_pattern_tells_what_is_wrong_with_it(text: str, charset: str, codes: list[str]) -> None:
    assert [problem.code for problem in CodePattern(text, charset).problems(False)] == codes


def test_both_cases_of_a_letter_may_be_drawn_where_case_matters() -> None:
    assert CodePattern("####", "Aa").problems(case_sensitive=True) == ()


def test_the_space_of_a_pattern_is_exact() -> None:
    assert CodePattern("A-##", "0123456789").space == 100
    assert CodePattern("#" * 64, CHARSET).space == 31**64


def test_the_like_pattern_takes_fixed_characters_literally() -> None:
    assert CodePattern(r"5%-\x_#.#").like(case_sensitive=False) == r"5\%\\X__"
