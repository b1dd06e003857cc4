"""What the tests of expressions share: an expression's kind and value over some variables."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.engine.cel.compile import Compiled, compile_expression
from app.engine.cel.kinds import ANY, BOOL, INT, MAP, MOMENT, NUMBER, TEXT, list_of
from app.engine.cel.tokens import CelError
from app.engine.cel.values import Frame, NotEvaluated

KINDS = {
    "flag": BOOL,
    "n": INT,
    "d": NUMBER,
    "word": TEXT,
    "numbers": list_of(INT),
    "words": list_of(TEXT),
    "data": MAP,
    "any": ANY,
    "now": MOMENT,
}
VALUES: dict[str, object] = {
    "flag": True,
    "n": 7,
    "d": Decimal("2.5"),
    "word": "tea",
    "numbers": [1, 2, 3],
    "words": ("mug", "tea"),
    "data": {"n": 5, "half": 0.5, "word": "x", "list": [1, 2.5, "x", None], "none": None, "yes": True},
    "any": 5,
    "now": datetime(2026, 7, 22, 15, 30, 20, tzinfo=UTC),
}


def compiled(text: str) -> Compiled:
    return compile_expression(text, KINDS)


def value_of(text: str, steps: int = 10_000) -> object:
    return compiled(text).run(Frame(dict(VALUES), steps))


def kind_of(text: str) -> str:
    return str(compiled(text).kind)


def mistake_in(text: str) -> tuple[int, str]:
    """Where and what the first mistake is."""
    with pytest.raises(CelError) as found:
        compiled(text)
    return found.value.at, found.value.message


def failure_of(text: str, steps: int = 10_000) -> str:
    """Why it has no value."""
    with pytest.raises(NotEvaluated) as found:
        value_of(text, steps)
    return str(found.value)
