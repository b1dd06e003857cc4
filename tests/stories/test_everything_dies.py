"""Followers, servers, PostgreSQL and connections die at random in the middle of load: afterwards all tell one story.

`make kill` does it a thousand times; TEAROFF_TEST_ROUNDS and TEAROFF_TEST_SEED choose how often and in which order.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import cycle, product
from uuid import UUID

import asyncpg
import pytest

from app.events.cursor import BEGINNING
from tests.conftest import run_folder
from tests.events.conftest import eventually
from tests.stories.conftest import opened_books
from tests.stories.late_commits import KIND, LateCommits
from tests.stories.load import Load, everything_a_till_does
from tests.stories.reckoning import reckon
from tests.stories.scene import Scene, scenery
from tests.stories.shop import Shop, founded
from tests.stories.shop_with_limits import LIMITS, stocked
from tests.stories.stubborn import GIVES, WAYS, Stubborn, table_of
from tests.stories.wires import WIRES

ROUNDS = int(os.environ.get("TEAROFF_TEST_ROUNDS", "24"))
SEED = int(os.environ.get("TEAROFF_TEST_SEED", "7"))
SECONDS_PER_ROUND = 5
CHAPTER = 50  # rounds between two reckonings
CLIENTS = 10
AUDIT = "{ ledgerAudit { drift } }"
# Whatever can become of a deed must have happened.
OUTCOMES = {
    *(
        f"{deed}Vouchers {kind}"
        for deed in ("redeem", "hold")
        for kind in ("Redemption", "RejectedRedemption")
    ),
    *("confirmRedemption Redemption", "confirmRedemption RejectedRedemption"),
    *("releaseHold", "rollBackRedemption"),
}
HELD = ("tearoff_sockets", "tearoff_feed_followers")
# Of a hundred rounds; there is at least one of each kind.
SHARES = {"a follower": 70, "connections": 20, "a server": 6, "PostgreSQL": 4}


def deck(dice: random.Random) -> list[str]:
    """What dies in which round, in an order that nobody expects."""
    rest = {kind: max(1, ROUNDS * share // 100) for kind, share in SHARES.items() if kind != "a follower"}
    rest["PostgreSQL"] = max(3, rest["PostgreSQL"])
    rest["a server"] = max(2, rest["a server"])
    cards = [kind for kind, number in rest.items() for _ in range(number)]
    cards += ["a follower"] * (ROUNDS - len(cards))
    dice.shuffle(cards)
    return cards


class Town:
    """A shop under load with its followers, and whatever may happen to them."""

    def __init__(self, scene: Scene, shop: Shop, followers: Sequence[Stubborn]) -> None:
        self.scene = scene
        self.shop = shop
        self.followers = followers
        self.dice = random.Random(f"{SEED} town")  # noqa: S311
        self.load = Load(scene.callers, everything_a_till_does(), CLIENTS, SEED)
        self.late = LateCommits(scene.credentials, shop.project, random.Random(f"{SEED} late"))  # noqa: S311
        self.happened: Counter[str] = Counter()
        victims = list(product(followers, WAYS))
        self.dice.shuffle(victims)
        self._victims = cycle(victims)
        self._names = cycle(("tearoff doorbell", "tearoff feed", "tearoff"))
        self._servers = cycle((scene.kill_a_server, scene.end_a_server))
        self._postgres = cycle((scene.restart_postgres, scene.kill_postgres, scene.kill_a_backend))

    async def disturb(self, card: str) -> None:
        """One round: something dies, and the load goes on for a while."""
        deeds: dict[str, Callable[[], Awaitable[int]]] = {
            "a follower": self._kill_a_follower,
            "connections": self._cut_connections,
            "a server": self._end_a_server,
            "PostgreSQL": self._end_postgres,
        }
        await self.load.more(await deeds[card]())
        self.happened[card] += 1

    async def _kill_a_follower(self) -> int:
        follower, way = next(self._victims)
        follower.kill(way)
        return self.dice.randint(1, 8)

    async def _cut_connections(self) -> int:
        await self.scene.cut(next(self._names))
        return 15

    async def _end_a_server(self) -> int:
        await next(self._servers)()
        return 30

    async def _end_postgres(self) -> int:
        await next(self._postgres)()
        return 30

    async def agrees(self) -> None:
        """What clients were told, the ledger, and what each follower was told: one story."""
        reckon(self.load, await self.scene.books(self.shop), LIMITS)
        for follower in self.followers:
            follower.thaw()
        for feed in GIVES:
            table = await self.scene.asking(table_of, self.shop.project, feed, BEGINNING)
            for follower in self.followers:
                if follower.feed == feed:
                    await follower.has(table)

    async def nothing_is_left(self) -> None:
        """The servers have the followers' connections open and no others, and once they have left, none."""

        async def held(most: int) -> bool:
            sockets, following = [await self.scene.figure(name) for name in HELD]
            return sockets == most and following <= most

        await eventually(lambda: held(len(self.followers)), every=0.2)
        for follower in self.followers:
            await follower.leave()
        await eventually(lambda: held(0), every=0.2)


@pytest.fixture
async def scene(pytestconfig: pytest.Config) -> AsyncIterator[Scene]:
    """Where nobody else's servers are."""
    async with scenery(run_folder(pytestconfig) / f"dies-{os.getpid()}", SEED) as scene:
        yield scene


def followers_of(scene: Scene, secret: str) -> list[Stubborn]:
    """Two of each feed over each wire."""
    followers = []
    for number, feed, wire in product(range(2), GIVES, WIRES):
        dice = random.Random(f"{SEED} {number} {feed} {wire}")  # noqa: S311
        followers.append(Stubborn(feed, wire, secret, BEGINNING, scene.a_server, dice))
    return followers


def tell(done: int, town: Town, since: float) -> None:
    """A line for whoever waits for a thousand rounds."""
    if "TEAROFF_TEST_ROUNDS" in os.environ:
        deaths = sum((follower.deaths for follower in town.followers), Counter())
        sys.stderr.write(
            f"{done} of {ROUNDS} rounds in {time.monotonic() - since:.0f} s, seed {SEED}:"
            f" {len(town.load.told)} answers, {town.late.written} late commits,"
            f" {len(town.followers[0].seen)} redemptions to each, {deaths.total()} connections ended\n"
        )


@pytest.mark.timeout(120 + SECONDS_PER_ROUND * ROUNDS)
async def test_whatever_dies_in_the_middle_of_load_nothing_is_lost_nothing_comes_twice_and_the_order_is_kept(
    scene: Scene,
) -> None:
    servers = await scene.servers(2)
    async with opened_books(scene.credentials) as pool, founded(pool, servers) as shop:
        await stocked(shop)
        scene.callers.extend(shop.callers)
        town = Town(scene, shop, followers_of(scene, shop.caller.secret))
        for follower in town.followers:
            follower.start()
        cards, since = deck(town.dice), time.monotonic()
        for chapter in range(0, ROUNDS, CHAPTER):
            async with town.load.going_on(), town.late.going_on():
                for card in cards[chapter : chapter + CHAPTER]:
                    await town.disturb(card)
            await town.agrees()
            tell(min(chapter + CHAPTER, ROUNDS), town, since)
        await scene.everybody_is_back()
        assert town.happened.total() == ROUNDS
        assert town.late.told <= await scene.asking(numbers_told, shop.project)
        assert town.late.held_back > 0
        assert (await scene.callers[0].ask(AUDIT))["ledgerAudit"]["drift"] == 0
        assert town.load.asked_again > 0
        assert set(town.load.outcomes()) == OUTCOMES
        await town.nothing_is_left()
        assert scene.faults() == []


async def numbers_told(connection: asyncpg.Connection, project: UUID) -> set[int]:
    """What late committers have written."""
    rows = await connection.fetch(
        "SELECT (payload ->> 'number')::int AS number FROM events WHERE project_id = $1 AND kind = $2",
        project,
        KIND,
    )
    assert len({row["number"] for row in rows}) == len(rows)
    return {row["number"] for row in rows}
