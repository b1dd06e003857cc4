"""An evaluation: the engine's full answer for a cart."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.engine.cart import Cart as EngineCart
from app.engine.evaluation import Evaluation as EngineEvaluation
from app.engine.evaluation import Verdict as EngineVerdict
from app.engine.explain import Case
from app.projects.admit import Caller, Permission
from graphql_schema.authority import Info
from graphql_schema.disclosure import disclosed, hidden_among
from graphql_schema.types.cart import Cart, CartLine, show_cart, show_line
from graphql_schema.types.explanation import Explanation, Explanations
from graphql_schema.types.gift import Gift, show_gifts
from graphql_schema.types.money import Money, money
from graphql_schema.types.reason import Reason, show_reason

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.voucher import Voucher


@strawberry.type(description="The answer for one code.")
class Verdict:
    code: str = strawberry.field(
        description="The code as it was typed; of a cart promotion, which has none, the campaign's name."
    )
    automatic: bool = strawberry.field(
        description="Whether this is a cart promotion that takes part by itself. Those that do not are not spoken of."
    )
    granted: bool = strawberry.field(description="Whether this code can be used on this cart.")
    skipped: bool = strawberry.field(
        description="Whether it could be used and is left out, by the project's stacking policy; `reasons` say why."
    )
    reasons: list[Reason] = strawberry.field(description="Why not; all reasons, empty when granted.")
    discount: Money = strawberry.field(
        description="What this code takes off, of lines and shipping, and what the goods would cost that it adds;"
        " nothing when refused."
    )
    shipping_discount: Money = strawberry.field(
        description="What of the discount is taken off the shipping; nothing when refused."
    )
    added_lines: list[CartLine] = strawberry.field(
        description="The goods that this code puts into the cart, free of charge; nothing when refused. They are in"
        " `cart` when all codes can be redeemed together."
    )
    gifts: list[Gift] = strawberry.field(
        description="What this code gives beside the discount, when it is redeemed; nothing when refused."
    )
    voucher_id: strawberry.Private[UUID | None]
    campaign_id: strawberry.Private[UUID | None]
    explain: strawberry.Private[Callable[[], Explanation] | None]
    off_lines: strawberry.Private[tuple[int, ...]]
    currency: strawberry.Private[str]

    @strawberry.field(
        description="What this code takes off each line, in the order of the `lines` of the evaluation's `cart`;"
        " nothing when refused."
    )
    def line_discounts(self) -> list[Money]:
        # Of hundreds of lines and thirty codes nobody wants them all: they are made for who asks.
        return [money(off, self.currency) for off in self.off_lines]

    @strawberry.field(
        description="Every condition that was looked at, holding or not. Null to all who may not read everything in"
        " the project: it shows what has been used of the company's budgets, and its rules about customers. Null in a"
        " best combination, too: validate its codes."
    )
    def explanation(self) -> Explanation | None:
        return None if self.explain is None else self.explain()

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
    granted: bool = strawberry.field(
        description="Whether the codes can be redeemed together on this cart: all that are not skipped, or at least one"
        " if the project's stacking policy lets others be left out."
    )
    verdicts: list[Verdict] = strawberry.field(
        description="The answer for each code, in the order they were sent, then for cart promotions that take part."
    )
    cart: Cart = strawberry.field(
        description="The cart, with what would be taken off each line, and with the goods that codes would add."
    )
    subtotal: Money = strawberry.field(
        description="The lines before any discount, without shipping; added ones too, which cost nothing in the end."
    )
    shipping: Money = strawberry.field(description="The cost of shipping.")
    discount: Money = strawberry.field(
        description="What all granted codes together take off; nothing unless they can be redeemed together."
    )
    shipping_discount: Money = strawberry.field(
        description="What of the discount is taken off the shipping; the rest is that of the lines."
    )
    total: Money = strawberry.field(
        description="What is left to pay: subtotal and shipping less the discount."
    )


def show_evaluation(
    evaluation: EngineEvaluation, cart: EngineCart, caller: Caller, case: Case | None = None
) -> Evaluation:
    """The evaluation as this caller may see it; explained, if it may see that, by the `case` that was judged."""
    explanations = Explanations(case) if case is not None and caller.may(Permission.READ) else None
    currency = evaluation.currency
    hidden = hidden_among([(verdict.voucher, verdict.reasons) for verdict in evaluation.verdicts], caller)
    return Evaluation(
        granted=evaluation.granted,
        verdicts=[
            _show_verdict(
                verdict, currency, is_hidden, caller, None if explanations is None else explanations.of(place)
            )
            for place, (verdict, is_hidden) in enumerate(zip(evaluation.verdicts, hidden, strict=True))
        ],
        cart=show_cart(cart, evaluation.line_discounts, evaluation.added),
        subtotal=money(evaluation.subtotal, currency),
        shipping=money(evaluation.shipping, currency),
        discount=money(evaluation.discount, currency),
        shipping_discount=money(evaluation.shipping_discount, currency),
        total=money(evaluation.total, currency),
    )


def _show_verdict(
    verdict: EngineVerdict,
    currency: str,
    is_hidden: bool,
    caller: Caller,
    explain: Callable[[], Explanation] | None,
) -> Verdict:
    return Verdict(
        code=verdict.code,
        automatic=verdict.is_automatic,
        granted=verdict.granted,
        skipped=verdict.skipped,
        reasons=[show_reason(reason) for reason in disclosed(verdict.reasons, is_hidden, caller)],
        discount=money(verdict.discount, currency),
        shipping_discount=money(verdict.shipping_discount, currency),
        added_lines=[show_line(line, currency, line.amount) for line in verdict.added],
        gifts=show_gifts(verdict.gifts),
        voucher_id=None if is_hidden else verdict.voucher,
        campaign_id=None if is_hidden else verdict.campaign,
        explain=explain,
        off_lines=verdict.line_discounts,
        currency=currency,
    )
