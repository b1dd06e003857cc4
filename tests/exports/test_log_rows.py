"""Exports of what stands in the log: equal to the ledger, narrowed as lists are, each row with its cursor."""

import asyncio
import json
from datetime import timedelta
from decimal import Decimal

import pytest

from app import ids
from app.database import fetch
from app.engine.cart import Cart, Line
from app.engine.money import amount_of
from app.events.cursor import Cursor
from app.exports.values import Format, What
from app.redemptions.requests import CustomerRef
from app.vouchers.publish import publish
from app.vouchers.values import Published, PublishOrder
from tests.conftest import NOW
from tests.exports.shop import carried_out, exported, file_of, made, objects_of, rows_of, settled, started
from tests.partners.test_draft import a_partner
from tests.redemptions.shop import (
    KEY,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    granted,
    offer,
    refusal,
    rush,
    tills,
)

CARTS = {
    currency: Cart(currency, (Line(2, price), Line(1, 999)), shipping=shipping)
    for currency, price, shipping in (("EUR", 1050, 499), ("JPY", 980, 0), ("KWD", 12_345, 1_500))
}


async def shopped(project) -> None:
    """Redemptions in three currencies, one of them by a customer."""
    ada = await a_customer(project, "=ada")
    cinema = await a_partner(project)
    for currency in CARTS:
        more = {"partner_id": cinema.id} if currency == "JPY" else {}
        campaign = await a_campaign(project, f"In {currency}", promise=offer(333, currency=currency), **more)
        await a_voucher(project, campaign, f"CODE-{currency}")
    async with tills() as opened:
        wanted = [asking(project, f"CODE-{currency}", cart=cart) for currency, cart in CARTS.items()]
        by_ada = asking(project, "CODE-EUR", cart=CARTS["EUR"], customer=CustomerRef(id=ada))
        assert len(granted(await rush(opened, [*wanted, by_ada]))) == 4
        refusal(await opened[0].redeem(asking(project, "CODE-EUR", "NO-SUCH", channel="till")))


async def test_redemptions_in_three_currencies_equal_the_ledger_to_the_cent(project) -> None:
    await shopped(project)
    rows = rows_of(await exported(project))
    ledger = {
        ids.show(ids.REDEMPTION, row["id"]): row
        for row in await fetch("SELECT * FROM redemptions WHERE project_id = $1", project)
    }
    assert sorted(row["id"] for row in rows) == sorted(ledger)
    assert {row["currency"] for row in rows} == set(CARTS)
    for row in rows:
        kept = ledger[row["id"]]
        currency = kept["currency"]
        for name in ("subtotal", "shipping", "discount", "shipping_discount", "returned_discount"):
            assert Decimal(row[name]) == amount_of(kept[name], currency)
            assert row[name] == f"{amount_of(kept[name], currency):f}"
        assert Decimal(row["total"]) == amount_of(
            kept["subtotal"] + kept["shipping"] - kept["discount"], currency
        )
        assert json.loads(row["codes"]) == [f"CODE-{currency}"]
        assert (row["state"], row["granted_at"]) == ("REDEEMED", "2026-06-01T12:00:00Z")
        assert row["key_id"] == ids.show(ids.API_KEY, KEY)
    assert sorted(row["customer_source_id"] for row in rows) == ["", "", "", "'=ada"]
    by_currency = {
        currency: sum(Decimal(row["discount"]) for row in rows if row["currency"] == currency)
        for currency in CARTS
    }
    assert by_currency == {"EUR": Decimal("6.66"), "JPY": Decimal(333), "KWD": Decimal("0.333")}


async def test_jsonl_tells_the_same_of_each_redemption(project) -> None:
    await shopped(project)
    rows = rows_of(await exported(project))
    objects = objects_of(await exported(project, form=Format.JSONL))
    assert [one["id"] for one in objects] == [row["id"] for row in rows]
    for one, row in zip(objects, rows, strict=True):
        assert list(one) == list(row)
        assert (one["total"], one["codes"]) == (row["total"], json.loads(row["codes"]))
    assert {one["customer_source_id"] for one in objects} == {None, "=ada"}


async def test_rejected_redemptions_tell_their_reasons(project) -> None:
    await shopped(project)
    [row] = rows_of(await exported(project, What.REJECTED_REDEMPTIONS))
    assert (json.loads(row["reasons"]), row["channel"]) == (["CODE_NOT_FOUND"], "till")
    assert json.loads(row["codes"]) == ["CODE-EUR", "NO-SUCH"]
    assert (json.loads(row["campaign_ids"])[1], row["currency"], row["subtotal"]) == (None, "EUR", "100.00")


async def test_publications_tell_who_got_which_code(project) -> None:
    campaign, ada = await a_campaign(project), await a_customer(project)
    code = await a_voucher(project, campaign, "GIVEN")
    order = PublishOrder("mail", code="GIVEN", source_id="letter 1", metadata={"wave": 2})
    assert isinstance(await publish(project, order, ada, KEY, NOW), Published)
    [row] = rows_of(
        await exported(project, What.PUBLICATIONS, channel="mail", customer=ada, campaign=campaign)
    )
    assert row["code"] == "GIVEN"
    assert row["voucher_id"] == ids.show(ids.VOUCHER, code)
    assert (row["customer_source_id"], row["source_id"], row["channel"]) == ("ada", "letter 1", "mail")
    assert (row["metadata"], row["key_id"]) == ('{"wave":2}', ids.show(ids.API_KEY, KEY))
    assert rows_of(await exported(project, What.PUBLICATIONS, channel="shop")) == []


async def test_an_export_is_narrowed_as_a_list_is(project) -> None:
    await shopped(project)
    [euro] = await fetch("SELECT id FROM campaigns WHERE project_id = $1 AND name = 'In EUR'", project)
    [ada] = await fetch("SELECT id FROM customers WHERE project_id = $1", project)

    async def ids_of(**asked) -> int:
        return len(rows_of(await exported(project, **asked)))

    assert await ids_of(campaign=euro["id"]) == 2
    assert await ids_of(customer=ada["id"]) == 1
    [partner] = await fetch("SELECT id FROM partners WHERE project_id = $1", project)
    [yen] = rows_of(await exported(project, partner=partner["id"]))
    assert (yen["currency"], json.loads(yen["partner_ids"])) == (
        "JPY",
        [ids.show(ids.PARTNER, partner["id"])],
    )
    assert await ids_of(channel="nowhere") == 0
    assert await ids_of(redemption_point="nowhere") == 0
    assert await ids_of(since=NOW, before=NOW + timedelta(seconds=1)) == 4
    assert await ids_of(since=NOW + timedelta(seconds=1)) == 0
    assert await ids_of(before=NOW) == 0


async def test_each_row_has_its_cursor_and_the_next_export_goes_on_behind_the_last(project) -> None:
    await shopped(project)
    job = await carried_out(await started(project))
    first = rows_of(await exported(project))
    places = [Cursor.decode(row["cursor"]) for row in first]  # the texts have no order
    assert places == sorted(places)
    cursor = made(job).cursor
    assert cursor is not None
    assert Cursor.decode(cursor) >= places[-1]
    later = rows_of(await exported(project, after=Cursor.decode(first[1]["cursor"])))
    assert [row["id"] for row in later] == [row["id"] for row in first[2:]]
    assert rows_of(await exported(project, after=Cursor.decode(cursor))) == []


@pytest.mark.parametrize("part_bytes", [200, 262_144])
async def test_export_and_following_exports_have_each_redemption_once_while_shoppers_redeem(
    project, part_bytes
) -> None:
    await a_voucher(project, await a_campaign(project), "RUSH")
    got: list[str] = []
    async with tills(2) as opened:

        async def shop() -> None:
            for _ in range(12):
                await rush(opened, [asking(project, "RUSH") for _ in range(10)])

        async def follow(after: str | None) -> str:
            place = None if after is None else Cursor.decode(after)
            job = await carried_out(
                await started(project, wait=False, after=place), part_bytes=part_bytes, step_seconds=0.01
            )
            got.extend(row["id"] for row in rows_of(await file_of(job)))
            cursor = made(job).cursor
            assert cursor is not None
            return cursor

        shopping = asyncio.create_task(shop())
        cursor = await follow(None)
        while not shopping.done():
            cursor = await follow(cursor)
        await shopping
    await settled(project)
    await follow(cursor)
    ledger = await fetch("SELECT id FROM redemptions WHERE project_id = $1", project)
    assert len(ledger) == 120
    assert sorted(got) == sorted(ids.show(ids.REDEMPTION, row["id"]) for row in ledger)
