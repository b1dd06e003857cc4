"""An operator watches the till: its figures are exact, and a forgotten transaction does not close the shop."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY

from app.metrics import TillWatch
from app.redemptions.timings import Timings
from tests.server import client, serving
from tests.stories.caller import UnavailableError, a_cart, is_granted
from tests.stories.conftest import opened_books
from tests.stories.shop import Counts, Shop, founded

CART = a_cart("40.00")


@pytest_asyncio.fixture
async def books(fresh_database: dict[str, Any]) -> AsyncIterator[asyncpg.Pool]:
    """The database of this story alone."""
    async with opened_books(fresh_database) as pool:
        yield pool


@pytest_asyncio.fixture
async def shop(fresh_database: dict[str, Any], books: asyncpg.Pool) -> AsyncIterator[Shop]:
    """With two limited codes, behind two processes that share their figures and wait little for locks."""
    async with (
        serving(fresh_database, TEAROFF_WORKERS="2", TEAROFF_TILL_LOCK_TIMEOUT_MS="500") as server,
        founded(books, [server]) as shop,
    ):
        await shop.code(await shop.campaign("Everybody"), "SOUP", "SALAD", maxRedemptions=500)
        yield shop


async def figures(shop: Shop) -> dict[str, float]:
    """The till's figures, by name and labels."""
    async with client(shop.caller.server) as http:
        lines = (await http.get("/metrics")).text.splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if line.startswith("tearoff_till")]
    return {name: float(value) for name, value in pairs}


async def test_the_figures_of_the_tills_are_exact(shop: Shop) -> None:
    answers = await asyncio.gather(
        *(shop.caller.redeem("SOUP", cart=CART, key=f"order {number}") for number in range(60))
    )
    assert all(is_granted(answer) for answer in answers)
    told = await figures(shop)
    batches = told["tearoff_till_batch_size_count"]
    assert 1 <= batches <= 60
    assert told["tearoff_till_batch_size_sum"] == 60
    assert told['tearoff_till_wait_seconds_bucket{le="+Inf"}'] == 60
    assert told["tearoff_till_wait_seconds_count"] == 60
    for part in ("transaction", "commit", "lock"):
        assert told[f"tearoff_till_{part}_seconds_count"] == batches
    assert 0 < told["tearoff_till_commit_seconds_sum"] < told["tearoff_till_transaction_seconds_sum"]
    assert 0 < told["tearoff_till_lock_seconds_sum"] < told["tearoff_till_transaction_seconds_sum"]
    assert [name for name in told if name.startswith("tearoff_till_taken_out")] == []


async def test_a_forgotten_transaction_stops_only_those_who_need_what_it_holds(shop: Shop) -> None:
    async def order(code: str, number: int) -> bool:
        try:
            return is_granted(await shop.caller.redeem(code, cart=CART, key=f"{code} {number}"))
        except UnavailableError:
            return False

    assert await order("SOUP", 0)
    async with shop.books.acquire() as terminal:
        forgotten = terminal.transaction()
        await forgotten.start()
        await terminal.execute(
            "SELECT FROM counters WHERE subject_id = (SELECT id FROM vouchers WHERE code = 'SOUP') FOR UPDATE"
        )
        orders = [(code, number) for number in range(1, 6) for code in ("SOUP", "SALAD")]
        served = await asyncio.gather(*(order(*one) for one in orders))
        assert served == [code == "SALAD" for code, _ in orders]
        await forgotten.rollback()
    assert (await figures(shop))['tearoff_till_taken_out_total{cause="locked_out"}'] == 5
    assert all(await asyncio.gather(*(order(*one) for one in orders))), "with the same keys"
    assert await shop.counts() == Counts(11, 0)


def test_waits_are_counted_in_the_buckets_that_prometheus_would_choose() -> None:
    def told() -> dict[str, float]:
        metrics = (one for one in REGISTRY.collect() if one.name.startswith("tearoff_till"))
        samples = (sample for metric in metrics for sample in metric.samples)
        return {f"{one.name} {one.labels.get('le', '')}".strip(): one.value for one in samples}

    before = told()
    TillWatch().settled([0.0, 0.001, 0.0011, 0.5, 3.0, 9.0], Timings(0.25, 0.125, 0.0005))
    more = {name: value - before[name] for name, value in told().items() if value != before[name]}
    waits = {name.rpartition(" ")[2]: count for name, count in more.items() if "wait_seconds_bucket" in name}
    assert list(waits.values()) == [2, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 5, 6]
    assert sorted(waits)[0] == "+Inf"
    assert more["tearoff_till_wait_seconds_count"] == 6
    assert more["tearoff_till_wait_seconds_sum"] == pytest.approx(12.5021)
    assert (more["tearoff_till_batch_size_count"], more["tearoff_till_batch_size_sum"]) == (1, 6)
    assert more["tearoff_till_transaction_seconds_sum"] == pytest.approx(0.25)
    assert more["tearoff_till_commit_seconds_sum"] == pytest.approx(0.125)
    assert more["tearoff_till_lock_seconds_sum"] == pytest.approx(0.0005)
