"""simulateCampaign: what would a new campaign, or a change of one, have done to what really came to the till?"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.campaigns.values import CampaignChanges, CampaignDraft
from app.engine.budget import MOST_BUDGETS
from app.problem import Problems
from app.projects.admit import Caller, Permission
from app.simulation.past_attempts import Period
from app.simulation.simulate import MOST_ATTEMPTS, Sample, simulate
from app.unset import UNSET
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.budget import BudgetInput, read_budgets
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id
from graphql_schema.types.offer import OfferInput, read_offer
from graphql_schema.types.simulation import Simulation, show_simulation

_NAME = "Simulated campaign"


@strawberry.input(
    description="A campaign that is not there, as createCampaign takes it; it is given to every cart of the period in"
    " addition to what that had."
)
class SimulatedDraftInput:
    offer: OfferInput = strawberry.field(description="What it promises.")
    main_campaign: CampaignRef | None = strawberry.field(
        default=None, description="The main campaign whose limits and budgets it would share, if any."
    )
    time_zone: str | None = strawberry.field(
        default=None,
        description="The IANA time zone on whose clock its rules are judged; else the project's.",
    )
    starts_at: datetime | None = strawberry.field(
        default=None,
        description="Its first instant, on the clock of the past; leave it out for all of the period.",
    )
    ends_at: datetime | None = strawberry.field(
        default=None, description="The instant from which it is over; leave it out for all of the period."
    )
    max_redemptions: int | None = strawberry.field(
        default=None, description="The most redemptions altogether."
    )
    budgets: list[BudgetInput] = strawberry.field(
        default_factory=list, description=f"How much there may be of what; {MOST_BUDGETS} at most."
    )


@strawberry.input(
    description="A campaign with changes, as updateCampaign takes them. What is left out is as it was at the time;"
    " nothing at all gives what really happened."
)
class SimulatedEditInput:
    campaign: CampaignRef = strawberry.field(
        description="Which campaign; a main one with all its sub-campaigns."
    )
    time_zone: strawberry.Maybe[str] = strawberry.field(
        description="The IANA time zone on whose clock its budgets are counted."
    )
    starts_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="Its first instant; null for from the beginning."
    )
    ends_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="The instant from which it is over; null for never."
    )
    max_redemptions: strawberry.Maybe[int | None] = strawberry.field(
        description="The most redemptions altogether; null for no limit."
    )
    budgets: strawberry.Maybe[list[BudgetInput]] = strawberry.field(description="All budgets anew.")
    offer: strawberry.Maybe[OfferInput] = strawberry.field(description="What it promises, as a whole.")


@strawberry.input(one_of=True, description="What is simulated: a new campaign, or a change of one.")
class SimulatedCampaignInput:
    draft: strawberry.Maybe[SimulatedDraftInput] = strawberry.field(description="A new campaign.")
    edit: strawberry.Maybe[SimulatedEditInput] = strawberry.field(description="A campaign with changes.")


@strawberry.input(description="A period of the past.")
class SimulatedPeriodInput:
    from_: datetime = strawberry.field(name="from", description="Its first instant.")
    to: datetime | None = strawberry.field(
        default=None, description="The instant from which it is over; now, when it is left out."
    )


@strawberry.input(
    description="Which attempts are looked at: always the same ones, chosen by a hash of their ids."
)
class SimulationSampleInput:
    percent: int = strawberry.field(default=100, description="How many of a hundred; 1 to 100.")
    most: int = strawberry.field(
        default=MOST_ATTEMPTS, description=f"About how many at most; 1 to {MOST_ATTEMPTS}."
    )


@strawberry.input(description="A campaign, and the past that it is tried on.")
class SimulateCampaignInput:
    campaign: SimulatedCampaignInput = strawberry.field(description="What is simulated.")
    over: SimulatedPeriodInput = strawberry.field(description="The period.")
    sample: SimulationSampleInput = strawberry.field(
        default_factory=SimulationSampleInput, description="How much of it is looked at."
    )


@strawberry.type(description="What the simulation found.")
class SimulateCampaignPayload:
    simulation: Simulation | None = strawberry.field(
        description="The figures; null when the input is faulty."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class SimulateCampaignQueries:
    @strawberry.field(
        description="Try a new campaign, or a change of one, on the redemptions and rejected redemptions of a period:"
        " what it would cost, who would newly qualify, when limits and budgets would run out. Nothing is changed. Takes"
        " seconds for a long period; one at a time is worked on. Needs READ."
    )
    async def simulate_campaign(
        self,
        info: Info,
        input: Annotated[SimulateCampaignInput, strawberry.argument(description="What to try on what.")],
    ) -> SimulateCampaignPayload:
        caller, now = require(info, Permission.READ), info.context.now()
        campaign = await _read(input.campaign, caller)
        if isinstance(campaign, Problems):
            return _refused(campaign)
        over = Period(input.over.from_, now if input.over.to is None else input.over.to)
        sample = Sample(input.sample.percent, input.sample.most)
        report = await simulate(caller.project, campaign, over, sample, now)
        if isinstance(report, Problems):
            return _refused(report)
        return SimulateCampaignPayload(simulation=show_simulation(report), user_errors=[])


_Read = CampaignDraft | tuple[UUID, CampaignChanges] | Problems


async def _read(given: SimulatedCampaignInput, caller: Caller) -> _Read:
    if given.draft:
        return await _read_draft(given.draft.value, caller)
    if given.edit:
        return await _read_edit(given.edit.value, caller)
    raise AssertionError("@oneOf promises one of the two")


async def _read_draft(given: SimulatedDraftInput, caller: Caller) -> CampaignDraft | Problems:
    path, main = ("draft",), given.main_campaign
    main_id = None if main is None else await campaign_id(caller.project, main, (*path, "main_campaign"))
    offer, budgets = (
        read_offer(given.offer, (*path, "offer")),
        read_budgets(given.budgets, (*path, "budgets")),
    )
    if isinstance(main_id, Problems) or isinstance(offer, Problems) or isinstance(budgets, Problems):
        return _all(main_id, offer, budgets)
    return CampaignDraft(
        name=_NAME,
        main_id=main_id,
        time_zone=given.time_zone,
        starts_at=given.starts_at,
        ends_at=given.ends_at,
        max_redemptions=given.max_redemptions,
        offer=offer,
        budgets=budgets,
    )


async def _read_edit(given: SimulatedEditInput, caller: Caller) -> tuple[UUID, CampaignChanges] | Problems:
    path = ("edit",)
    campaign = await campaign_id(caller.project, given.campaign, (*path, "campaign"))
    offer = read_offer(given.offer.value, (*path, "offer")) if given.offer else UNSET
    budgets = read_budgets(given.budgets.value, (*path, "budgets")) if given.budgets else UNSET
    if isinstance(campaign, Problems) or isinstance(offer, Problems) or isinstance(budgets, Problems):
        return _all(campaign, offer, budgets)
    return campaign, CampaignChanges(
        time_zone=given.time_zone.value if given.time_zone else UNSET,
        starts_at=given.starts_at.value if given.starts_at else UNSET,
        ends_at=given.ends_at.value if given.ends_at else UNSET,
        max_redemptions=given.max_redemptions.value if given.max_redemptions else UNSET,
        offer=offer,
        budgets=budgets,
    )


def _all(*parts: object) -> Problems:
    return Problems(tuple(fault for part in parts if isinstance(part, Problems) for fault in part.all))


_SAID: dict[tuple[str, ...], tuple[str, ...]] = {
    ("edit", "id"): ("edit", "campaign"),
    ("draft", "main_id"): ("draft", "main_campaign"),
}


def _refused(problems: Problems) -> SimulateCampaignPayload:
    told = []
    for problem in problems.all:
        path = (*_SAID.get(problem.path[:2], problem.path[:2]), *problem.path[2:])
        is_campaign = path[:1] in (("draft",), ("edit",))
        told.append(replace(problem, path=("campaign", *path) if is_campaign else path))
    return SimulateCampaignPayload(simulation=None, user_errors=user_errors(Problems(tuple(told))))
