"""An evaluation: the engine's full answer for a cart."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.engine.cart import Cart as EngineCart
from app.engine.evaluation import Evaluation as EngineEvaluation
from app.engine.evaluation import Verdict as EngineVerdict
from app.projects.admit import Caller
from graphql_schema.authority import Info
from graphql_schema.disclosure import disclosed, hidden_among
from graphql_schema.types.cart import Cart, show_cart
from graphql_schema.types.money import Money, money
from graphql_schema.types.reason import Reason, show_reason

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.voucher import Voucher


@strawberry.type(description="The answer for one code.")
class Verdict:
    code: str = strawberry.field(description="The code as it was typed.")
    granted: bool = strawberry.field(description="Whether this code can be used on this cart.")
    reasons: list[Reason] = strawberry.field(description="Why not; all reasons, empty when granted.")
    discount: Money = strawberry.field(description="What this code takes off; nothing when refused.")
    voucher_id: strawberry.Private[UUID | None]
    campaign_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The voucher of the code, if there is such a code.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")] | None:
        return None if self.voucher_id is None else await info.context.loaders.vouchers.load(self.voucher_id)

    @strawberry.field(description="The campaign of the code, if there is such a code.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")] | None:
        return (
            None if self.campaign_id is None else await info.context.loaders.campaigns.load(self.campaign_id)
        )


@strawberry.type(description="The engine's full answer for a cart. Nothing was consumed.")
class Evaluation:
    granted: bool = strawberry.field(description="Whether all codes together can be redeemed on this cart.")
    verdicts: list[Verdict] = strawberry.field(
        description="The answer for each code, in the order they were sent."
    )
    cart: Cart = strawberry.field(description="The cart, with what would be taken off each line.")
    subtotal: Money = strawberry.field(description="The cart's lines before any discount, without shipping.")
    shipping: Money = strawberry.field(description="The cost of shipping.")
    discount: Money = strawberry.field(
        description="What all codes together take off; nothing unless all are granted."
    )
    total: Money = strawberry.field(
        description="What is left to pay: subtotal and shipping less the discount."
    )


def show_evaluation(evaluation: EngineEvaluation, cart: EngineCart, caller: Caller) -> Evaluation:
    """The evaluation as this caller may see it."""
    currency = evaluation.currency
    hidden = hidden_among([(verdict.voucher, verdict.reasons) for verdict in evaluation.verdicts], caller)
    return Evaluation(
        granted=evaluation.granted,
        verdicts=[
            _show_verdict(verdict, currency, is_hidden, caller)
            for verdict, is_hidden in zip(evaluation.verdicts, hidden, strict=True)
        ],
        cart=show_cart(cart, evaluation.line_discounts),
        subtotal=money(evaluation.subtotal, currency),
        shipping=money(evaluation.shipping, currency),
        discount=money(evaluation.discount, currency),
        total=money(evaluation.total, currency),
    )


def _show_verdict(verdict: EngineVerdict, currency: str, is_hidden: bool, caller: Caller) -> Verdict:
    return Verdict(
        code=verdict.code,
        granted=verdict.granted,
        reasons=[show_reason(reason) for reason in disclosed(verdict.reasons, is_hidden, caller)],
        discount=money(verdict.discount, currency),
        voucher_id=None if is_hidden else verdict.voucher,
        campaign_id=None if is_hidden else verdict.campaign,
    )
