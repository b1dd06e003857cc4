"""Laws that every rule obeys, alone and inside none_of, tried on carts and moments nobody would think of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.facts import Facts, Situation
from app.engine.money import Money
from app.engine.occasion import Occasion
from app.engine.reason import Reason, undecided
from app.engine.rules.any_of import AnyOf
from app.engine.rules.calendar_days import CalendarDays
from app.engine.rules.caller_key import CallerKey
from app.engine.rules.cart_currency import CartCurrency
from app.engine.rules.cart_metadata import CartMetadata
from app.engine.rules.channel import Channel
from app.engine.rules.date_window import DateWindow
from app.engine.rules.delivery_country import DeliveryCountry
from app.engine.rules.expression import Expression
from app.engine.rules.items_amount import ItemsAmount
from app.engine.rules.items_match import ItemsMatch, WhichItems
from app.engine.rules.items_quantity import ItemsQuantity
from app.engine.rules.maximum_spend import MaximumSpend
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.engine.rules.nth_weekday import NthWeekday
from app.engine.rules.payment_method import PaymentMethod
from app.engine.rules.recurring_window import RecurringWindow
from app.engine.rules.redemption_metadata import RedemptionMetadata
from app.engine.rules.redemption_point import RedemptionPoint
from app.engine.rules.running_subtotal import RunningSubtotal
from app.engine.rules.total_after_discount import TotalAfterDiscount
from app.engine.selection import Items
from app.engine.shelf import rules
from app.engine.unit import Rule
from tests.engine.test_selection import NAMES, selections

law = settings(max_examples=150)

CURRENCY = st.sampled_from(["EUR", "JPY", "KWD"])
MONEY = st.builds(Money, st.integers(1, 10_000), CURRENCY)
ITEMS = selections()
WITHOUT_PRICES = ITEMS.filter(lambda items: items.currency is None)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(str)
ZONES = st.sampled_from(
    ["Europe/Warsaw", "America/New_York", "Asia/Tokyo", "Asia/Beirut", "America/Santiago"]
)
MOMENTS = st.integers(0, 60 * 24 * 730).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)

AMOUNTS: st.SearchStrategy[Rule] = st.one_of(
    st.builds(MinimumSpend, MONEY),
    st.builds(MaximumSpend, MONEY),
    st.builds(ItemsAmount, WITHOUT_PRICES, MONEY),
    st.builds(ItemsAmount, WITHOUT_PRICES, amount_at_most=MONEY),
    st.builds(RunningSubtotal, MONEY),
    st.builds(RunningSubtotal, amount_at_most=MONEY),
)
TIMES: st.SearchStrategy[Rule] = st.one_of(
    st.tuples(DAYS, DAYS).map(lambda days: DateWindow(min(days), max(days))),
    st.builds(CalendarDays, st.sets(st.integers(1, 28), min_size=1).map(tuple)),
    st.builds(CalendarDays, st.just((-1, 29)), st.sets(st.integers(1, 12)).map(tuple)),
    st.builds(
        NthWeekday,
        st.sets(st.integers(1, 7), min_size=1).map(tuple),
        st.sets(st.sampled_from([1, 2, 3, 4, 5, -1]), min_size=1).map(tuple),
    ),
    st.builds(
        RecurringWindow,
        DAYS,
        st.integers(1, 40),
        st.sampled_from(["00:00", "02:30", "18:00"]),
        st.integers(1, 1260),
    ),
)
WORDS = st.sets(st.sampled_from(["web", "card", "DE"]), min_size=1).map(tuple)
CONDITIONS = st.sampled_from(
    [
        "cart.subtotal > 9.5",
        "cart.lines.exists(l, l.sku == 'mug')",
        "cart.metadata.gift == 'tea'",
        "has(customer.name)",
    ]
)
OTHERS: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Channel, WORDS),
    st.builds(RedemptionPoint, WORDS),
    st.builds(PaymentMethod, WORDS),
    st.builds(CallerKey, st.just((UUID(int=1),))),
    st.builds(DeliveryCountry, st.just(("DE", "AT")), st.just(()), st.just(("AT",))),
    st.builds(DeliveryCountry, excluded_countries=st.just(("DE",)), excluded_areas=WORDS),
    st.builds(RedemptionMetadata, st.sampled_from(["season", "gift"]), NAMES),
    st.builds(TotalAfterDiscount, MONEY),
    st.builds(Expression, CONDITIONS),
    st.builds(TotalAfterDiscount, amount_at_most=MONEY),
    st.builds(CartCurrency, st.sets(CURRENCY, min_size=1).map(tuple)),
    st.builds(CartMetadata, st.sampled_from(["season", "gift"]), NAMES),
    st.builds(ItemsMatch, ITEMS.filter(lambda items: not items.everything), st.sampled_from(WhichItems)),
    st.builds(ItemsQuantity, ITEMS, st.integers(1, 10)),
    st.builds(ItemsQuantity, ITEMS, at_most=st.integers(0, 10)),
)
RULES = AMOUNTS | TIMES | OTHERS

METADATA = st.dictionaries(
    st.sampled_from(["season", "gift"]), st.sampled_from(["mug", "tea", 1, True, None, ["mug", "x"]])
)
LINES = st.lists(
    st.builds(
        Line,
        st.integers(1, 5),
        st.integers(0, 5_000),
        sku=st.none() | st.sampled_from(["mug", "tea"]),
        product=st.none() | st.sampled_from(["mug", "tea"]),
        categories=NAMES,
        metadata=METADATA,
    ),
    max_size=5,
).map(tuple)
SAID = st.none() | st.sampled_from(["web", "card", "DE"])
CARTS = st.builds(
    Cart, CURRENCY, LINES, st.integers(0, 500), METADATA, st.sampled_from([None, "DE", "PL"]), SAID, SAID
)
OCCASIONS = st.builds(Occasion, SAID, SAID, st.sampled_from([None, UUID(int=1), UUID(int=2)]), METADATA)
SITUATIONS = st.builds(Situation, CARTS, st.just(Facts()), MOMENTS, ZONES, occasion=OCCASIONS)


def _at_noon(cart: Cart) -> Situation:
    return Situation(cart, Facts(), datetime(2026, 1, 1, 12, tzinfo=UTC), "UTC")


@law
@given(RULES, SITUATIONS)
def test_either_a_rule_holds_or_none_of_it_does_unless_nobody_knows(rule: Rule, situation: Situation) -> None:
    reasons, against = rule.refusals(situation), NoneOf((rule,)).refusals(situation)
    if undecided(reasons):
        assert against == reasons
    else:
        assert (reasons == ()) is (against != ())


@law
@given(RULES)
def test_every_rule_survives_its_json_and_can_be_told(rule: Rule) -> None:
    again = rules.from_json(rules.to_json(rule))
    assert again == rule
    assert hash(again) == hash(rule)
    assert rules.phrase(again).startswith(rules.kind_of(rule).replace("_", " "))


@law
@given(RULES, SITUATIONS)
def test_every_reason_is_a_sentence_that_survives_its_json(rule: Rule, situation: Situation) -> None:
    for reason in AnyOf((rule,)).refusals(situation):
        assert reason.message.endswith(".")
        assert ":." not in reason.message
        assert reason.remedy is None or reason.remedy.endswith(".")
        assert Reason.from_json(reason.to_json()) == reason


@law
@given(RULES, SITUATIONS)
def test_the_order_of_the_lines_changes_no_answer(rule: Rule, situation: Situation) -> None:
    cart = situation.cart
    other = replace(situation, cart=replace(cart, lines=cart.lines[::-1]))
    codes = [[reason.code for reason in rule.refusals(each)] for each in (situation, other)]
    assert codes[0] == codes[1]


@law
@given(AMOUNTS, SITUATIONS)
def test_an_amount_is_missing_by_what_lies_between_expected_and_actual(
    rule: Rule, situation: Situation
) -> None:
    for reason in rule.refusals(situation):
        if reason.code == "CURRENCY_MISMATCH":
            continue
        assert isinstance(reason.expected, Money)
        assert isinstance(reason.actual, Money)
        gap = abs(reason.expected.minor - reason.actual.minor)
        assert reason.missing == Money(gap, situation.cart.currency)
        assert gap > 0
        assert reason.remedy is not None
        assert str(reason.missing) in reason.remedy


@law
@given(ITEMS, st.integers(1, 30), CARTS)
def test_adding_as_many_as_are_missing_is_enough_and_one_less_is_not(
    items: Items, least: int, cart: Cart
) -> None:
    rule = ItemsQuantity(items, least)
    for reason in rule.refusals(_at_noon(cart)):
        matching = [] if reason.code == "CURRENCY_MISMATCH" else items.among(cart)
        for line in matching[:1]:
            assert isinstance(reason.missing, int)
            for short, holds in ((0, True), (1, False)):
                extra = (replace(line, quantity=reason.missing - short),) if reason.missing > short else ()
                fuller = replace(cart, lines=cart.lines + extra)
                assert (rule.refusals(_at_noon(fuller)) == ()) is holds


@law
@given(ITEMS, st.sampled_from([WhichItems.ALL, WhichItems.NONE]), CARTS)
def test_taking_out_what_is_wrong_is_enough(items: Items, which: WhichItems, cart: Cart) -> None:
    if items.everything or items.refusals(cart):
        return
    rule = ItemsMatch(items, which)
    lines = tuple(line for line in cart.lines if items.matches(line) is (which is WhichItems.ALL))
    assert (rule.refusals(_at_noon(cart)) == ()) is (lines == cart.lines)
    assert rule.refusals(_at_noon(replace(cart, lines=lines))) == ()


@law
@given(TIMES, SITUATIONS)
def test_a_moment_that_is_promised_keeps_the_promise_and_is_the_first_to_do_so(
    rule: Rule, situation: Situation
) -> None:
    for reason in rule.refusals(situation):
        opens = reason.expected
        if opens is None:
            continue
        assert isinstance(opens, datetime)
        assert opens > situation.now

        def at(moment: datetime) -> tuple[Reason, ...]:
            return rule.refusals(Situation(situation.cart, situation.facts, moment, situation.zone))

        assert at(opens) == ()
        assert at(opens - timedelta(microseconds=1)) != ()


@law
@given(ITEMS, CARTS)
def test_all_none_and_any_agree_with_each_other(items: Items, cart: Cart) -> None:
    if items.everything or items.refusals(cart):
        return
    holds = {which: not ItemsMatch(items, which).refusals(_at_noon(cart)) for which in WhichItems}
    matching = [items.matches(line) for line in cart.lines]
    assert holds[WhichItems.ANY] is any(matching)
    assert holds[WhichItems.ALL] is all(matching)
    assert holds[WhichItems.NONE] is not holds[WhichItems.ANY]
    if holds[WhichItems.ALL] and cart.lines:
        assert holds[WhichItems.CHEAPEST]
        assert holds[WhichItems.MOST_EXPENSIVE]
    if holds[WhichItems.CHEAPEST] or holds[WhichItems.MOST_EXPENSIVE]:
        assert holds[WhichItems.ANY]
