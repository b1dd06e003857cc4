"""Expiring soon: what is over within some time, by its own time or by its campaigns', the soonest first."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.redemptions.expiring import MOST_LOOKED_AT, expiring_soon
from app.wallets.values import Holding
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

WEEK = timedelta(days=7)


async def _held(project: UUID, campaign: UUID, customer: UUID, code: str, **more: Any) -> UUID:
    return await a_voucher(project, campaign, code, holder_id=customer, published_at=NOW, **more)


async def test_the_first_of_all_ends_counts_and_the_soonest_comes_first(project: UUID) -> None:
    ada = await a_customer(project)
    main = await a_campaign(project, "Main", is_main=True, ends_at=NOW + timedelta(days=2))
    under = await a_campaign(project, "Under", main_id=main)
    ending = await a_campaign(project, "Ending", ends_at=NOW + timedelta(days=7))
    endless = await a_campaign(project, "Endless")
    by_main = await _held(project, under, ada, "MAIN", expires_at=NOW + timedelta(days=30))
    by_campaign = await _held(project, ending, ada, "CAMPAIGN")
    by_itself = await _held(project, endless, ada, "OWN", expires_at=NOW + timedelta(days=1))
    await _held(project, endless, ada, "LATE", expires_at=NOW + WEEK + timedelta(seconds=1))
    await _held(project, endless, ada, "OVER", expires_at=NOW)
    await _held(project, endless, ada, "NEVER")
    found = await expiring_soon(project, [ada], WEEK, NOW)
    assert found == {ada: [Holding(id_, NOW, exclusive=True) for id_ in (by_itself, by_main, by_campaign)]}


async def test_what_is_stopped_or_not_live_is_left_out_and_walls_hold(
    project: UUID, another_project: UUID
) -> None:
    ada = await a_customer(project)
    soon = NOW + timedelta(days=1)
    live, paused = await a_campaign(project), await a_campaign(project, "Paused", state="PAUSED")
    await _held(project, live, ada, "STOPPED", expires_at=soon, enabled=False)
    await _held(project, paused, ada, "PAUSED", expires_at=soon)
    assert await expiring_soon(project, [ada], WEEK, NOW) == {}
    await _held(project, live, ada, "FINE", expires_at=soon)
    assert list(await expiring_soon(project, [ada], WEEK, NOW)) == [ada]
    assert await expiring_soon(another_project, [ada], WEEK, NOW) == {}


async def test_one_statement_serves_many_wallets_and_long_ones_are_bounded(
    project: UUID, statements: Statements
) -> None:
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    campaign = await a_campaign(project, ends_at=NOW + timedelta(days=3))
    for number in range(MOST_LOOKED_AT + 2):
        await _held(project, campaign, ada, f"A{number}")
    await _held(project, campaign, bob, "B")
    with statements.counted() as sent:
        found = await expiring_soon(project, [ada, bob], WEEK, NOW)
    assert (len(sent), len(found[ada]), len(found[bob])) == (1, MOST_LOOKED_AT, 1)
