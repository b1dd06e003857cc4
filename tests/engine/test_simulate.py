"""Simulating: limits and budgets run down in the order of time, and what comes back is free again, as in the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.budget import Budget
from app.engine.cart import Cart, Line
from app.engine.counter import CounterKey, Measure, Scope
from app.engine.facts import Facts
from app.engine.money import Money
from app.engine.occasion import NOWHERE
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.period import Period
from app.engine.rewards.amount_off import AmountOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.simulate import Attempt, CodeReturned, Returned, Scale, Simulation, part
from app.engine.simulated import Newcomer, Overlap, Sums
from app.engine.simulated_limits import LimitRun
from app.engine.stacking import DEFAULT

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CAMPAIGN, MAIN, OTHER, VOUCHER, ADA = (UUID(int=number) for number in range(1, 6))
RULE = MinimumSpend(Money(2000, "EUR"))
OFF = AmountOff(Money(500, "EUR"))


def a_code(limits: Limits, budgets: Sequence[Budget] = (), main: CampaignStanding | None = None) -> Presented:
    return Presented(
        "CODE",
        VOUCHER,
        campaign=CampaignStanding(CAMPAIGN, "LIVE", budgets=tuple(budgets)),
        main=main,
        offer=Offer(1, RULE, OFF, limits),
    )


def an_attempt(
    number: int,
    code: Presented,
    *,
    price: int = 3000,
    then: int | None = None,
    customer: UUID | None = ADA,
    besides: tuple[Presented, ...] = (),
    currency: str = "EUR",
) -> Attempt:
    at = NOW + number * HOUR
    return Attempt(
        id=UUID(int=1000 + number),
        at=at,
        now=at,
        cart=Cart(currency, (Line(1, price),)),
        facts=Facts(customer),
        occasion=NOWHERE,
        stacking=DEFAULT,
        presented=(*besides, code),
        own=frozenset({len(besides)}),
        then=(*[None] * len(besides), then),
        had=then is not None,
    )


def run(simulation: Simulation, *attempts: Attempt, before: int = 0) -> list[bool]:
    """Whether each is granted; every counter had counted so far before."""
    simulation.start(dict.fromkeys(simulation.unknown(attempts), before))
    return [simulation.judge(one).granted for one in attempts]


def whole(number: int, value: int = 3000) -> Returned:
    return Returned(UUID(int=1000 + number), {}, value, is_whole=True)


def test_a_limit_runs_out_and_is_told_when() -> None:
    simulation, code = Simulation(), a_code(Limits(per_campaign=3))
    attempts = [an_attempt(number, code, then=500) for number in range(5)]
    assert run(simulation, *attempts, before=1) == [True, True, False, False, False]
    told = simulation.result()
    assert (told.attempts, told.qualifying, told.granted, told.granted_then) == (5, 5, 2, 5)
    assert (told.newly_granted, told.newly_refused) == (0, 3)
    assert told.refusals == (("CAMPAIGN_LIMIT_REACHED", 3),)
    assert told.limits == (
        LimitRun(CAMPAIGN, False, Measure.REDEMPTIONS, Period.EVER, None, 3, 3, 1, 1, NOW + HOUR),
    )
    assert told.limits[0].percent == 100
    assert told.sums == (Sums("EUR", 2, 1000, 1000, 6000, 5, 2500, 15_000),)


def test_a_budget_of_each_day_starts_anew_and_its_fullest_day_is_told() -> None:
    daily = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY, 1200, "EUR")
    simulation, code = Simulation(), a_code(Limits(), [daily])
    attempts = [an_attempt(number * 6, code) for number in range(5)]
    assert run(simulation, *attempts) == [True, True, True, True, False]
    told = simulation.result()
    assert told.refusals == (("CAMPAIGN_BUDGET_EXCEEDED", 1),)
    [limit] = told.limits
    assert (limit.used, limit.percent, limit.periods, limit.run_out) == (1000, 83, 2, 1)
    assert limit.runs_out_at == NOW + 24 * HOUR


def test_what_comes_back_is_free_for_whoever_comes_later() -> None:
    simulation, code = Simulation(), a_code(Limits(per_campaign=1))
    assert run(simulation, an_attempt(0, code), an_attempt(1, code)) == [True, False]
    simulation.give_back(whole(0))
    simulation.give_back(whole(0))
    assert run(simulation, an_attempt(2, code)) == [True]
    told = simulation.result()
    assert (told.granted, told.undone) == (2, 1)
    assert told.sums == (Sums("EUR", 2, 1000, 500, 3000),)


def test_of_a_part_that_comes_back_the_discount_comes_back_in_proportion() -> None:
    budget = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.EVER, 700, "EUR")
    simulation, code = Simulation(), a_code(Limits(), [budget])
    assert run(simulation, an_attempt(0, code, then=400), an_attempt(1, code)) == [True, False]
    # Then 300 of 400 came back: of the 500 that would have been given it is 375.
    simulation.give_back(
        Returned(UUID(int=1000), {VOUCHER: CodeReturned(300, ends=False)}, 2250, is_whole=False)
    )
    assert run(simulation, an_attempt(2, code)) == [True]
    told = simulation.result()
    assert told.undone == 0
    assert told.sums == (Sums("EUR", 2, 1000, 625, 3750, 1, 100, 750),)


def test_a_code_whose_use_ends_counts_no_more_though_its_redemption_stands() -> None:
    simulation, code = Simulation(), a_code(Limits(per_voucher=1))
    assert run(simulation, an_attempt(0, code, then=500)) == [True]
    simulation.give_back(
        Returned(UUID(int=1000), {VOUCHER: CodeReturned(500, ends=True)}, 1500, is_whole=False)
    )
    assert run(simulation, an_attempt(1, code)) == [True]
    assert simulation.result().sums[0].discount == 500


def test_order_value_and_points_run_down_and_come_back_too() -> None:
    value = Budget(Measure.ORDER_VALUE, Scope.CAMPAIGN, Period.EVER, 5000, "EUR")
    points = Budget(Measure.POINTS, Scope.CAMPAIGN, Period.EVER, 10)
    simulation, code = Simulation(), a_code(Limits(), [value, points])
    assert run(simulation, an_attempt(0, code), an_attempt(1, code)) == [True, False]
    simulation.give_back(Returned(UUID(int=1000), {}, 1000, is_whole=False))
    assert run(simulation, an_attempt(2, code)) == [True]


def test_what_was_never_granted_cannot_come_back() -> None:
    simulation, code = Simulation(), a_code(Limits())
    assert run(simulation, an_attempt(0, code, price=100)) == [False]
    simulation.give_back(whole(0))
    told = simulation.result()
    assert (told.qualifying, told.undone) == (0, 0)
    assert told.refusals == (("MINIMUM_SPEND_NOT_REACHED", 1),)


def test_whoever_had_nothing_then_is_new() -> None:
    simulation, code = Simulation(), a_code(Limits())
    run(simulation, an_attempt(0, code), an_attempt(1, code, customer=None), an_attempt(2, code, then=500))
    told = simulation.result()
    assert (told.newly_granted, told.new_customers) == (2, 1)
    assert told.newcomers == (
        Newcomer(UUID(int=1000), ADA, NOW, 500, "EUR"),
        Newcomer(UUID(int=1001), None, NOW + HOUR, 500, "EUR"),
    )


def test_a_draft_takes_nothing_from_a_cart_that_had_something_else() -> None:
    simulation, code = Simulation(), a_code(Limits())
    run(simulation, replace(an_attempt(0, code, price=100), had=True))
    told = simulation.result()
    assert (told.granted_then, told.newly_refused) == (0, 0)
    assert told.refusals == (("MINIMUM_SPEND_NOT_REACHED", 1),)


def test_no_more_than_twenty_newcomers_are_named() -> None:
    simulation, code = Simulation(), a_code(Limits())
    run(simulation, *[an_attempt(number, code) for number in range(25)])
    told = simulation.result()
    assert (told.newly_granted, len(told.newcomers)) == (25, 20)


def test_other_campaigns_on_the_same_carts_are_told() -> None:
    other = Presented(
        "OTHER", UUID(int=50), campaign=CampaignStanding(OTHER, "LIVE"), offer=Offer(1, None, OFF)
    )
    simulation, code = Simulation(), a_code(Limits())
    run(simulation, an_attempt(0, code, besides=(other,)), an_attempt(1, code))
    told = simulation.result()
    assert (told.overlapping, told.overlaps) == (1, (Overlap(OTHER, 1),))
    assert told.sums[0].overlapping == 500


def test_a_sound_code_that_came_with_a_refused_one_is_refused_for_its_reasons() -> None:
    simulation, code = Simulation(), a_code(Limits())
    run(simulation, an_attempt(0, code, besides=(Presented("NOBODY"),)))
    assert simulation.result().refusals == (("CODE_NOT_FOUND", 1),)


def test_a_main_campaigns_limit_is_told_as_its_own() -> None:
    main = CampaignStanding(MAIN, "LIVE", max_redemptions=1)
    simulation, code = Simulation(), a_code(Limits(), main=main)
    assert run(simulation, an_attempt(0, code), an_attempt(1, code)) == [True, False]
    [limit] = simulation.result().limits
    assert (limit.campaign, limit.is_main, limit.runs_out_at) == (MAIN, True, NOW)


def test_each_currency_has_its_sums() -> None:
    simulation, code = (
        Simulation(),
        Presented(
            "CODE",
            VOUCHER,
            campaign=CampaignStanding(CAMPAIGN, "LIVE"),
            offer=Offer(1, None, AmountOff(Money(500, "KWD"))),
        ),
    )
    run(simulation, an_attempt(0, code, currency="KWD"), an_attempt(1, code, currency="JPY"))
    assert simulation.result().sums == (Sums("JPY"), Sums("KWD", 1, 500, 500, 3000))


def test_in_a_sample_the_limits_of_whole_campaigns_are_tighter_and_those_of_customers_are_not() -> None:
    simulation = Simulation(Scale(1, 4))
    code = a_code(Limits(per_campaign=10, per_customer=3))
    attempts = [an_attempt(number, code) for number in range(4)]
    assert run(simulation, *attempts) == [True, True, True, False]
    told = simulation.result()
    # A quarter of ten, rounded up; and what three of a sample are, twelve would be of all.
    assert told.refusals == (("CAMPAIGN_LIMIT_REACHED", 1), ("CUSTOMER_LIMIT_REACHED", 1))
    assert (told.limits[0].most, told.limits[0].used) == (10, 12)


def test_what_was_counted_before_is_as_much_less_in_a_sample() -> None:
    scale = Scale(1, 4)
    assert scale.count(CounterKey("campaign", CAMPAIGN), 10) == 2
    assert scale.count(CounterKey("voucher", VOUCHER), 10) == 10


@pytest.mark.parametrize(
    ("amount", "done", "all_", "expected"),
    [(5, 0, 0, 0), (5, 1, 3, 1), (5, 3, 3, 5), (5, 4, 3, 5), (0, 1, 3, 0)],
)
def test_a_part_is_rounded_down_and_all_of_it_is_all(
    amount: int, done: int, all_: int, expected: int
) -> None:
    assert part(amount, done, all_) == expected


@given(st.lists(st.tuples(st.integers(0, 5000), st.booleans()), max_size=30), st.integers(1, 4000))
def test_a_budget_is_never_exceeded_and_never_left_unused(carts: list[tuple[int, bool]], most: int) -> None:
    budget = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.EVER, most, "EUR")
    simulation, code = Simulation(), a_code(Limits(), [budget])
    standing = 0
    for number, (price, comes_back) in enumerate(carts):
        attempt = an_attempt(number, code, price=price)
        [granted] = run(simulation, attempt)
        assert granted == (price >= 2000 and standing + 500 <= most)
        standing += 500 * granted
        if comes_back:
            simulation.give_back(whole(number, price))
            standing -= 500 * granted
    sums = simulation.result().sums
    assert (sums[0].discount if sums else 0) == standing
