"""pgbench beside us: the same reads and writes as a chatty client would send them, with no HTTP and no GraphQL."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import asyncpg

from app.database import BY_INDEX
from benchmarks.cpu import seconds_of
from benchmarks.deeds import SHOPPERS, Codes, DeedName
from benchmarks.ground import Ground
from benchmarks.quantiles import Latencies
from benchmarks.shop import Shop

_DISCOUNT = 1627  # of the benchmarks' cart, in cents
_SCRIPTS = Path(__file__).parent / "pgbench_scripts"
_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: ([0-9]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Literals:
    """What both sides write alike: a cart and an event as the service stores them; and who asks."""

    project: str
    key: str
    secret: str
    cart: str
    payload: str


async def literals_of(ground: Ground, shop: Shop) -> Literals:
    """What the service has stored of a redemption: there must be one already."""
    connection = await asyncpg.connect(**ground.credentials)
    try:
        cart = await connection.fetchval("SELECT cart::text FROM redemptions LIMIT 1")
        payload = await connection.fetchval(
            "SELECT payload::text FROM events WHERE kind = 'REDEMPTION_GRANTED' LIMIT 1"
        )
    finally:
        await connection.close()
    return Literals(str(shop.project), str(shop.key), shop.secret, cart, payload)


@dataclass(frozen=True, slots=True)
class PgbenchRun:
    """Transactions a second without the time to connect, and PostgreSQL's CPU seconds per transaction."""

    per_second: float
    latencies: Latencies
    postgres_cpu: float | None


def run_pgbench(
    ground: Ground,
    deed: DeedName,
    codes: Codes,
    clients: int,
    seconds: float,
    literals: Literals,
    *,
    admission: bool = True,
) -> PgbenchRun:
    """One run of the deed's script, its statements prepared. pgbench takes whole seconds: at least one.

    Without `admission` the key is known already: so beside the till alone, which nobody asks for a key.
    """
    script = ground.folder / f"{deed}.sql"
    script.write_text(_script(deed, ground))
    logs = ground.folder / "pgbench-log"
    told = {
        "codes": codes.count,
        "shoppers": SHOPPERS,
        "prefix": codes.prefix,
        "counted": int(codes.scope != "none"),
        "by_voucher": int(codes.scope == "voucher"),
        "scope": "voucher" if codes.scope == "voucher" else "campaign",
        "measure": "DISCOUNT" if codes.scope == "budget" else "REDEMPTIONS",
        "amount": _DISCOUNT if codes.scope == "budget" else 1,
        "admission": int(admission),
        "project": literals.project,
        "key_id": literals.key,
        "secret_hash": sha256(literals.secret.encode()).hexdigest(),
        "cart": literals.cart,
        "payload": literals.payload,
    }
    command = [
        *(str(ground.pgbench), "-n", "-M", "prepared", "-T", str(max(1, round(seconds)))),
        *("-c", str(clients), "-j", str(min(clients, os.cpu_count() or 1))),
        *("-l", f"--log-prefix={logs}", "-f", str(script)),
        *(f"-D{name}={value}" for name, value in told.items()),
    ]
    before, began = seconds_of(ground.postmaster), time.perf_counter()
    done = subprocess.run(
        command, env=_environment(ground), capture_output=True, text=True, check=False, process_group=0
    )
    taken, after = time.perf_counter() - began, seconds_of(ground.postmaster)
    rate, failed = _RATE.search(done.stdout), _FAILED.search(done.stdout)
    if done.returncode or rate is None or (failed is not None and int(failed[1])):
        raise RuntimeError(f"pgbench failed after {taken:.1f} s:\n{done.stderr or done.stdout}")
    latencies = _latencies(logs)
    cpu = None if before is None or after is None else (after - before) / max(latencies.count, 1)
    return PgbenchRun(float(rate[1]), latencies, cpu)


def _script(deed: DeedName, ground: Ground) -> str:
    major = int(ground.server["server_version"].split(".")[0])
    text = (_SCRIPTS / f"{deed}.sql").read_text(encoding="utf-8")
    return text.replace("@uuid@", "uuidv7()" if major >= 18 else "gen_random_uuid()")


def _environment(ground: Ground) -> dict[str, str]:
    place = ground.credentials
    return {
        **os.environ,
        "PGHOST": str(place["host"]),
        "PGPORT": str(place["port"]),
        "PGUSER": str(place["user"]),
        "PGPASSWORD": str(place["password"]),
        "PGDATABASE": str(place["database"]),
        # The plans that the service asks for, too: what is compared is the work, not who planned when.
        "PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in BY_INDEX.items()),
    }


def _latencies(logs: Path) -> Latencies:
    """From pgbench's log of transactions (client, number, microseconds, …), which is removed."""
    found: list[int] = []
    for log in logs.parent.glob(f"{logs.name}.*"):
        found += [int(line.split()[2]) for line in log.read_text().splitlines()]
        log.unlink()
    return Latencies.of(found)
