"""The shop of a run: a project with its key, customers, and codes that never run out; and how fast codes are made."""

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from app.campaigns.draft import create_campaign
from app.campaigns.launch import launch
from app.campaigns.values import Campaign, CampaignDraft
from app.customers.recognise import recognise
from app.customers.values import CustomerInput
from app.database import Credentials, transaction
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.ids import new_id
from app.problem import Problems
from app.projects.found import found_organisation
from app.projects.values import ProjectDraft
from app.vouchers.mint import MOST_DRAWN, mint
from app.vouchers.values import Minted, MintOrder, VoucherKind
from benchmarks.deeds import SHOPPERS, Codes, kinds_of_codes, shopper

MANY = 1_000_000_000
"""A limit that is counted to, and never reached."""
_COLUMNS = (
    "id",
    "project_id",
    "campaign_id",
    "code",
    "code_key",
    "kind",
    "enabled",
    "metadata",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop to measure in; `key` is the id of the key whose secret is `secret`.

    `mint_seconds` and `copy_seconds` were spent on `vouchers` codes each, if that was measured.
    """

    project: UUID
    key: UUID
    secret: str
    codes: tuple[Codes, ...]
    vouchers: int
    mint_seconds: float = 0.0
    copy_seconds: float = 0.0


async def open_shop(credentials: Credentials, vouchers: int) -> Shop:
    """Found the shop in the empty database, which is open. Random codes are minted; numbered ones, which the load
    generators can name, are copied: the same rows as a bare COPY writes them, in no order."""
    project, key, secret = await found_shop()
    spread, hot, limited = kinds_of_codes(vouchers)
    minted = await run_campaign(project, "Minted", Limits(per_voucher=MANY), key)
    numbered = await run_campaign(project, "Spread", Limits(per_voucher=MANY), key)
    for codes, limits in ((hot, Limits()), (limited, Limits(per_campaign=MANY))):
        campaign = await run_campaign(project, codes.name.title(), limits, key)
        await mint_one(project, campaign, codes)
    mint_seconds = await _time_minting(project, minted, vouchers)
    copy_seconds = await _time_copying(credentials, project, numbered, spread)
    return Shop(project, key, secret, (spread, hot, limited), vouchers, mint_seconds, copy_seconds)


async def found_shop() -> tuple[UUID, UUID, str]:
    """A project with its customers: the project's id, the id of its key, and the key's secret."""
    now = datetime.now(UTC)
    founded = await found_organisation("Benchmarks", ProjectDraft("Shop", "Europe/Warsaw", "EUR"), now)
    assert not isinstance(founded, Problems), founded
    project, key = founded.project.id, founded.first_key
    async with transaction() as connection:
        people = [CustomerInput(shopper(number)) for number in range(1, SHOPPERS + 1)]
        await recognise(connection, project, people, now)
    return project, key.key.id, key.secret


async def mint_one(project: UUID, campaign: UUID, codes: Codes) -> None:
    """The one generic code of its kind."""
    await _mint(project, campaign, MintOrder(codes=(codes.code(1),), kind=VoucherKind.GENERIC))


async def run_campaign(project: UUID, name: str, limits: Limits, by: UUID) -> UUID:
    """A live campaign: a tenth off from 50 euro on."""
    offer = Offer(1, MinimumSpend(Money(5_000, "EUR")), PercentOff(Decimal(10)), limits)
    made = await create_campaign(project, CampaignDraft(name, offer=offer), by, datetime.now(UTC))
    assert isinstance(made, Campaign), made
    live = await launch(project, made.id, datetime.now(UTC))
    assert isinstance(live, Campaign), live
    return made.id


async def _mint(project: UUID, campaign: UUID, order: MintOrder) -> None:
    made = await mint(project, campaign, order, datetime.now(UTC))
    assert isinstance(made, Minted), made
    assert made.count == made.asked, made


async def _time_minting(project: UUID, campaign: UUID, count: int) -> float:
    began = time.perf_counter()
    for start in range(0, count, MOST_DRAWN):
        await _mint(project, campaign, MintOrder(count=min(MOST_DRAWN, count - start)))
    return time.perf_counter() - began


async def _time_copying(credentials: Credentials, project: UUID, campaign: UUID, codes: Codes) -> float:
    """A bare COPY of as many rows into the same table; drawing them is not counted."""
    now = datetime.now(UTC)
    numbers = random.sample(range(1, codes.count + 1), codes.count)
    rows = [
        (new_id(), project, campaign, codes.code(number), codes.code(number), "UNIQUE", True, "{}", now)
        for number in numbers
    ]
    connection: asyncpg.Connection = await asyncpg.connect(**credentials)
    try:
        began = time.perf_counter()
        await connection.copy_records_to_table("vouchers", records=rows, columns=_COLUMNS)
        taken = time.perf_counter() - began
        await connection.execute("VACUUM ANALYZE vouchers")
    finally:
        await connection.close()
    return taken
