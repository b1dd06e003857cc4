"""createCustomerToken: short-lived proof, for a storefront key, that its caller is one customer."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import strawberry

from app.customers.read import by_source_ids
from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.projects.tokens import create_customer_token
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.customer_input import CustomerRef, read_customer_ref


@strawberry.input(description="A customer token to be made.")
class CreateCustomerTokenInput:
    customer: CustomerRef = strawberry.field(description="Whom the token speaks for.")
    lives: timedelta = strawberry.field(
        default=timedelta(minutes=15), description="How long it lives, from a second to 24 hours."
    )


@strawberry.type(description="The customer token that was made.")
class CreateCustomerTokenPayload:
    token: str | None = strawberry.field(
        description="To be sent as `X-Customer-Token` beside a storefront key; null when it was not made."
    )
    expires_at: datetime | None = strawberry.field(description="When the token ends.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class CreateCustomerTokenMutation:
    @strawberry.mutation(
        description="Make a token with which a storefront acts for one customer: redeems for it, shows its wallet."
        " It ends at its time, or when the key that made it is revoked. Needs MANAGE."
    )
    async def create_customer_token(
        self,
        info: Info,
        input: Annotated[CreateCustomerTokenInput, strawberry.argument(description="For whom, how long.")],
    ) -> CreateCustomerTokenPayload:
        caller = require(info, Permission.MANAGE)
        customer = await _customer_id(caller.project, input.customer)
        if isinstance(customer, Problems):
            return _refused(customer)
        signer = info.context.process.signer
        made = await create_customer_token(
            caller.project, caller.key, customer, input.lives, info.context.now(), signer
        )
        if isinstance(made, Problems):
            return _refused(made)
        return CreateCustomerTokenPayload(token=made.token, expires_at=made.expires_at, user_errors=[])


async def _customer_id(project: UUID, given: CustomerRef) -> UUID | Problems:
    faults: list[Problem] = []
    ref = read_customer_ref(given, ("customer",), faults)
    if ref is None or faults:
        return Problems(tuple(faults))
    if ref.id is not None:
        return ref.id
    source_id = ref.source_id or ""
    known = (await by_source_ids(project, [source_id])).get(source_id)
    return Problems.one("customer", "NOT_FOUND", "There is no such customer.") if known is None else known.id


def _refused(problems: Problems) -> CreateCustomerTokenPayload:
    return CreateCustomerTokenPayload(token=None, expires_at=None, user_errors=user_errors(problems))
