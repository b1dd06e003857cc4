"""The stock of a run: a shop with so many codes, and a kind of code for each way in which limits are counted."""

from uuid import UUID

import asyncpg
import orjson

from app.database import Credentials, close_database, execute, open_database
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import LARGEST
from app.engine.offer import Limits
from app.engine.period import Period
from benchmarks.deeds import Codes
from benchmarks.shop import MANY, Shop, found_shop, mint_one, run_campaign

# Of the kinds that only show another way of counting there are no more than these.
_MOST_OF_OTHERS = 100_000
_STOCK = """
INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled, metadata, created_at)
SELECT gen_random_uuid(), $1, $2, code, code, 'UNIQUE', true, '{}', now()
FROM (SELECT $3::text || lpad(number::text, 7, '0') AS code FROM generate_series(1, $4::int) AS number
      ORDER BY random()) AS drawn
"""
_BUDGET = "UPDATE campaigns SET budgets = $2::json WHERE id = $1"
_MONTHLY = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.MONTH, LARGEST, "EUR")
# Statements of minutes are nothing unusual here.
_PATIENCE_SECONDS = 3600


def kinds(vouchers: int) -> tuple[Codes, ...]:
    """Spread: unique codes, each with a limit, thus a counter, of its own. Unlimited: unique codes that nothing
    counts. Hot: one generic code with a limit, for all. Campaign: unique codes under one limit of their campaign.
    Budget: unique codes under one budget of their campaign, so much discount per month."""
    others = min(vouchers, _MOST_OF_OTHERS)
    return (
        Codes("spread", "SPREAD", vouchers, "voucher"),
        Codes("unlimited", "UNLIMIT", others, "none"),
        Codes("hot", "HOT", 1, "voucher"),
        Codes("campaign", "CAMPAIGN", others, "campaign"),
        Codes("budget", "BUDGET", others, "budget"),
    )


def limits_of(codes: Codes) -> Limits:
    """A limit that is counted to and never reached, where the codes' scope says."""
    return Limits(
        per_voucher=MANY if codes.scope == "voucher" else None,
        per_campaign=MANY if codes.scope == "campaign" else None,
    )


async def open_stock(credentials: Credentials, vouchers: int) -> Shop:
    """Found the shop in an empty, migrated database; opens and closes it."""
    await open_database(credentials)
    try:
        project, key, secret = await found_shop()
        campaigns: list[tuple[Codes, UUID]] = []
        for codes in kinds(vouchers):
            campaign = await run_campaign(project, codes.name.title(), limits_of(codes), key)
            if codes.count == 1:
                await mint_one(project, campaign, codes)
            else:
                campaigns.append((codes, campaign))
            if codes.scope == "budget":
                await execute(_BUDGET, campaign, orjson.dumps([_MONTHLY.to_json()]).decode())
    finally:
        await close_database()
    connection: asyncpg.Connection = await asyncpg.connect(**credentials)
    try:
        for codes, campaign in campaigns:
            await connection.execute(
                _STOCK, project, campaign, codes.prefix, codes.count, timeout=_PATIENCE_SECONDS
            )
        await connection.execute("VACUUM ANALYZE vouchers", timeout=_PATIENCE_SECONDS)
    finally:
        await connection.close()
    return Shop(project, key, secret, kinds(vouchers), vouchers)
