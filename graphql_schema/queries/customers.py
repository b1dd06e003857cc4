"""customer, customers and wallet."""

from typing import Annotated
from uuid import UUID

import strawberry

from app.customers.read import CustomerFilter as Conditions
from app.customers.read import CustomerSort, by_source_ids, count_customers, customers_page
from app.database.keyset import PageRequest
from app.problem import Problem
from app.projects.admit import Caller, Permission
from app.redemptions.requests import CustomerRef as CustomerRefValue
from graphql_schema.authority import Info, require, require_customer
from graphql_schema.errors import Refusal
from graphql_schema.paging import (
    After,
    Before,
    Connection,
    First,
    Last,
    asked_page,
    connection,
    page_request,
)
from graphql_schema.sorting import Sort, TimeOrder
from graphql_schema.types.cart import CartInput
from graphql_schema.types.customer import Customer, show_customer
from graphql_schema.types.customer_input import CustomerRef, read_customer_ref
from graphql_schema.types.occasion import OccasionInput, ask_cart, ask_occasion
from graphql_schema.types.wallet import Basket, Wallet


@strawberry.input(description="Which customers to list; all given conditions must hold.")
class CustomerFilter:
    email: str | None = strawberry.field(
        default=None, description="Only the customers with this e-mail address."
    )
    name_prefix: str | None = strawberry.field(
        default=None, description="Only the customers whose name begins so; case does not matter."
    )


@strawberry.type
class CustomerQueries:
    @strawberry.field(description="A customer by id or source id; null if there is none.")
    async def customer(
        self, info: Info, ref: Annotated[CustomerRef, strawberry.argument(description="Which one.")]
    ) -> Customer | None:
        caller = require(info, Permission.READ)
        found = await _find(ref, caller)
        return None if found is None else await info.context.loaders.customers.load(found)

    @strawberry.field(description="The project's customers.")
    async def customers(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        filter: Annotated[CustomerFilter | None, strawberry.argument(description="Which ones.")] = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ) -> Connection[Customer]:
        caller = require(info, Permission.READ)
        request: PageRequest = page_request(first, last, after, before)
        given = filter or CustomerFilter()
        only = Conditions(email=given.email, name_prefix=given.name_prefix)
        order = CustomerSort[sort.value]
        page = await asked_page(customers_page(caller.project, request, only, order))
        return connection(page, show_customer, lambda: count_customers(caller.project, only))

    @strawberry.field(
        description="All that a customer holds; for a cart, with what each voucher is worth for it. With a customer"
        " token the wallet is that customer's. Null if there is no such customer."
    )
    async def wallet(
        self,
        info: Info,
        customer: Annotated[
            CustomerRef | None, strawberry.argument(description="Whose; leave it out with a customer token.")
        ] = None,
        cart: Annotated[
            CartInput | None, strawberry.argument(description="The cart that the vouchers are judged for.")
        ] = None,
        occasion: Annotated[
            OccasionInput | None, strawberry.argument(description="Where and through what it is presented.")
        ] = None,
    ) -> Wallet | None:
        caller = require(info, Permission.READ, Permission.READ_OWN_WALLET)
        owner = caller.customer if customer is None else await _find(customer, caller)
        if customer is None and owner is None:
            raise Refusal("BAD_USER_INPUT", "Say whose wallet, or come with a customer token.")
        if owner is None:
            # Whoever sees one wallet only is told of no other customer, not even that there is none.
            require(info, Permission.READ)
            return None
        require_customer(info, owner)
        basket = Basket(None if cart is None else ask_cart(cart), ask_occasion(occasion, caller))
        if customer is not None and customer.id and await info.context.loaders.customers.load(owner) is None:
            return None
        return Wallet(owner=owner, basket=basket)


async def _find(given: CustomerRef, caller: Caller) -> UUID | None:
    """The id that is meant; raises BAD_USER_INPUT for what cannot be one."""
    faults: list[Problem] = []
    ref = read_customer_ref(given, (), faults)
    if faults or not isinstance(ref, CustomerRefValue):
        raise Refusal("BAD_USER_INPUT", faults[0].message)
    if ref.source_id is None:
        return ref.id
    known = await by_source_ids(caller.project, [ref.source_id])
    return known[ref.source_id].id if ref.source_id in known else None
