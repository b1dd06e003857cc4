"""Wallets page by page: what customers hold, judged for the operation's carts, in statements that do not multiply."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import NamedTuple
from uuid import UUID

from aiodataloader import DataLoader

from app.database.keyset import Page, PageRequest
from app.engine.cart import Cart
from app.engine.occasion import Occasion
from app.projects.admit import Caller
from app.redemptions.combine import combine_wallet
from app.redemptions.expiring import expiring_soon
from app.redemptions.fit import Standing, Visit, VoucherState
from app.redemptions.requests import CustomerRef
from app.redemptions.standing import judge_vouchers
from app.wallets.holdings import count_holdings, holdings_of
from app.wallets.sums import sums_of_wallets
from app.wallets.values import Balance as BalanceValue
from app.wallets.values import Holding
from graphql_schema.loaders import PageKey, counting, paging
from graphql_schema.paging import Connection, connection
from graphql_schema.sorting import TimeOrder
from graphql_schema.types.balance import Balance, show_balance
from graphql_schema.types.best_combination import BestCombination, show_best_combination
from graphql_schema.types.wallet import Basket, WalletVoucher, show_holding

MOST_EXPIRING = 20
_GOOD_FOR_NOTHING = frozenset({VoucherState.USED, VoucherState.EMPTY, VoucherState.EXPIRED})


class _Held(NamedTuple):
    """A voucher in a customer's wallet, to be judged for one of the operation's carts."""

    customer: UUID
    voucher: UUID
    basket: int


class _Soon(NamedTuple):
    """What a customer's wallet holds that is over within some time."""

    customer: UUID
    within: timedelta


class Wallets:
    """The wallets of one operation, as a part of its graph."""

    def __init__(self, caller: Caller, now: Callable[[], datetime]) -> None:
        self._caller = caller
        self._project = caller.project
        self._now = now
        self._baskets: list[Basket] = []

    async def page(self, customer: UUID, basket: Basket, request: PageRequest) -> Connection[WalletVoucher]:
        """A page of a wallet, its vouchers judged for the cart; statements do not grow with wallets or vouchers."""
        page = await self._holdings.load(PageKey(customer, request, TimeOrder.NEWEST_FIRST))
        judged = await self._judged(customer, page.items, basket)
        return connection(
            page,
            lambda holding: show_holding(holding, judged[holding], basket.cart, self._caller),
            lambda: self._holding_counts.load(customer),
        )

    async def expiring(self, customer: UUID, basket: Basket, within: timedelta) -> list[WalletVoucher]:
        """What is over within that time and still good for something, the soonest first; 20 at most."""
        holdings = await self._expiring.load(_Soon(customer, within))
        judged = await self._judged(customer, holdings, basket)
        good = [one for one in holdings if judged[one].state not in _GOOD_FOR_NOTHING]
        return [show_holding(one, judged[one], basket.cart, self._caller) for one in good[:MOST_EXPIRING]]

    async def sums(self, customer: UUID) -> list[Balance]:
        """What the customer's balances come to, one for each unit."""
        return [show_balance(balance) for balance in await self._sums.load(customer)]

    async def best(self, customer: UUID, cart: Cart, occasion: Occasion) -> BestCombination:
        """What of the wallet takes most off the cart together."""
        visit = Visit(cart, self._now(), occasion, self._caller.stacking)
        best = await combine_wallet(self._project, CustomerRef(id=customer), visit)
        return show_best_combination(best, cart, self._caller, of_wallet=True)

    async def _judged(
        self, customer: UUID, holdings: Sequence[Holding], basket: Basket
    ) -> dict[Holding, Standing]:
        place = self._place_of(basket)
        keys = [_Held(customer, holding.voucher_id, place) for holding in holdings]
        return dict(zip(holdings, await self._standings.load_many(keys), strict=True))

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
            for place in sorted({key.basket for key in keys}):
                alike = [key for key in keys if key.basket == place]
                pairs = [(key.customer, key.voucher) for key in alike]
                cart, occasion = self._baskets[place]
                visit = Visit(cart, self._now(), occasion, self._caller.stacking)
                standings = await judge_vouchers(self._project, pairs, visit)
                found.update({key: standings[pair] for key, pair in zip(alike, pairs, strict=True)})
            return [found[key] for key in keys]

        return DataLoader(judge)

    @cached_property
    def _expiring(self) -> DataLoader[_Soon, list[Holding]]:
        async def load(keys: list[_Soon]) -> list[list[Holding]]:
            found: dict[_Soon, list[Holding]] = {}
            # An operation asks for few different spans, so a statement for each is none for each wallet.
            for within in sorted({key.within for key in keys}):
                customers = [key.customer for key in keys if key.within == within]
                own = await expiring_soon(self._project, customers, within, self._now())
                found.update({_Soon(customer, within): own.get(customer, []) for customer in customers})
            return [found[key] for key in keys]

        return DataLoader(load)

    @cached_property
    def _sums(self) -> DataLoader[UUID, tuple[BalanceValue, ...]]:
        async def load(customers: list[UUID]) -> list[tuple[BalanceValue, ...]]:
            found = await sums_of_wallets(self._project, customers, self._now())
            return [found.get(customer, ()) for customer in customers]

        return DataLoader(load)

    def _place_of(self, basket: Basket) -> int:
        """Carts hold metadata and cannot be keys; their places in the operation can."""
        if basket not in self._baskets:
            self._baskets.append(basket)
        return self._baskets.index(basket)
