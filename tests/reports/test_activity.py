"""The projection of activity: every event that concerns a customer, theirs alone, in the order of the log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from app.customers.custom_events import CustomEventInput, track_custom_events
from app.customers.recognise import upsert_customer
from app.customers.values import CustomerInput
from app.database import fetch, transaction
from app.events.cursor import BEGINNING, Cursor
from app.events.kinds import EventKind
from app.events.read import CursorExpired, read_project
from app.redemptions.requests import CustomerRef
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.reports.activity import ACTIVITY, Activity
from app.reports.read_activity import activity_of
from app.segments.members import add_members, remove_members
from app.vouchers.values import PublishOrder
from tests.conftest import NOW
from tests.redemptions.holds import Clock, a_hold, a_till_by, confirmed
from tests.redemptions.regulars import a_season
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, redemption, rejected, tills
from tests.reports.kept_activity import activity_kept_up
from tests.segments.shop import a_segment
from tests.vouchers.shop import published
from tests.wallets.balances import added

ADA = CustomerRef(source_id="ada")
# Others' events are no customer's.
NOBODYS = set(EventKind) - ACTIVITY


async def kept(project: UUID, customer: UUID) -> list[tuple[str, Cursor]]:
    """Kind and place of all that was kept of a customer, in the order of the log."""
    rows = await fetch(
        "SELECT kind, epoch, tx, position FROM customer_activity WHERE project_id = $1 AND customer_id = $2"
        " ORDER BY epoch, tx, position",
        project,
        customer,
    )
    return [(row["kind"], Cursor(row["epoch"], row["tx"], row["position"])) for row in rows]


@pytest_asyncio.fixture
async def till() -> AsyncIterator[Till]:
    async with tills() as [opened]:
        yield opened


@asynccontextmanager
async def up_to_here_let_go(place: Cursor) -> AsyncIterator[None]:
    """Within the block the log begins behind that place; afterwards nothing has happened."""
    with suppress(ZeroDivisionError):
        async with transaction() as connection:
            await connection.execute(
                "UPDATE event_horizon SET epoch = $1, tx = $2::xid8, position = $3", *place
            )
            yield
            raise ZeroDivisionError


async def test_all_that_concerns_a_customer_is_kept_in_order(project, till):
    ada = await a_customer(project)
    code = await a_voucher(project, await a_campaign(project), "FIVE")
    own = await a_voucher(project, await a_campaign(project, "Own"), "OWN", holder_id=ada, published_at=NOW)
    bought = redemption(await till.redeem(asking(project, "FIVE", customer=ADA)))
    assert rejected([await till.redeem(asking(project, "NOTHING", customer=ADA))])
    hold = await a_hold(till, project, "FIVE", customer=ADA)
    await confirmed(project, hold.id)
    await roll_back(project, bought.id, now=NOW)
    await published(project, PublishOrder("mail", code="FIVE"), ada)
    await added(project, own, 500)
    await added(project, code, 500)  # nobody holds it
    await upsert_customer(project, CustomerInput("ada", name="Ada"), NOW)
    await track_custom_events(project, [CustomEventInput(ada, "visit")], NOW)
    segment = await a_segment(project)
    await add_members(project, segment.id, [ada], NOW)
    await remove_members(project, segment.id, [ada], NOW)
    async with activity_kept_up(project):
        found = await kept(project, ada)
    assert [kind for kind, _ in found] == [
        "CUSTOMER_CREATED",
        "REDEMPTION_GRANTED",
        "REDEMPTION_REJECTED",
        "REDEMPTION_HELD",
        "REDEMPTION_GRANTED",
        "REDEMPTION_ROLLED_BACK",
        "VOUCHER_PUBLISHED",
        "BALANCE_ADJUSTED",
        "CUSTOMER_UPDATED",
        "CUSTOM_EVENT_TOLD",
        "SEGMENT_MEMBERS_ADDED",
        "SEGMENT_MEMBERS_REMOVED",
    ]
    assert [place for _, place in found] == sorted({place for _, place in found})


async def test_it_says_of_every_customer_what_the_log_says(project, another_project, till):
    """Nothing is there twice, however often pages are applied anew, and nothing of a guest or of another project."""
    people = {name: await a_customer(project, name) for name in ("ada", "bob")}
    stranger = await a_customer(another_project, "ada")
    await a_voucher(project, await a_campaign(project), "FIVE")
    for name in ("ada", "bob", "ada", None):
        who = None if name is None else CustomerRef(source_id=name)
        redemption(await till.redeem(asking(project, "FIVE", customer=who)))
    async with activity_kept_up(project):
        pass
    async with activity_kept_up(project):
        counted = {name: len(await kept(project, id_)) for name, id_ in people.items()}
        assert counted == {"ada": 3, "bob": 2}
        assert await kept(project, stranger) == []
        assert await kept(another_project, people["ada"]) == []
        rows = await fetch("SELECT count(*) AS kept FROM customer_activity WHERE project_id = $1", project)
        assert rows[0]["kept"] == 5


async def test_after_a_season_it_has_every_event_that_names_the_customer(project):
    clock = Clock(NOW - timedelta(days=7))
    async with a_till_by(clock) as till:
        season = await a_season(project, till, clock, attempts=40, seed=3)
    async with activity_kept_up(project):
        log = await fetch(
            "SELECT epoch, tx, position, payload::text AS told FROM events WHERE project_id = $1"
            " ORDER BY epoch, tx, position",
            project,
        )
        for customer in season:
            expected = [Cursor(*row[:3]) for row in log if customer.hex in row["told"]]
            assert [place for _, place in await kept(project, customer)] == expected
            walked, page = [], None
            while page is None or page.has_more:
                after = walked[-1] if walked else None
                page = (await activity_of(project, [customer], 7, after=after))[customer]
                walked += [event.cursor for event in page.events]
            assert walked == expected[::-1]


async def test_what_was_let_go_is_not_shown_and_who_was_there_last_is_told(project):
    ada = await a_customer(project)
    await track_custom_events(project, [CustomEventInput(ada, "visit") for _ in range(3)], NOW)
    async with activity_kept_up(project):
        [_, first, *rest] = [place for _, place in await kept(project, ada)]
    async with up_to_here_let_go(first):
        for newest_first in (True, False):
            page = (await activity_of(project, [ada], 2, newest_first=newest_first))[ada]
            places = [event.cursor for event in page.events]
            assert (places, page.has_more) == (rest[::-1] if newest_first else rest, False)
        assert (await activity_of(project, [ada], 2, after=first))[ada].events == ()
        on = (await activity_of(project, [ada], 2, after=first, newest_first=False))[ada]
        assert [event.cursor for event in on.events] == rest
        with pytest.raises(CursorExpired) as expired:
            await activity_of(project, [ada], 2, after=BEGINNING, newest_first=False)
        assert expired.value.oldest == first


async def test_an_event_that_was_applied_already_changes_nothing(project):
    ada = await a_customer(project)
    async with activity_kept_up(project):
        before = await kept(project, ada)
    events = await read_project(project)
    async with transaction() as connection:
        await Activity().apply(connection, events)
    assert await kept(project, ada) == before != []


def test_it_is_told_of_customers_and_of_what_they_hold_and_of_nothing_else():
    assert {
        kind.value for kind in NOBODYS if kind.value.startswith(("REDEMPTION", "HOLD", "CUSTOM", "BALANCE"))
    } == set()
