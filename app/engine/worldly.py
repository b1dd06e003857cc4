"""Conditions that lie outside of offers: the code's standing, its campaigns', limits, budgets and the balance."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.engine.counter import Cap, Count, CounterKey, Measure, Scope
from app.engine.explanation import Condition, Level
from app.engine.facts import Situation
from app.engine.limits import (
    cap_in_words,
    counted_so_far,
    refusals_of_budgets,
    refusals_of_currency,
    refusals_of_limits,
    value_of,
)
from app.engine.moment import in_words
from app.engine.offer import CampaignStanding, Presented
from app.engine.payment import asked_of, available_to, balance_value
from app.engine.reason import Reason
from app.engine.standing import is_limited_per_customer, refusals_of_standing


def conditions_of_standing(code: Presented, customer: UUID | None, now: datetime) -> list[Condition]:
    """Whether the code may be used at all: enabled, in time, live campaigns, its holder, something promised."""
    zone = "UTC" if code.campaign is None else code.campaign.zone
    found = [Condition("voucher.enabled", "The code must not be disabled.", Level.VOUCHER)]
    found += _times("voucher", "code", Level.VOUCHER, (code.starts_at, code.expires_at), zone, now)
    if code.campaign is not None:
        found += _campaign("campaign", code.campaign, Level.CAMPAIGN, now)
    if code.main is not None:
        found += _campaign("main_campaign", code.main, Level.MAIN_CAMPAIGN, now)
    if code.holder is not None:
        told = "The code is one customer's, and it must be that customer who buys."
        found.append(Condition("voucher.holder", told, Level.VOUCHER))
    found.append(Condition("campaign.offer", "The campaign must promise something.", Level.CAMPAIGN))
    if code.offer is not None and is_limited_per_customer(code):
        told = "The customer must be known, for something is counted for each customer."
        found.append(Condition("customer", told, Level.CAMPAIGN))
    by_subject: dict[str | None, tuple[Reason, ...]] = {}
    for reason in refusals_of_standing(code, customer, now):
        by_subject[reason.subject] = (*by_subject.get(reason.subject, ()), reason)
    return [replace(each, reasons=by_subject.get(each.kind, ())) for each in found]


def conditions_of_counters(
    code: Presented,
    caps: tuple[Cap, ...],
    counts: Mapping[CounterKey, int],
    used_here: Mapping[CounterKey, int],
    situation: Situation,
) -> list[Condition]:
    """Each limit and budget with what has been used of it; and that budgets are in the cart's currency.

    `counts` is how far this code would take them, where it is judged by that: not if one is used up already.
    """
    used, now = situation.facts.used, situation.now
    reached = {cap.key: refusals_of_limits(code, (cap,), used, used_here, now) for cap in caps}
    found = []
    for cap in caps:
        key, reasons = cap.key, reached[cap.key]
        if key in counts and not any(reached.values()):
            count = (Count(key, counts[key]),)
            reasons = refusals_of_budgets(code, (cap,), count, used, used_here, now)
        found.append(
            Condition(
                "limit" if key.measure is Measure.REDEMPTIONS else "budget",
                cap_in_words(code, cap),
                _level_of(code, key),
                tuple(reasons),
                expected=value_of(cap.most, key),
                actual=reasons[0].actual if reasons else value_of(counted_so_far(key, used, used_here), key),
            )
        )
    return found + _currencies(code, situation.cart.currency)


def conditions_of_balance(code: Presented, situation: Situation, reasons: list[Reason]) -> Condition:
    """That the balance can pay as it is asked to."""
    balance = None if code.voucher is None else situation.facts.balances.get(code.voucher)
    asked = asked_of(code)
    return Condition(
        "voucher.balance",
        "The balance of the code must be able to pay as asked.",
        Level.VOUCHER,
        tuple(reasons),
        expected=None if balance is None or asked is None else balance_value(asked, balance.unit),
        actual=None if balance is None else balance_value(available_to(code, situation.facts), balance.unit),
    )


def _campaign(path: str, campaign: CampaignStanding, level: Level, now: datetime) -> list[Condition]:
    name = path.replace("_", " ")
    state = Condition(
        f"{path}.state", f"The {name} must be live.", level, expected="LIVE", actual=campaign.state
    )
    ends = (campaign.starts_at, campaign.ends_at)
    return [state, *_times(path, name, level, ends, campaign.zone, now)]


def _times(
    path: str,
    name: str,
    level: Level,
    ends: tuple[datetime | None, datetime | None],
    zone: str,
    now: datetime,
) -> list[Condition]:
    starts_at, ends_at = ends
    found: list[Condition] = []
    if starts_at is not None:
        told = f"The {name} is valid from {in_words(starts_at, zone, now)}."
        found.append(Condition(f"{path}.starts_at", told, level, expected=starts_at, actual=now))
    if ends_at is not None:
        told = f"The {name} is valid until {in_words(ends_at, zone, now)}."
        end = "expires_at" if level is Level.VOUCHER else "ends_at"
        found.append(Condition(f"{path}.{end}", told, level, expected=ends_at, actual=now))
    return found


def _currencies(code: Presented, currency: str) -> list[Condition]:
    found: list[Condition] = []
    for level, campaign, alone in (
        (Level.CAMPAIGN, code.campaign, replace(code, main=None)),
        (Level.MAIN_CAMPAIGN, code.main, replace(code, campaign=None)),
    ):
        if campaign is not None and any(budget.currency is not None for budget in campaign.budgets):
            told = "There must be budgets in the cart's currency, where there are budgets of money."
            reasons = tuple(refusals_of_currency(alone, currency))
            found.append(Condition("budget.currency", told, level, reasons, actual=currency))
    return found


def _level_of(code: Presented, key: CounterKey) -> Level:
    if code.main is not None and key.subject == code.main.id:
        return Level.MAIN_CAMPAIGN
    is_own = key.scope == Scope.VOUCHER and key.measure is Measure.REDEMPTIONS and key.window is None
    return Level.VOUCHER if is_own and code.max_redemptions is not None else Level.CAMPAIGN
