"""tearoff worker: the chores that no request waits for."""

import json
import signal
from datetime import UTC, datetime, timedelta

import asyncpg

from tests.cli.conftest import Tearoff, ended, line_with, running

REMEMBER = """
INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
VALUES (gen_random_uuid(), gen_random_uuid(), 'redeem', $1, '', 'redemption', gen_random_uuid(), $2)
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


async def test_it_works_until_it_is_told_to_stop(tearoff: Tearoff) -> None:
    async with running("worker", env=tearoff.env()) as process:
        await line_with(process.stderr, "old_keys_forgotten")
        process.send_signal(signal.SIGTERM)
        said = await ended(process)
    assert said.status == 0
    assert json.loads(said.err.splitlines()[-1])["event"] == "stopped"
