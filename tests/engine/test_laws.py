"""Laws that hold for every cart, every offer and every set of codes, tried on carts nobody would think of."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.budget import Budget
from app.engine.cart import Cart, Line
from app.engine.counter import CounterKey, Measure, Scope
from app.engine.evaluate import Verdict, evaluate
from app.engine.facts import Facts, PastRedemptions
from app.engine.money import Money
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.period import Period
from app.engine.reason import Reason
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_items import Effect, FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.engine.rules.time_window import TimeWindow
from app.engine.shelf import rewards, rules
from app.engine.unit import Reward, Rule

law = settings(max_examples=120)

CURRENCY = st.sampled_from(["EUR", "JPY", "KWD"])
MONEY = st.builds(Money, st.integers(1, 50_000), CURRENCY)
WORDS = st.lists(st.sampled_from(["mug", "tea", "cup", "książka"]), min_size=1, max_size=3).map(tuple)
CLOCK = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
INSTANT = st.builds(
    lambda minutes: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes),
    st.integers(0, 60 * 24 * 365),
)
IDS = st.integers(1, 4).map(lambda number: UUID(int=number))

PLAIN_RULES: st.SearchStrategy[Rule] = st.one_of(
    st.builds(MinimumSpend, MONEY),
    st.builds(ContainsProducts, WORDS, st.just(()) | WORDS, st.integers(1, 5)),
    st.builds(FirstPurchase),
    st.tuples(st.sets(st.integers(1, 7), min_size=1).map(tuple), CLOCK, CLOCK)
    .filter(lambda window: window[1] != window[2])
    .map(lambda window: TimeWindow(*window)),
)


def nests(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(AllOf, several), st.builds(AnyOf, several), st.builds(NoneOf, several))


RULES = PLAIN_RULES | nests(PLAIN_RULES | nests(PLAIN_RULES))
PERCENT = st.decimals(Decimal("0.01"), Decimal(100), places=2)
GOODS = st.builds(FreeItem, MONEY, st.sampled_from(["mug", "tea"]), effect=st.sampled_from(Effect))
REWARDS: st.SearchStrategy[Reward] = st.one_of(
    st.builds(AmountOff, MONEY),
    st.builds(PercentOff, PERCENT, st.none() | MONEY),
    st.builds(FreeShipping, PERCENT, st.none() | MONEY),
    GOODS.map(lambda good: FreeItems((good,))),
)
LIMIT = st.none() | st.integers(1, 3)
OFFERS = st.builds(
    Offer, st.integers(1, 9), st.none() | RULES, REWARDS, st.builds(Limits, LIMIT, LIMIT, LIMIT)
)
LINES = st.lists(
    st.builds(
        Line,
        st.integers(1, 20),
        st.integers(0, 20_000),
        product=st.none() | st.sampled_from(["mug", "tea", "cup"]),
        categories=st.just(()) | WORDS,
    ),
    max_size=6,
).map(tuple)
CARTS = st.builds(Cart, CURRENCY, LINES, st.integers(0, 2_000))
PLAIN_BUDGETS = st.builds(
    Budget,
    st.sampled_from([Measure.REDEMPTIONS, Measure.POINTS]),
    st.sampled_from(Scope),
    st.sampled_from(Period),
    st.integers(1, 4),
)
MONEY_BUDGETS = st.builds(
    Budget,
    st.sampled_from([Measure.DISCOUNT, Measure.ORDER_VALUE]),
    st.sampled_from(Scope),
    st.sampled_from(Period),
    st.integers(1, 60_000),
    CURRENCY,
)
BUDGETS = st.just(()) | st.lists(PLAIN_BUDGETS | MONEY_BUDGETS, max_size=3).map(tuple)
STANDINGS = st.builds(
    CampaignStanding,
    IDS,
    st.sampled_from(["LIVE", "LIVE", "LIVE", "PAUSED"]),
    st.none() | INSTANT,
    st.none() | INSTANT,
    LIMIT,
    st.sampled_from(["Europe/Warsaw", "America/New_York", "Asia/Tokyo"]),
    BUDGETS,
)
PRESENTED = st.builds(
    Presented,
    st.sampled_from(["A", "B", "C"]),
    st.none() | st.integers(10, 14).map(lambda number: UUID(int=number)),
    st.sampled_from([True, True, True, False]),
    st.none() | IDS,
    st.none() | INSTANT,
    st.none() | INSTANT,
    LIMIT,
    st.none() | STANDINGS,
    st.none()
    | STANDINGS.map(
        lambda main: CampaignStanding(
            UUID(int=main.id.int + 100), "LIVE", None, None, 2, main.zone, main.budgets
        )
    ),
    st.none() | OFFERS,
)
CODES = st.lists(PRESENTED, max_size=4)
# An offer as simple as can be, so that the laws about granted codes see many of them.
EASY = st.builds(
    lambda number, reward, limits, budgets: Presented(
        "A",
        UUID(int=number),
        campaign=CampaignStanding(UUID(int=1), "LIVE", budgets=budgets),
        offer=Offer(1, None, reward, limits),
    ),
    st.integers(10, 16),
    st.builds(PercentOff, PERCENT)
    | st.builds(FreeShipping, PERCENT)
    | GOODS.map(lambda good: FreeItems((good,))),
    st.builds(Limits, st.none(), st.none(), LIMIT),
    BUDGETS,
)
FACTS = st.builds(
    lambda customer, before, used: Facts(customer, {PastRedemptions(): before}, used),
    st.none() | IDS,
    st.integers(0, 2),
    st.dictionaries(
        st.builds(
            CounterKey,
            st.sampled_from(["voucher", "campaign"]),
            st.integers(1, 14).map(lambda n: UUID(int=n)),
        ),
        st.integers(0, 2),
        max_size=4,
    ),
)


@law
@given(CODES | st.lists(EASY, max_size=4), CARTS, FACTS, INSTANT)
def test_totals_add_up_and_nothing_falls_below_zero(
    codes: list[Presented], cart: Cart, facts: Facts, now: datetime
) -> None:
    evaluation = evaluate(codes, cart, facts, now)
    assert len(evaluation.verdicts) == len(codes)
    assert evaluation.total == evaluation.subtotal + evaluation.shipping - evaluation.discount
    assert evaluation.total >= evaluation.shipping - evaluation.shipping_discount >= 0
    assert sum(evaluation.line_discounts) + evaluation.shipping_discount == evaluation.discount
    lines = cart.lines + evaluation.added
    assert evaluation.subtotal == sum(line.amount for line in lines)
    for line, off in zip(lines, evaluation.line_discounts, strict=True):
        assert 0 <= off <= line.amount
    for verdict in evaluation.verdicts:
        # Where not all are granted nothing is put into the cart: what would be added stands apart.
        apart = 0 if evaluation.granted else sum(line.amount for line in verdict.added)
        assert sum(verdict.line_discounts) + verdict.shipping_discount + apart == verdict.discount >= 0
        assert len(verdict.line_discounts) == len(lines)
    if evaluation.granted:
        assert evaluation.discount == sum(verdict.discount for verdict in evaluation.verdicts)
        assert evaluation.added == tuple(line for verdict in evaluation.verdicts for line in verdict.added)


@law
@given(CODES, CARTS, FACTS, INSTANT)
def test_an_offer_that_does_not_hold_changes_nothing(
    codes: list[Presented], cart: Cart, facts: Facts, now: datetime
) -> None:
    evaluation = evaluate(codes, cart, facts, now)
    for verdict in evaluation.verdicts:
        assert verdict.granted == (not verdict.reasons)
        if not verdict.granted:
            assert verdict.discount == 0
            assert not any(verdict.line_discounts)
            assert verdict.counts == ()
    if not evaluation.granted:
        assert evaluation.discount == 0
        assert evaluation.total == cart.total
        assert not any(evaluation.line_discounts)
    # Without the refused codes the others are judged just as before.
    kept = [code for code, verdict in zip(codes, evaluation.verdicts, strict=True) if verdict.granted]
    alone = evaluate(kept, cart, facts, now)
    before = [verdict for verdict in evaluation.verdicts if verdict.granted]
    assert [on_its_own_lines(verdict, cart) for verdict in alone.verdicts] == [
        on_its_own_lines(verdict, cart) for verdict in before
    ]
    assert alone.granted


def on_its_own_lines(verdict: Verdict, cart: Cart) -> Verdict:
    """Without what is told only once something is put into the cart: its lines, and what the order comes to."""
    counts = tuple(count for count in verdict.counts if count.key.measure is not Measure.ORDER_VALUE)
    return replace(verdict, line_discounts=verdict.line_discounts[: len(cart.lines)], counts=counts)


@law
@given(RULES, REWARDS)
def test_every_unit_survives_its_json(rule: Rule, reward: Reward) -> None:
    assert rules.from_json(rules.to_json(rule)) == rule
    assert rewards.from_json(rewards.to_json(reward)) == reward


@law
@given(OFFERS, CARTS, CODES, FACTS, INSTANT)
def test_whatever_is_stored_survives_its_json(
    offer: Offer, cart: Cart, codes: list[Presented], facts: Facts, now: datetime
) -> None:
    assert Offer.from_json(offer.to_json()) == offer
    assert Cart.from_json(cart.to_json()) == cart
    for reason in evaluate(codes, cart, facts, now).reasons:
        assert Reason.from_json(reason.to_json()) == reason


@law
@given(CODES, CARTS, FACTS, INSTANT, st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_dictionaries(
    codes: list[Presented], cart: Cart, facts: Facts, now: datetime, chance: object
) -> None:
    def shuffled(mapping: Mapping[CounterKey, int]) -> dict[CounterKey, int]:
        items = list(mapping.items())
        chance.shuffle(items)  # type: ignore[attr-defined]  # Hypothesis's Random
        return dict(items)

    other = Facts(facts.customer, dict(facts.answers), shuffled(facts.used))
    assert evaluate(codes, cart, other, now) == evaluate(codes, cart, facts, now)


@law
@given(st.lists(EASY, max_size=6) | CODES, CARTS, FACTS, INSTANT)
def test_no_limit_is_exceeded_inside_one_evaluation(
    codes: list[Presented], cart: Cart, facts: Facts, now: datetime
) -> None:
    evaluation = evaluate(codes, cart, facts, now)
    counted: dict[CounterKey, int] = {}
    for code, verdict in zip(codes, evaluation.verdicts, strict=True):
        caps = dict(code.caps(facts.customer, cart.currency, now))
        assert [key for key, _ in verdict.counts] == (list(caps) if verdict.granted else [])
        for key, amount in verdict.counts:
            is_once = key.measure is Measure.ORDER_VALUE
            counted[key] = amount if is_once else counted.get(key, 0) + amount
            assert 0 <= facts.used.get(key, 0) + counted[key] <= caps[key]
    assert evaluation.counts == counted


@law
@given(RULES, CARTS, FACTS, INSTANT)
def test_a_rule_and_its_exclusion_never_both_hold(
    rule: Rule, cart: Cart, facts: Facts, now: datetime
) -> None:
    code = Presented("A", UUID(int=9), campaign=CampaignStanding(UUID(int=1), "LIVE"))

    def holds(condition: Rule) -> bool:
        offered = Offer(1, condition, PercentOff(Decimal(10)))
        return evaluate(
            [Presented(code.code, code.voucher, campaign=code.campaign, offer=offered)], cart, facts, now
        ).granted

    assert not (holds(rule) and holds(NoneOf((rule,))))


@law
@given(RULES, CARTS, FACTS, INSTANT)
def test_every_reason_is_a_sentence_and_survives_its_json(
    rule: Rule, cart: Cart, facts: Facts, now: datetime
) -> None:
    code = Presented(
        "A",
        UUID(int=9),
        campaign=CampaignStanding(UUID(int=1), "LIVE"),
        offer=Offer(1, rule, PercentOff(Decimal(10))),
    )
    for reason in evaluate([code], cart, facts, now).reasons:
        assert reason.message[0].isupper()
        assert reason.message.endswith(".")
        assert reason.remedy is None or reason.remedy.endswith(".")
        assert reason.code == reason.code.upper()
        assert Reason.from_json(reason.to_json()) == reason
