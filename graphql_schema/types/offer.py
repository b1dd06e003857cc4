"""The offer: what a campaign promises, read from input and shown."""

import strawberry

from app.engine.offer import LONGEST_LANE
from app.engine.offer import Limits as EngineLimits
from app.engine.offer import Offer as EngineOffer
from app.engine.unit import UnitError
from app.problem import Problem, Problems
from graphql_schema.texts import check_text
from graphql_schema.types.kinds import Reward, RewardInput, Rule, RuleInput
from graphql_schema.types.units import read_reward, read_rule, show_reward, show_rule

Path = tuple[str, ...]


@strawberry.type(description="How many redemptions there may be at most; null means as many as they come.")
class Limits:
    per_voucher: int | None = strawberry.field(description="Of one code, unless the code has its own limit.")
    per_customer: int | None = strawberry.field(description="By one customer, in the whole campaign.")
    per_campaign: int | None = strawberry.field(description="In the campaign altogether.")


@strawberry.input(description="How many redemptions there may be at most; what is left out is not limited.")
class LimitsInput:
    per_voucher: int | None = strawberry.field(
        default=None, description="Of one code, unless the code has its own limit; 1 or more."
    )
    per_customer: int | None = strawberry.field(
        default=None, description="By one customer, in the whole campaign; 1 or more."
    )
    per_campaign: int | None = strawberry.field(
        default=None, description="In the campaign altogether; 1 or more."
    )


@strawberry.type(description="What a campaign promises, as one version. A change makes the next version.")
class Offer:
    version: int = strawberry.field(description="The number of this version in its campaign, from 1 on.")
    rule: Rule | None = strawberry.field(description="What must hold; null means that everybody may have it.")
    reward: Reward = strawberry.field(description="What is given.")
    limits: Limits = strawberry.field(description="How often it is given.")
    lane: str = strawberry.field(description="The stacking group in which this offer stands.")


@strawberry.input(description="What a campaign promises. Rules are put together by allOf, anyOf and noneOf.")
class OfferInput:
    rule: RuleInput | None = strawberry.field(
        default=None, description="What must hold; leave it out if everybody may have the reward."
    )
    reward: RewardInput = strawberry.field(description="What is given.")
    limits: LimitsInput | None = strawberry.field(default=None, description="How often it is given.")
    lane: str = strawberry.field(
        default="default",
        description=f"The stacking group in which this offer stands, up to {LONGEST_LANE} characters.",
    )


def show_offer(offer: EngineOffer) -> Offer:
    """The engine's offer as callers see it."""
    return Offer(
        version=offer.version,
        rule=None if offer.rule is None else show_rule(offer.rule),
        reward=show_reward(offer.reward),
        limits=Limits(
            per_voucher=offer.limits.per_voucher,
            per_customer=offer.limits.per_customer,
            per_campaign=offer.limits.per_campaign,
        ),
        lane=offer.lane,
    )


def read_offer(given: OfferInput, path: Path = ("offer",)) -> EngineOffer | Problems:
    """The engine's offer as version 1 (the campaign counts versions), or everything that is wrong with it.

    Codes: INVALID_PARAMETER and those of `read_rule`.
    """
    rule = None if given.rule is None else read_rule(given.rule, (*path, "rule"))
    reward = read_reward(given.reward, (*path, "reward"))
    limits = _read_limits(given.limits, (*path, "limits"))
    faults: list[Problem] = []
    check_text(given.lane, (*path, "lane"), faults, LONGEST_LANE)
    for part in (rule, reward, limits):
        if isinstance(part, Problems):
            faults.extend(part.all)
    if faults or isinstance(rule, Problems) or isinstance(reward, Problems) or isinstance(limits, Problems):
        return Problems(tuple(faults))
    try:
        return EngineOffer(1, rule, reward, limits, given.lane)
    except UnitError as refused:
        return Problems((Problem((*path, refused.path), "INVALID_PARAMETER", refused.message),))


def _read_limits(given: LimitsInput | None, path: Path) -> EngineLimits | Problems:
    if given is None:
        return EngineLimits()
    try:
        return EngineLimits(given.per_voucher, given.per_customer, given.per_campaign)
    except UnitError as refused:
        return Problems((Problem((*path, refused.path), "INVALID_PARAMETER", refused.message),))
