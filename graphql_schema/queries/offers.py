"""offers: which promotions and codes a shopper could use for a cart."""

from typing import Annotated

import strawberry

from app.projects.admit import Permission
from app.redemptions.candidates import Listed
from app.redemptions.fit import Visit
from app.redemptions.qualify import qualify
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.types.cart import CartInput
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.occasion import OccasionInput, ask_cart, ask_customer, ask_occasion
from graphql_schema.types.offer_fit import OfferFit, show_fits

MOST_OFFERS = 50


@strawberry.type
class OfferQueries:
    @strawberry.field(
        description="What a shopper could use for a cart: what applies, by worth; then what almost applies, the"
        " smallest gap first; then, if it was asked for, all else. Looked at are cart promotions, generic codes of"
        " listed campaigns (the 200 latest) and, when somebody says who it is, the 200 vouchers that they were given"
        " last. Each is judged without other codes; bestCombination tells which go best together."
    )
    async def offers(
        self,
        info: Info,
        cart: Annotated[CartInput, strawberry.argument(description="What is about to be bought.")],
        customer: Annotated[
            CustomerRef | None,
            strawberry.argument(description="Who is buying; leave it out with a customer token. Needs READ."),
        ] = None,
        occasion: Annotated[
            OccasionInput | None, strawberry.argument(description="Where and through what it is presented.")
        ] = None,
        first: Annotated[int, strawberry.argument(description="How many, up to 50.")] = 20,
        all_states: Annotated[
            bool, strawberry.argument(description="Also those that neither apply nor almost do.")
        ] = False,
        include_unlisted: Annotated[
            bool,
            strawberry.argument(
                description="Also generic codes of live campaigns that are not listed. Needs READ."
            ),
        ] = False,
    ) -> list[OfferFit]:
        caller = require(info, Permission.VALIDATE)
        if include_unlisted:
            require(info, Permission.READ)
        if not 1 <= first <= MOST_OFFERS:
            raise Refusal("BAD_USER_INPUT", f"Ask for 1 to {MOST_OFFERS} offers.", argument=["first"])
        who = ask_customer(info, customer)
        basket = ask_cart(cart)
        visit = Visit(basket, info.context.now(), ask_occasion(occasion, caller), caller.stacking)
        listed = Listed.ALL if include_unlisted else Listed.LISTED
        found = await qualify(caller.project, who, listed, visit)
        return show_fits(found, basket, caller, first, all_states=all_states)
