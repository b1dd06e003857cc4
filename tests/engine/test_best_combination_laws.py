"""The best combination against brute force: every set of the codes, each evaluated by itself, on any policy."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.best_combination import MOST_EXACT, BestCombination, best_combination, in_order
from app.engine.budget import Budget
from app.engine.cart import Cart
from app.engine.counter import Measure, Scope
from app.engine.evaluate import evaluate
from app.engine.facts import Balance, Facts
from app.engine.money import Money
from app.engine.occasion import NOWHERE
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.order_value import added_value
from app.engine.period import Period
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.buy_x_get_y import BuyXGetY
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.expression import Expression
from app.engine.rules.maximum_spend import MaximumSpend
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.engine.rules.running_subtotal import RunningSubtotal
from app.engine.rules.total_after_discount import TotalAfterDiscount
from app.engine.running import Running
from app.engine.shelf import rewards
from app.engine.stacking import OnRefusal, Stacking
from app.engine.unit import Reward
from tests.engine.shop import ANNA, NOW
from tests.engine.test_laws import LINES, PERCENT, law
from tests.engine.test_stacking_laws import CATEGORIES, NAMES, POLICIES

EUROS = st.builds(Money, st.integers(1, 20_000), st.just("EUR"))
CARTS = st.builds(Cart, st.just("EUR"), LINES, st.integers(0, 2_000))
ADDS = rewards.from_json(rewards.by_kind["free_items"].example, "reward")
REWARDS: st.SearchStrategy[Reward] = st.one_of(
    st.builds(PercentOff, PERCENT),
    st.builds(AmountOff, EUROS),
    st.sampled_from([GiftBalance(), FreeShipping(), ADDS]),
    st.just(rewards.from_json(BuyXGetY.example, "reward")),
)
RULES = st.none() | st.one_of(
    st.builds(MinimumSpend, EUROS),
    st.builds(MaximumSpend, EUROS),
    st.builds(lambda most: RunningSubtotal(amount_at_most=most), EUROS),
    st.builds(lambda most: NoneOf((RunningSubtotal(amount_at_least=most),)), EUROS),
    st.builds(
        lambda low, high: Expression(f"cart.remaining > {low} && cart.remaining < {high}"),
        st.integers(0, 50),
        st.integers(30, 200),
    ),
    st.builds(lambda least: TotalAfterDiscount(amount_at_least=least), EUROS),
    st.builds(lambda most: TotalAfterDiscount(amount_at_most=most), EUROS),
)
BUDGETS = st.just(()) | st.builds(
    lambda measure, most: (Budget(measure, Scope.CAMPAIGN, Period.EVER, most, "EUR"),),
    st.sampled_from([Measure.DISCOUNT, Measure.ORDER_VALUE]),
    st.integers(1, 60_000),
)
CODES = st.builds(
    lambda number, campaign, rule, reward, limit, lane, category, budgets, is_automatic: Presented(
        f"C{number}",
        UUID(int=number),
        campaign=CampaignStanding(UUID(int=campaign), "LIVE", category=category, budgets=budgets),
        offer=Offer(1, rule, reward, Limits(per_campaign=limit), lane),
        is_automatic=is_automatic and not isinstance(reward, GiftBalance),
    ),
    st.integers(10, 30),
    st.integers(1, 4),
    RULES,
    REWARDS,
    st.none() | st.integers(1, 2),
    st.sampled_from([*NAMES, "d"]),
    st.none() | st.sampled_from(CATEGORIES),
    BUDGETS,
    st.sampled_from([False, False, True]),
)
FEW = st.lists(CODES, max_size=7, unique_by=lambda code: code.voucher)
ANY_POLICY = st.just(Stacking()) | POLICIES
FACTS = Facts(ANNA, balances={UUID(int=number): Balance("EUR", 100 * number) for number in range(10, 31)})


def best_of(codes: Sequence[Presented], cart: Cart, policy: Stacking) -> BestCombination:
    return best_combination(codes, cart, FACTS, NOW, stacking=policy)


def every_set(
    codes: Sequence[Presented], cart: Cart, policy: Stacking
) -> Iterator[tuple[frozenset[UUID | None], int]]:
    """What each set of the codes comes to: which of them are used, and what is taken off altogether.

    Not where goods of a code that is not used count all the same: budgets of order value are judged by the most that
    all codes of the request may add, so they would stop other codes than without it.
    """
    start = Running.on(cart, FACTS, NOW, NOWHERE, cart.subtotal)
    ordered = in_order(codes, start, policy)
    typed = [code for code in ordered if not code.is_automatic]
    promotions = [code for code in ordered if code.is_automatic]
    for size in range(len(typed) + 1):
        for some in combinations(typed, size):
            answer = evaluate([*some, *promotions], cart, FACTS, NOW, stacking=policy)
            if answer.granted:
                used = [v.voucher for v in answer.verdicts if v.granted and not v.is_automatic]
                if not any(added_value(code, start) for code in some if code.voucher not in used):
                    yield frozenset(used), answer.discount


@law
@given(FEW, CARTS, ANY_POLICY)
def test_no_set_of_codes_takes_more_off_and_losses_are_what_the_best_set_with_a_code_takes_less(
    codes: list[Presented], cart: Cart, policy: Stacking
) -> None:
    assert_best(codes, cart, policy)


@settings(law, max_examples=4)
@given(
    st.lists(CODES, min_size=12, max_size=12, unique_by=lambda code: code.voucher).filter(
        lambda codes: sum(not code.is_automatic for code in codes) > 9
    ),
    CARTS,
    ANY_POLICY,
)
def test_of_twelve_codes_no_set_takes_more_off_either(
    codes: list[Presented], cart: Cart, policy: Stacking
) -> None:
    assert_best(codes, cart, policy)


def assert_best(codes: list[Presented], cart: Cart, policy: Stacking) -> None:
    """The answer is the best of all sets, and says of each code and of the next best sets what they come to."""
    best = best_of(codes, cart, policy)
    sets = list(every_set(codes, cart, policy))
    assert best.is_exact
    assert best.evaluation.discount == max([discount for _, discount in sets], default=0)
    for one in best.left_out:
        with_it = [discount for used, discount in sets if one.code.voucher in used]
        assert one.loss == (best.evaluation.discount - max(with_it) if with_it else None)
        assert one.reasons
    known = dict(sets)
    for other in best.alternatives:
        used = frozenset([code.voucher for code in other.codes])
        assert known[used] == other.discount <= best.evaluation.discount


@law
@given(FEW, CARTS, ANY_POLICY)
def test_the_codes_of_the_answer_are_all_used_and_give_just_what_it_says(
    codes: list[Presented], cart: Cart, policy: Stacking
) -> None:
    best = best_of(codes, cart, policy)
    promotions = [code for code in codes if code.is_automatic]
    again = evaluate([*best.codes, *promotions], cart, FACTS, NOW, stacking=policy)
    assert again == best.evaluation
    assert all(verdict.granted for verdict in again.verdicts)
    typed = {code.voucher for code in codes if not code.is_automatic}
    told = [code.voucher for code in best.codes] + [one.code.voucher for one in best.left_out]
    assert sorted(map(str, told)) == sorted(map(str, typed))


@settings(law, max_examples=30)
@given(st.lists(CODES, min_size=14, max_size=18, unique_by=lambda code: code.voucher), CARTS)
def test_beyond_twelve_the_answer_is_no_worse_than_the_twelve_best_alone_and_says_so(
    codes: list[Presented], cart: Cart
) -> None:
    policy = Stacking(most_codes=2, on_refusal=OnRefusal.PARTIAL)
    best = best_of(codes, cart, policy)
    promotions = [code for code in codes if code.is_automatic]
    alone = [
        evaluate([code, *promotions], cart, FACTS, NOW, stacking=policy)
        for code in codes
        if not code.is_automatic
    ]
    assert best.evaluation.discount >= max([one.discount for one in alone], default=0)
    assert best.is_exact or len(best.left_out) + len(best.codes) > MOST_EXACT
    assert best.is_exact or all(one.loss is None for one in best.left_out)
