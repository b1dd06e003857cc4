"""Recoverable demand: what turned shoppers away, what it was worth, and the mutations that would let them in."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app import ids
from app.campaigns.values import CampaignChanges
from app.demand.causes import Cause
from app.demand.values import Deed, Demand, DemandQuestion, Group
from app.demand.values import Remedy as RemedyValue
from app.engine.budget import Budget
from app.engine.counter import Measure
from app.engine.json_data import JSONValue
from app.engine.money import Money as ExactMoney
from app.engine.offer import Offer
from app.engine.shelf import rewards, rules
from app.unset import UNSET
from app.vouchers.values import VoucherChanges
from graphql_schema.authority import Info
from graphql_schema.enums import describe_enum
from graphql_schema.scalars import Metadata
from graphql_schema.types.money import Money, money
from graphql_schema.types.units import as_input

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.partner import Partner
    from graphql_schema.types.rejected_redemption import RejectedRedemption

describe_enum(
    Cause,
    "What turned an attempt away. Of several things the hardest to mend counts: the one that stands first here.",
    name="DemandCause",
    UNKNOWN_CODE="There is no such code.",
    WRONG_CUSTOMER="The offer is for other customers, or nobody said who is buying.",
    CAMPAIGN_OVER="The campaign has ended for good.",
    CODE_EXPIRED="The code, its campaign or the main campaign has expired.",
    STOPPED="The code was disabled, or its campaign paused.",
    NOT_YET_VALID="The code or its campaign begins later, or is not launched.",
    USED_UP="The code or its campaign has been redeemed as often as it may.",
    BUDGET_SPENT="A budget of the code or its campaign is spent.",
    CUSTOMER_USED_UP="This customer has used it as often, or for as much, as each may.",
    NOTHING_LEFT="A balance or a pool is empty, or holds too little.",
    OTHER_CONDITION="An expression, an exception or several alternatives at once.",
    WRONG_PLACE="The wrong channel, redemption point, key or country.",
    WRONG_MOMENT="The wrong day or hour.",
    WRONG_CART="The cart does not hold what the offer asks for, or too much of it.",
    MINIMUM_FAR_AWAY="More than 25 % of the minimum was missing.",
    MINIMUM_MISSED="10 to 25 % of the minimum was missing.",
    MINIMUM_NEARLY_REACHED="Less than 10 % of the minimum was missing.",
    DOES_NOT_STACK="The codes on the cart do not go together.",
)
_ANSWER = "userErrors { path code message }"


@strawberry.type(description="A mutation that would let such attempts pass from now on, ready to be sent.")
class DemandRemedy:
    sentence: str = strawberry.field(description="What it does, for people.")
    mutation: str = strawberry.field(description='The name of the mutation, such as "updateCampaign".')
    document: str = strawberry.field(description="The operation.")
    variables: Metadata = strawberry.field(description="Its variables.")
    simulation: Metadata | None = strawberry.field(
        description="The `input` of simulateCampaign that shows what it would have changed in this range; null for"
        " what cannot be simulated: deeds on single codes, launching, and what a main campaign grants each customer."
    )


@strawberry.type(description="Refused attempts that one thing turned away.")
class DemandGroup:
    cause: Cause = strawberry.field(description="What turned them away.")
    reason: str = strawberry.field(description='The code of the reason, such as "EXPIRED".')
    sentence: str = strawberry.field(description="The same for people, with campaign and partner.")
    attempts: int = strawberry.field(description="How many attempts; each is in one group only.")
    sole_attempts: int = strawberry.field(
        description="In how many of them nothing else stood in the way: these a remedy would have let pass."
    )
    customers: int = strawberry.field(description="How many known customers tried.")
    redeemed_later: int = strawberry.field(
        description="After how many attempts the same customer redeemed something within 24 hours."
    )
    value_at_stake: list[Money] = strawberry.field(
        description="What the goods in the carts cost before discounts, one sum for each currency."
    )
    remedies: list[DemandRemedy] = strawberry.field(
        description="What would mend it as things stand now; none if nobody can, or somebody has."
    )
    campaign_id: strawberry.Private[UUID | None]
    partner_id: strawberry.Private[UUID | None]
    example_ids: strawberry.Private[tuple[UUID, ...]]

    @strawberry.field(description="The campaign of the code; null for codes that do not exist.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")] | None:
        if self.campaign_id is None:
            return None
        return await info.context.loaders.campaigns.load(self.campaign_id)

    @strawberry.field(description="For whom the campaign ran then, if for anybody.")
    async def partner(
        self, info: Info
    ) -> Annotated["Partner", strawberry.lazy("graphql_schema.types.partner")] | None:
        if self.partner_id is None:
            return None
        return await info.context.loaders.partners.by_id.load(self.partner_id)

    @strawberry.field(description="The attempts that were worth most; three at most.")
    async def examples(
        self, info: Info
    ) -> list[Annotated["RejectedRedemption", strawberry.lazy("graphql_schema.types.rejected_redemption")]]:
        found = await info.context.loaders.rejected_redemptions.load_many(self.example_ids)
        return [one for one in found if one is not None]


@strawberry.type(description="Demand that was turned away, by what turned it away.")
class RecoverableDemand:
    groups: list[DemandGroup] = strawberry.field(
        description="Those worth most in the project's currency first."
    )
    attempts: int = strawberry.field(description="How many refused attempts were looked at.")
    is_complete: bool = strawberry.field(
        description="Whether these are all of the range; else they are the latest ones."
    )


def show_demand(demand: Demand, question: DemandQuestion) -> RecoverableDemand:
    """The demand as callers see it."""
    return RecoverableDemand(
        groups=[_show_group(group, question) for group in demand.groups],
        attempts=demand.looked_at,
        is_complete=not demand.too_many,
    )


def _show_group(group: Group, question: DemandQuestion) -> DemandGroup:
    return DemandGroup(
        cause=group.obstacle.cause,
        reason=group.obstacle.reason,
        sentence=group.sentence,
        attempts=group.attempts,
        sole_attempts=group.sole_attempts,
        customers=group.customers,
        redeemed_later=group.came_back,
        value_at_stake=[money(value, currency) for currency, value in sorted(group.value.items())],
        remedies=[_show_remedy(remedy, question) for remedy in group.remedies],
        campaign_id=group.obstacle.campaign,
        partner_id=group.obstacle.partner,
        example_ids=group.examples,
    )


_INPUTS = {
    Deed.UPDATE_CAMPAIGN: "UpdateCampaignInput",
    Deed.LAUNCH_CAMPAIGN: "LaunchCampaignInput",
    Deed.UPDATE_VOUCHER: "UpdateVoucherInput",
    Deed.ENABLE_VOUCHER: "SwitchVoucherInput",
}


def _show_remedy(remedy: RemedyValue, question: DemandQuestion) -> DemandRemedy:
    name, changes = remedy.deed.value, _changes(remedy.changes)
    is_campaign = remedy.deed in (Deed.UPDATE_CAMPAIGN, Deed.LAUNCH_CAMPAIGN)
    target: dict[str, JSONValue] = {
        "campaign" if is_campaign else "voucher": {
            "id": ids.show(ids.CAMPAIGN if is_campaign else ids.VOUCHER, remedy.target)
        }
    }
    seen: dict[str, JSONValue] = {} if remedy.version is None else {"expectedVersion": remedy.version}
    over: dict[str, JSONValue] = {"from": question.from_.isoformat(), "to": question.to.isoformat()}
    simulation = {"campaign": {"edit": {**target, **changes}}, "over": over}
    return DemandRemedy(
        sentence=remedy.sentence,
        mutation=name,
        document=f"mutation Remedy($input: {_INPUTS[remedy.deed]}!) {{ {name}(input: $input) {{ {_ANSWER} }} }}",
        variables=Metadata({"input": {**target, **seen, **changes}}),
        simulation=Metadata(simulation) if remedy.can_be_simulated else None,
    )


def _changes(changes: CampaignChanges | VoucherChanges | None) -> dict[str, JSONValue]:
    """The fields that are given, as the input has them."""
    if changes is None:
        return {}
    given = {name: getattr(changes, name) for name in changes.__dataclass_fields__}
    return {to_camel_case(name): _input(value) for name, value in given.items() if value is not UNSET}


def _input(value: object) -> JSONValue:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Offer):
        return _offer(value)
    if isinstance(value, tuple):
        return [_budget(one) for one in value]
    if value is None or isinstance(value, int | str):
        return value
    raise TypeError(f"no remedy changes a {type(value).__name__}")


def _offer(offer: Offer) -> JSONValue:
    shown: dict[str, JSONValue] = {
        "reward": as_input(rewards, offer.reward),
        "limits": {to_camel_case(name): most for name, most in offer.limits.to_json().items()},
        "lane": offer.lane,
    }
    if offer.rule is not None:
        shown["rule"] = as_input(rules, offer.rule)
    return shown


def _budget(budget: Budget) -> JSONValue:
    most: JSONValue = budget.most
    if budget.currency is not None:
        exact = ExactMoney(budget.most, budget.currency)
        most = {"amount": str(exact.amount), "currency": exact.currency}
    counted = {
        Measure.REDEMPTIONS: "redemptions",
        Measure.DISCOUNT: "discount",
        Measure.ORDER_VALUE: "orderValue",
        Measure.POINTS: "points",
    }[budget.measure]
    return {"most": {counted: most}, "per": budget.per.name, "period": budget.period.name}
