"""Random rules about customers, alone and in trees, that ask about what random customers have."""

from datetime import datetime

from hypothesis import strategies as st

from app.engine.comparison import NUMBERS, TEXTS, TIMES, Comparison, Operator
from app.engine.metadata import texts_of
from app.engine.money import Money
from app.engine.rules.all_of import AllOf
from app.engine.rules.amount_spent import AmountSpent
from app.engine.rules.any_of import AnyOf
from app.engine.rules.birthday import Birthday
from app.engine.rules.custom_events import CustomEvents
from app.engine.rules.customer_attribute import CustomerAttribute, CustomerAttributes
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.new_customer import NewCustomer
from app.engine.rules.none_of import NoneOf
from app.engine.rules.nth_order import NthOrder
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.unit import Rule
from tests.segments.population import CAMPAIGNS, CURRENCIES, DAYS, EVENTS, JSON_VALUES, KEYS

TEXT_VALUES = sorted({text for value in JSON_VALUES for text in texts_of(value) if 0 < len(text) <= 255})
NUMBER_VALUES = [
    "0",
    "1",
    "1.0",
    "1.5",
    "-1",
    "0.1",
    "0.0000001",
    "100000000000000000000",
    "9007199254740993",
]
TIME_VALUES = [
    *("2026-05-17", "2026-05-17T09:30Z", "2026-05-17T09:30:00.000001Z", "2024-02-29"),
    *("0001-01-01", "9999-12-31T23:59:59.999999Z"),
]

EVERY_COMPARISON = [
    *(Comparison(operator, (text,)) for operator in sorted(TEXTS) for text in TEXT_VALUES),
    *(Comparison(operator, (number,)) for operator in sorted(NUMBERS) for number in NUMBER_VALUES),
    *(Comparison(operator, (moment,)) for operator in sorted(TIMES) for moment in TIME_VALUES),
    *(Comparison(Operator.EXISTS), Comparison(Operator.ABSENT)),
]
COMPARISONS: st.SearchStrategy[Comparison] = st.one_of(
    st.builds(
        Comparison,
        st.sampled_from(sorted(TEXTS)),
        st.lists(st.sampled_from(TEXT_VALUES), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Comparison, st.sampled_from(sorted(NUMBERS)), st.sampled_from(NUMBER_VALUES).map(lambda one: (one,))
    ),
    st.builds(
        Comparison, st.sampled_from(sorted(TIMES)), st.sampled_from(TIME_VALUES).map(lambda one: (one,))
    ),
    st.sampled_from([Comparison(Operator.EXISTS), Comparison(Operator.ABSENT)]),
)

_TIMES = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted)
_BOUNDS = st.one_of(
    st.tuples(st.integers(1, 4), st.none()),
    st.tuples(st.none(), st.integers(0, 4)),
    _TIMES.map(lambda pair: (pair[0] + 1, pair[1] + 1)),
)
_WITHIN = st.none() | st.sampled_from(DAYS)


def _spent(currency: str, bounds: tuple[int | None, int | None], within: int | None) -> Rule:
    least, most = (None if bound is None else Money(bound * 700, currency) for bound in bounds)
    return AmountSpent(least, most, within)


def _nth(from_: int, more: int | None, every: int | None) -> Rule:
    return NthOrder(from_, None if more is None else from_ + more + (every or 1) - 1, every)


LEAVES: st.SearchStrategy[Rule] = st.one_of(
    st.just(FirstPurchase()),
    st.builds(_nth, st.integers(1, 4), st.none() | st.integers(0, 4), st.none() | st.integers(1, 3)),
    st.builds(
        lambda bounds, within, campaign: RedemptionsMade(*bounds, within, campaign),
        _BOUNDS,
        _WITHIN,
        st.none() | st.sampled_from(CAMPAIGNS),
    ),
    st.builds(_spent, st.sampled_from(CURRENCIES), _BOUNDS, _WITHIN),
    st.builds(
        lambda name, bounds, within: CustomEvents(name, *bounds, within),
        st.sampled_from(EVENTS),
        _BOUNDS,
        _WITHIN,
    ),
    st.builds(NewCustomer, st.sampled_from(DAYS)),
    st.builds(Birthday, st.sampled_from([0, 1, 3, 180]), st.sampled_from([0, 1, 3, 180])),
    st.builds(CustomerAttribute, st.sampled_from(CustomerAttributes), COMPARISONS),
    st.builds(CustomerMetadata, st.sampled_from(KEYS), COMPARISONS),
)


def _around(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(AllOf, some) | st.builds(AnyOf, some) | st.builds(NoneOf, some)


# As deep as rules may be nested.
TREES: st.SearchStrategy[Rule] = LEAVES
for _ in range(4):
    TREES = LEAVES | _around(TREES)

# Moments at which birthdays are near: leap days, the turn of a year, and a day that is another one elsewhere.
MOMENTS: st.SearchStrategy[datetime] = st.sampled_from(
    [
        datetime.fromisoformat(text)
        for text in (
            *("2026-06-01T12:00+00:00", "2026-05-31T23:00+00:00", "2027-02-28T12:00+00:00"),
            *("2028-02-28T12:00+00:00", "2028-02-29T12:00+00:00", "2028-03-01T00:00+00:00"),
            *("2026-12-31T23:30+00:00", "2027-01-01T00:00+00:00"),
        )
    ]
)
