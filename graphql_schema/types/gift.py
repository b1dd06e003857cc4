"""A gift: what a redemption gives beside the discount."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.engine.facts import POINTS
from app.engine.gift import Gift as EngineGift
from app.engine.gift import GiftKind
from graphql_schema.authority import Info
from graphql_schema.enums import describe_enum
from graphql_schema.types.money import Money, money

if TYPE_CHECKING:
    from graphql_schema.types.voucher import Voucher

describe_enum(
    GiftKind,
    "What is given beside a discount.",
    CREDIT="Money is put on the customer's gift voucher.",
    POINTS="Points are put on the customer's loyalty card.",
    EXTERNAL_CODE="A code that is good somewhere else is handed out.",
)


@strawberry.type(
    description="What is given beside a discount: when the redemption is consumed, and a hold when it is confirmed."
)
class Gift:
    kind: GiftKind = strawberry.field(description="What is given.")
    credit: Money | None = strawberry.field(
        description="The money that is put on the gift voucher; else null."
    )
    points: int | None = strawberry.field(
        description="The points that are put on the loyalty card; else null."
    )
    redemption: strawberry.Private[UUID | None]
    pool: strawberry.Private[UUID]
    voucher_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The gift voucher or loyalty card that it goes to; else null.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")] | None:
        return None if self.voucher_id is None else await info.context.loaders.vouchers.load(self.voucher_id)

    @strawberry.field(
        description="The codes that are good somewhere else, once the redemption has been consumed; empty for all other"
        " gifts, and before."
    )
    async def codes(self, info: Info) -> list[str]:
        if self.redemption is None or self.kind is not GiftKind.EXTERNAL_CODE:
            return []
        given = await info.context.loaders.codes_given.load(self.redemption)
        return [] if given is None else list(given.get(self.pool, ()))


def show_gifts(gifts: Iterable[EngineGift], redemption: UUID | None = None) -> list[Gift]:
    """The gifts as callers see them, codes of one pool together; `redemption` has given them, if it did so already."""
    shown: dict[UUID, Gift] = {}
    others: list[Gift] = []
    for gift in gifts:
        if gift.kind is GiftKind.EXTERNAL_CODE:
            shown[gift.source] = _show(gift, redemption)
        else:
            others.append(_show(gift, redemption))
    return [*others, *shown.values()]


def _show(gift: EngineGift, redemption: UUID | None) -> Gift:
    is_credit = gift.kind is GiftKind.CREDIT and gift.unit is not None
    return Gift(
        kind=gift.kind,
        credit=money(gift.amount, gift.unit or "") if is_credit else None,
        points=gift.amount if gift.unit == POINTS else None,
        redemption=redemption,
        pool=gift.source,
        voucher_id=gift.voucher,
    )
