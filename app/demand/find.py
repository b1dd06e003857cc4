"""Finding recoverable demand: refusals grouped by what turned them away, with remedies for how things stand now."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from app import door
from app.campaigns.read import by_ids as campaigns_by_ids
from app.database import fetch, statement
from app.demand.causes import CAUSES, Cause
from app.demand.in_words import in_words
from app.demand.remedies import remedies_for
from app.demand.values import Demand, DemandQuestion, Group, Obstacle
from app.partners.read import by_ids as partners_by_ids
from app.problem import Problem, Problems
from app.vouchers.read import by_ids as vouchers_by_ids

LONGEST = timedelta(days=93)
MOST_GROUPS = 50
MOST_ATTEMPTS = 20_000

_GROUPS = statement(__package__, "groups.sql")


async def recoverable_demand(project: UUID, question: DemandQuestion, now: datetime) -> Demand | Problems:
    """What turned attempts away, the most valuable first; four statements, however much there is.

    Of more than 20,000 attempts the latest are looked at. Codes: INVALID_TIME, DATES_REVERSED and OUT_OF_RANGE (more
    than 93 days; less than one or more than 50 groups).
    """
    if faults := _faults(question):
        return Problems(faults)
    rows = await fetch(
        _GROUPS,
        project,
        question.from_,
        question.to,
        question.channel,
        question.redemption_point,
        question.campaign,
        question.partner,
        MOST_ATTEMPTS,
        list(CAUSES),
        [cause.value for cause in CAUSES.values()],
        [cause.rank for cause in CAUSES.values()],
        question.first,
        question.currency,
    )
    groups = [_group(row) for row in rows if row["place"] is not None]
    looked_at = rows[0]["looked_at"]
    return Demand(await _mended(project, groups, now), looked_at, looked_at == MOST_ATTEMPTS)


async def _mended(project: UUID, groups: list[Group], now: datetime) -> list[Group]:
    """The groups with their sentences and remedies."""
    named = {id_ for group in groups for id_ in (group.obstacle.campaign, group.obstacle.main)} - {None}
    campaigns = await campaigns_by_ids(project, [id_ for id_ in named if id_ is not None])
    vouchers = await vouchers_by_ids(project, {id_ for group in groups for id_ in group.vouchers})
    partners = await partners_by_ids(
        project, list({group.obstacle.partner for group in groups if group.obstacle.partner is not None})
    )
    return [
        replace(
            group,
            sentence=in_words(group.obstacle, campaigns, partners),
            remedies=remedies_for(group, campaigns, vouchers, now),
        )
        for group in groups
    ]


def _faults(question: DemandQuestion) -> tuple[Problem, ...]:
    faults = (
        *door.instant(("range", "from"), question.from_),
        *door.instant(("range", "to"), question.to),
        *door.text(("filter", "channel"), question.channel),
        *door.text(("filter", "redemption_point"), question.redemption_point),
    )
    if faults:
        return faults
    if question.from_ >= question.to:
        return (Problem(("range", "to"), "DATES_REVERSED", "The range must end after it begins."),)
    if question.to - question.from_ > LONGEST:
        message = f"The range may be at most {LONGEST.days} days long."
        return (Problem(("range",), "OUT_OF_RANGE", message),)
    if not 1 <= question.first <= MOST_GROUPS:
        return (Problem(("most",), "OUT_OF_RANGE", f"Ask for 1 to {MOST_GROUPS} groups."),)
    return ()


def _group(row: asyncpg.Record) -> Group:
    return Group(
        obstacle=Obstacle(
            cause=Cause(row["root"]),
            reason=row["code"],
            subject=row["subject"],
            campaign=row["campaign_id"],
            main=row["main_campaign_id"],
            partner=row["partner_id"],
            expected=row["expected"],
            least=row["least"],
            currency=row["unit"],
        ),
        attempts=row["attempts"],
        sole_attempts=row["sole_attempts"],
        customers=row["customers"],
        came_back=row["came_back"],
        # As texts: the dearest carts together may come to more than a bigint holds, and JSON readers go no further.
        value={currency: int(value) for currency, value in row["value"].items()},
        examples=tuple(row["examples"]),
        vouchers=tuple(row["vouchers"]),
    )
