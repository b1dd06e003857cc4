"""Exports of what stands in tables: vouchers and customers as they are, with the log's place for what comes then."""

from datetime import timedelta

from app import ids
from app.customers.recognise import recognise
from app.customers.values import CustomerInput
from app.database import fetch, transaction
from app.engine.facts import POINTS
from app.events.cursor import Cursor
from app.events.read import read_project
from app.exports.values import Format, What
from app.wallets.adjust import Adjustment, adjust_balance
from tests.conftest import NOW
from tests.exports.shop import carried_out, exported, file_of, made, objects_of, rows_of, settled, started
from tests.redemptions.shop import a_campaign, a_customer, a_voucher


async def test_vouchers_tell_holder_and_balance(project) -> None:
    campaign, other, ada = (
        await a_campaign(project),
        await a_campaign(project, "Other"),
        await a_customer(project),
    )
    card = await a_voucher(project, campaign, "-CARD", holder_id=ada, published_at=NOW)
    points = await a_voucher(project, campaign, "POINTS")
    await a_voucher(project, other, "OTHER")
    await adjust_balance(project, card, Adjustment(1250, "EUR"), NOW)
    await adjust_balance(project, points, Adjustment(70, POINTS), NOW)
    rows = rows_of(await exported(project, What.VOUCHERS, campaign=campaign))
    assert [(row["code"], row["balance"], row["balance_unit"]) for row in rows] == [
        ("'-CARD", "12.50", "EUR"),
        ("POINTS", "70", POINTS),
    ]
    assert (rows[0]["holder_id"], rows[0]["holder_source_id"]) == (ids.show(ids.CUSTOMER, ada), "ada")
    assert (rows[0]["id"], rows[0]["kind"]) == (ids.show(ids.VOUCHER, card), "UNIQUE")
    assert len(rows_of(await exported(project, What.VOUCHERS))) == 3
    assert len(rows_of(await exported(project, What.VOUCHERS, customer=ada))) == 1


async def test_customers_are_told_with_their_own_words(project) -> None:
    async with transaction() as connection:
        given = [
            CustomerInput("1", name="Ada", email="ada@example.com", metadata={"tier": 1}),
            CustomerInput("2"),
        ]
        await recognise(connection, project, given, NOW)
    told = objects_of(await exported(project, What.CUSTOMERS, Format.JSONL))
    kept = {
        row["source_id"]: row for row in await fetch("SELECT * FROM customers WHERE project_id = $1", project)
    }
    by_source = {one["source_id"]: one for one in told}
    assert set(by_source) == set(kept) == {"1", "2"}
    assert by_source["1"]["id"] == ids.show(ids.CUSTOMER, kept["1"]["id"])
    assert (by_source["1"]["name"], by_source["1"]["metadata"]) == ("Ada", {"tier": 1})
    assert by_source["2"]["email"] is None
    later = await exported(project, What.CUSTOMERS, Format.JSONL, since=NOW + timedelta(seconds=1))
    assert later == b""


async def test_whoever_follows_the_log_behind_the_export_misses_no_change(project) -> None:
    await a_customer(project, "before")
    job = await started(project, What.CUSTOMERS)
    await a_customer(project, "meanwhile")
    done = await carried_out(job)
    exported_ones = {row["source_id"] for row in rows_of(await file_of(done))}
    cursor = made(done).cursor
    assert cursor == made(job).cursor is not None
    await settled(project)
    told = {
        event.payload["source_id"]
        for event in await read_project(project, Cursor.decode(cursor))
        if event.kind == "CUSTOMER_CREATED"
    }
    assert "before" in exported_ones
    assert exported_ones | told == {"before", "meanwhile"}
