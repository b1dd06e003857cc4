"""The best combination: the codes that are worth most together for a cart, and what the others would have cost."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.engine.best_combination import BestCombination as EngineBest
from app.engine.best_combination import LeftOut
from app.engine.cart import Cart as EngineCart
from app.projects.admit import Caller
from graphql_schema.authority import Info
from graphql_schema.disclosure import disclosed, hidden_among
from graphql_schema.types.evaluation import Evaluation, show_evaluation
from graphql_schema.types.money import Money, money
from graphql_schema.types.reason import Reason, show_reason

if TYPE_CHECKING:
    from graphql_schema.types.voucher import Voucher


@strawberry.type(description="A code that the best combination does not use.")
class LeftOutCode:
    code: str = strawberry.field(description="The code; one that was typed, as it was typed.")
    refused: bool = strawberry.field(description="Whether no combination can use it, whatever else is in it.")
    reasons: list[Reason] = strawberry.field(
        description="Why it is not used: why it is refused, what it does not go together with, or that it gains"
        " nothing."
    )
    loss: Money | None = strawberry.field(
        description="How much less the best combination with this code would take off; null where it is refused, or"
        " where not all combinations were tried."
    )
    voucher_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The voucher of the code, if there is such a code.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")] | None:
        return None if self.voucher_id is None else await info.context.loaders.vouchers.load(self.voucher_id)


@strawberry.type(description="Another combination of codes.")
class OtherCombination:
    codes: list[str] = strawberry.field(description="Its codes, in the order in which they count.")
    discount: Money = strawberry.field(
        description="What it takes off altogether, cart promotions that take part included."
    )
    loss: Money = strawberry.field(description="How much less that is than the best.")


@strawberry.type(
    description="The codes that take most off a cart together: off lines and shipping, by added goods, from balances."
)
class BestCombination:
    codes: list[str] = strawberry.field(
        description="The codes in the order in which they count; redeemed so, they give just this evaluation."
    )
    evaluation: Evaluation = strawberry.field(
        description="The answer for these codes, with the cart promotions that take part. Nothing was consumed."
    )
    left_out: list[LeftOutCode] = strawberry.field(
        description="The codes that are not used. Of a wallet only those that could be, alone or with others."
    )
    alternatives: list[OtherCombination] = strawberry.field(
        description="Up to three next best combinations; none merely has, or lacks, some codes of another."
    )
    is_exact: bool = strawberry.field(
        description="Whether all combinations were tried, as they are of up to 12 codes that can be used unless that"
        " takes seconds: then no set of these codes takes more off in this order. Else it is the best that was found."
    )


def show_best_combination(
    best: EngineBest, cart: EngineCart, caller: Caller, *, of_wallet: bool
) -> BestCombination:
    """The best combination as this caller may see it."""
    left_out = [one for one in best.left_out if not (of_wallet and one.is_refused)]
    used = [(verdict.voucher, verdict.reasons) for verdict in best.evaluation.verdicts]
    hidden = hidden_among([*used, *[(one.code.voucher, one.reasons) for one in left_out]], caller)
    currency = cart.currency
    return BestCombination(
        codes=[code.code for code in best.codes],
        evaluation=show_evaluation(best.evaluation, cart, caller),
        left_out=[
            _show_left_out(one, currency, is_hidden, caller)
            for one, is_hidden in zip(left_out, hidden[len(used) :], strict=True)
        ],
        alternatives=[
            OtherCombination(
                codes=[code.code for code in other.codes],
                discount=money(other.discount, currency),
                loss=money(best.evaluation.discount - other.discount, currency),
            )
            for other in best.alternatives
        ],
        is_exact=best.is_exact,
    )


def _show_left_out(one: LeftOut, currency: str, is_hidden: bool, caller: Caller) -> LeftOutCode:
    return LeftOutCode(
        code=one.code.code,
        # Whether it was tried at all would tell that there is such a code.
        refused=one.is_refused or is_hidden,
        reasons=[show_reason(reason) for reason in disclosed(one.reasons, is_hidden, caller)],
        loss=None if one.loss is None or is_hidden else money(one.loss, currency),
        voucher_id=None if is_hidden else one.code.voucher,
    )
