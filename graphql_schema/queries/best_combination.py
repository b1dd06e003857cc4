"""bestCombination: which codes are worth most together for a cart."""

from typing import Annotated

import strawberry

from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.redemptions.combine import combine_codes, combine_wallet
from app.redemptions.fit import Visit
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.refusals import shown_path
from graphql_schema.types.best_combination import BestCombination, show_best_combination
from graphql_schema.types.cart import CartInput
from graphql_schema.types.code_input import CodeInput, read_codes, read_takes
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.occasion import OccasionInput, ask_cart, ask_customer, ask_occasion


@strawberry.type
class BestCombinationQueries:
    @strawberry.field(
        description="The codes that take most off a cart together: of those given, or of all that the customer holds."
        " Cart promotions take part by themselves. Nothing is consumed or reserved."
    )
    async def best_combination(
        self,
        info: Info,
        cart: Annotated[CartInput, strawberry.argument(description="What is about to be bought.")],
        customer: Annotated[
            CustomerRef | None,
            strawberry.argument(description="Who is buying; leave it out with a customer token. Needs READ."),
        ] = None,
        codes: Annotated[
            list[CodeInput] | None,
            strawberry.argument(description="Up to 30 codes; without them, all that the customer holds."),
        ] = None,
        occasion: Annotated[
            OccasionInput | None, strawberry.argument(description="Where and through what it is presented.")
        ] = None,
    ) -> BestCombination:
        caller = require(info, Permission.VALIDATE)
        who = ask_customer(info, customer)
        basket = ask_cart(cart)
        visit = Visit(basket, info.context.now(), ask_occasion(occasion, caller), caller.stacking)
        if codes is None:
            best = await combine_wallet(caller.project, who, visit)
            return show_best_combination(best, basket, caller, of_wallet=True)
        faults: list[Problem] = []
        texts, takes = read_codes(codes, faults, promotions=False), read_takes(codes, faults)
        answer = Problems(tuple(faults)) if faults else await combine_codes(caller, texts, takes, who, visit)
        if isinstance(answer, Problems):
            first = answer.all[0]
            raise Refusal("BAD_USER_INPUT", first.message, argument=shown_path(first.path))
        return show_best_combination(answer, basket, caller, of_wallet=False)
