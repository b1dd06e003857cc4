"""What the tests of balances share: vouchers that have one, redemptions that took from it, and a look at the ledger."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.database import execute, fetch, transaction
from app.engine.cart import Cart, Line
from app.ids import new_id
from app.wallets.adjust import Adjustment, adjust_balance
from app.wallets.move import Return, lock_buckets, move, return_spent
from app.wallets.postings import Account, Deed, Movement
from app.wallets.values import Adjusted
from tests.conftest import NOW
from tests.vouchers.shop import a_campaign, a_voucher


async def a_gift(project: UUID, *parts: tuple[int, datetime | None], unit: str = "EUR") -> UUID:
    """A voucher whose balance has these parts, each with its expiry."""
    voucher = (await a_voucher(project, await a_campaign(project), f"GIFT{new_id().hex[-12:]}")).id
    for amount, expires_at in parts:
        await added(project, voucher, amount, expires_at, unit)
    return voucher


async def added(
    project: UUID, voucher: UUID, amount: int, expires_at: datetime | None = None, unit: str = "EUR"
) -> Adjusted:
    """What adjust_balance answers; the adjustment is one it must take."""
    answer = await adjust_balance(project, voucher, Adjustment(amount, unit, expires_at), NOW)
    assert isinstance(answer, Adjusted), answer
    return answer


async def taken_by(
    project: UUID, voucher: UUID, amount: int, deed: Deed = Deed.SPEND, now: datetime = NOW, unit: str = "EUR"
) -> UUID:
    """A redemption's id, that has taken the amount: spent it, or holds it."""
    redemption = new_id()
    async with transaction() as connection:
        locked = await lock_buckets(connection, [(project, voucher)])
        await move(connection, locked, [Movement(project, voucher, unit, amount, deed, redemption)], now)
    return redemption


async def returned(returns: Sequence[Return], now: datetime = NOW) -> dict[tuple[UUID, UUID], int]:
    """What goes back of what was spent, in a transaction of its own."""
    async with transaction() as connection:
        return await return_spent(connection, returns, Account.SPENT, now)


async def a_held_redemption(
    project: UUID, voucher: UUID, redemption: UUID, amount: int, expires_at: datetime
) -> None:
    """The rows of a hold, as the till writes them; what of them matters to a balance."""
    await execute(
        "INSERT INTO redemptions (id, project_id, currency, subtotal, shipping, discount, line_discounts, cart,"
        " channel, key_id, metadata, state, expires_at, created_at)"
        " VALUES ($1, $2, 'EUR', $3::bigint, 0, $3, ARRAY[$3::bigint], $4, 'api', $1, '{}', 'HELD', $5, $6)",
        *(redemption, project, amount, Cart("EUR", (Line(1, amount),)).to_json(), expires_at, NOW),
    )
    await execute(
        "INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id,"
        " offer_version, code, discount, line_discounts, spent, spent_unit, given_back, created_at)"
        " SELECT $1, $2, $1, 0, id, campaign_id, 1, code, $4::bigint, ARRAY[$4::bigint], $4, 'EUR', false, $5"
        " FROM vouchers WHERE id = $3",
        *(redemption, project, voucher, amount, NOW),
    )


async def left(project: UUID, voucher: UUID) -> list[tuple[int, datetime | None]]:
    """What is left in each bucket, soonest expiry first."""
    rows = await fetch(
        "SELECT amount_left, expires_at FROM balance_buckets WHERE project_id = $1 AND voucher_id = $2"
        " ORDER BY expires_at NULLS LAST, id",
        *(project, voucher),
    )
    return [tuple(row) for row in rows]


async def entries(project: UUID, voucher: UUID) -> list[tuple[str, int]]:
    """Deed and amount of each posting, the oldest first."""
    rows = await fetch(
        "SELECT deed, amount FROM postings WHERE project_id = $1 AND voucher_id = $2 ORDER BY id",
        project,
        voucher,
    )
    return [tuple(row) for row in rows]


async def assert_buckets_equal_postings(project: UUID) -> None:
    """Every bucket of the project holds what its postings say, and no more was taken than was issued."""
    drift = await fetch(
        "SELECT buckets.id, buckets.amount_left, sum(CASE WHEN credit = 'BALANCE' THEN amount WHEN debit = 'BALANCE'"
        " THEN -amount ELSE 0 END) FROM balance_buckets AS buckets LEFT JOIN postings ON bucket_id = buckets.id"
        " WHERE buckets.project_id = $1 GROUP BY buckets.id, buckets.amount_left HAVING buckets.amount_left <>"
        " coalesce(sum(CASE WHEN credit = 'BALANCE' THEN amount WHEN debit = 'BALANCE' THEN -amount ELSE 0 END), 0)",
        project,
    )
    assert drift == []
