"""The reckoning: what clients were told, beside ledger, counters, keys and events; all must tell one story."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from app import ids
from tests.stories.load import Load

_REDEMPTIONS = "SELECT id, state FROM redemptions WHERE project_id = $1"
_REJECTED = "SELECT id FROM rejected_redemptions WHERE project_id = $1"
# What a rollback answered is told by its redemption; a key of another room is none of the till's.
_KEYS = """
SELECT k.key, k.deed, k.answer_kind, coalesce(b.redemption_id, k.answer_id) AS id
FROM idempotency_keys k LEFT JOIN rollbacks b ON b.project_id = k.project_id AND b.id = k.answer_id
WHERE k.project_id = $1 AND k.answer_kind <> 'VOUCHER'
"""
_EVENTS = """
SELECT kind, payload ->> 'id' AS id FROM events
WHERE project_id = $1 AND (kind LIKE 'REDEMPTION%' OR kind LIKE 'HOLD%')
"""
# What each counter says, and what it should: what is held or redeemed, and was not given back.
_COUNTERS = """
SELECT k.scope, k.measure, k.subject_id, k.customer_id, k.used, (
    SELECT coalesce(sum(CASE k.measure WHEN 'DISCOUNT' THEN v.discount - v.returned_discount ELSE 1 END), 0)
    FROM redeemed_vouchers v JOIN redemptions r ON r.project_id = v.project_id AND r.id = v.redemption_id
    WHERE v.project_id = k.project_id AND NOT v.given_back AND r.state IN ('HELD', 'REDEEMED')
      AND (k.currency IS NULL OR r.currency = k.currency)
      AND CASE k.scope
            WHEN 'voucher' THEN v.voucher_id = k.subject_id
            WHEN 'campaign' THEN k.subject_id IN (v.campaign_id, v.main_campaign_id)
            WHEN 'customer' THEN v.campaign_id = k.subject_id AND r.customer_id = k.customer_id
          END) AS uses
FROM counters k WHERE k.project_id = $1 AND k.scope <> 'past'
"""
# Uses by the name of what is limited: a code, a campaign, a main campaign, a customer in a campaign.
_USES = """
WITH used AS (
    SELECT v.code, c.name, m.name AS main, s.source_id
    FROM redeemed_vouchers v
    JOIN redemptions r ON r.project_id = v.project_id AND r.id = v.redemption_id
    JOIN campaigns c ON c.project_id = v.project_id AND c.id = v.campaign_id
    LEFT JOIN campaigns m ON m.project_id = v.project_id AND m.id = v.main_campaign_id
    LEFT JOIN customers s ON s.project_id = v.project_id AND s.id = r.customer_id
    WHERE v.project_id = $1 AND NOT v.given_back AND r.state IN ('HELD', 'REDEEMED')
)
SELECT code AS name, count(*) AS uses FROM used GROUP BY 1
UNION ALL SELECT name, count(*) FROM used GROUP BY 1
UNION ALL SELECT main, count(*) FROM used WHERE main IS NOT NULL GROUP BY 1
UNION ALL SELECT 'customer of ' || name, max(uses) FROM
    (SELECT name, count(*) AS uses FROM used WHERE source_id IS NOT NULL GROUP BY name, source_id) AS each GROUP BY 1
"""
# Money by the name of what is limited, in cents: what a campaign took off, what was paid with a gift.
_MONEY = """
WITH used AS (
    SELECT c.name, v.code, v.discount - v.returned_discount AS discount, v.spent - v.returned_spent AS spent
    FROM redeemed_vouchers v
    JOIN redemptions r ON r.project_id = v.project_id AND r.id = v.redemption_id
    JOIN campaigns c ON c.project_id = v.project_id AND c.id = v.campaign_id
    WHERE v.project_id = $1 AND NOT v.given_back AND r.state IN ('HELD', 'REDEEMED')
)
SELECT 'discount of ' || name AS name, sum(discount)::bigint AS amount FROM used GROUP BY 1
UNION ALL SELECT 'spent of ' || code, sum(spent)::bigint FROM used WHERE spent > 0 GROUP BY 1
"""
# What each balance holds, and what it should: what was put into it less what is held or spent.
_BALANCES = """
SELECT b.voucher_id, sum(b.amount_left)::bigint AS left_over, (
    SELECT coalesce(sum(CASE p.debit WHEN 'ISSUED' THEN p.amount ELSE 0 END), 0) FROM postings p
    WHERE p.project_id = $1 AND p.voucher_id = b.voucher_id
) - (
    SELECT coalesce(sum(v.spent - v.returned_spent), 0)
    FROM redeemed_vouchers v JOIN redemptions r ON r.project_id = v.project_id AND r.id = v.redemption_id
    WHERE v.project_id = $1 AND v.voucher_id = b.voucher_id AND r.state IN ('HELD', 'REDEEMED')
) AS should_be
FROM balance_buckets b WHERE b.project_id = $1 GROUP BY b.voucher_id
"""


@dataclass
class Books:
    """A project's ledger as it stands in the database, read past the API."""

    redemptions: dict[str, str]  # their states, by id
    rejected: set[str]
    keys: dict[tuple[str, str], str]  # what they answered, by deed and key
    events: Counter[tuple[str, str]]  # by kind and id
    uses: dict[str, int]
    money: dict[str, int]

    @classmethod
    async def read(cls, connection: asyncpg.Connection, project: UUID) -> "Books":
        """Read them as they are at one instant; every counter and every balance must equal the ledger."""
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await cls._read(connection, project)

    @classmethod
    async def _read(cls, connection: asyncpg.Connection, project: UUID) -> "Books":
        counters = await connection.fetch(_COUNTERS, project)
        assert {tuple(row) for row in counters if row["used"] != row["uses"]} == set()
        balances = await connection.fetch(_BALANCES, project)
        assert {tuple(row) for row in balances if row["left_over"] != row["should_be"]} == set()
        return cls(
            {
                ids.show(ids.REDEMPTION, row["id"]): row["state"]
                for row in await connection.fetch(_REDEMPTIONS, project)
            },
            {
                ids.show(ids.REJECTED_REDEMPTION, row["id"])
                for row in await connection.fetch(_REJECTED, project)
            },
            {
                (row["deed"], row["key"]): _shown(row["answer_kind"], row["id"])
                for row in await connection.fetch(_KEYS, project)
            },
            Counter(
                (row["kind"], _shown(row["kind"], UUID(row["id"])))
                for row in await connection.fetch(_EVENTS, project)
            ),
            {row["name"]: row["uses"] for row in await connection.fetch(_USES, project)},
            {row["name"]: row["amount"] for row in await connection.fetch(_MONEY, project)},
        )


def _shown(kind: str, id_: UUID) -> str:
    return ids.show(ids.REJECTED_REDEMPTION if "REJECTED" in kind else ids.REDEMPTION, id_)


def reckon(load: Load, books: Books, limits: Mapping[str, int]) -> None:
    """Nothing that a client was told is missing, nothing else is there, nothing is there twice or over its limit.

    Every request of the load must have been answered.
    """
    expected = Expected()
    for key, told in load.told.items():
        expected.note(key, told.deed.name, told.given, told.payload)
    assert books.keys == expected.keys
    assert books.redemptions == expected.redemptions
    assert books.rejected == expected.rejected
    assert books.events == expected.events
    used = books.uses | books.money
    assert {name: amount for name, amount in used.items() if amount > limits.get(name, amount)} == {}


# The deeds as their keys name them.
_DEEDS = {
    "redeemVouchers": "redeem",
    "holdVouchers": "hold",
    "confirmRedemption": "confirm",
    "releaseHold": "release",
    "rollBackRedemption": "roll_back",
}


class Expected:
    """The books as they must be after all that was answered."""

    def __init__(self) -> None:
        self.redemptions: dict[str, str] = {}
        self.rejected: set[str] = set()
        self.keys: dict[tuple[str, str], str] = {}
        self.events: Counter[tuple[str, str]] = Counter()

    def note(self, key: str, deed: str, given: dict[str, Any], payload: dict[str, Any]) -> None:
        """One more request that was answered; a client's requests come in the order of their answers."""
        result = payload.get("result") or {"__typename": "Redemption", "id": given.get("redemption")}
        self.keys[_DEEDS[deed], key] = result["id"]
        if result["__typename"] == "RejectedRedemption":
            self.rejected.add(result["id"])
            self.events["REDEMPTION_REJECTED", result["id"]] += 1
            if deed == "confirmRedemption":
                self._becomes(given["redemption"], "RELEASED", "HOLD_RELEASED")
        elif deed == "holdVouchers":
            self._becomes(result["id"], "HELD", "REDEMPTION_HELD")
        elif deed == "releaseHold":
            self._becomes(result["id"], "RELEASED", "HOLD_RELEASED")
        elif deed == "rollBackRedemption":
            some = "lines" in given
            self._becomes(result["id"], "REDEEMED" if some else "ROLLED_BACK", "REDEMPTION_ROLLED_BACK")
        else:
            self._becomes(result["id"], "REDEEMED", "REDEMPTION_GRANTED")

    def _becomes(self, redemption: str, state: str, event: str) -> None:
        self.redemptions[redemption] = state
        self.events[event, redemption] += 1
