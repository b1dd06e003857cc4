"""What is known of an expression before it is evaluated."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.cel.tokens import CelError
from app.engine.cel.values import Frame, NotEvaluated
from tests.engine.cel.asking import VALUES, compiled, kind_of, mistake_in, value_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n + 1", "int"),
        ("n * 0.5", "double"),
        ("word + 'x'", "string"),
        ("data.n", "dyn"),
        ("data.n + 1", "dyn"),
        ("data.n > 1", "bool"),
        ("numbers[0]", "int"),
        ("[1, 2.5]", "list of double"),
        ("[1, 'x']", "list of dyn"),
        ("[]", "list of dyn"),
        ("words + ['x']", "list of string"),
        ("words.map(w, size(w))", "list of int"),
        ("words.filter(w, w == 'x')", "list of string"),
        ("numbers.sum()", "int"),
        ("[1, 2.5].max()", "double"),
        ("data.list.sum()", "dyn"),
        ("flag ? 1 : 2.5", "double"),
        ("flag ? data.n : 2", "dyn"),
        ("math.least(n, 2)", "int"),
        ("math.least(n, d)", "double"),
        ("now - now", "duration"),
        ("now + duration('1h')", "timestamp"),
        ("-d", "double"),
        ("null", "null"),
    ],
)
def test_the_kind_of_the_result_is_known(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        (
            "basket",
            0,
            "There is no basket here; there are any, d, data, flag, n, now, numbers, word, words.",
        ),
        ("n + word", 2, "There is no int + string."),
        ("numbers < numbers", 8, "There is no list of int < list of int."),
        ("d % 2", 2, "There is no double % int."),
        ("n.size", 2, "An int has no size."),
        ("word[0]", 4, "A string has no places to look at."),
        ("numbers['a']", 7, "A list of int is looked at by int, not by string."),
        ("data[1]", 4, "A map is looked at by string, not by int."),
        ("word == 1", 5, "A string is never compared with int."),
        ("word == null", 5, "A string is never compared with null."),
        ("1 in words", 2, "An int is never in list of string."),
        ("n in data", 2, "An int is never in map."),
        ("n && flag", 0, "Must be bool here; this is int."),
        ("flag || word", 8, "Must be bool here; this is string."),
        ("!n", 1, "Must be bool here; this is int."),
        ("-word", 0, "There is no -string."),
        ("n ? 1 : 2", 0, "Must be bool here; this is int."),
        ("flag ? 1 : word", 5, "Both ways must be alike: this is int or string."),
        ("size(n)", 0, "There is no size(int)."),
        ("word.startsWith(1)", 5, "There is no string.startsWith(int)."),
        ("word.startsWith()", 5, "There is no string.startsWith()."),
        ("word.shout()", 5, "There is no function shout."),
        ("math.root(2)", 5, "There is no function math.root."),
        ("matches(word, 'x')", 0, "There is no function matches."),
        ("has(n)", 0, "has() asks for one field, such as has(cart.metadata.gift)."),
        ("words.all(1, true)", 6, "Write all(x, …): a name for each item, and what is asked of it."),
        ("words.all(w)", 6, "Write all(x, …): a name for each item, and what is asked of it."),
        ("words.all(n, true)", 10, "There is a n already; call the items something else."),
        ("words.all(w, w)", 13, "Must be bool here; this is string."),
        ("n.exists(x, true)", 2, "An int is nothing to go through."),
        (
            "words.all(w, true) && w == 'x'",
            22,
            "There is no w here; there are any, d, data, flag, n, now, numbers, word, words.",
        ),
        (
            "words.all(a, words.all(b, words.all(c, true)))",
            32,
            "These loops are nested too deep: it would take too long.",
        ),
    ],
)
def test_what_can_be_known_to_be_wrong_is_pointed_at(text: str, at: int, message: str) -> None:
    assert mistake_in(text) == (at, message)


def test_it_is_known_which_variables_are_asked_for() -> None:
    assert compiled("words.exists(w, w == word) || has(data.x)").names == {"words", "word", "data"}


def test_the_same_name_may_go_through_two_lists_one_after_the_other() -> None:
    assert value_of("words.exists(w, w == 'tea') && numbers.all(w, w > 0)") is True


LEAVES = st.sampled_from(
    [
        *[
            "1",
            "0",
            "2.5",
            "'tea'",
            "true",
            "null",
            "n",
            "d",
            "word",
            "flag",
            "numbers",
            "words",
            "data",
            "any",
        ],
        *["now", "data.n", "data.list", "data.none", "data.gone", "duration('1h')", "[]"],
    ]
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "%", "<", ">=", "==", "!=", "&&", "||", "in"])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(inner, inner, inner).map(lambda parts: "({} ? {} : {})".format(*parts)),
        st.tuples(st.sampled_from(["!", "-", "size", "int", "double", "string", "math.abs"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
        st.tuples(inner, st.sampled_from(["sum()", "min()", "all(x, x == 1)", "map(x, [x])", "size()"])).map(
            ".".join
        ),
        st.tuples(inner, inner).map(lambda parts: f"{parts[0]}[{parts[1]}]"),
    )


@settings(max_examples=400)
@given(st.recursive(LEAVES, _grown, max_leaves=12))
def test_any_expression_has_a_mistake_or_a_value_of_its_kind_or_none(text: str) -> None:
    try:
        found = compiled(text)
    except CelError:
        return
    try:
        value = found.run(Frame(dict(VALUES), 1000))
    except NotEvaluated:
        return
    sorts = {"bool": bool, "string": str, "list": list | tuple, "map": dict}
    wanted = sorts.get(found.kind.name)
    assert wanted is None or isinstance(value, wanted)
    if found.kind.name == "int":
        assert type(value) is int


def test_what_is_asked_of_has_is_read_once_however_deep() -> None:
    text = "0"
    for _ in range(19):
        text = f"has(any[{text}].y)"
    began = process_time()
    assert kind_of(text) == "bool"
    assert process_time() - began < 0.5  # twice at each level would be half a million times
