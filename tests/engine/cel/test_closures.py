"""Conditions, loops, and what is wrong in them; the semantics of CEL's specification."""

import pytest

from tests.engine.cel.asking import failure_of, value_of

GONE = "data.gone == 1"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"{GONE} || true", True),
        (f"true || {GONE}", True),
        (f"{GONE} && false", False),
        (f"false && {GONE}", False),
        ("flag ? 1 : 1 / 0", 1),
        ("numbers.all(x, x > 0)", True),
        ("numbers.all(x, 6 / (x - 1) < 2 && x > 1)", False),
        ("[0, 1].all(x, 1 / x == 5)", False),
        ("[0, 1].exists(x, 1 / x == 1)", True),
        ("[].all(x, x)", True),
        ("[].exists(x, x)", False),
        ("numbers.exists_one(x, x == 2)", True),
        ("numbers.exists_one(x, x > 1)", False),
        ("numbers.filter(x, x != 2)", [1, 3]),
        ("numbers.map(x, x * 2)", [2, 4, 6]),
        ("numbers.map(x, x > 1, x * 2)", [4, 6]),
        ("data.exists(key, key == 'word')", True),
        ("data.list.filter(x, x == 2.5).size()", 1),
        ("words.map(w, numbers.map(x, size(w) * x))", [[3, 6, 9], [3, 6, 9]]),
        ("words.exists(w, numbers.exists(x, x == 3 && w == 'tea'))", True),
        ("has(data.n) && !has(data.gone) && has(data.none)", True),
        ("numbers[2] + data['n']", 8),
        ("words[1]", "tea"),
    ],
)
def test_it_is_decided_by_whatever_decides(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (GONE, "There is no gone."),
        (f"{GONE} || false", "There is no gone."),
        (f"true && {GONE}", "There is no gone."),
        ("data.gone.deep == 1", "There is no gone."),
        ("data['gone'] == 1", "There is no gone."),
        ("[0, 1].all(x, 1 / x == 1)", "Nothing can be divided by 0."),
        ("[0, 1].exists(x, 1 / x == 5)", "Nothing can be divided by 0."),
        ("[0, 1].exists_one(x, 1 / x == 1)", "Nothing can be divided by 0."),
        ("numbers[3] == 1", "There is no place 3."),
        ("numbers[-1] == 1", "There is no place -1."),
        ("data.n.deep == 1", "[] does not know a number."),
        ("has(data.n.deep)", "has does not know a number."),
        ("data.n && true", "A condition does not know a number."),
        ("!data.word", "A condition does not know a text."),
        ("data.n ? 1 : 2", "A condition does not know a number."),
        ("data.word.all(x, true)", "A loop does not know a text."),
    ],
)
def test_what_has_no_value_says_why(text: str, why: str) -> None:
    assert failure_of(text) == why


def test_a_loop_stops_when_there_is_too_much_to_look_at() -> None:
    loop = "numbers.all(x, numbers.all(y, x + y > 0))"
    assert value_of(loop, steps=100) is True
    assert failure_of(loop, steps=30) == "There is too much to look at."
    # It is no use to say that something else would decide.
    assert failure_of(f"[1, 2, 3, 4].all(z, true) && ({loop} || {loop})", steps=30) == (
        "There is too much to look at."
    )
