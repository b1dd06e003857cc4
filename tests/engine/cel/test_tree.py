"""Expressions taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.cel.tokens import CelError
from app.engine.cel.tree import DEEPEST, Call, Index, Listing, Literal, Name, Node, Operation, Select, tree_of


def told(node: Node) -> str:
    """The tree with all its brackets."""
    match node:
        case Literal():
            return repr(node.value)
        case Name():
            return node.name
        case Select():
            return f"{told(node.of)}.{node.field}"
        case Index():
            return f"{told(node.of)}[{told(node.key)}]"
        case Listing():
            return f"[{', '.join(map(told, node.items))}]"
        case Call():
            target = "" if node.target is None else f"{told(node.target)}."
            return f"{target}{node.name}({', '.join(map(told, node.arguments))})"
        case Operation(operands=(one,)):
            return f"({node.operator}{told(one)})"
        case Operation(operands=(one, two)):
            return f"({told(one)} {node.operator} {told(two)})"
        case Operation():
            return f"({' ? '.join(map(told, node.operands))})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("a || b && c == d + 1", "(a || (b && (c == (d + 1))))"),
        ("!a && -b < c", "((!a) && ((-b) < c))"),
        ("--a", "(-(-a))"),
        ("(a + b) * c", "((a + b) * c)"),
        ("a in [1, 2,]", "(a in [1, 2])"),
        ("a ? b : c ? d : e", "(a ? b ? (c ? d ? e))"),
        ("a.b(1, c).d[e].f", "a.b(1, c).d[e].f"),
        ("size('x') / 2 % 3", "((size('x') / 2) % 3)"),
        ("-a.b", "(-a.b)"),
        ("[]", "[]"),
        ("null == true", "(None == True)"),
    ],
)
def test_what_binds_tighter_belongs_together(text: str, tree: str) -> None:
    assert told(tree_of(text)) == tree


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", 0, "Something is missing at the end."),
        ("1 +", 3, "Something is missing at the end."),
        ("1 2", 2, "Did not expect 2 here."),
        ("(1", 2, "Expected ) here."),
        ("f(1; 2)", 3, "There is no ';' in an expression."),
        ("f(1 2)", 4, "Expected , here, not 2."),
        ("a.1", 1, "Did not expect .1 here."),
        ("a.(b)", 2, "Did not expect ( here."),
        ("a ? b", 5, "Expected : here."),
        ("* 2", 0, "Did not expect * here."),
        ("for", 0, "for is a word of the language and no name."),
        ("1 < 2 in", 8, "Something is missing at the end."),
    ],
)
def test_a_mistake_is_pointed_at(text: str, at: int, message: str) -> None:
    with pytest.raises(CelError) as found:
        tree_of(text)
    assert (found.value.at, found.value.message) == (at, message)


@pytest.mark.parametrize(
    ("before", "middle", "after"),
    [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("-", "1", ""),
        ("!", "a", ""),
        ("", "a", ".b"),
        ("", "a", "[0]"),
        ("", "1", " + 1"),
        ("f(", "1", ")"),
        ("a ? b : ", "c", ""),
    ],
)
def test_nobody_can_nest_too_deep(before: str, middle: str, after: str) -> None:
    tree_of(before * 20 + middle + after * 20)
    with pytest.raises(CelError, match=f"^May be nested {DEEPEST} deep at most\\.$"):
        tree_of(before * 61 + middle + after * 61)


WORDS = st.sampled_from(
    ["a", "1", "'x'", "(", ")", "[", "]", ".", ",", "+", "-", "!", "?", ":", "in", "&&", "all"]
)


@given(st.lists(WORDS, max_size=30))
def test_any_words_are_a_tree_or_a_mistake_in_them(words: list[str]) -> None:
    text, found = " ".join(words), list[CelError]()
    try:
        assert told(tree_of(text))
    except CelError as wrong:
        found.append(wrong)
    assert all(0 <= wrong.at <= len(text) for wrong in found)
