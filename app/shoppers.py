"""Simulated shoppers: they validate and redeem the sample shop's codes over HTTP, some of them wrongly.

They come at a steady rate whatever the answers take, as real ones do.
"""

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any  # answers of the API

import httpx

from app.engine.cart import Cart
from app.engine.money import Money
from app.sample.goods import GOODS, basket
from app.sample.promotions import (
    EARLY_BIRD_CODE,
    SHOES_CODE,
    SUMMER_CODE,
    WELCOME,
)

MOST_AT_ONCE = 100  # who finds so many before the till goes home
ANSWER_SECONDS = 15

_SHOP = """
query Shop($welcome: String!) {
  campaign(ref: { name: $welcome }) { id }
  publications(first: 50) { nodes { voucher { code kind } customer { sourceId } } }
}"""
_PUBLISH = """
mutation Welcome($input: PublishVouchersInput!) {
  publishVouchers(input: $input) { publications { voucher { code } } userErrors { code message } }
}"""
_VALIDATE = """
mutation Validate($input: ValidateVouchersInput!) {
  validateVouchers(input: $input) { evaluation { granted } userErrors { code message } }
}"""
_REDEEM = """
mutation Redeem($input: RedeemVouchersInput!) {
  redeemVouchers(input: $input) {
    result { __typename ... on RejectedRedemption { reasons { code } } }
    userErrors { code message }
  }
}"""


class ShoppersError(Exception):
    """Nobody can shop there; the text is one sentence for the operator."""


class _NoAnswer(Exception):  # noqa: N818 - an outcome, told in the tally
    """The service did not answer, or not with data."""


@dataclass(slots=True)
class Tally:
    """What became of the shoppers."""

    came: int = 0
    turned_away: int = 0
    looked: int = 0
    redeemed: int = 0
    rejected: Counter[str] = field(default_factory=Counter)  # by the code of the first reason
    failed: Counter[str] = field(default_factory=Counter)  # by what went wrong
    seconds: float = 0.0

    @property
    def served(self) -> int:
        """How many got an answer."""
        return self.looked + self.redeemed + self.rejected.total()


@dataclass(frozen=True, slots=True)
class _Given:
    """A code that was published, and the customer who has it."""

    code: str
    customer: str


class Shoppers:
    """Sends shoppers to one service, with the sample shop's server key."""

    def __init__(self, url: str, key: str, chance: random.Random | None = None) -> None:
        self.tally = Tally()
        self._url = url
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=ANSWER_SECONDS,
            trust_env=False,
            limits=httpx.Limits(max_connections=MOST_AT_ONCE),
        )
        self._chance = chance or random.Random()  # noqa: S311 - nobody's secret
        self._welcome = ""
        self._given: list[_Given] = []
        self._visits: tuple[tuple[int, Callable[[], Awaitable[None]]], ...] = (
            (46, self._buys_in_summer),
            (10, self._is_new),
            (10, self._only_looks),
            (6, self._wants_shoes),
            (8, self._has_too_small_a_cart),
            (6, self._mistypes),
            (5, self._comes_too_late),
            (5, self._borrows_a_code),
            (4, self._pays_in_dollars),
        )

    async def shop(self, rate: float, duration: float | None, watch: Callable[[Tally], None]) -> None:
        """Send `rate` shoppers a second for `duration` seconds, or until cancelled; `watch` sees the tally at each.

        Raises ShoppersError when there is no sample shop to visit.
        """
        began = time.monotonic()
        visits: set[asyncio.Task[None]] = set()
        try:
            await self._look_around()
            began = time.monotonic()
            while duration is None or self.tally.came < rate * duration:
                due = began + self.tally.came / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                self.tally.came += 1
                self.tally.seconds = time.monotonic() - began
                if len(visits) < MOST_AT_ONCE:
                    visit = asyncio.create_task(self._visit())
                    visits.add(visit)
                    visit.add_done_callback(visits.discard)
                else:
                    self.tally.turned_away += 1
                watch(self.tally)
            await asyncio.gather(*visits)
        finally:
            for visit in visits:
                visit.cancel()
            await asyncio.gather(*visits, return_exceptions=True)
            self.tally.seconds = time.monotonic() - began
            watch(self.tally)
            await self._client.aclose()

    async def _look_around(self) -> None:
        try:
            shop = await self._ask(_SHOP, welcome=WELCOME)
        except _NoAnswer as failure:
            raise ShoppersError(f"Nobody can shop at {self._url}: {failure}.") from None
        if shop["campaign"] is None:
            raise ShoppersError(
                f"There is no sample shop behind this key at {self._url}: `tearoff sample` makes it."
            )
        self._welcome = shop["campaign"]["id"]
        self._given = [
            _Given(node["voucher"]["code"], node["customer"]["sourceId"])
            for node in shop["publications"]["nodes"]
            if node["voucher"]["kind"] == "UNIQUE"
        ]

    async def _visit(self) -> None:
        weights, visits = [weight for weight, _ in self._visits], [visit for _, visit in self._visits]
        try:
            await self._chance.choices(visits, weights)[0]()
        except _NoAnswer as failure:
            self.tally.failed[str(failure)] += 1

    async def _buys_in_summer(self) -> None:
        cart, customer = self._cart(3), self._regular()
        if await self._validate(SUMMER_CODE, cart, customer):
            await self._redeem(SUMMER_CODE, cart, customer)
        else:
            self.tally.looked += 1

    async def _is_new(self) -> None:
        """Signs up, is given a welcome code, and uses it at once."""
        newcomer = f"walk-in-{secrets.token_hex(5)}"
        published = await self._ask(
            _PUBLISH,
            input={
                "codes": {"nextFree": {"campaign": {"id": self._welcome}}},
                "customer": {"upsert": {"sourceId": newcomer, "name": f"Newcomer {newcomer[-4:]}"}},
                "channel": "app",
                "sourceId": f"welcome {newcomer}",
            },
        )
        given = published["publishVouchers"]["publications"]
        code = given[0]["voucher"]["code"] if given else SUMMER_CODE  # all welcome codes are given away
        if given:
            self._given.append(_Given(code, newcomer))
        await self._redeem(code, self._cart(3), newcomer)

    async def _only_looks(self) -> None:
        await self._validate(self._chance.choice((SUMMER_CODE, SHOES_CODE)), self._cart(2), self._regular())
        self.tally.looked += 1

    async def _wants_shoes(self) -> None:
        await self._redeem(SHOES_CODE, basket("SHOE-CANVAS", "BAG-TOTE"), self._regular())

    async def _has_too_small_a_cart(self) -> None:
        await self._redeem(SUMMER_CODE, basket("HAT-STRAW"), self._regular())

    async def _mistypes(self) -> None:
        await self._redeem(
            self._chance.choice(("SUMER10", "SUMMER20", "WELCOME")), self._cart(2), self._regular()
        )

    async def _comes_too_late(self) -> None:
        await self._redeem(EARLY_BIRD_CODE, self._cart(2), self._regular())

    async def _borrows_a_code(self) -> None:
        if not self._given:
            return await self._mistypes()
        given = self._chance.choice(self._given)
        others = [
            other for other in (self._regular(), self._regular(), "kalina-1001") if other != given.customer
        ]
        await self._redeem(given.code, self._cart(3), others[0])
        return None

    async def _pays_in_dollars(self) -> None:
        await self._redeem(SUMMER_CODE, basket("SHOE-TRAIL", currency="USD"), self._regular())

    def _cart(self, goods: int) -> Cart:
        return basket(*self._chance.choices(list(GOODS), k=goods))

    def _regular(self) -> str:
        return f"kalina-{self._chance.randint(1001, 1025)}"

    async def _validate(self, code: str, cart: Cart, customer: str) -> bool:
        input_ = {"codes": [{"code": code}], "cart": _shown(cart), "customer": {"sourceId": customer}}
        answer = (await self._ask(_VALIDATE, input=input_))["validateVouchers"]
        if answer["evaluation"] is None:
            raise _NoAnswer(answer["userErrors"][0]["message"])
        return bool(answer["evaluation"]["granted"])

    async def _redeem(self, code: str, cart: Cart, customer: str) -> None:
        point = {"channel": "store", "redemptionPoint": "Nowy Świat 12"}
        input_ = {
            "codes": [{"code": code}],
            "cart": _shown(cart),
            "customer": {"upsert": {"sourceId": customer}},
            "idempotencyKey": secrets.token_hex(12),
            **(point if self._chance.random() < 0.2 else {"channel": self._chance.choice(("web", "app"))}),
        }
        answer = (await self._ask(_REDEEM, input=input_))["redeemVouchers"]
        result = answer["result"]
        if result is None:
            raise _NoAnswer(answer["userErrors"][0]["message"])
        if result["__typename"] == "Redemption":
            self.tally.redeemed += 1
        else:
            self.tally.rejected[result["reasons"][0]["code"]] += 1

    async def _ask(self, document: str, **variables: object) -> Mapping[str, Any]:
        try:
            response = await self._client.post("/graphql", json={"query": document, "variables": variables})
        except httpx.HTTPError as failure:
            raise _NoAnswer(f"no answer ({type(failure).__name__})") from None
        try:
            answer = response.json()
        except ValueError:
            raise _NoAnswer(f"HTTP {response.status_code} without JSON") from None
        errors: Sequence[Mapping[str, Any]] = answer.get("errors") or ()
        if errors:
            raise _NoAnswer(str(errors[0]["message"]).rstrip("."))
        data: Mapping[str, Any] = answer["data"]
        return data


def _shown(cart: Cart) -> dict[str, Any]:
    """The cart as the API takes it."""

    def amount(minor: int) -> str:
        return str(Money(minor, cart.currency).amount)

    return {
        "currency": cart.currency,
        "shipping": amount(cart.shipping),
        "lines": [
            {
                "sku": line.sku,
                "product": line.product,
                "name": line.name,
                "quantity": line.quantity,
                "unitPrice": amount(line.unit_price),
                "categories": list(line.categories),
            }
            for line in cart.lines
        ],
    }
