"""`python -m benchmarks`: the whole run, from an empty folder to the tables, and nothing left behind."""

import argparse
import asyncio
import json
import os
import secrets
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import TypeVar

import httpx

from app.database import close_database, open_database
from app.engine.cart import Cart
from benchmarks import report as told
from benchmarks.deeds import DEEDS, REDEEM, Codes, Deed, shopper
from benchmarks.follow import measure_delivery
from benchmarks.ground import Ground, prepared_ground, settle_down
from benchmarks.layers import measure_layers
from benchmarks.load import Order
from benchmarks.loop import run
from benchmarks.pgbench import Literals, literals_of, run_pgbench
from benchmarks.report import Cell, HttpRun, Report
from benchmarks.send import send
from benchmarks.server import Service, serving
from benchmarks.shop import Shop, open_shop

T = TypeVar("T")
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    seconds: float
    clients: tuple[int, ...]
    vouchers: int
    json: Path | None
    folder: Path


def main(arguments: list[str]) -> int:
    """Run everything and print it; the exit status."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with prepared_ground(options.folder) as ground:
            report = _measure(ground, options)
    except (
        KeyboardInterrupt,
        asyncio.CancelledError,
    ):  # the second, where it met a task before its first step
        print("\nInterrupted; everything is put away.", file=sys.stderr)
        return _INTERRUPTED
    if options.json is not None:
        options.json.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    return 0


def _measure(ground: Ground, options: Options) -> Report:
    noise = os.getloadavg()[0]
    print(f"Opening a shop with 2 x {options.vouchers:,} codes", file=sys.stderr, flush=True)
    shop = run(_open_shop(ground, options.vouchers))
    report = Report(
        ground=ground.words,
        seconds=options.seconds,
        vouchers=shop.vouchers,
        mint_seconds=shop.mint_seconds,
        copy_seconds=shop.copy_seconds,
        noise=noise,
        layers_clients=max(options.clients),
    )
    print(told.title(report) + "\n")
    print(told.minting(report) + "\n", flush=True)
    with serving(ground) as service:
        literals = run(_sell_one(ground, service, shop))
        for deed in DEEDS:
            for codes in shop.codes:
                for clients in options.clients:
                    cell = _cell(ground, service, shop, deed, codes, clients, options.seconds, literals)
                    report.cells.append(cell)
                    print(
                        f"  {deed.name} {codes.name} x{clients}: {cell.ratio:.2f}",
                        file=sys.stderr,
                        flush=True,
                    )
        print(told.rates(report.cells) + "\n", flush=True)
        name = secrets.token_hex(8)
        report.delivery = run(measure_delivery(service, shop, shop.codes[1], options.seconds, name))
    cart = Cart.from_json(json.loads(literals.cart))
    report.layers = run(measure_layers(ground, shop, cart, report.layers_clients, options.seconds))
    for deed in DEEDS:
        print(told.parts(report, deed.name) + "\n")
    print(told.delivery(report.delivery), flush=True)
    return report


async def _open_shop(ground: Ground, vouchers: int) -> Shop:
    await open_database(ground.credentials)
    try:
        return await open_shop(ground.credentials, vouchers)
    finally:
        await close_database()


async def _sell_one(ground: Ground, service: Service, shop: Shop) -> Literals:
    """One redemption, looked at before thousands follow; what it has stored is what pgbench will write."""
    variables = REDEEM.variables(shop.codes[0].code(1), secrets.token_hex(8), shopper(1))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.port}", trust_env=False) as client:
        answer = await client.post(
            "/graphql",
            json={"query": REDEEM.document, "variables": variables},
            headers={"Authorization": f"Bearer {shop.secret}"},
        )
    if REDEEM.granted not in answer.text:
        raise RuntimeError(f"The service does not redeem: {answer.status_code} {answer.text}")
    return await literals_of(ground, shop)


def _cell(
    ground: Ground,
    service: Service,
    shop: Shop,
    deed: Deed,
    codes: Codes,
    clients: int,
    seconds: float,
    literals: Literals,
) -> Cell:
    """Ours, then pgbench's, each from a fresh checkpoint."""
    run(settle_down(ground))
    order = Order(
        port=service.port,
        secret=shop.secret,
        body=deed.body(),
        granted=deed.granted,
        codes=codes,
        clients=clients,
        seconds=seconds,
        warm_up=min(1.0, seconds / 4),
        run=secrets.token_hex(8),
        watched={"server": service.process, "postgres": ground.postmaster},
    )
    http = HttpRun.of(send(order))
    run(settle_down(ground))
    return Cell(
        deed.name,
        codes.name,
        clients,
        http,
        run_pgbench(ground, deed.name, codes, clients, seconds, literals),
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _options(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each measurement (5)")
    parser.add_argument("--clients", default="1,8,32", help="numbers of clients, with commas (1,8,32)")
    parser.add_argument("--vouchers", type=int, default=100_000, help="codes of the shop (100000)")
    parser.add_argument("--json", type=Path, help="write all figures to this file, too")
    parser.add_argument(
        "--folder", type=Path, default=Path("/tmp"), help="where to work for the time being (/tmp)"
    )
    given = parser.parse_args(arguments)
    clients = tuple(int(part) for part in given.clients.split(","))
    if given.seconds <= 0 or min(clients) < 1 or not 1 <= given.vouchers <= 9_999_999:
        parser.error("seconds and clients must be positive, and vouchers 1 to 9999999")
    return Options(given.seconds, clients, given.vouchers, given.json, given.folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
