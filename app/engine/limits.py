"""Limits and budgets: is anything used up, or would this redemption take more than is left?"""

from collections.abc import Mapping
from datetime import datetime

from app.engine import reason as codes
from app.engine.counter import Cap, Count, CounterKey, Measure
from app.engine.moment import in_words
from app.engine.money import Money
from app.engine.offer import CampaignStanding, Presented
from app.engine.period import Period
from app.engine.reason import Reason, Value, currency_mismatch

_LIMIT_REACHED = {
    "voucher": codes.VOUCHER_LIMIT_REACHED,
    "customer": codes.CUSTOMER_LIMIT_REACHED,
    "campaign": codes.CAMPAIGN_LIMIT_REACHED,
    "main_campaign": codes.MAIN_CAMPAIGN_LIMIT_REACHED,
}
_BUDGET_EXCEEDED = {
    "voucher": codes.VOUCHER_BUDGET_EXCEEDED,
    "customer": codes.CUSTOMER_BUDGET_EXCEEDED,
    "campaign": codes.CAMPAIGN_BUDGET_EXCEEDED,
    "main_campaign": codes.MAIN_CAMPAIGN_BUDGET_EXCEEDED,
}
_SUBJECTS = {
    Measure.REDEMPTIONS: "redemptions",
    Measure.DISCOUNT: "discount",
    Measure.ORDER_VALUE: "order_value",
    Measure.POINTS: "points",
}
_IN_PERIOD = {
    Period.DAY: " a day",
    Period.WEEK: " a week",
    Period.MONTH: " a month",
    Period.YEAR: " a year",
}
_WHAT = {
    Measure.DISCOUNT: "{} of discount",
    Measure.ORDER_VALUE: "{} of order value",
    Measure.POINTS: "{} points",
}


def refusals_of_limits(
    presented: Presented,
    caps: tuple[Cap, ...],
    used: Mapping[CounterKey, int],
    used_here: Mapping[CounterKey, int],
    now: datetime,
) -> list[Reason]:
    """Every limit and budget of which nothing is left, after earlier redemptions and earlier codes of this request."""
    found: list[Reason] = []
    for key, most in caps:
        count = used.get(key, 0)
        if (
            key.measure is not Measure.ORDER_VALUE
        ):  # this very order's value is counted once, not for each code
            count += used_here.get(key, 0)
        if count >= most:
            found.append(_reached(presented, key, most, count, now))
    return found


def refusals_of_budgets(
    presented: Presented,
    caps: tuple[Cap, ...],
    counts: tuple[Count, ...],
    used: Mapping[CounterKey, int],
    used_here: Mapping[CounterKey, int],
    now: datetime,
) -> list[Reason]:
    """Every budget that this code would take too far; something is left of each, but not enough."""
    found: list[Reason] = []
    for (key, most), (_, amount) in zip(caps, counts, strict=True):
        if key.measure is Measure.REDEMPTIONS:
            continue
        count = used.get(key, 0) + amount
        if key.measure is not Measure.ORDER_VALUE:
            count += used_here.get(key, 0)
        if count > most:
            found.append(_reached(presented, key, most, count, now))
    return found


def refusals_of_currency(presented: Presented, currency: str) -> list[Reason]:
    """CURRENCY_MISMATCH for money budgets of which none is in the cart's currency: in doubt nothing is given away."""
    found: list[Reason] = []
    for level in (presented.campaign, presented.main):
        if level is None or not level.budgets:
            continue
        kinds: dict[tuple[Measure, str, Period], list[str]] = {}
        for budget in level.budgets:
            if budget.currency is not None:
                kind = (budget.measure, budget.per.value, budget.period)
                kinds.setdefault(kind, []).append(budget.currency)
        mismatches = {known[0] for known in kinds.values() if currency not in known}
        found += [currency_mismatch(other, currency) for other in sorted(mismatches)]
    return found


def _reached(presented: Presented, key: CounterKey, most: int, count: int, now: datetime) -> Reason:
    level, owner = _owner(presented, key)
    subject = f"{owner}.{_SUBJECTS[key.measure]}"
    remedy = None
    if key.window is not None and level is not None:
        remedy = f"Counts from nought again at {in_words(key.window.ends, level.zone, now)}."
    every = "" if key.window is None else _IN_PERIOD[key.window.period]
    if key.measure is Measure.REDEMPTIONS:
        message = _limit_in_words(owner, most, every)
        return Reason(
            _LIMIT_REACHED[owner], message, subject=subject, expected=most, actual=count, remedy=remedy
        )
    amount = _value(most, key)
    what = _WHAT[key.measure].format(amount)
    message = _budget_in_words(owner, what, every)
    return Reason(
        _BUDGET_EXCEEDED[owner],
        message,
        subject=subject,
        expected=amount,
        actual=_value(count, key),
        missing=_value(count - most, key) if count > most else None,
        remedy=remedy,
    )


def _owner(presented: Presented, key: CounterKey) -> tuple[CampaignStanding | None, str]:
    """The campaign on whose clock it is counted, and whose limit it is: voucher, customer, campaign, main_campaign."""
    main = presented.main
    of_main = main is not None and key.subject == main.id
    if key.scope == "campaign":
        return (main, "main_campaign") if of_main else (presented.campaign, "campaign")
    return (main if of_main else presented.campaign), key.scope


def _limit_in_words(owner: str, most: int, every: str) -> str:
    times = ("once" if most == 1 else f"{most} times") + every
    if owner == "voucher":
        return f"This code can be used {times} and has been."
    if owner == "customer":
        return f"Each customer can use this campaign {times}, and this customer has."
    name = "main campaign" if owner == "main_campaign" else "campaign"
    return f"The {name} can be used {times} and has been."


def _budget_in_words(owner: str, what: str, every: str) -> str:
    if owner == "voucher":
        return f"This code has a budget of {what}{every}, and this would exceed it."
    if owner == "customer":
        return f"Each customer has a budget of {what}{every} in this campaign, and this would exceed it."
    name = "main campaign" if owner == "main_campaign" else "campaign"
    return f"The {name} has a budget of {what}{every}, and this would exceed it."


def _value(amount: int, key: CounterKey) -> Value:
    return amount if key.currency is None else Money(amount, key.currency)
