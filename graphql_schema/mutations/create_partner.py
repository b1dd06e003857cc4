"""createPartner: somebody for whom campaigns will run, with the commission that is promised."""

from decimal import Decimal
from typing import Annotated

import strawberry

from app.partners.draft import create_partner
from app.problem import Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.partner import Partner, show_partner


@strawberry.input(description="A new partner.")
class CreatePartnerInput:
    name: str = strawberry.field(description="What people call the partner; unique in the project.")
    commission_rate: Decimal = strawberry.field(
        default=Decimal(0),
        description="Percent of the order value, net of returns: 0 to 100, with at most 4 decimals.",
    )


@strawberry.type(description="The partner, or what is wrong with the input.")
class CreatePartnerPayload:
    partner: Partner | None = strawberry.field(description="The partner; null when the input is faulty.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class CreatePartnerMutation:
    @strawberry.mutation(
        description="Create a partner; `partner` of createCampaign and updateCampaign says which campaigns run for it."
        " Needs MANAGE."
    )
    async def create_partner(
        self,
        info: Info,
        input: Annotated[CreatePartnerInput, strawberry.argument(description="The partner.")],
    ) -> CreatePartnerPayload:
        caller = require(info, Permission.MANAGE)
        made = await create_partner(caller.project, input.name, input.commission_rate, info.context.now())
        if isinstance(made, Problems):
            return CreatePartnerPayload(partner=None, user_errors=user_errors(made))
        return CreatePartnerPayload(partner=show_partner(made), user_errors=[])
