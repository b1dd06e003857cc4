"""The reckoning: what clients were told, beside ledger, counters, keys and events; all must tell one story."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app import ids
from tests.stories.load import Load

_REDEMPTIONS = "SELECT id, state FROM redemptions WHERE project_id = $1"
_REJECTED = "SELECT id FROM rejected_redemptions WHERE project_id = $1"
_KEYS = "SELECT key, answer_kind, answer_id FROM idempotency_keys WHERE project_id = $1"
_EVENTS = "SELECT kind, payload ->> 'id' AS id FROM events WHERE project_id = $1 AND kind LIKE 'REDEMPTION%'"

# What each counter says, and what it should: the uses in the ledger of which nothing was given back.
_COUNTERS = """
SELECT k.scope, k.subject_id, k.customer_id, k.used, (
    SELECT count(*) FROM redeemed_vouchers v
    WHERE v.project_id = k.project_id AND NOT v.given_back
      AND CASE k.scope
            WHEN 'voucher' THEN v.voucher_id = k.subject_id
            WHEN 'campaign' THEN k.subject_id IN (v.campaign_id, v.main_campaign_id)
            WHEN 'customer' THEN v.campaign_id = k.subject_id AND v.customer_id = k.customer_id
          END) AS uses
FROM counters k WHERE k.project_id = $1 AND k.scope <> 'past'
"""
# Uses by the name of what is limited: a code, a campaign, a main campaign, a customer in a campaign.
_USES = """
WITH used AS (
    SELECT v.code, c.name, m.name AS main, s.source_id
    FROM redeemed_vouchers v
    JOIN campaigns c ON c.project_id = v.project_id AND c.id = v.campaign_id
    LEFT JOIN campaigns m ON m.project_id = v.project_id AND m.id = v.main_campaign_id
    LEFT JOIN customers s ON s.project_id = v.project_id AND s.id = v.customer_id
    WHERE v.project_id = $1 AND NOT v.given_back
)
SELECT code AS name, count(*) AS uses FROM used GROUP BY 1
UNION ALL SELECT name, count(*) FROM used GROUP BY 1
UNION ALL SELECT main, count(*) FROM used WHERE main IS NOT NULL GROUP BY 1
UNION ALL SELECT 'customer of ' || name, max(uses) FROM
    (SELECT name, count(*) AS uses FROM used WHERE source_id IS NOT NULL GROUP BY name, source_id) AS each GROUP BY 1
"""


@dataclass
class Books:
    """A project's ledger as it stands in the database, read past the API."""

    redemptions: dict[str, str]  # their states, by id
    rejected: set[str]
    keys: dict[str, tuple[str, str]]  # kind and id of the answer, by key
    events: Counter[tuple[str, str]]  # by kind and id
    uses: dict[str, int]

    @classmethod
    async def read(cls, connection: asyncpg.Connection, project: UUID) -> "Books":
        """Read them; also compares every counter with the ledger."""
        counters = await connection.fetch(_COUNTERS, project)
        assert {tuple(row) for row in counters if row["used"] != row["uses"]} == set()
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
                row["key"]: (row["answer_kind"], _shown(row["answer_kind"], row["answer_id"]))
                for row in await connection.fetch(_KEYS, project)
            },
            Counter(
                (row["kind"], _shown(row["kind"], UUID(row["id"])))
                for row in await connection.fetch(_EVENTS, project)
            ),
            {row["name"]: row["uses"] for row in await connection.fetch(_USES, project)},
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
    assert {name: uses for name, uses in books.uses.items() if uses > limits.get(name, uses)} == {}


class Expected:
    """The books as they must be after all that was answered."""

    def __init__(self) -> None:
        self.redemptions: dict[str, str] = {}
        self.rejected: set[str] = set()
        self.keys: dict[str, tuple[str, str]] = {}
        self.events: Counter[tuple[str, str]] = Counter()

    def note(self, key: str, deed: str, given: dict[str, str], payload: dict[str, dict[str, str]]) -> None:
        """One more request that was answered; a client's requests come in the order of their answers."""
        if deed == "rollBackRedemption":
            redemption = given["redemption"]
            self.redemptions[redemption] = "ROLLED_BACK"
            self.keys[key] = ("REDEMPTION", redemption)
            self.events["REDEMPTION_ROLLED_BACK", redemption] += 1
            return
        id_ = payload["result"]["id"]
        if payload["result"]["__typename"] == "Redemption":
            self.redemptions[id_] = "REDEEMED"
            self.keys[key] = ("REDEMPTION", id_)
            self.events["REDEMPTION_GRANTED", id_] += 1
        else:
            self.rejected.add(id_)
            self.keys[key] = ("REJECTED_REDEMPTION", id_)
            self.events["REDEMPTION_REJECTED", id_] += 1
