"""updatePartner: another name, or another rate of commission from now on."""

from decimal import Decimal
from typing import Annotated

import strawberry

from app import ids
from app.partners.draft import update_partner
from app.partners.values import PartnerChanges
from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.unset import UNSET
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.node import read_id
from graphql_schema.types.partner import Partner, show_partner


@strawberry.input(description="New values for some fields of a partner. What is left out stays as it is.")
class UpdatePartnerInput:
    partner: strawberry.ID = strawberry.field(description="Which partner.")
    expected_version: int | None = strawberry.field(
        default=None,
        description="The `version` you have seen; if it is no longer the present one, nothing is changed.",
    )
    name: strawberry.Maybe[str] = strawberry.field(description="What people call the partner.")
    commission_rate: strawberry.Maybe[Decimal] = strawberry.field(
        description="Percent of the order value, net of returns: 0 to 100, with at most 4 decimals. It holds from now"
        " on; what was redeemed before keeps its rate."
    )


@strawberry.type(description="The partner as it is now.")
class UpdatePartnerPayload:
    partner: Partner | None = strawberry.field(description="The partner; null when it was not changed.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")


@strawberry.type
class UpdatePartnerMutation:
    @strawberry.mutation(description="Change a partner's name or its rate of commission. Needs MANAGE.")
    async def update_partner(
        self,
        info: Info,
        input: Annotated[UpdatePartnerInput, strawberry.argument(description="What to change.")],
    ) -> UpdatePartnerPayload:
        caller = require(info, Permission.MANAGE)
        partner = read_id(ids.PARTNER, input.partner, ("partner",))
        if isinstance(partner, Problem):
            return _refused(Problems((partner,)))
        changes = PartnerChanges(
            name=input.name.value if input.name else UNSET,
            commission_rate=input.commission_rate.value if input.commission_rate else UNSET,
        )
        updated = await update_partner(
            caller.project, partner, changes, input.expected_version, info.context.now()
        )
        if isinstance(updated, Problems):
            return _refused(updated)
        return UpdatePartnerPayload(partner=show_partner(updated), user_errors=[])


def _refused(problems: Problems) -> UpdatePartnerPayload:
    return UpdatePartnerPayload(partner=None, user_errors=user_errors(problems, id="partner"))
