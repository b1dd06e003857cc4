"""Wallets page by page: what customers hold, judged for the operation's carts, in statements that do not multiply."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import NamedTuple
from uuid import UUID

from aiodataloader import DataLoader

from app.database.keyset import Page, PageRequest
from app.engine.cart import Cart
from app.projects.admit import Caller
from app.redemptions.requests import Standing
from app.redemptions.standing import judge_vouchers
from app.wallets.holdings import count_holdings, holdings_of
from app.wallets.values import Holding
from graphql_schema.loaders import PageKey, counting, paging
from graphql_schema.paging import Connection, connection
from graphql_schema.sorting import TimeOrder
from graphql_schema.types.wallet import WalletVoucher, show_holding


class _Held(NamedTuple):
    """A voucher in a customer's wallet, to be judged for one of the operation's carts."""

    customer: UUID
    voucher: UUID
    cart: int


class Wallets:
    """The wallets of one operation, as a part of its graph."""

    def __init__(self, caller: Caller, now: Callable[[], datetime]) -> None:
        self._caller = caller
        self._project = caller.project
        self._now = now
        self._carts: list[Cart | None] = []

    async def page(
        self, customer: UUID, cart: Cart | None, request: PageRequest
    ) -> Connection[WalletVoucher]:
        """A page of a wallet, its vouchers judged for the cart; statements do not grow with wallets or vouchers."""
        page = await self._holdings.load(PageKey(customer, request, TimeOrder.NEWEST_FIRST))
        place = self._place_of(cart)
        keys = [_Held(customer, holding.voucher_id, place) for holding in page.items]
        judged = dict(zip(page.items, await self._standings.load_many(keys), strict=True))
        return connection(
            page,
            lambda holding: show_holding(holding, judged[holding], cart, self._caller),
            lambda: self._holding_counts.load(customer),
        )

    @cached_property
    def _holdings(self) -> DataLoader[PageKey, Page[Holding]]:
        def load(
            customers: Sequence[UUID], request: PageRequest, _order: TimeOrder
        ) -> Awaitable[Mapping[UUID, Page[Holding]]]:
            return holdings_of(self._project, customers, request)

        return paging(load)

    @cached_property
    def _holding_counts(self) -> DataLoader[UUID, int]:
        return counting(partial(count_holdings, self._project))

    @cached_property
    def _standings(self) -> DataLoader[_Held, Standing]:
        async def judge(keys: list[_Held]) -> list[Standing]:
            found: dict[_Held, Standing] = {}
            for place in sorted({key.cart for key in keys}):
                alike = [key for key in keys if key.cart == place]
                pairs = [(key.customer, key.voucher) for key in alike]
                standings = await judge_vouchers(self._project, pairs, self._carts[place], self._now())
                found.update({key: standings[pair] for key, pair in zip(alike, pairs, strict=True)})
            return [found[key] for key in keys]

        return DataLoader(judge)

    def _place_of(self, cart: Cart | None) -> int:
        """Carts hold metadata and cannot be keys; their places in the operation can."""
        for place, known in enumerate(self._carts):
            if known is cart:
                return place
        self._carts.append(cart)
        return len(self._carts) - 1
