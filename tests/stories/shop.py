"""A shop of its own behind the project's wall, on two server processes; and its books, read past the API."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from app import ids
from app.ids import new_id
from app.projects.secret import hash_of, new_secret, prefix_of
from app.projects.values import KeyKind
from tests.server import Server
from tests.stories.caller import Caller

TEN_PER_CENT = {"reward": {"percentOff": {"percent": "10"}}}

_SEEN = {
    "redemptions": ("REDEMPTION_GRANTED", "REDEMPTION_ROLLED_BACK"),
    "rejected": ("REDEMPTION_REJECTED",),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How often something stands in the books."""

    granted: int
    rejected: int


class Shop:
    """`callers` use the first server key, one at each server process."""

    def __init__(self, project: UUID, key: UUID, books: asyncpg.Pool, callers: Sequence[Caller]) -> None:
        self.project = project
        self.key = key
        self.books = books
        self.callers = callers

    @property
    def caller(self) -> Caller:
        """The caller at the first process."""
        return self.callers[0]

    async def campaign(self, name: str, **given: Any) -> str:
        """The id of a new live campaign; it takes a tenth off unless told otherwise."""
        if not given.get("isMain"):
            given.setdefault("offer", TEN_PER_CENT)
        made = await self.caller.do(
            "createCampaign", "CreateCampaignInput", "campaign { id }", name=name, **given
        )
        campaign: str = made["campaign"]["id"]
        await self.launch(campaign)
        return campaign

    async def launch(self, campaign: str) -> None:
        await self.caller.do(
            "launchCampaign", "LaunchCampaignInput", "campaign { state }", campaign={"id": campaign}
        )

    async def code(self, campaign: str, *codes: str, **given: Any) -> None:
        """Give the campaign codes that everybody may use."""
        made = await self.caller.do(
            "importVouchers",
            "ImportVouchersInput",
            "count",
            campaign={"id": campaign},
            codes=list(codes),
            kind="GENERIC",
            **given,
        )
        assert made["count"] == len(codes)

    async def switch(self, deed: str, code: str, caller: Caller | None = None) -> None:
        """disableVoucher or enableVoucher."""
        await (caller or self.caller).do(
            deed, "SwitchVoucherInput", "voucher { enabled }", voucher={"code": code}
        )

    async def new_key(self, **given: Any) -> tuple[str, str]:
        """Id and secret of one more key."""
        given = {"kind": "SERVER", "name": "another key"} | given
        made = await self.caller.do("createApiKey", "CreateApiKeyInput", "apiKey { id } secret", **given)
        return made["apiKey"]["id"], made["secret"]

    async def counts(self) -> Counts:
        """The rows of the ledger."""
        row = await self.books.fetchrow(
            "SELECT (SELECT count(*) FROM redemptions WHERE project_id = $1),"
            " (SELECT count(*) FROM rejected_redemptions WHERE project_id = $1)",
            self.project,
        )
        return Counts(*row)

    async def events(self, kinds: str) -> list[str]:
        """What a subscriber to `redemptions` or `rejected` must have seen, in the log's order."""
        rows = await self.books.fetch(
            "SELECT kind, payload ->> 'id' AS id FROM events WHERE project_id = $1 AND kind = ANY ($2)"
            " ORDER BY epoch, tx, position",
            self.project,
            list(_SEEN[kinds]),
        )
        return [_told(row["kind"], UUID(row["id"])) for row in rows]

    async def ledger(self, table: str) -> list[str]:
        """The ids in `redemptions` or `rejected_redemptions`, by time."""
        prefix = ids.REDEMPTION if table == "redemptions" else ids.REJECTED_REDEMPTION
        rows = await self.books.fetch(
            f"SELECT id FROM {table} WHERE project_id = $1 ORDER BY id", self.project
        )
        return [ids.show(prefix, row["id"]) for row in rows]

    async def counters(self) -> dict[str, int]:
        """How far the limits of each scope have counted, altogether."""
        rows = await self.books.fetch(
            "SELECT scope, sum(used)::bigint AS used FROM counters WHERE project_id = $1 AND scope <> 'past'"
            " GROUP BY scope",
            self.project,
        )
        return {row["scope"]: row["used"] for row in rows}


def _told(kind: str, id_: UUID) -> str:
    if kind == "REDEMPTION_REJECTED":
        return ids.show(ids.REJECTED_REDEMPTION, id_)
    return ids.show(ids.REDEMPTION, id_) + (" undone" if kind == "REDEMPTION_ROLLED_BACK" else "")


@asynccontextmanager
async def founded(books: asyncpg.Pool, servers: Sequence[Server]) -> AsyncIterator[Shop]:
    """A new organisation with a project (EUR, Europe/Warsaw) and a server key that may create projects."""
    now, organisation, project, key = datetime.now(UTC), new_id(), new_id(), new_id()
    secret = new_secret(KeyKind.SERVER)
    async with books.acquire() as connection, connection.transaction():
        await connection.execute(
            "INSERT INTO organisations (id, name, created_at) VALUES ($1, 'The shop', $2)", organisation, now
        )
        await connection.execute(
            "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
            " VALUES ($1, $2, 'The shop', 'Europe/Warsaw', 'EUR', false, $3)",
            project,
            organisation,
            now,
        )
        await connection.execute(
            "INSERT INTO api_keys (id, project_id, kind, name, prefix, secret_hash, origins, creates_projects,"
            " created_at) VALUES ($1, $2, 'SERVER', 'First key', $3, $4, '{}', true, $5)",
            key,
            project,
            prefix_of(secret),
            hash_of(secret),
            now,
        )
    async with AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(Caller(server, secret)) for server in servers]
        yield Shop(project, key, books, callers)


async def together(*deeds: Any) -> list[Any]:
    """The answers of deeds that are done at the same time."""
    return list(await asyncio.gather(*deeds))
