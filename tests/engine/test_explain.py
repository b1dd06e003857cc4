"""Explaining an evaluation: the same answer, with every condition that led to it."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.engine.counter import CounterKey, Measure, Scope
from app.engine.evaluate import evaluate
from app.engine.explain import Case, explain
from app.engine.explanation import Condition, Explanation, Level
from app.engine.facts import POINTS, Balance, Facts
from app.engine.offer import CampaignStanding, Limits, Presented
from app.engine.period import Period, window_of
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.in_segment import InSegment
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.engine.segment import Segment
from app.engine.stacking import Base, Lane, LaneMode, OnRefusal, Stacking
from tests.engine.any_reward import KINDS, reward_in
from tests.engine.changes import with_balance
from tests.engine.shop import (
    ANNA,
    BRUNO,
    CAMPAIGN,
    MAIN,
    NOW,
    budget,
    cart,
    eur,
    key_of,
    offer,
    presented,
    with_budget,
)
from tests.engine.test_rule_laws import CARTS, RULES, law

TREES = st.recursive(
    RULES | st.just(FirstPurchase()),
    lambda inner: st.builds(
        lambda kind, some: kind(tuple(some)),
        st.sampled_from([AllOf, AnyOf, NoneOf]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)


def moments(*days: int) -> st.SearchStrategy[datetime | None]:
    """Mostly none, or such that the code is in time; now and then not."""
    return st.sampled_from([None, None, *[NOW + timedelta(days=some) for some in days]])


STARTS, ENDS = moments(-1, -1, 0, 1), moments(1, 1, 2, 0)
BUDGETS = st.lists(
    st.builds(
        budget,
        st.sampled_from(list(Measure)),
        st.integers(1, 2_000),
        st.sampled_from([Scope.CUSTOMER, Scope.CAMPAIGN]),
        st.sampled_from(list(Period)),
    ),
    max_size=2,
).map(tuple)
LEVELS = st.builds(
    CampaignStanding,
    st.just(UUID(int=0)),
    st.sampled_from(["LIVE"] * 9 + ["PAUSED"]),
    STARTS,
    ENDS,
    st.none() | st.integers(1, 3),
    st.sampled_from(["Europe/Warsaw", "Asia/Tokyo"]),
    BUDGETS,
)


@st.composite
def codes(draw: st.DrawFn, number: int = 3) -> Presented:
    """A code with any standing, limits, rule and reward."""
    reward = draw(st.sampled_from(KINDS).flatmap(lambda kind: reward_in("EUR", kind)))
    limits = Limits(*[draw(st.none() | st.integers(1, 2)) for _ in range(3)])
    return Presented(
        f"CODE-{number}",
        draw(st.sampled_from([UUID(int=number)] * 9 + [None])),
        draw(st.sampled_from([True] * 9 + [False])),
        draw(st.sampled_from([None, None, None, ANNA, BRUNO])),
        draw(STARTS),
        draw(ENDS),
        draw(st.none() | st.integers(1, 3)),
        dataclasses.replace(draw(LEVELS), id=UUID(int=100 + number)),
        draw(st.none() | LEVELS.map(lambda level: dataclasses.replace(level, id=UUID(int=2)))),
        draw(st.sampled_from([offer(None, reward, limits), offer(draw(TREES), reward, limits)] * 4 + [None])),
    )


@st.composite
def questions(draw: st.DrawFn, most: int = 1) -> Case:
    """Codes for a cart, with anything used before."""
    some = [draw(codes(number)) for number in range(3, 3 + draw(st.integers(1, most)))]
    if most > 1 and draw(st.booleans()):
        some.append(some[0])
    basket = dataclasses.replace(draw(CARTS), currency=draw(st.sampled_from([*["EUR"] * 9, "JPY"])))
    customer = draw(st.sampled_from([None, ANNA, ANNA]))
    keys = {key for code in some for key, _ in code.caps(customer, basket.currency, NOW)}
    used = {key: draw(st.sampled_from([0, 0, 0, 1, 500])) for key in sorted(keys, key=str)}
    answers = {need: draw(st.integers(0, 1)) for code in some for need in code.needs}
    facts = Facts(customer, answers, used)
    for code in some:
        if code.voucher is not None:
            unit = draw(st.sampled_from([POINTS, basket.currency]))
            facts = with_balance(facts, code, Balance(unit, draw(st.integers(0, 300))))
    return Case(some, basket, facts, NOW)


def walk(condition: Condition) -> Iterator[Condition]:
    yield condition
    for inner in condition.conditions:
        yield from walk(inner)


@settings(law, max_examples=150)
@given(questions())
def test_all_conditions_hold_exactly_when_a_code_is_granted_and_their_reasons_are_the_verdicts(
    case: Case,
) -> None:
    [verdict] = evaluate(case.presented, case.cart, case.facts, NOW).verdicts
    [told] = explain(case)
    event("granted" if verdict.granted else f"{min(3, len(verdict.reasons))} reasons or more")
    assert (told.granted, told.offer_version) == (verdict.granted, verdict.offer_version)
    assert all(condition.passed for condition in told.conditions) is verdict.granted
    assert told.reasons == verdict.reasons
    if verdict.granted:
        assert told.gives is not None
        assert (told.gives.discount, told.gives.spent) == (verdict.discount, verdict.spent)


@settings(law, max_examples=60)
@given(
    questions(most=4),
    st.sampled_from(
        [
            Stacking(),
            Stacking(on_refusal=OnRefusal.PARTIAL, most_codes=1),
            Stacking(lanes=(Lane("default", LaneMode.COMPETE),)),
            Stacking(lanes=(Lane("default", base=Base.ORIGINAL),), most_codes=2),
        ]
    ),
)
def test_of_several_codes_each_is_explained_on_what_it_was_judged_on(case: Case, stacking: Stacking) -> None:
    case = dataclasses.replace(case, stacking=stacking)
    evaluation = evaluate(case.presented, case.cart, case.facts, NOW, stacking=stacking)
    for told, verdict in zip(explain(case), evaluation.verdicts, strict=True):
        event("granted" if verdict.granted else "skipped" if verdict.skipped else "refused")
        assert (told.code, told.granted, told.skipped) == (verdict.code, verdict.granted, verdict.skipped)
        assert told.reasons == verdict.reasons
        assert all(condition.passed for condition in told.conditions) is verdict.granted
        if verdict.granted:
            assert told.gives is not None
            assert told.gives.lowers_by == sum(verdict.line_discounts[: len(case.cart.lines)]) + (
                verdict.shipping_discount
            )


@law
@given(questions())
def test_a_rule_is_nested_as_the_offer_nests_it_and_any_of_its_conditions_may_fail(case: Case) -> None:
    [told] = explain(case)
    for condition in [each for top in told.conditions for each in walk(top)]:
        inner = condition.conditions
        assert condition.sentence
        if condition.kind == "all_of":
            assert condition.passed is all(each.passed for each in inner)
        elif condition.kind == "any_of":
            assert condition.passed is any(each.passed for each in inner)
        elif condition.kind == "none_of":
            assert not condition.passed or not any(each.passed for each in inner)
        else:
            assert inner == ()


def explained(code: Presented, facts: Facts | None = None, minor: int = 2_090) -> Explanation:
    [told] = explain(Case([code], cart(minor), facts or Facts(), NOW))
    return told


def test_every_condition_says_who_imposes_it_what_it_wants_and_what_there_is() -> None:
    daily = budget(Measure.DISCOUNT, 500, period=Period.DAY)
    code = dataclasses.replace(
        with_budget(Measure.REDEMPTIONS, 3, of_main=True),
        starts_at=NOW - timedelta(hours=1),
        campaign=dataclasses.replace(CAMPAIGN, budgets=(daily,)),
        offer=offer(AnyOf((MinimumSpend(eur("25.00")), MinimumSpend(eur("20.00"))))),
    )
    used = {
        key_of(Scope.CAMPAIGN, Measure.REDEMPTIONS, Period.EVER, of_main=True): 2,
        CounterKey(
            "campaign",
            CAMPAIGN.id,
            None,
            Measure.DISCOUNT,
            "EUR",
            window_of(Period.DAY, NOW, "Europe/Warsaw"),
        ): 100,
    }
    told = explained(code, Facts(used=used))
    assert (told.granted, told.offer_version, told.reasons) == (True, 1, ())
    assert [(each.kind, each.level, each.expected, each.actual) for each in told.conditions] == [
        ("voucher.enabled", Level.VOUCHER, None, None),
        ("voucher.starts_at", Level.VOUCHER, NOW - timedelta(hours=1), NOW),
        ("campaign.state", Level.CAMPAIGN, "LIVE", "LIVE"),
        ("main_campaign.state", Level.MAIN_CAMPAIGN, "LIVE", "LIVE"),
        ("campaign.offer", Level.CAMPAIGN, None, None),
        ("budget", Level.CAMPAIGN, eur("5.00"), eur("1.00")),
        ("limit", Level.MAIN_CAMPAIGN, 3, 2),
        ("budget.currency", Level.CAMPAIGN, None, "EUR"),
        ("any_of", Level.CAMPAIGN, None, None),
        ("percent_off", Level.CAMPAIGN, None, None),
    ]
    any_of = told.conditions[-2]
    assert [(each.sentence, each.passed, each.expected, each.actual) for each in any_of.conditions] == [
        ("The cart's subtotal must reach an amount: amount 25.00 EUR.", False, eur("25.00"), eur("20.90")),
        ("The cart's subtotal must reach an amount: amount 20.00 EUR.", True, eur("20.00"), eur("20.90")),
    ]
    assert told.gives is not None
    assert told.gives.discount == 209


def test_what_the_reward_would_give_is_told_of_a_code_that_is_refused() -> None:
    told = explained(presented(enabled=False, offer=offer(MinimumSpend(eur("25.00")))))
    assert [each.kind for each in told.conditions if not each.passed] == ["voucher.enabled", "minimum_spend"]
    assert told.gives is not None
    assert told.gives.discount == 209


def test_a_live_segment_is_explained_by_its_own_rule() -> None:
    spenders = Segment(UUID(int=7), "Spenders", AllOf((FirstPurchase(), MinimumSpend(eur("25.00")))))
    listed = Segment(UUID(int=8), "Friends")
    rule = AnyOf((InSegment(spenders.id), InSegment(listed.id), InSegment(UUID(int=9))))
    code = presented(offer=offer(rule), segments={spenders.id: spenders, listed.id: listed})
    facts = Facts(ANNA, {**dict.fromkeys(code.needs, 0)})
    any_of = next(each for each in explained(code, facts).conditions if each.kind == "any_of")
    live, static, gone = any_of.conditions
    assert [(each.kind, each.passed, each.level) for each in walk(live)] == [
        ("in_segment", False, Level.CAMPAIGN),
        ("all_of", False, Level.PROJECT),
        ("first_purchase", True, Level.PROJECT),
        ("minimum_spend", False, Level.PROJECT),
    ]
    assert (static.passed, static.conditions, gone.passed, gone.conditions) == (False, (), False, ())


def test_a_budget_that_does_not_cover_the_cart_is_told_with_what_it_would_come_to() -> None:
    told = explained(with_budget(Measure.DISCOUNT, 200))
    [failed] = [each for each in told.conditions if not each.passed]
    assert (failed.kind, failed.expected, failed.actual) == ("budget", eur("2.00"), eur("2.09"))
    assert failed.sentence == "At most 2.00 EUR of discount for the campaign."


def test_a_code_that_is_not_there_or_there_twice_is_explained_too() -> None:
    first, unknown, again = explain(
        Case([presented(), Presented("NOPE"), presented()], cart(100), Facts(), NOW)
    )
    assert first.granted
    assert [(each.kind, each.level) for each in unknown.conditions] == [("code", Level.VOUCHER)]
    assert [(each.kind, each.level) for each in again.conditions] == [("code", Level.REQUEST)]
    assert [why.code for why in (*unknown.reasons, *again.reasons)] == ["CODE_NOT_FOUND", "DUPLICATE_CODE"]
    assert (unknown.gives, again.gives) == (None, None)


def test_a_promotion_that_takes_part_by_itself_is_explained_where_it_applies() -> None:
    applies = presented("Autumn", 5, is_automatic=True)
    does_not = presented("Spring", 6, is_automatic=True, offer=offer(MinimumSpend(eur("500.00"))))
    case = Case([presented(), does_not, applies], cart(10_000), Facts(), NOW)
    assert [verdict.code for verdict in case.evaluated().verdicts] == ["SUMMER", "Autumn"]
    assert [(told.code, told.granted) for told in explain(case)] == [("SUMMER", True), ("Autumn", True)]


def test_a_code_that_is_left_out_fails_by_the_projects_policy_alone() -> None:
    lane = Stacking(lanes=(Lane("default", LaneMode.COMPETE),))
    better = presented("BETTER", 4, offer=offer())
    worse = presented("WORSE", 5, offer=offer(), main=MAIN)
    told = explain(Case([worse, better], cart(10_000), Facts(), NOW, stacking=lane))
    [out] = [each for each in told if each.skipped]
    failed = [each for each in out.conditions if not each.passed]
    assert [(each.kind, each.level) for each in failed] == [("stacking", Level.PROJECT)]
