"""Thirty codes at once, in any order, by fifty clients at two processes: nobody gets in anybody's way for good."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from tests.server import Server, client
from tests.stories.caller import a_cart, is_granted, reasons
from tests.stories.conftest import opened_books, two_servers
from tests.stories.reckoning import Books
from tests.stories.shop import Counts, Shop, founded, together

CLIENTS = 50
TRIES = 3  # of each client, one after the other
CUSTOMERS = 5
CART = a_cart("40.00")
A_CENT = {"reward": {"amountOff": {"amount": {"amount": "0.01", "currency": "EUR"}}}}
MONTHS = {"May": "The spring", "June": "The spring", "October": "The autumn", "November": "The autumn"}


def codes_of(month: str, number: int) -> list[str]:
    return [f"{month.upper()}-{place}" for place in range(number)]


@pytest.fixture
async def books(fresh_database: dict[str, Any]) -> AsyncIterator[asyncpg.Pool]:
    """The database of this story alone."""
    async with opened_books(fresh_database) as pool:
        yield pool


@asynccontextmanager
async def never_locked_up(books: asyncpg.Pool, credentials: dict[str, Any]) -> AsyncIterator[Shop]:
    """Two processes of their own, which have ended without a fault and without a deadlock when the block has."""
    # Small batches: many short transactions, whose locks meet often.
    async with two_servers(credentials, TEAROFF_TILL_BATCH="2") as servers, founded(books, servers) as shop:
        yield shop
        assert [await redone(server) for server in servers] == [[], []]
        assert [server.faults() for server in servers] == [[], []]
    # A connection that has ended has told PostgreSQL's statistics everything.
    found = await books.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert found == 0


async def redone(server: Server) -> list[str]:
    """What its till had to do again, and why."""
    async with client(server) as http:
        figures = (await http.get("/metrics")).text.splitlines()
    return [
        told for told in figures if told.startswith("tearoff_till_redone_total") and not told.endswith(" 0.0")
    ]


async def offered(shop: Shop, limits: dict[str, int], codes: dict[str, list[str]]) -> None:
    """Four campaigns under two main ones; `limits` by name, "each" of a code, "customer of" a campaign.

    The customers are known beforehand: who is brought up to date is locked, and then nobody else would clash.
    """
    for place in range(CUSTOMERS):
        await shop.caller.do(
            "upsertCustomer", "CustomerProfileInput", "customer { id }", sourceId=customer_of(place)
        )
    mains = {
        name: await shop.campaign(name, isMain=True, maxRedemptions=limits.get(name))
        for name in dict.fromkeys(MONTHS.values())
    }
    for month, main in MONTHS.items():
        per_customer = limits.get(f"customer of {month}")
        campaign = await shop.campaign(
            month,
            mainCampaign={"id": mains[main]},
            maxRedemptions=limits.get(month),
            offer=A_CENT | {"limits": {"perCustomer": per_customer, "perVoucher": limits.get("each")}},
        )
        await shop.code(campaign, *codes[month])


async def everybody_tries(shop: Shop, stacks: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Each client has its stacks, one after the other; the payloads in the order of the stacks."""

    async def tries(number: int) -> list[dict[str, Any]]:
        return [
            await shop.callers[number % 2].redeem(
                *stacks[place], cart=CART, key=f"order {place}", known=customer_of(place)
            )
            for place in range(number, len(stacks), CLIENTS)
        ]

    told = await together(*(tries(number) for number in range(CLIENTS)))
    return [told[place % CLIENTS][place // CLIENTS] for place in range(len(stacks))]


def customer_of(place: int) -> str:
    return f"customer {place % CUSTOMERS}"


async def read(shop: Shop) -> Books:
    async with shop.books.acquire() as connection:
        return await Books.read(connection, shop.project)


def shuffled(codes: Iterable[str], number: int, dice: random.Random) -> list[str]:
    return dice.sample(list(codes), number)


async def test_of_equal_stacks_in_any_order_as_many_win_as_one_after_the_other(
    books: asyncpg.Pool, fresh_database: dict[str, Any]
) -> None:
    """All limits are reached by the same thirty-fifth stack: whichever were miscounted would let more or fewer win."""
    dice = random.Random(30)  # noqa: S311
    codes = {month: codes_of(month, number) for month, number in zip(MONTHS, (8, 8, 7, 7), strict=True)}
    winners = 7 * CUSTOMERS
    limits = {
        "each": winners,
        "customer of May": 8 * 7,
        "customer of October": 7 * 7,
        "June": 8 * winners,
        "November": 7 * winners,
        "The spring": 16 * winners,
        "The autumn": 14 * winners,
    }
    every = [code for of_month in codes.values() for code in of_month]
    assert len(every) == 30
    async with never_locked_up(books, fresh_database) as shop:
        await offered(shop, limits, codes)
        payloads = await everybody_tries(shop, [shuffled(every, 30, dice) for _ in range(CLIENTS * TRIES)])
        assert Counter(map(is_granted, payloads)) == {True: winners, False: CLIENTS * TRIES - winners}
        for customer in range(CUSTOMERS):
            assert sum(map(is_granted, payloads[customer::CUSTOMERS])) == 7
        assert await shop.counts() == Counts(winners, CLIENTS * TRIES - winners)
        found = await read(shop)
        assert found.uses == {
            **dict.fromkeys(every, winners),
            **{month: len(of_month) * winners for month, of_month in codes.items()},
            **{f"customer of {month}": len(of_month) * 7 for month, of_month in codes.items()},
            "The spring": 16 * winners,
            "The autumn": 14 * winners,
        }


async def test_of_any_thirty_of_forty_codes_nobody_is_refused_who_would_still_fit(
    books: asyncpg.Pool, fresh_database: dict[str, Any]
) -> None:
    """Nothing comes back meanwhile: whoever was refused must still be too much for what was given away."""
    dice = random.Random(40)  # noqa: S311
    codes = {month: codes_of(month, 10) for month in MONTHS}
    limits = {"customer of May": 40, "June": 200, "October": 220, "The spring": 400, "The autumn": 420}
    of_code = {"OCTOBER-3": 20, "NOVEMBER-7": 25}
    every = [code for of_month in codes.values() for code in of_month]
    stacks = [shuffled(every, 30, dice) for _ in range(CLIENTS * TRIES)]
    async with never_locked_up(books, fresh_database) as shop:
        await offered(shop, limits, codes)
        for code, most in of_code.items():
            await shop.caller.do(
                *("updateVoucher", "UpdateVoucherInput", "voucher { id }"),
                voucher={"code": code},
                maxRedemptions=most,
            )
        payloads = await everybody_tries(shop, stacks)
        found = await read(shop)
    won = [is_granted(payload) for payload in payloads]
    assert won.count(True) >= 20
    used: Counter[str] = Counter()
    for place, stack in enumerate(stacks):
        if won[place]:
            used.update(counted(stack, customer_of(place)))
    limits |= of_code
    assert {name: uses for name, uses in used.items() if uses > limit_of(name, limits)} == {}
    assert {name: uses for name, uses in found.uses.items() if not name.startswith("customer")} == {
        name: uses for name, uses in used.items() if "'s" not in name
    }
    met = set()
    for place, stack in enumerate(stacks):
        if not won[place]:
            met.update(reasons(payloads[place]))
            needed = counted(stack, customer_of(place))
            assert any(used[name] + more > limit_of(name, limits) for name, more in needed.items()), place
    assert met <= {
        *("VOUCHER_LIMIT_REACHED", "CUSTOMER_LIMIT_REACHED"),
        *("CAMPAIGN_LIMIT_REACHED", "MAIN_CAMPAIGN_LIMIT_REACHED"),
    }
    assert len(met) >= 2


async def test_stacks_that_come_back_while_others_take_them_get_in_nobody_s_way(
    books: asyncpg.Pool, fresh_database: dict[str, Any]
) -> None:
    """There is room for twenty stacks at a time; whoever got theirs sends it back at the other process."""
    dice = random.Random(50)  # noqa: S311
    codes = {month: codes_of(month, number) for month, number in zip(MONTHS, (8, 8, 7, 7), strict=True)}
    every = [code for of_month in codes.values() for code in of_month]
    limits = {"each": 20, "customer of May": 8 * 6, "The spring": 16 * 20}
    async with never_locked_up(books, fresh_database) as shop:
        await offered(shop, limits, codes)

        async def take_and_send_back(number: int) -> tuple[int, int]:
            taken = sent_back = 0
            for turn in range(4):
                told = await shop.callers[number % 2].redeem(
                    *shuffled(every, 30, dice), cart=CART, key=f"{number}-{turn}", known=customer_of(number)
                )
                if is_granted(told):
                    taken += 1
                    if turn < 3:
                        sent_back += 1
                        await shop.callers[1 - number % 2].do(
                            *("rollBackRedemption", "RollBackRedemptionInput", "redemption { id }"),
                            redemption=told["result"]["id"],
                            idempotencyKey=f"{number}-{turn}",
                        )
            return taken, sent_back

        told = await together(*(take_and_send_back(number) for number in range(CLIENTS)))
        taken, sent_back = (sum(numbers) for numbers in zip(*told, strict=True))
        found = await read(shop)
    assert sent_back >= 60
    assert found.uses.get("MAY-0", 0) == taken - sent_back <= 20
    assert found.uses.get("The spring", 0) == 16 * (taken - sent_back)


def counted(stack: Sequence[str], customer: str) -> Counter[str]:
    """What a stack counts against, by name, and how often."""
    months = [code.split("-")[0].capitalize() for code in stack]
    mains = [MONTHS[month] for month in months]
    return Counter([*stack, *months, *mains, *(f"{customer}'s customer of {month}" for month in months)])


def limit_of(name: str, limits: dict[str, int]) -> int:
    return limits.get(name.rsplit("'s ", maxsplit=1)[-1], 1_000_000)
