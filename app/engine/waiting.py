"""Waiting: when all conditions about time hold together, and when waiting is in vain because all is over by then."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from app.engine.facts import Situation
from app.engine.moment import in_words
from app.engine.nesting import inside
from app.engine.offer import Presented
from app.engine.reason import BUDGETS_EXCEEDED, Reason
from app.engine.remedy import Act, Change
from app.engine.unit import Family, Rule
from app.engine.ways import change_of, remedy_of

# "Friday the 13th" takes up to 28 steps; who needs more would wait for decades.
MOST_STEPS = 50


def wait_together(
    rules: Sequence[Rule], reasons: tuple[Reason, ...], situation: Situation
) -> tuple[Reason, ...]:
    """The reasons of rules that must all hold: whoever waits for one of them waits until all let them in.

    The instant is the first of that kind; where there is none, waiting is no remedy.
    """
    waits = [reason.change.at for reason in reasons if _waits(reason) and reason.change and reason.change.at]
    timed = [rule for rule in rules if _may_look_at_time(rule)]
    if not waits or len(timed) < 2:
        return reasons
    at = _first_instant(timed, situation, max(waits))
    return tuple(_until(reason, at, situation) if _waits(reason) else reason for reason in reasons)


def without_vain_waits(reasons: list[Reason], over: Callable[[], Sequence[Reason]]) -> list[Reason]:
    """The reasons without the advice to wait for a budget's next period where that will not cover the cart either.

    `over` finds out which budgets that is true of; it is asked only where somebody would wait for one.
    """
    if not any(_waits(reason) and reason.code in BUDGETS_EXCEEDED for reason in reasons):
        return reasons
    vain = {(reason.code, reason.subject, reason.expected) for reason in over()}
    return [
        replace(reason, remedy=None, change=None)
        if (reason.code, reason.subject, reason.expected) in vain
        else reason
        for reason in reasons
    ]


def without_late_remedies(code: Presented, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The reasons without the advice to come when the code, its campaign or the main campaign is over."""
    levels = [level.ends_at for level in (code.campaign, code.main) if level is not None]
    ends = [end for end in (code.expires_at, *levels) if end is not None]
    if not ends:
        return reasons
    return tuple([_before(reason, min(ends)) for reason in reasons])


def _first_instant(timed: Sequence[Rule], situation: Situation, at: datetime) -> datetime | None:
    """The first instant from `at` on at which no rule says that it is too early, or None.

    None of them lets anybody in before the latest of their next openings, so stepping from one such to the next misses
    nothing.
    """
    for _ in range(MOST_STEPS):
        then = replace(situation, now=at)
        openings: list[datetime] = []
        for rule in timed:
            for reason in rule.refusals(then):
                if reason.change is not None and reason.change.at is not None:
                    openings.append(reason.change.at)
                elif _is_about_time_only(rule):
                    return None
        if not openings:
            return at
        at = max(openings)
    return None


def _may_look_at_time(rule: Rule) -> bool:
    # Some about the customer do: birthdays.
    return rule.family in (Family.TIME, Family.CUSTOMER) or any(map(_may_look_at_time, inside(rule)))


def _is_about_time_only(rule: Rule) -> bool:
    inner = inside(rule)
    return rule.family is Family.TIME or (bool(inner) and all(map(_is_about_time_only, inner)))


def _waits(reason: Reason) -> bool:
    return reason.change is not None and reason.change.act is Act.COME_AT


def _until(reason: Reason, at: datetime | None, situation: Situation) -> Reason:
    """The reason with that instant in the place of its own; where there is none, without it."""
    if at is None:
        return replace(reason, remedy=None, change=None)
    if reason.change is not None and reason.change.at == at:
        return reason
    told = f"Valid from {in_words(at, situation.zone, situation.now)}."
    return replace(reason, remedy=told, change=Change(Act.COME_AT, at=at))


def _before(reason: Reason, end: datetime) -> Reason:
    if reason.alternatives:
        ways = tuple(tuple(_before(each, end) for each in way) for way in reason.alternatives)
        return replace(reason, alternatives=ways, remedy=remedy_of(ways), change=change_of(ways))
    if reason.change is not None and reason.change.at is not None and reason.change.at >= end:
        return replace(reason, remedy=None, change=None)
    return reason
