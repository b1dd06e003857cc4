"""Limits and budgets: is anything used up, or would this redemption take more than is left?"""

from collections.abc import Mapping
from datetime import datetime

from app.engine import reason as codes
from app.engine.counter import Cap, Count, CounterKey, Measure, Scope
from app.engine.moment import in_words
from app.engine.money import LARGEST, Money
from app.engine.offer import CampaignStanding, Presented
from app.engine.period import Period
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change

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
_BUDGETS = {
    Measure.DISCOUNT: "discount budget",
    Measure.ORDER_VALUE: "order budget",
    Measure.POINTS: "points budget",
}
_A_DAY = {Period.DAY: " a day", Period.WEEK: " a week", Period.MONTH: " a month", Period.YEAR: " a year"}
_TODAY = {
    Period.DAY: " today",
    Period.WEEK: " this week",
    Period.MONTH: " this month",
    Period.YEAR: " this year",
}
_DAILY = {Period.DAY: "daily ", Period.WEEK: "weekly ", Period.MONTH: "monthly ", Period.YEAR: "yearly "}


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
        count = counted_so_far(key, used, used_here)
        if count >= most:
            # This code itself takes one at least.
            fresh = count - used.get(key, 0) + 1
            found.append(_reached(presented, key, most, count, fresh, now))
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
        count = counted_so_far(key, used, used_here) + amount
        if count > most:
            found.append(_reached(presented, key, most, count, count - used.get(key, 0), now))
    return found


def refusals_of_currency(presented: Presented, currency: str) -> list[Reason]:
    """CURRENCY_MISMATCH for money budgets of which none is in the cart's currency: in doubt nothing is given away."""
    found: list[Reason] = []
    for name, level in (("campaign", presented.campaign), ("main campaign", presented.main)):
        if level is None or not level.budgets:
            continue
        kinds: dict[tuple[Measure, Scope, Period], list[str]] = {}
        for budget in level.budgets:
            if budget.currency is not None:
                kinds.setdefault((budget.measure, budget.per, budget.period), []).append(budget.currency)
        found += [
            _other_currency(name, tuple(sorted(known)), currency)
            for known in kinds.values()
            if currency not in known
        ]
    return found


def counted_so_far(
    key: CounterKey, used: Mapping[CounterKey, int], used_here: Mapping[CounterKey, int]
) -> int:
    """How far it has counted before this code. The value of this very order is counted once, not for each code."""
    count = used.get(key, 0)
    return count if key.measure is Measure.ORDER_VALUE else count + used_here.get(key, 0)


def _reached(
    presented: Presented, key: CounterKey, most: int, count: int, fresh: int, now: datetime
) -> Reason:
    """The reason; `fresh` is how far this request alone would take the counter."""
    level = _level(presented, key)
    is_main = level is not None and level is presented.main
    owner = "main_campaign" if is_main and key.scope == "campaign" else key.scope
    period = Period.EVER if key.window is None else key.window.period
    is_limit = key.measure is Measure.REDEMPTIONS
    if is_limit:
        message = _limit_in_words(key.scope, most, period, is_main=is_main)
    else:
        message = _budget_in_words(key, period, is_main=is_main, is_used_up=count <= most)
    remedy = change = None
    # What has been used so far counts no more then; what this request uses itself does.
    if key.window is not None and level is not None and fresh <= most and key.window.ends > now:
        remedy = f"Counted anew from {in_words(key.window.ends, level.zone, now)}."
        change = Change(Act.COME_AT, at=key.window.ends)
    return Reason(
        (_LIMIT_REACHED if is_limit else _BUDGET_EXCEEDED)[owner],
        message,
        subject=f"{owner}.{key.measure.value.lower()}",
        expected=value_of(most, key),
        actual=value_of(count, key),
        missing=value_of(count - most, key) if count > most and not is_limit else None,
        remedy=remedy,
        change=change,
    )


def cap_in_words(presented: Presented, cap: Cap) -> str:
    """What the counter may count to: `At most 500.00 EUR of discount a day for the campaign.`"""
    key = cap.key
    level = _level(presented, key)
    campaign = "main campaign" if level is not None and level is presented.main else "campaign"
    for_whom = {"voucher": "this code", "customer": f"each customer in the {campaign}"}
    what = {
        Measure.REDEMPTIONS: "1 redemption" if cap.most == 1 else f"{cap.most} redemptions",
        Measure.DISCOUNT: f"{value_of(cap.most, key)} of discount",
        Measure.ORDER_VALUE: f"{value_of(cap.most, key)} of orders",
        Measure.POINTS: f"{cap.most} points",
    }[key.measure]
    a_day = "" if key.window is None else _A_DAY[key.window.period]
    return f"At most {what}{a_day} for {for_whom.get(key.scope, f'the {campaign}')}."


def _level(presented: Presented, key: CounterKey) -> CampaignStanding | None:
    """The campaign whose limit or budget it is, and on whose clock its periods begin."""
    main = presented.main
    return main if main is not None and key.subject == main.id else presented.campaign


def _limit_in_words(scope: str, most: int, period: Period, *, is_main: bool) -> str:
    times = ("once" if most == 1 else f"{most} times") + _A_DAY.get(period, "")
    today = _TODAY.get(period, "")
    if scope == "voucher":
        return f"This code can be used {times} and has been{today}."
    campaign = "main campaign" if is_main else "campaign"
    if scope == "customer":
        return f"Each customer can use this {campaign} {times}, and this customer has{today}."
    return f"The {campaign} can be used {times} and has been{today}."


def _budget_in_words(key: CounterKey, period: Period, *, is_main: bool, is_used_up: bool) -> str:
    # No amounts here: they stand in `expected`, `actual` and `missing`, and are the company's own affair.
    budget = _DAILY.get(period, "") + _BUDGETS[key.measure]
    campaign = "main campaign" if is_main else "campaign"
    whose = {
        "voucher": f"The {budget} of this code",
        "customer": f"This customer's {budget} in the {campaign}",
    }.get(key.scope, f"The {budget} of the {campaign}")
    return f"{whose} is used up." if is_used_up else f"{whose} does not cover this."


def _other_currency(name: str, known: tuple[str, ...], currency: str) -> Reason:
    return Reason(
        codes.CURRENCY_MISMATCH,
        f"The {name} has a budget in {' and '.join(known)}, the cart is in {currency}.",
        subject="cart.currency",
        expected=known[0] if len(known) == 1 else known,
        actual=currency,
        remedy=f"Pay in {' or '.join(known)}.",
        change=Change(Act.CHOOSE, path="cart.currency", values=known),
    )


def value_of(amount: int, key: CounterKey) -> Value:
    """What a counter counts, as a value: money where it counts money."""
    # A cart may be as large as money can be, and then it is more with what was used before.
    return amount if key.currency is None else Money(min(amount, LARGEST), key.currency)
