"""Where a feed begins: now, behind a cursor, or at an instant; history, then live, without a seam."""

from datetime import UTC, datetime, timedelta

import pytest

from app.database import transaction
from app.events.cursor import BEGINNING
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller
from tests.graphql_schema.subscriptions.following import following, refusal_of

pytestmark = pytest.mark.usefixtures("feed")

FEED = """subscription ($after: Cursor, $from: DateTime) {
  events(kinds: [CUSTOM_EVENT_TOLD], after: $after, from: $from) { cursor event { at details } }
}"""
MINUTE = timedelta(minutes=1)


async def happen(project, *minutes: int) -> None:
    """Events that happened so many minutes after NOW, in this order."""
    for minute in minutes:
        told = NewEvent(project, EventKind.CUSTOM_EVENT_TOLD, {"minute": minute}, NOW + minute * MINUTE)
        async with transaction() as connection:
            await append(connection, [told])
    ring()


def minute_of(event) -> int:
    return int(event["details"]["minute"])


async def settled(caller, count: int) -> None:
    """Wait until so many events have come that a feed tells them."""
    async with following(caller, FEED, after=BEGINNING.encode()) as follower:
        for _ in range(count):
            await follower.event()


async def test_history_from_an_instant_is_followed_by_what_happens_without_a_seam(project):
    caller = await a_caller(project)
    await happen(project, *range(0, 60, 10))
    await settled(caller, 6)
    for round_, (since, expected) in enumerate(
        ((-5, [0, 10, 20, 30, 40, 50]), (20, [20, 30, 40, 50]), (21, [30, 40, 50]))
    ):
        instant = (NOW + since * MINUTE).isoformat()
        async with following(caller, FEED, **{"from": instant}) as follower:
            later = [*expected, *range(60, 60 + round_)]
            assert [minute_of(await follower.event()) for _ in later] == later
            await happen(project, 60 + round_)
            assert minute_of(await follower.event()) == 60 + round_


async def test_who_comes_back_goes_on_with_its_cursor(project):
    caller = await a_caller(project)
    await happen(project, 0, 30)
    await settled(caller, 2)
    async with following(caller, FEED, **{"from": (NOW + MINUTE).isoformat()}) as follower:
        assert minute_of(await follower.event()) == 30
        place = follower.cursor
    # A deed that began before the instant and took long: it stands behind the place, so it comes.
    await happen(project, 0, 31)
    async with following(caller, FEED, after=place) as follower:
        assert [minute_of(await follower.event()) for _ in range(2)] == [0, 31]


async def test_an_instant_and_a_cursor_exclude_each_other(project):
    both = {"after": BEGINNING.encode(), "from": datetime(2026, 6, 1, tzinfo=UTC).isoformat()}
    caller = await a_caller(project)
    for feed in ("redemptions", "rejectedRedemptions", "events", "walletChanges(customer: {sourceId: 1})"):
        document = "subscription ($after: Cursor, $from: DateTime) { %s cursor } }"
        field = feed.replace(": 1", ': "ada"')
        field = f"{field[:-1]}, " if "(" in field else f"{field}("
        asked = document % f"{field}after: $after, from: $from) {{"
        refused = await refusal_of(caller, asked, **both)
        assert refused == ("BAD_USER_INPUT", "Give `after` or `from`, not both."), feed


async def test_an_instant_to_come_begins_now(project):
    caller = await a_caller(project)
    await happen(project, 0)
    await settled(caller, 1)
    async with following(caller, FEED, **{"from": (NOW + 99 * MINUTE).isoformat()}) as follower:
        assert (await follower.item())["event"] is None
        await happen(project, 1)
        assert minute_of(await follower.event()) == 1
