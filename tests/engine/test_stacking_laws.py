"""Laws of stacking that hold for every policy and every set of codes."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.engine.cart import Cart
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import Balance, Facts
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.reason import Reason
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.percent_off import PercentOff
from app.engine.stacking import DEFAULT, Base, Compatibility, Lane, LaneMode, NoEffect, OnRefusal, Stacking
from app.engine.unit import Reward
from tests.engine.shop import NOW
from tests.engine.test_laws import CARTS, LIMIT, MONEY, PERCENT, PLAIN_RULES, law

NAMES = ["a", "b", "c"]
CATEGORIES = ["common", "vip", "gala", "free"]
LANES = st.lists(
    st.builds(Lane, st.sampled_from(NAMES), st.sampled_from(LaneMode), st.sampled_from(Base)),
    max_size=3,
    unique_by=lambda lane: lane.name,
).map(tuple)
POLICIES = st.builds(
    Stacking,
    LANES,
    st.sampled_from([(), ("vip",), ("vip", "gala")]),
    st.sampled_from([(), ("free",)]),
    st.integers(1, 4) | st.just(30),
    st.none() | st.integers(1, 2),
    st.none() | st.integers(1, 2),
    st.sampled_from(OnRefusal),
    st.sampled_from(NoEffect),
)
REWARDS: st.SearchStrategy[Reward] = (
    st.builds(PercentOff, PERCENT) | st.builds(AmountOff, MONEY) | st.just(GiftBalance())
)
CODES = st.lists(
    st.builds(
        lambda number, campaign, rule, reward, limit, lane, category, is_automatic: Presented(
            f"C{number}",
            UUID(int=number),
            campaign=CampaignStanding(UUID(int=campaign), "LIVE", category=category),
            offer=Offer(1, rule, reward, Limits(per_campaign=limit), lane),
            is_automatic=is_automatic and not isinstance(reward, GiftBalance),
        ),
        st.integers(10, 20),
        st.integers(1, 4),
        st.none() | PLAIN_RULES,
        REWARDS,
        LIMIT,
        st.sampled_from([*NAMES, "d"]),
        st.none() | st.sampled_from(CATEGORIES),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda code: code.voucher,
)


def judge(codes: list[Presented], cart: Cart, policy: Stacking) -> Evaluation:
    balances = {UUID(int=number): Balance(cart.currency, 700) for number in range(10, 21)}
    return evaluate(codes, cart, Facts(balances=balances), NOW, stacking=policy)


def used_among(codes: list[Presented], evaluation: Evaluation) -> list[Presented]:
    """The codes that are used, those that pay from a balance left out."""
    granted = {verdict.voucher for verdict in evaluation.verdicts if verdict.granted}
    return [code for code in codes if code.voucher in granted and not code.pays_from_balance]


def category_of(code: Presented) -> str | None:
    return None if code.campaign is None else code.campaign.category


@law
@given(CODES, CARTS, POLICIES)
def test_totals_add_up_whatever_is_left_out(codes: list[Presented], cart: Cart, policy: Stacking) -> None:
    found = judge(codes, cart, policy)
    assert found.total == found.subtotal + found.shipping - found.discount >= found.shipping
    granted = [verdict for verdict in found.verdicts if verdict.granted]
    assert found.discount == (sum(verdict.discount for verdict in granted) if found.granted else 0)
    for place, line in enumerate(cart.lines):
        assert 0 <= sum(verdict.line_discounts[place] for verdict in granted) <= line.amount
    for verdict in found.verdicts:
        assert sum(verdict.line_discounts) == verdict.discount
        assert verdict.granted == (not verdict.reasons)
        assert not (verdict.granted and verdict.skipped)
        if not verdict.granted:
            assert (verdict.discount, verdict.spent, verdict.counts) == (0, 0, ())
    for reason in found.reasons:
        assert Reason.from_json(reason.to_json()) == reason


@law
@given(CODES, CARTS, POLICIES)
def test_codes_come_in_the_order_of_the_request_and_promotions_only_when_they_take_part(
    codes: list[Presented], cart: Cart, policy: Stacking
) -> None:
    found = judge(codes, cart, policy)
    told = [verdict.voucher for verdict in found.verdicts]
    assert told == [code.voucher for code in codes if code.voucher in told]
    assert {code.voucher for code in codes if not code.is_automatic} <= set(told)
    assert all(verdict.granted for verdict in found.verdicts if verdict.is_automatic)


@law
@given(CODES, CARTS, POLICIES)
def test_all_uses_every_code_that_is_not_skipped_or_none_and_partial_never_uses_fewer(
    codes: list[Presented], cart: Cart, policy: Stacking
) -> None:
    all_ = judge(codes, cart, replace(policy, on_refusal=OnRefusal.ALL))
    partial = judge(codes, cart, replace(policy, on_refusal=OnRefusal.PARTIAL))
    assert partial.verdicts == all_.verdicts
    refused = [verdict for verdict in all_.verdicts if not verdict.granted and not verdict.skipped]
    is_any = any(verdict.granted for verdict in all_.verdicts)
    assert partial.granted == (is_any or not all_.verdicts)
    assert all_.granted == (partial.granted and not refused)


@law
@given(CODES, CARTS, POLICIES)
def test_no_more_codes_are_used_together_than_the_policy_lets(
    codes: list[Presented], cart: Cart, policy: Stacking
) -> None:
    used = used_among(codes, judge(codes, cart, policy))
    assert len([code for code in used if not code.is_automatic]) <= policy.most_codes
    lanes = Counter(code.offer.lane for code in used if code.offer is not None)
    assert all(lanes[lane.name] <= 1 for lane in policy.lanes if lane.mode is LaneMode.COMPETE)
    categories = Counter(category_of(code) for code in used if category_of(code) is not None)
    most = policy.most_per_category
    assert most is None or all(count <= most for count in categories.values())
    kinds = Counter(policy.compatibility_of(category_of(code)) for code in used)
    assert not (kinds[Compatibility.EXCLUSIVE] and kinds[Compatibility.COMMON])
    assert policy.most_exclusive is None or kinds[Compatibility.EXCLUSIVE] <= policy.most_exclusive


@law
@given(CODES, CARTS, POLICIES)
def test_what_is_not_used_leaves_no_trace(codes: list[Presented], cart: Cart, policy: Stacking) -> None:
    found = judge(codes, cart, policy)
    granted = {verdict.voucher: verdict for verdict in found.verdicts if verdict.granted}
    alone = judge([code for code in codes if code.voucher in granted], cart, policy)
    assert {verdict.voucher: verdict for verdict in alone.verdicts} == granted


@law
@given(CODES, CARTS, st.randoms(use_true_random=False))
def test_where_lanes_compete_the_order_of_the_request_does_not_matter(
    codes: list[Presented], cart: Cart, chance: object
) -> None:
    lanes = tuple(Lane(name, LaneMode.COMPETE) for name in [*NAMES, "d"])
    plain = [
        replace(code, offer=replace(code.offer, limits=Limits()))
        for code in codes
        if code.offer is not None and not code.pays_from_balance
    ]
    policy = Stacking(lanes, on_refusal=OnRefusal.PARTIAL)
    shuffled = list(plain)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's Random
    one, other = judge(plain, cart, policy), judge(shuffled, cart, policy)
    assert (one.total, one.line_discounts, one.counts) == (other.total, other.line_discounts, other.counts)
    assert {verdict.voucher: verdict for verdict in one.verdicts} == {
        verdict.voucher: verdict for verdict in other.verdicts
    }


@law
@given(CODES, CARTS)
def test_a_policy_that_says_nothing_new_changes_nothing(codes: list[Presented], cart: Cart) -> None:
    """The short way that most evaluations take, and the long one, come to the same."""
    long = Stacking(lanes=(Lane("nobody's"),), exclusive=("nobody's",), most_per_category=30)
    assert DEFAULT.is_plain
    assert not long.is_plain
    assert judge(codes, cart, long) == judge(codes, cart, DEFAULT)
