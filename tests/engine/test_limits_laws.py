"""The law of limits: whatever is redeemed, in whatever order, no cap is exceeded and each counter equals the ledger."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.budget import Budget
from app.engine.cart import Cart, Line
from app.engine.counter import CounterKey, Measure, Scope
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import Facts
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.period import Period, window_of
from app.engine.rewards.percent_off import PercentOff

START = datetime(2026, 12, 30, 12, tzinfo=UTC)
SCOPES_OF_MAIN = st.sampled_from([Scope.CUSTOMER, Scope.CAMPAIGN])


def budgets(scopes: st.SearchStrategy[Scope]) -> st.SearchStrategy[tuple[Budget, ...]]:
    counts = st.builds(
        Budget, st.just(Measure.REDEMPTIONS), scopes, st.sampled_from(Period), st.integers(1, 4)
    )
    money = st.builds(
        Budget,
        st.sampled_from([Measure.DISCOUNT, Measure.ORDER_VALUE]),
        scopes,
        st.sampled_from(Period),
        st.integers(1, 30_000),
        st.sampled_from(["EUR", "EUR", "JPY"]),
    )
    return st.lists(counts | money, max_size=4).map(tuple)


class Attempt(NamedTuple):
    """Somebody's try to redeem some of the shop's codes, so long after the one before."""

    codes: list[int]
    customer: UUID
    cart: Cart
    later: timedelta


class Entry(NamedTuple):
    """A granted redemption as the ledger keeps it."""

    at: datetime
    customer: UUID
    cart: Cart
    codes: list[Presented]
    evaluation: Evaluation


def shop(
    own: Sequence[tuple[Budget, ...]], of_main: tuple[Budget, ...], limits: Limits, percent: int
) -> list[Presented]:
    """Four codes, two of each of two campaigns, on different clocks, under one main campaign."""
    main = CampaignStanding(UUID(int=9), "LIVE", zone="Asia/Tokyo", budgets=of_main)
    zones = ("America/Havana", "Europe/Warsaw")
    campaigns = [
        CampaignStanding(UUID(int=number + 1), "LIVE", zone=zones[number], budgets=own[number])
        for number in (0, 1)
    ]
    offer = Offer(1, None, PercentOff(Decimal(percent)), limits)
    return [
        Presented(f"C{number}", UUID(int=20 + number), campaign=campaigns[number % 2], main=main, offer=offer)
        for number in range(4)
    ]


LIMIT = st.none() | st.integers(1, 4)
SHOPS = st.builds(
    shop,
    st.tuples(budgets(st.sampled_from(Scope)), budgets(st.sampled_from(Scope))),
    budgets(SCOPES_OF_MAIN),
    st.builds(Limits, LIMIT, LIMIT, LIMIT),
    st.sampled_from([10, 33, 100]),
)
ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True),
        st.integers(1, 2).map(lambda number: UUID(int=number + 90)),
        st.builds(
            lambda currency, price: Cart(currency, (Line(1, price),)),
            st.sampled_from(["EUR", "EUR", "EUR", "JPY"]),
            st.integers(0, 9_000),
        ),
        st.integers(0, 60 * 30).map(lambda minutes: timedelta(minutes=minutes)),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150)
@given(SHOPS, ATTEMPTS)
def test_no_cap_is_ever_exceeded_and_every_counter_equals_the_ledger(
    codes: list[Presented], attempts: list[Attempt]
) -> None:
    used: dict[CounterKey, int] = {}
    most: dict[CounterKey, int] = {}
    ledger: list[Entry] = []
    now = START
    for attempt in attempts:
        now += attempt.later
        chosen = [codes[number] for number in attempt.codes]
        evaluation = evaluate(chosen, attempt.cart, Facts(attempt.customer, {}, dict(used)), now)
        for code in chosen:
            most.update(dict(code.caps(attempt.customer, attempt.cart.currency, now)))
        if evaluation.granted:
            ledger.append(Entry(now, attempt.customer, attempt.cart, chosen, evaluation))
            for key, amount in evaluation.counts.items():
                used[key] = used.get(key, 0) + amount
        for key, count in used.items():
            assert count == in_ledger(ledger, key) <= most[key]


def in_ledger(ledger: list[Entry], key: CounterKey) -> int:
    """What the counter must stand at, counted anew and naively."""
    return sum(_counted(entry, key) for entry in ledger)


def _counted(entry: Entry, key: CounterKey) -> int:
    if key.currency is not None and entry.cart.currency != key.currency:
        return 0
    if key.customer is not None and entry.customer != key.customer:
        return 0
    if key.window is not None and not key.window.starts <= entry.at < key.window.ends:
        return 0
    discounts = [
        verdict.discount
        for code, verdict in zip(entry.codes, entry.evaluation.verdicts, strict=True)
        if key.subject == code.voucher
        or (code.campaign is not None and key.subject == code.campaign.id)
        or (code.main is not None and key.subject == code.main.id)
    ]
    if key.measure is Measure.REDEMPTIONS:
        return len(discounts)
    if key.measure is Measure.DISCOUNT:
        return sum(discounts)
    return entry.cart.subtotal if discounts else 0


def test_what_was_counted_in_a_period_was_counted_in_that_period() -> None:
    """The naive model itself: a code used before and after midnight counts in two days."""
    [first, *_] = shop(((Budget(Measure.REDEMPTIONS, Scope.CAMPAIGN, Period.DAY, 1),), ()), (), Limits(), 10)
    day = window_of(Period.DAY, START, "America/Havana")
    assert day is not None
    cart = Cart("EUR", (Line(1, 100),))
    entries = [
        Entry(at, UUID(int=91), cart, [first], evaluate([first], cart, Facts(), at))
        for at in (START, day.ends)
    ]
    key = CounterKey("campaign", UUID(int=1), window=day)
    assert in_ledger(entries, key) == in_ledger(entries[:1], key) == 1
