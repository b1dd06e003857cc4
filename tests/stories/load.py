"""Load: many clients that do whatever a till can do, each deed under a key of its own, asked until it is answered."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.stories.caller import Caller, UnavailableError, a_cart
from tests.stories.shop_with_limits import CODES

PATIENCE_SECONDS = 60
# Nobody listens at the moment: long enough not to burn the processor that the server needs to start again.
_PAUSE_SECONDS = 0.02

CUSTOMERS = tuple(f"customer {number}" for number in range(12))
REDEMPTION = "result { __typename ... on Redemption { id } ... on RejectedRedemption { id } }"


@dataclass
class Client:
    """One till in a shop: what it remembers of its own deeds, and how far it has numbered its requests."""

    number: int
    dice: random.Random
    redeemed: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)  # redemptions of which nothing has come back yet
    mine: list[str] = field(default_factory=list)  # the keys of its answered requests
    numbers: Any = field(default_factory=count)

    def take(self, of: list[str]) -> str | None:
        """Any one of them, which it then no longer has; None where there is none."""
        return of.pop(self.dice.randrange(len(of))) if of else None


@dataclass(frozen=True, slots=True)
class Told:
    """A request and the answer that a client got."""

    deed: "Deed"
    given: dict[str, Any]
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One kind of request: `prepare` gives its input, None when the client has nothing to do it to.

    `learn` is told what was answered. `often` is its weight among the deeds.
    """

    name: str
    takes: str
    gives: str
    often: int
    prepare: Callable[[Client], dict[str, Any] | None]
    learn: Callable[[Client, dict[str, Any], dict[str, Any]], None] = lambda _client, _given, _payload: None

    @property
    def document(self) -> str:
        return (
            f"mutation Do($input: {self.takes}!)"
            f" {{ {self.name}(input: $input) {{ {self.gives} replayed userErrors {{ code }} }} }}"
        )


def redeeming(*codes: str) -> Callable[[Client], dict[str, Any]]:
    """The input of a redemption of one to three of the codes by somebody."""

    def prepare(client: Client) -> dict[str, Any]:
        chosen = client.dice.sample(codes, client.dice.randint(1, 3))
        return {
            "codes": [{"code": code} for code in chosen],
            "cart": a_cart("40.00", "9.95"),
            "customer": {"upsert": {"sourceId": client.dice.choice(CUSTOMERS)}},
        }

    return prepare


def has_redeemed(client: Client, _given: dict[str, Any], payload: dict[str, Any]) -> None:
    if payload["result"]["__typename"] == "Redemption":
        client.redeemed.append(payload["result"]["id"])
        client.whole.append(payload["result"]["id"])


def has_held(client: Client, _given: dict[str, Any], payload: dict[str, Any]) -> None:
    if payload["result"]["__typename"] == "Redemption":
        client.held.append(payload["result"]["id"])


def confirming(client: Client) -> dict[str, Any] | None:
    """The input that confirms one of its holds, at times for a cart that is too small for the town's codes."""
    redemption = client.take(client.held)
    if redemption is None:
        return None
    less = {"cart": a_cart("15.00", "5.00")}
    return {"redemption": redemption} | client.dice.choice([{}, less])


def releasing(client: Client) -> dict[str, Any] | None:
    """The input that gives up one of its holds."""
    redemption = client.take(client.held)
    return None if redemption is None else {"redemption": redemption}


def rolling_back(client: Client) -> dict[str, Any] | None:
    """The input of a rollback of one of its own redemptions, of whatever is left of it."""
    redemption = client.take(client.redeemed)
    if redemption is None:
        return None
    if redemption in client.whole:
        client.whole.remove(redemption)
    return {"redemption": redemption}


def returning_a_line(client: Client) -> dict[str, Any] | None:
    """The input of a rollback of one of two lines."""
    redemption = client.take(client.whole)
    return None if redemption is None else {"redemption": redemption, "lines": [{"line": 0, "quantity": 1}]}


def everything_a_till_does() -> list[Deed]:
    """The table of deeds: whatever else a till learns to do is one more row."""
    redemption, refund = "redemption { id }", "redemption { id } rollback { refund { amount } }"
    codes = redeeming(*CODES, "NOT-HERE")
    back = "RollBackRedemptionInput"
    return [
        Deed("redeemVouchers", "RedeemVouchersInput", REDEMPTION, 6, codes, has_redeemed),
        Deed("holdVouchers", "HoldVouchersInput", REDEMPTION, 4, codes, has_held),
        Deed("confirmRedemption", "ConfirmRedemptionInput", REDEMPTION, 2, confirming, has_redeemed),
        Deed("releaseHold", "ReleaseHoldInput", redemption, 1, releasing),
        Deed("rollBackRedemption", back, refund, 2, rolling_back),
        Deed("rollBackRedemption", back, refund, 1, returning_a_line),
    ]


class Load:
    """`callers` stand at the servers, and may be replaced while the load goes on; `told` is by key."""

    def __init__(self, callers: list[Caller], deeds: list[Deed], clients: int, seed: int) -> None:
        self.callers = callers
        self.told: dict[str, Told] = {}
        self.asked_again = 0
        self._deeds = deeds
        self._clients = [Client(number, random.Random(f"{seed} {number}")) for number in range(clients)]  # noqa: S311
        self._leaving = False
        self._news = asyncio.Event()

    def outcomes(self) -> Counter[str]:
        """How often each deed was answered, those with a result by its kind."""
        return Counter(
            f"{told.deed.name} {told.payload.get('result', {}).get('__typename', '')}".strip()
            for told in self.told.values()
        )

    async def more(self, number: int) -> None:
        """Let so many more requests be answered."""
        wanted = len(self.told) + number
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.told) < wanted:
                self._news.clear()
                await self._news.wait()

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Until the block ends and every request has its answer."""
        self._leaving = False
        async with asyncio.TaskGroup() as group:
            for client in self._clients:
                group.create_task(self._work(client))
            yield
            self._leaving = True

    async def _work(self, client: Client) -> None:
        while not self._leaving:
            if client.mine and client.dice.random() < 0.05:
                await self._ask_once_more(client.dice.choice(client.mine), client.number)
            deed = client.dice.choices(self._deeds, [deed.often for deed in self._deeds])[0]
            given = deed.prepare(client)
            if given is None:
                continue
            key = f"{client.number}-{next(client.numbers)}"
            payload = await self._answer(deed, {**given, "idempotencyKey": key}, client.number)
            assert payload["userErrors"] == [], (key, given, payload)
            self.told[key] = Told(deed, given, payload)
            client.mine.append(key)
            deed.learn(client, given, payload)
            self._news.set()

    async def _ask_once_more(self, key: str, place: int) -> None:
        """What was answered is answered so for ever."""
        told = self.told[key]
        again = await self._answer(told.deed, {**told.given, "idempotencyKey": key}, place)
        assert again == {**told.payload, "replayed": True}, (key, told)

    async def _answer(self, deed: Deed, given: dict[str, Any], place: int) -> dict[str, Any]:
        """The payload, asked for at one server after the other until there is one."""
        while True:
            caller = self.callers[place % len(self.callers)]
            try:
                payload: dict[str, Any] = (await caller.ask(deed.document, input=given))[deed.name]
            except (httpx.TransportError, UnavailableError):
                self.asked_again += 1
                place += 1
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return payload
