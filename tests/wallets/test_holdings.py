"""The wallet: all that a customer holds, each voucher once, newest first."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.database.keyset import CursorError, PageRequest
from app.vouchers.publish import publish
from app.vouchers.stop import disable_voucher
from app.vouchers.values import MintOrder, PublishOrder
from app.wallets.holdings import count_holdings, holdings_of
from app.wallets.values import Holding
from tests.conftest import Statements
from tests.vouchers.shop import (
    NOW,
    a_campaign,
    a_customer,
    a_generic,
    a_project,
    a_voucher,
    minted,
    published,
)

ALL = PageRequest(100)


def _hour(hour: int) -> datetime:
    return NOW + timedelta(hours=hour)


async def test_a_wallet_holds_own_and_generic_codes_newest_first_and_each_once(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    own = await a_voucher(project, campaign, "OWN")
    stopped = await a_voucher(project, campaign, "STOPPED")
    generic = await a_generic(project, campaign, "SUMMER")
    await a_generic(project, campaign, "WINTER")
    for hour, code in enumerate(("OWN", "SUMMER", "STOPPED", "SUMMER", "OWN")):
        await publish(project, PublishOrder("x", code=code), customer, None, _hour(hour))
    await publish(project, PublishOrder("x", code="WINTER"), await a_customer(project), None, NOW)
    await disable_voucher(project, stopped.id, NOW)
    page = (await holdings_of(project, [customer], ALL))[customer]
    assert page.items == (
        Holding(stopped.id, _hour(2), exclusive=True),
        Holding(generic.id, _hour(1), exclusive=False),
        Holding(own.id, _hour(0), exclusive=True),
    )
    assert (page.has_next, page.has_previous) == (False, False)
    assert await count_holdings(project, [customer]) == {customer: 3}


async def test_many_wallets_are_read_in_one_statement(project: UUID, statements: Statements) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(count=10))
    customers = [await a_customer(project) for _ in range(4)]
    for customer, count in zip(customers, (4, 1, 2), strict=False):
        await published(project, PublishOrder("x", campaign=campaign, count=count), customer)
    with statements.counted() as sent:
        found = await holdings_of(project, customers, PageRequest(2))
        counted = await count_holdings(project, customers)
    assert len(sent) == 2
    assert [len(found[customer].items) for customer in customers] == [2, 1, 2, 0]
    assert [found[customer].has_next for customer in customers] == [True, False, False, False]
    assert [counted[customer] for customer in customers] == [4, 1, 2, 0]


async def test_pages_of_a_wallet_neither_repeat_nor_skip_what_came_at_one_instant(project: UUID) -> None:
    campaign, customer = await a_campaign(project), await a_customer(project)
    await minted(project, campaign, MintOrder(count=7))
    await published(project, PublishOrder("x", campaign=campaign, count=7), customer)
    whole = (await holdings_of(project, [customer], ALL))[customer].items
    walked: list[Holding] = []
    after = None
    while True:
        page = (await holdings_of(project, [customer], PageRequest(3, after=after)))[customer]
        walked += page.items
        after = page.cursors[-1]
        if not page.has_next:
            break
    assert tuple(walked) == whole
    assert len(set(walked)) == 7
    back = (await holdings_of(project, [customer], PageRequest(2, before=after, backwards=True)))[customer]
    assert back.items == whole[4:6]


async def test_a_cursor_of_another_list_is_refused(project: UUID) -> None:
    customer = await a_customer(project)
    with pytest.raises(CursorError):
        await holdings_of(project, [customer], PageRequest(3, after="nonsense"))


async def test_another_projects_customer_has_no_wallet_here(project: UUID) -> None:
    other = await a_project()
    customer = await a_customer(other)
    campaign = await a_campaign(other)
    await a_voucher(other, campaign, "OWN")
    await a_generic(other, campaign, "SUMMER")
    for code in ("OWN", "SUMMER"):
        await published(other, PublishOrder("x", code=code), customer)
    assert len((await holdings_of(other, [customer], ALL))[customer].items) == 2
    assert (await holdings_of(project, [customer], ALL))[customer].items == ()
    assert await count_holdings(project, [customer]) == {customer: 0}
