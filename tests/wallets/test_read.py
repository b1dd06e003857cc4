"""Reading balances and postings: what can be spent, what is held, what expires next."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.database import fetch
from app.database.keyset import CursorError, PageRequest
from app.wallets.postings import Account, Deed
from app.wallets.read import PostingSort, balances_of, count_postings_of, postings_of
from app.wallets.values import Balance
from tests.conftest import NOW, Statements
from tests.vouchers.shop import a_campaign, a_project, a_voucher
from tests.wallets.balances import a_gift, a_held_redemption, added, taken_by

SOON, LATER = NOW + timedelta(days=1), NOW + timedelta(days=9)
SECOND = timedelta(seconds=1)


async def test_a_balance_says_what_can_be_spent_and_what_of_it_expires_next(project: UUID) -> None:
    voucher = await a_gift(project, (500, None), (300, LATER), (200, SOON))
    for now, balance in (
        (NOW, Balance("EUR", 1000, 0, 200, SOON)),
        (SOON, Balance("EUR", 800, 0, 300, LATER)),
        (LATER, Balance("EUR", 500)),
    ):
        assert await balances_of(fetch, [(project, voucher)], now) == {voucher: balance}
    await taken_by(project, voucher, 250)
    assert await balances_of(fetch, [(project, voucher)], NOW) == {
        voucher: Balance("EUR", 750, 0, 250, LATER)
    }


async def test_balances_of_many_vouchers_are_one_statement(project: UUID, statements: Statements) -> None:
    gift, card = await a_gift(project, (500, None)), await a_gift(project, (70, SOON), unit="points")
    other = await a_project()
    elsewhere = await a_gift(other, (5, None))
    plain = (await a_voucher(project, await a_campaign(project), "PLAIN")).id
    wanted = [(project, gift), (project, card), (project, plain), (other, elsewhere), (project, elsewhere)]
    with statements.counted() as sent:
        found = await balances_of(fetch, wanted, NOW)
        assert await balances_of(fetch, [], NOW) == {}
    assert len(sent) == 1
    assert found == {
        gift: Balance("EUR", 500),
        card: Balance("points", 70, 0, 70, SOON),
        elsewhere: Balance("EUR", 5),
    }


async def test_an_emptied_balance_is_still_a_balance(project: UUID) -> None:
    voucher = await a_gift(project, (500, SOON))
    await taken_by(project, voucher, 500)
    assert await balances_of(fetch, [(project, voucher)], NOW) == {voucher: Balance("EUR", 0)}


async def test_a_hold_holds_until_it_expires_though_nobody_tidies_it(project: UUID) -> None:
    voucher = await a_gift(project, (500, None), (200, SOON))
    first = await taken_by(project, voucher, 250, Deed.HOLD)
    await a_held_redemption(project, voucher, first, 250, NOW + SECOND)
    second = await taken_by(project, voucher, 30, Deed.HOLD)
    await a_held_redemption(project, voucher, second, 30, LATER)
    await taken_by(project, voucher, 20)
    for now, balance in (
        (NOW, Balance("EUR", 400, 280)),
        (NOW + SECOND, Balance("EUR", 650, 30, 200, SOON)),  # the first hold is over
        (SOON, Balance("EUR", 450, 30)),  # what it took of the first part has expired by now
        (LATER, Balance("EUR", 480)),
    ):
        assert await balances_of(fetch, [(project, voucher)], now) == {voucher: balance}


async def test_postings_are_pages_of_each_voucher_in_one_statement(
    project: UUID, statements: Statements
) -> None:
    voucher, other = await a_gift(project, (500, None), (200, SOON)), await a_gift(project, (7, None))
    redemption = await taken_by(project, voucher, 250)
    with statements.counted() as sent:
        found = await postings_of(project, [voucher, other], PageRequest(3))
        counted = await count_postings_of(project, [voucher, other])
    assert len(sent) == 2
    assert counted == {voucher: 4, other: 1}
    page = found[voucher]
    assert [(one.deed, one.amount, one.expires_at, one.redemption_id) for one in page.items] == [
        (Deed.SPEND, 50, None, redemption),
        (Deed.SPEND, 200, SOON, redemption),
        (Deed.ISSUE, 200, SOON, None),
    ]
    assert (page.items[0].debit, page.items[0].credit) == (Account.BALANCE, Account.SPENT)
    assert (page.has_next, page.has_previous) == (True, False)
    rest = await postings_of(project, [voucher], PageRequest(3, after=page.cursors[-1]))
    assert [(one.deed, one.amount) for one in rest[voucher].items] == [(Deed.ISSUE, 500)]
    assert [one.amount for one in found[other].items] == [7]
    oldest = await postings_of(project, [voucher], PageRequest(1), PostingSort.OLDEST)
    assert [one.amount for one in oldest[voucher].items] == [500]


async def test_a_cursor_of_another_order_is_refused(project: UUID) -> None:
    voucher = await a_gift(project, (500, None))
    await added(project, voucher, 5)
    cursor = (await postings_of(project, [voucher], PageRequest(1)))[voucher].cursors[0]
    with pytest.raises(CursorError):
        await postings_of(project, [voucher], PageRequest(1, after=cursor), PostingSort.OLDEST)


async def test_another_projects_postings_are_not_shown(project: UUID) -> None:
    voucher = await a_gift(await a_project(), (500, None))
    assert (await postings_of(project, [voucher], PageRequest(5)))[voucher].items == ()
    assert await count_postings_of(project, [voucher]) == {voucher: 0}
