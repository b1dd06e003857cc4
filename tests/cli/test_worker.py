"""tearoff worker: the chores that no request waits for."""

import json
import signal
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from app.events.cursor import BEGINNING
from app.exports.values import ExportFilter, Format, Wanted, What
from app.jobs.create import create
from tests.cli.conftest import Tearoff, ended, line_with, running

REMEMBER = """
INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 'redeem', $1, '', 'redemption', gen_random_uuid(), $2)
"""

# A voucher with 500 that are over and 300 that are not; two holds that are over and one that is not.
A_SHOP = """
WITH shop AS (INSERT INTO organisations (id, name, created_at) VALUES (gen_random_uuid(), 'Shop', now()) RETURNING id)
INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)
SELECT gen_random_uuid(), id, 'Shop', 'UTC', 'EUR', false, now() FROM shop;
INSERT INTO campaigns
  (id, project_id, is_main, name, description, state, time_zone, metadata, version, created_at, updated_at)
SELECT gen_random_uuid(), id, false, 'Gifts', '', 'LIVE', 'UTC', '{}', 1, now(), now() FROM projects;
INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled, metadata, created_at)
SELECT gen_random_uuid(), project_id, id, 'GIFT', 'GIFT', 'GENERIC', true, '{}', now() FROM campaigns;
INSERT INTO balance_buckets (id, project_id, voucher_id, unit, amount_left, expires_at, created_at)
SELECT gen_random_uuid(), project_id, id, 'EUR', amount, now() + over, now() - interval '9 days'
FROM vouchers, (VALUES (500, interval '-1 minute'), (300, interval '1 hour')) AS bucket (amount, over);
INSERT INTO redemptions (id, project_id, currency, subtotal, shipping, discount, line_discounts, cart, channel, key_id,
  metadata, state, expires_at, created_at)
SELECT gen_random_uuid(), id, 'EUR', 900, 0, 500, '{500}',
  '{"currency": "EUR", "lines": [{"quantity": 1, "unit_price": 900}]}', 'api', gen_random_uuid(), '{}', 'HELD',
  now() + over, now() - interval '1 day'
FROM projects, (VALUES (interval '-1 minute'), (interval '-2 minutes'), (interval '1 hour')) AS hold (over);
"""


async def test_old_idempotency_keys_are_forgotten_and_new_ones_kept(tearoff: Tearoff) -> None:
    now = datetime.now(UTC)
    assert tearoff.database is not None
    connection = await asyncpg.connect(**tearoff.database)
    try:
        await connection.execute(REMEMBER, "old", now - timedelta(days=8))
        await connection.execute(REMEMBER, "new", now - timedelta(days=6))
        said = await tearoff("worker", "--once", TEAROFF_IDEMPOTENCY_DAYS="7")
        left = await connection.fetch("SELECT key FROM idempotency_keys")
    finally:
        await connection.close()
    assert said.status == 0
    told = {line["event"]: line for line in map(json.loads, said.err.splitlines())}
    assert told["old_keys_forgotten"]["count"] == 1
    assert [row["key"] for row in left] == ["new"]


async def test_holds_and_balances_that_are_over_are_expired(tearoff: Tearoff) -> None:
    assert tearoff.database is not None
    connection = await asyncpg.connect(**tearoff.database)
    try:
        await connection.execute(A_SHOP)
        said = await tearoff("worker", "--once")
        left = await connection.fetch("SELECT amount_left FROM balance_buckets ORDER BY amount_left")
        states = await connection.fetch("SELECT state FROM redemptions ORDER BY state")
        events = await connection.fetch("SELECT kind FROM events ORDER BY kind")
    finally:
        await connection.close()
    assert said.status == 0
    told = {line["event"]: line for line in map(json.loads, said.err.splitlines())}
    assert told["holds_expired"]["count"] == 2
    assert told["balances_expired"]["count"] == 1
    assert [row["amount_left"] for row in left] == [0, 300]
    assert [row["state"] for row in states] == ["EXPIRED", "EXPIRED", "HELD"]
    assert [row["kind"] for row in events] == ["BALANCE_EXPIRED", "HOLD_EXPIRED", "HOLD_EXPIRED"]


async def test_the_log_gets_its_next_partition_and_lets_go_of_one_that_is_too_old(tearoff: Tearoff) -> None:
    assert tearoff.database is not None
    connection = await asyncpg.connect(**tearoff.database)
    try:
        await connection.execute(
            "INSERT INTO events (project_id, kind, at, payload)"
            " VALUES (gen_random_uuid(), 'PROJECT_CREATED', now(), '{}')"
        )
        for column, parts in (("opened_at", [1, 2]), ("closed_at", [2])):
            await connection.execute(
                f"UPDATE event_partitions SET {column} = now() - interval '3 days' WHERE id = 1"
            )
            said = await tearoff("worker", "--once", TEAROFF_EVENT_RETENTION_DAYS="2")
            told = {line["event"]: line for line in map(json.loads, said.err.splitlines())}
            assert (said.status, told["event_partitions_changed"]["count"]) == (0, 1)
            left = await connection.fetch("SELECT id FROM event_partitions ORDER BY id")
            assert [row["id"] for row in left] == parts
            there = [
                await connection.fetchval("SELECT to_regclass($1)::text", f"events_{part}") for part in parts
            ]
            assert there == [f"events_{part}" for part in parts]
        assert await connection.fetchval("SELECT to_regclass('events_1')") is None
    finally:
        await connection.close()


async def test_it_works_until_it_is_told_to_stop(tearoff: Tearoff) -> None:
    async with running("worker", env=tearoff.env()) as process:
        await line_with(process.stderr, "old_keys_forgotten")
        process.send_signal(signal.SIGTERM)
        said = await ended(process)
    assert said.status == 0
    assert json.loads(said.err.splitlines()[-1])["event"] == "stopped"


async def test_exports_are_carried_out_by_a_worker_that_runs(tearoff: Tearoff) -> None:
    assert tearoff.database is not None
    connection = await asyncpg.connect(**tearoff.database)
    try:
        await connection.execute(A_SHOP)
        await connection.set_type_codec("json", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
        project = await connection.fetchval("SELECT id FROM projects")
        async with running("worker", env=tearoff.env()) as worker:
            async with connection.transaction():
                everything = UUID(int=2**128 - 1)
                wanted = Wanted(What.VOUCHERS, Format.CSV, ExportFilter(), None, BEGINNING, everything)
                await create(connection, project, "export", wanted.to_json(), None, datetime.now(UTC))
            told = json.loads(await line_with(worker.stderr, "job_finished"))
        written = await connection.fetchval("SELECT bytes FROM export_parts")
    finally:
        await connection.close()
    assert (told["kind"], told["state"], told["done"]) == ("export", "DONE", 1)
    assert b"\r\nvchr_" in written
