"""upsertCustomer: make a customer, or bring the one known by this source id up to date."""

from typing import Annotated

import strawberry

from app.customers.recognise import upsert_customer
from app.problem import Problem, Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.customer import Customer, show_customer
from graphql_schema.types.customer_input import CustomerProfileInput, read_profile


@strawberry.type(description="The customer as it stands now.")
class UpsertCustomerPayload:
    customer: Customer | None = strawberry.field(description="The customer; null when the input is faulty.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class UpsertCustomerMutation:
    @strawberry.mutation(
        description="Make a customer, or bring the one known by this source id up to date. Safe to repeat. Needs"
        " MANAGE."
    )
    async def upsert_customer(
        self,
        info: Info,
        input: Annotated[CustomerProfileInput, strawberry.argument(description="Who the customer is.")],
    ) -> UpsertCustomerPayload:
        caller = require(info, Permission.MANAGE)
        faults: list[Problem] = []
        profile = read_profile(input, (), faults)
        outcome = (
            Problems(tuple(faults))
            if faults
            else await upsert_customer(caller.project, profile, info.context.now())
        )
        if isinstance(outcome, Problems):
            return UpsertCustomerPayload(customer=None, user_errors=user_errors(outcome))
        return UpsertCustomerPayload(customer=show_customer(outcome), user_errors=[])
