"""Whatever is written is an expression or a mistake, and whatever is looked at gives a value or a reason why not."""

from datetime import UTC, date, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.expression import NotEvaluated, amount, condition
from app.engine.facts import Facts, Situation
from app.engine.money import LARGEST
from app.engine.occasion import Occasion
from app.engine.shopper import Shopper
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, NOW

_WORDS = st.sampled_from(
    [
        *[
            "cart",
            "customer",
            "redemption",
            "now",
            "zone",
            "x",
            "lines",
            "metadata",
            "m",
            "quantity",
            "amount",
        ],
        *[
            "subtotal",
            "birthday",
            "known_since",
            "categories",
            "sku",
            ".",
            ".",
            "(",
            ")",
            "[",
            "]",
            ",",
            "?",
            ":",
        ],
        *[
            "+",
            "-",
            "*",
            "/",
            "%",
            "!",
            "&&",
            "||",
            "==",
            "!=",
            "<",
            ">=",
            " in ",
            "1",
            "0",
            "2.5",
            "1e30",
            "9" * 18,
        ],
        *[
            "'a'",
            "'1s'",
            "'UTC'",
            "true",
            "null",
            "has",
            "size",
            "sum",
            "max",
            "map",
            "exists",
            "all",
            "filter",
        ],
        *[
            "math.least",
            "math.round",
            "math.abs",
            "int",
            "double",
            "string",
            "timestamp",
            "duration",
            "getHours",
        ],
    ]
)
_VARIABLES = st.sampled_from(
    [
        *[
            "cart.subtotal",
            "cart.lines",
            "cart.metadata",
            "cart.metadata.m",
            "cart.country",
            "customer.birthday",
        ],
        *[
            "customer.metadata.m",
            "customer.known_since",
            "customer.email",
            "redemption.metadata.m",
            "now",
            "zone",
        ],
        *[
            "cart.lines[0]",
            "cart.lines[0].metadata.m",
            "cart.lines[0].categories",
            "cart.lines[1].quantity",
            "x",
            "y",
        ],
    ]
)
_LITERALS = st.sampled_from(
    [
        *[
            "0",
            "1",
            "7",
            "9223372036854775807",
            "0.5",
            "1e30",
            "1e-30",
            "true",
            "false",
            "null",
            "[]",
            "'m'",
            "'a'",
        ],
        *[
            "'12.5'",
            "'UTC'",
            "'Europe/Warsaw'",
            "timestamp('0001-01-01T00:00:00Z')",
            "duration('23999999977h')",
        ],
    ]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", ">=", "in", "&&", "||"])
    methods = st.sampled_from(
        [
            *["size", "sum", "min", "max", "getHours", "getFullYear", "getSeconds", "lowerAscii", "trim"],
            *["getDayOfYear"],
        ]
    )
    functions = st.sampled_from(
        [
            *[
                "size",
                "int",
                "double",
                "string",
                "timestamp",
                "duration",
                "math.round",
                "math.floor",
                "math.abs",
            ],
            "has",
        ]
    )
    loops = st.sampled_from(["all", "exists", "exists_one", "filter", "map"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("{}{}".format, st.sampled_from("-!"), inner),
        st.builds("{}.{}()".format, inner, methods),
        st.builds("{}({})".format, functions, inner),
        st.builds("math.least({}, {})".format, inner, inner),
        st.builds("{}.{}({})".format, inner, st.sampled_from(["contains", "startsWith", "getHours"]), inner),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}.m".format, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{}.{}({}, {})".format, inner, loops, st.sampled_from("xy"), inner),
    )


_TREES = st.recursive(_VARIABLES | _LITERALS, _larger, max_leaves=8)
_TEXTS = st.text(max_size=300) | st.lists(_WORDS, max_size=40).map("".join) | _TREES
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["1s", "UTC", "2026-07-22T15:00:00Z", "23999999977h"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ma"), inner, max_size=2),
    max_leaves=6,
)
_METADATA = st.fixed_dictionaries({}, optional={"m": _JSON, "a": _JSON})
_MINOR = st.integers(0, 10**12)


@st.composite
def _situations(draw: st.DrawFn) -> Situation:
    lines = draw(
        st.lists(
            st.builds(
                Line,
                st.integers(1, 1000),
                _MINOR,
                sku=st.none() | st.text(max_size=5),
                categories=st.lists(st.text(max_size=3), max_size=3, unique=True).map(tuple),
                metadata=_METADATA,
            ),
            min_size=1,
            max_size=4,
        )
    )
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    cart = Cart(currency, tuple(lines), draw(_MINOR), draw(_METADATA), draw(st.sampled_from([None, "DE"])))
    birthday = draw(st.sampled_from([None, date(1, 1, 1), date(1990, 7, 22), date(9999, 12, 31)]))
    shopper = draw(
        st.none()
        | st.builds(
            Shopper,
            st.just("ada"),
            birthday=st.just(birthday),
            metadata=_METADATA,
            known_since=st.sampled_from([None, datetime(2026, 1, 1, tzinfo=UTC)]),
        )
    )
    zone = draw(st.sampled_from(["UTC", "Europe/Warsaw", "America/New_York"]))
    occasion = Occasion("web", None, UUID(int=1), draw(_METADATA))
    return Situation(cart, Facts(ANNA, shopper=shopper), NOW, zone, occasion=occasion)


@settings(max_examples=300)
@given(_TEXTS, _situations())
def test_a_text_is_a_condition_or_has_a_mistake_and_a_condition_has_a_value_or_none(
    text: str, situation: Situation
) -> None:
    try:
        assert condition("expression", text).evaluate(situation) in (True, False)
    except UnitError as mistake:
        assert mistake.path == "expression"  # noqa: PT017  # most texts are none
    except NotEvaluated as why:
        assert str(why).endswith(".")  # noqa: PT017  # many have no value


@settings(max_examples=300)
@given(_TREES.map("double({})".format) | _TEXTS, _situations())
def test_a_text_is_an_amount_or_has_a_mistake_and_an_amount_is_never_below_nothing(
    text: str, situation: Situation
) -> None:
    try:
        assert 0 <= amount("formula", text).minor(situation) <= LARGEST
    except UnitError as mistake:
        assert mistake.path == "formula"  # noqa: PT017  # most texts are none
    except NotEvaluated as why:
        assert str(why).endswith(".")  # noqa: PT017  # many have no value
