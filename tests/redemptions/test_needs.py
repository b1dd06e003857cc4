"""Needs: all of them are answered in one statement, exactly as the tables have it, and told apart from each other."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.customers.recognise import recognise
from app.customers.values import CustomerInput
from app.database import execute, fetch, transaction
from app.engine.cart import Cart, Line
from app.engine.facts import (
    Listed,
    Membership,
    Need,
    OwnDiscount,
    PastEvents,
    PastRedemptions,
    PastSpend,
    Profile,
)
from app.engine.shopper import Shopper
from app.ids import new_id
from app.redemptions.counters import Gathered, gather
from app.redemptions.needs import Asked, added_by, begins, depend_on_redemptions
from app.redemptions.requests import CustomerRef
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, offer, redemption

DAY = timedelta(days=1)
YEN = Cart("JPY", (Line(3, 500),), shipping=200)


async def _answers(project: UUID, customer: UUID, *needs: Need, now: datetime = NOW) -> list[int]:
    found = await gather(fetch, [], [Asked(project, customer, need) for need in needs], now)
    return [found.answers[Asked(project, customer, need)] for need in needs]


async def test_a_window_of_days_moves_with_the_clock(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "TEN")
    ada = await a_customer(project)
    redemption(await till.redeem(asking(project, "TEN", customer=CustomerRef(id=ada))))
    needs = (
        PastRedemptions(within=DAY),
        PastSpend("EUR", within=DAY),
        PastRedemptions(since=NOW, within=DAY),
    )
    assert await _answers(project, ada, *needs, now=NOW + DAY) == [1, 10000, 1]
    assert await _answers(project, ada, *needs, now=NOW + DAY + timedelta(seconds=1)) == [0, 0, 0]


async def test_what_was_paid_is_told_by_currency(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "TEN")
    await a_voucher(project, await a_campaign(project, "Yen", promise=offer(300, currency="JPY")), "YEN")
    ada = await a_customer(project)
    who = CustomerRef(id=ada)
    for request in (
        asking(project, "TEN", customer=who),  # 100 euro of goods, 5 of shipping, 5 off
        asking(project, "TEN", customer=who, hold_for=timedelta(hours=1)),
        asking(project, "YEN", customer=who, cart=YEN),
    ):
        redemption(await till.redeem(request))
    needs = (PastSpend("EUR"), PastSpend("JPY"), PastSpend("KWD"))
    assert await _answers(project, ada, *needs) == [20000, 1400, 0]
    assert await _answers(project, ada, *needs, now=NOW + timedelta(hours=1)) == [10000, 1400, 0]


async def test_what_came_back_was_not_paid(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "TEN")
    ada = await a_customer(project)
    made = redemption(await till.redeem(asking(project, "TEN", customer=CustomerRef(id=ada))))
    # A shirt of 30 euro goes back, and with it its share of the 5 euro: 1.50.
    await roll_back(project, made.id, now=NOW, lines=[Units(0, 1)])
    assert await _answers(project, ada, PastSpend("EUR"), PastRedemptions()) == [10000 - 2850, 1]
    await roll_back(project, made.id, now=NOW)
    assert await _answers(project, ada, PastSpend("EUR"), PastRedemptions()) == [0, 0]


async def test_events_are_told_by_name_and_age(project: UUID) -> None:
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    for who, name, at in (
        (ada, "visit", NOW),
        (ada, "visit", NOW - 2 * DAY),
        (ada, "review", NOW),
        (bob, "visit", NOW),
    ):
        await execute(
            "INSERT INTO custom_events (id, project_id, customer_id, name, metadata, at, created_at)"
            " VALUES ($1, $2, $3, $4, '{}', $5, $5)",
            new_id(),
            project,
            who,
            name,
            at,
        )
    needs = (PastEvents("visit"), PastEvents("visit", within=DAY), PastEvents("review"), PastEvents("call"))
    assert await _answers(project, ada, *needs) == [2, 1, 1, 0]
    assert await _answers(project, ada, PastEvents("visit", within=2 * DAY)) == [2]


async def test_lists_know_their_members(project: UUID) -> None:
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    friends, others = new_id(), new_id()
    for id_, name in ((friends, "Friends"), (others, "Others")):
        await execute(
            "INSERT INTO segments (id, project_id, name, description, version, created_at, updated_at)"
            " VALUES ($1, $2, $3, '', 1, $4, $4)",
            id_,
            project,
            name,
            NOW,
        )
    await execute(
        "INSERT INTO segment_members (id, project_id, segment_id, customer_id, created_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        new_id(),
        project,
        friends,
        ada,
        NOW,
    )
    needs = (Listed(friends), Listed(others), Listed(new_id()))
    assert await _answers(project, ada, *needs) == [1, 0, 0]
    assert await _answers(project, bob, *needs) == [0, 0, 0]


async def test_a_profile_is_all_that_is_kept(project: UUID) -> None:
    told = CustomerInput("ada", "Ada", "ada@example.com", {"tier": "gold"}, date(1990, 5, 17))
    async with transaction() as connection:
        ada = (await recognise(connection, project, [told], NOW))["ada"]
    asked = [Asked(project, ada, Profile()), Asked(project, ada, PastRedemptions())]
    later = NOW + DAY
    profile = Shopper("ada", "Ada", "ada@example.com", date(1990, 5, 17), {"tier": "gold"}, NOW)
    assert await gather(fetch, [], asked, later) == Gathered({}, {asked[1]: 0}, {ada: profile})
    # Whose record was made for this very cart is somebody new.
    [new] = (await gather(fetch, [], asked, NOW)).shoppers.values()
    assert (new.source_id, new.known_since) == ("ada", None)


async def test_a_stranger_has_done_nothing_and_has_no_profile(project: UUID) -> None:
    nobody = new_id()
    needs: tuple[Need, ...] = (PastRedemptions(), PastSpend("EUR"), PastEvents("visit"), Listed(new_id()))
    assert await _answers(project, nobody, *needs) == [0, 0, 0, 0]
    assert await gather(fetch, [], [Asked(project, nobody, Profile())], NOW) == Gathered()


async def test_another_project_answers_nothing(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "TEN")
    ada = await a_customer(project)
    redemption(await till.redeem(asking(project, "TEN", customer=CustomerRef(id=ada))))
    assert await _answers(new_id(), ada, PastRedemptions(), PastSpend("EUR")) == [0, 0]
    assert (await gather(fetch, [], [Asked(new_id(), ada, Profile())], NOW)).shoppers == {}


def test_the_later_of_two_beginnings_counts() -> None:
    assert begins(PastRedemptions(), NOW) is None
    assert begins(PastRedemptions(since=NOW), NOW) == NOW
    assert begins(PastSpend("EUR", within=DAY), NOW) == NOW - DAY
    assert begins(PastRedemptions(since=NOW - 2 * DAY, within=DAY), NOW) == NOW - DAY


@pytest.mark.parametrize(
    ("need", "added"),
    [
        (PastRedemptions(), 1),
        (PastRedemptions(campaign=UUID(int=7)), 1),
        (PastRedemptions(campaign=UUID(int=8)), 0),
        (PastRedemptions(within=DAY), 1),
        (PastRedemptions(within=DAY / 2), 0),
        (PastSpend("EUR"), 995),
        (PastSpend("JPY"), 0),
        (PastSpend("EUR", within=DAY / 2), 0),
        (PastEvents("visit"), 0),
        (Listed(UUID(int=7)), 0),
        (Profile(), 0),
    ],
)
def test_a_redemption_adds_to_what_speaks_of_it(need: Need, added: int) -> None:
    assert added_by(need, {UUID(int=7), None}, "EUR", 995, NOW - DAY, NOW) == added


def test_only_what_redeeming_changes_is_locked() -> None:
    assert depend_on_redemptions([Profile(), PastSpend("EUR")])
    assert depend_on_redemptions([PastRedemptions()])
    assert not depend_on_redemptions([Profile(), PastEvents("visit"), Listed(new_id())])


@pytest.mark.parametrize("need", [Membership(new_id()), OwnDiscount()])
def test_what_no_table_knows_is_not_asked(need: Need) -> None:
    with pytest.raises(ValueError, match="nobody who keeps books"):
        Asked(new_id(), new_id(), need).row(NOW)


async def test_a_very_long_time_is_no_trouble(project: UUID) -> None:
    ada = await a_customer(project)
    assert await _answers(project, ada, PastRedemptions(within=timedelta(days=36500))) == [0]
    assert await _answers(project, ada, PastRedemptions(since=datetime(1970, 1, 1, tzinfo=UTC))) == [0]
