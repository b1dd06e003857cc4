"""The sample shop: alive on the day it is made, complete whatever happens meanwhile, made once."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.campaigns.read import find
from app.database import fetch, fetchval
from app.engine.cart import Cart
from app.engine.evaluation import Evaluation
from app.projects.keys import revoke_key
from app.projects.read import project_by_id
from app.projects.values import KeyKind
from app.redemptions.requests import CustomerRef, ValidateRequest
from app.redemptions.validate import validate
from app.sample import seed
from app.sample.goods import basket
from app.sample.history import attempts, gifts
from app.sample.people import CUSTOMERS
from app.sample.promotions import MAIN, STACKING, SUMMER_CODE
from app.sample.purchases import Shop
from app.sample.seed import Sample, make_sample

# A Thursday, so that the weekend's offer is closed.
NOW = datetime(2026, 6, 18, 15, 0, tzinfo=UTC)
ORIGINS = ("http://localhost:3000",)
TABLES = (
    "api_keys",
    "campaigns",
    "partners",
    "customers",
    "vouchers",
    "publications",
    "redemptions",
    "rejected_redemptions",
    "events",
)


class PowerCutError(Exception):
    """The process ends in the middle."""


@pytest.fixture(autouse=True)
def _another_shop(database: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test makes a shop of its own, as if it were the first of the database."""
    monkeypatch.setattr(seed, "PROJECT", f"Sample {uuid4()}")


async def counts(project: UUID) -> dict[str, int]:
    return {
        table: await fetchval(f"SELECT count(*) FROM {table} WHERE project_id = $1", project)
        for table in TABLES
    }


async def codes_of_reasons(project: UUID) -> set[str]:
    rows = await fetch(
        "SELECT DISTINCT unnest(reason_codes) AS code FROM rejected_redemptions WHERE project_id = $1",
        project,
    )
    return {row["code"] for row in rows}


async def asked(sample: Sample, code: str, cart: Cart, customer: str | None = None) -> Evaluation:
    assert sample.keys.server is not None
    shop = Shop(sample.project, server=sample.keys.server.id, merchant=uuid4(), point="")
    ref = None if customer is None else CustomerRef(source_id=customer)
    answer = await validate(ValidateRequest(shop.caller(in_store=False), (code,), cart, ref), NOW)
    assert isinstance(answer, Evaluation)
    return answer


async def test_the_shop_has_everything_a_visitor_looks_for(tmp_path: Path) -> None:
    sample = await make_sample(tmp_path, ORIGINS, NOW)
    assert sample.is_new
    assert (sample.project.currency, sample.project.time_zone) == ("EUR", "Europe/Warsaw")
    found = await counts(sample.project.id)
    assert found["customers"] == len(CUSTOMERS) == 25
    assert found["campaigns"] == 10
    assert found["partners"] == 2
    assert found["vouchers"] == 1_007
    assert found["publications"] == len(gifts(NOW)) + 1
    assert found["redemptions"] + found["rejected_redemptions"] == len(attempts(NOW))
    assert (found["redemptions"], found["rejected_redemptions"]) == (16, 7)
    assert found["api_keys"] == 3
    rolled_back = await fetchval(
        "SELECT count(*) FROM redemptions WHERE project_id = $1 AND rolled_back_at IS NOT NULL",
        sample.project.id,
    )
    assert rolled_back == 1


async def test_its_failures_show_every_common_reason(tmp_path: Path) -> None:
    sample = await make_sample(tmp_path, ORIGINS, NOW)
    assert await codes_of_reasons(sample.project.id) == {
        "CAMPAIGN_ENDED",
        "CODE_NOT_FOUND",
        "CURRENCY_MISMATCH",
        "EXPIRED",
        "HELD_BY_ANOTHER_CUSTOMER",
        "MINIMUM_SPEND_NOT_REACHED",
        "OUTSIDE_TIME_WINDOW",
        "VOUCHER_LIMIT_REACHED",
    }


async def test_the_shop_is_alive_now_and_has_a_past(tmp_path: Path) -> None:
    sample = await make_sample(tmp_path, ORIGINS, NOW)
    granted = await asked(sample, SUMMER_CODE, basket("SHOE-TRAIL"))
    assert granted.granted
    assert granted.discount == 899
    closed = await asked(sample, "SHOES20", basket("SHOE-TRAIL"), "kalina-1007")
    assert [reason.code for reason in closed.reasons] == ["OUTSIDE_TIME_WINDOW"]
    main = await find(sample.project.id, MAIN)
    assert main is not None
    assert (main.is_main, main.state, main.max_redemptions) == (True, "LIVE", 50_000)
    rows = await fetch(
        "SELECT min(created_at) AS oldest, max(created_at) AS newest FROM redemptions WHERE project_id = $1",
        sample.project.id,
    )
    assert NOW - timedelta(days=30) < rows[0]["oldest"] < rows[0]["newest"] < NOW


@pytest.mark.parametrize("days", range(1, 7))
async def test_on_every_day_of_the_week_the_past_is_the_same(tmp_path: Path, days: int) -> None:
    sample = await make_sample(tmp_path, ORIGINS, NOW + timedelta(days=days))
    found = await counts(sample.project.id)
    assert (found["redemptions"], found["rejected_redemptions"]) == (16, 7)


async def test_newest_in_time_is_newest_in_lists(tmp_path: Path) -> None:
    sample = await make_sample(tmp_path, ORIGINS, NOW)
    rows = await fetch(
        "SELECT created_at FROM redemptions WHERE project_id = $1 ORDER BY id", sample.project.id
    )
    moments = [row["created_at"] for row in rows]
    assert moments == sorted(moments)


async def test_a_second_start_finds_the_shop_and_the_same_keys(tmp_path: Path) -> None:
    first = await make_sample(tmp_path, ORIGINS, NOW)
    before = await counts(first.project.id)
    second = await make_sample(tmp_path, ORIGINS, NOW + timedelta(days=400))
    assert not second.is_new
    assert (second.project.id, second.keys) == (first.project.id, first.keys)
    assert await counts(first.project.id) == before


async def test_two_starts_at_once_make_one_shop(tmp_path: Path) -> None:
    samples = await asyncio.gather(*(make_sample(tmp_path, ORIGINS, NOW) for _ in range(2)))
    assert sorted(sample.is_new for sample in samples) == [False, True]
    assert samples[0].keys == samples[1].keys
    assert (await counts(samples[0].project.id))["vouchers"] == 1_007


@pytest.mark.parametrize("moment", ["Customers", "Campaigns and codes", "Wallets", "Purchases"])
async def test_a_start_that_was_cut_off_is_carried_on_another_day(tmp_path: Path, moment: str) -> None:
    def cut(doing: str, done: int, of: int) -> None:
        if doing == moment and 2 * done >= of:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        await make_sample(tmp_path, ORIGINS, NOW, cut)
    later = await make_sample(tmp_path, ORIGINS, NOW + timedelta(days=2))
    assert later.is_new
    found = await counts(later.project.id)
    assert (found["vouchers"], found["publications"], found["api_keys"]) == (1_007, len(gifts(NOW)) + 1, 3)
    assert found["redemptions"] + found["rejected_redemptions"] == len(attempts(NOW))
    assert not (await make_sample(tmp_path, ORIGINS, NOW)).is_new


async def test_keys_are_what_they_are_for(tmp_path: Path) -> None:
    sample = await make_sample(tmp_path, ORIGINS, NOW)
    named = sample.keys.named()
    assert {name: key.secret[:8] for name, key in named.items()} == {
        "server": "tear_sk_",
        "merchant": "tear_mk_",
        "storefront": "tear_sf_",
    }
    rows = await fetch("SELECT * FROM api_keys WHERE project_id = $1", sample.project.id)
    by_kind = {row["kind"]: row for row in rows}
    assert by_kind[KeyKind.MERCHANT]["redemption_point"] == "Nowy Świat 12"
    assert by_kind[KeyKind.STOREFRONT]["origins"] == list(ORIGINS)
    assert by_kind[KeyKind.SERVER]["creates_projects"] is True


async def test_a_revoked_or_lost_key_is_made_anew(tmp_path: Path) -> None:
    first = await make_sample(tmp_path, ORIGINS, NOW)
    assert first.keys.merchant is not None
    await revoke_key(first.project.id, first.keys.merchant.id, NOW)
    second = await make_sample(tmp_path, ORIGINS, NOW)
    assert second.keys.server == first.keys.server
    assert second.keys.merchant != first.keys.merchant
    elsewhere = await make_sample(tmp_path / "another host", ORIGINS, NOW)
    assert set(elsewhere.keys.named().values()).isdisjoint(second.keys.named().values())
    assert (await counts(first.project.id))["api_keys"] == 3 + 1 + 3


async def test_from_150_euros_on_the_delivery_is_free_without_a_code(tmp_path: Path) -> None:
    sample = await make_sample(tmp_path, ORIGINS, NOW)
    cart = Cart("EUR", basket("SHOE-TRAIL", "SHOE-TRAIL").lines, 490)
    found = await asked(sample, SUMMER_CODE, cart)
    told = [(verdict.code, verdict.is_automatic, verdict.shipping_discount) for verdict in found.verdicts]
    assert told == [(SUMMER_CODE, False, 0), ("Free delivery", True, 490)]
    project = await project_by_id(sample.project.id)
    assert project is not None
    assert project.stacking == STACKING
