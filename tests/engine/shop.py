"""A small shop for the engine's tests: carts, campaigns, codes and situations, all with fixed ids and times."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from app.engine.budget import Budget
from app.engine.cart import Cart, Line
from app.engine.counter import CounterKey, Measure, Scope
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import Balance, Facts, Need, Situation
from app.engine.money import Money
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.period import Period, window_of
from app.engine.rewards.percent_off import PercentOff
from app.engine.shopper import Shopper
from app.engine.stacking import DEFAULT, Stacking
from app.engine.unit import Reward, Rule

NOW = datetime(2026, 7, 22, 15, 0, tzinfo=UTC)  # a Wednesday; 17:00 in Warsaw
ANNA, BRUNO = UUID(int=0xA), UUID(int=0xB)
CAMPAIGN = CampaignStanding(UUID(int=1), "LIVE", zone="Europe/Warsaw")
MAIN = CampaignStanding(UUID(int=2), "LIVE", zone="Europe/Warsaw")
VOUCHER = UUID(int=3)
TEN_PERCENT = PercentOff(Decimal(10))


def eur(amount: str) -> Money:
    """Euros written as people write them."""
    return Money.of(Decimal(amount), "EUR")


def cart(*prices: int, currency: str = "EUR", shipping: int = 0) -> Cart:
    """A cart with one line of quantity 1 for each price in minor units."""
    return Cart(currency, tuple(Line(1, price) for price in prices), shipping)


def situation(
    basket: Cart | None = None,
    *,
    customer: UUID | None = None,
    answers: Mapping[Need, int] | None = None,
    shopper: Shopper | None = None,
    now: datetime = NOW,
    zone: str = "Europe/Warsaw",
) -> Situation:
    """What a unit looks at: by default an anonymous shopper with a cart of 20.90 EUR."""
    facts = Facts(customer, answers or {}, shopper=shopper)
    return Situation(cart(2090) if basket is None else basket, facts, now, zone)


def offer(
    rule: Rule | None = None,
    reward: Reward = TEN_PERCENT,
    limits: Limits | None = None,
    lane: str = "default",
) -> Offer:
    """Ten per cent off for everybody, unless told otherwise."""
    return Offer(1, rule, reward, limits or Limits(), lane)


def presented(code: str = "SUMMER", number: int = 3, **known: object) -> Presented:
    """A valid code of a live campaign, unless told otherwise; `number` makes the voucher's id."""
    filled = {"voucher": UUID(int=number), "campaign": CAMPAIGN, "offer": offer(), **known}
    return Presented(code, **filled)  # type: ignore[arg-type]  # tests pass what Presented takes


def budget(
    measure: Measure,
    most: int,
    per: Scope = Scope.CAMPAIGN,
    period: Period = Period.EVER,
    currency: str = "EUR",
) -> Budget:
    """A budget; money is in euros unless told otherwise."""
    return Budget(measure, per, period, most, currency if measure.is_money else None)


def key_of(
    scope: Scope, measure: Measure, period: Period, *, of_main: bool = False, currency: str = "EUR"
) -> CounterKey:
    """The counter of a budget of CAMPAIGN or MAIN in the period of NOW, for VOUCHER or ANNA."""
    level = MAIN if of_main else CAMPAIGN
    return CounterKey(
        scope.value,
        VOUCHER if scope is Scope.VOUCHER else level.id,
        ANNA if scope is Scope.CUSTOMER else None,
        measure,
        currency if measure.is_money else None,
        window_of(period, NOW, level.zone),
    )


def with_budget(
    measure: Measure,
    most: int,
    scope: Scope = Scope.CAMPAIGN,
    period: Period = Period.EVER,
    *,
    of_main: bool = False,
    number: int = 3,
) -> Presented:
    """A code for ten per cent, with one budget on its own campaign or on the main one."""
    budgets = (budget(measure, most, scope, period),)
    if of_main:
        return presented(number=number, main=dataclasses.replace(MAIN, budgets=budgets))
    return presented(number=number, campaign=dataclasses.replace(CAMPAIGN, budgets=budgets), main=MAIN)


def judge(
    *codes: Presented,
    basket: Cart | None = None,
    customer: UUID | None = None,
    used: Mapping[CounterKey, int] | None = None,
    now: datetime = NOW,
    balances: Mapping[UUID, Balance] | None = None,
    stacking: Stacking = DEFAULT,
) -> Evaluation:
    """Evaluate codes for a cart of 100.00 EUR."""
    facts = Facts(customer, {}, used or {}, balances or {})
    return evaluate(codes, cart(10000) if basket is None else basket, facts, now, stacking=stacking)


def codes_of(evaluation: Evaluation) -> list[str]:
    """The codes of all reasons, in order."""
    return [reason.code for reason in evaluation.reasons]
