"""Giving: which voucher or vouchers a customer gets, decided and written under the locks of one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.database import Connection, statement
from app.problem import Problems
from app.vouchers.codes import lookup_key
from app.vouchers.hold_campaign import OF_PROMOTION, hold_campaign
from app.vouchers.read_publications import PUBLICATION_COLUMNS, publication_of
from app.vouchers.values import Published, VoucherKind

_TAKE_FREE = statement(__package__, "take_free.sql")
# Waits for publishers that are at it, in the order of ids, instead of passing over what they may not keep.
_TAKE_FREE_PATIENTLY = _TAKE_FREE.replace("SKIP LOCKED", "")
_OF_HOLDER = f"""
SELECT {PUBLICATION_COLUMNS} FROM publications
WHERE project_id = $1 AND voucher_id = $2 AND customer_id = $3 ORDER BY id LIMIT 1
"""  # noqa: S608
_NAMED = """
SELECT vouchers.id, vouchers.code, vouchers.campaign_id, vouchers.kind, vouchers.enabled, vouchers.holder_id,
       vouchers.expires_at, campaigns.state, campaigns.ends_at,
       coalesce(vouchers.max_redemptions, (offers.offer #>> '{limits,per_voucher}')::bigint) AS most
FROM vouchers
JOIN campaigns ON campaigns.project_id = vouchers.project_id AND campaigns.id = vouchers.campaign_id
LEFT JOIN offers ON offers.project_id = campaigns.project_id AND offers.campaign_id = campaigns.id
  AND offers.version = campaigns.offer_version
WHERE vouchers.project_id = $1 AND vouchers.code_key = $2
"""
# As `hold_campaign` does.
_NAMED_OF_CAMPAIGN = f"{_NAMED} FOR SHARE OF campaigns"
_NAMED_ALONE = f"{_NAMED} FOR NO KEY UPDATE OF vouchers"
_USES = """
SELECT count(*) FROM redeemed_vouchers WHERE project_id = $1 AND voucher_id = $2 AND NOT given_back
"""
_GIVE = "UPDATE vouchers SET holder_id = $3, published_at = $4 WHERE project_id = $1 AND id = $2"


class Given(NamedTuple):
    """A voucher that the customer now has."""

    voucher: UUID
    code: str


class Settled(Exception):  # noqa: N818 - carries an answer out of a transaction that shall leave no trace
    """The answer is known and nothing is to be written: problems, or what was published before."""

    def __init__(self, answer: Published | Problems) -> None:
        self.answer = answer


def refusal(path: str, code: str, message: str) -> Settled:
    """To be raised: a single problem, as `Problems.one` takes it."""
    return Settled(Problems.one(path, code, message))


async def give_named(
    connection: Connection, project: UUID, code: str, customer: UUID, now: datetime
) -> tuple[UUID, Sequence[Given]]:
    """Give a code to the customer: its campaign and voucher. A generic code has no holder to write down."""
    case_sensitive = bool(
        await connection.fetchval("SELECT case_sensitive_codes FROM projects WHERE id = $1", project)
    )
    key = lookup_key(code, case_sensitive)
    found = await connection.fetchrow(_NAMED_OF_CAMPAIGN, project, key)
    if found is not None and found["kind"] == VoucherKind.UNIQUE.value:
        # Read again, locked: another publisher may be giving it away. A generic code stays unlocked,
        # for many publishers give it out at the same time.
        found = await connection.fetchrow(_NAMED_ALONE, project, key)
    if found is None or found["kind"] == VoucherKind.PROMOTION.value:
        raise refusal("code", "CODE_NOT_FOUND", "There is no such code.")
    if not found["enabled"]:
        raise refusal("code", "VOUCHER_DISABLED", "The code is disabled.")
    if found["expires_at"] is not None and found["expires_at"] <= now:
        raise refusal("code", "EXPIRED", "The code has expired.")
    _refuse_ended("code", found["state"], found["ends_at"], now)
    voucher, campaign = found["id"], found["campaign_id"]
    if found["kind"] == VoucherKind.UNIQUE.value:
        if found["holder_id"] not in (None, customer):
            raise refusal("code", "CODE_HELD_BY_ANOTHER_CUSTOMER", "Another customer holds the code.")
        if found["holder_id"] == customer:
            row = await connection.fetchrow(_OF_HOLDER, project, voucher, customer)
            if row is not None:
                raise Settled(Published((publication_of(row),), replayed=True))
        most = found["most"]
        if most is not None and await connection.fetchval(_USES, project, voucher) >= most:
            raise refusal("code", "CODE_USED_UP", "The code has been redeemed as often as it may be.")
        await connection.execute(_GIVE, project, voucher, customer, now)
    return campaign, [Given(voucher, found["code"])]


async def give_free(
    connection: Connection,
    project: UUID,
    campaign: UUID,
    count: int,
    customer: UUID,
    now: datetime,
    patient: bool,
) -> Sequence[Given]:
    """Give the next `count` free codes of the campaign, all or none.

    Codes that other publishers hold at the moment are passed over; when too few are left besides them, only
    a `patient` call, which waits for their end, can tell how many there really are.
    """
    held = await hold_campaign(connection, project, campaign)
    if held is None:
        raise refusal("campaign", "NOT_FOUND", "There is no such campaign.")
    if held.is_promotion:
        raise Settled(OF_PROMOTION)
    _refuse_ended("campaign", held.state, held.ends_at, now)
    take = _TAKE_FREE_PATIENTLY if patient else _TAKE_FREE
    rows = await connection.fetch(take, project, campaign, count, customer, now)
    if len(rows) < count:
        message = f"The campaign has {len(rows)} free codes left, {count} were asked for."
        raise refusal("campaign", "NO_FREE_CODES", message)
    return sorted(Given(row["id"], row["code"]) for row in rows)


def _refuse_ended(path: str, state: str, ends_at: datetime | None, now: datetime) -> None:
    if state == "ENDED" or (ends_at is not None and ends_at <= now):
        raise refusal(path, "CAMPAIGN_ENDED", "The campaign has ended.")
