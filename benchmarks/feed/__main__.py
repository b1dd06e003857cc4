"""`python -m benchmarks.feed`: the live layer from an empty folder to the goals, and nothing left behind."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict
from types import FrameType

from app.database import close_database, open_database
from benchmarks.feed import found as told
from benchmarks.feed.footprint import may_open
from benchmarks.feed.found import Found
from benchmarks.feed.goals import goals
from benchmarks.feed.options import Options, read_options
from benchmarks.feed.parts import audience, many_documents, redeeming, sell_one
from benchmarks.feed.teller import Teller, teller
from benchmarks.ground import Ground, prepared_ground
from benchmarks.loop import run
from benchmarks.shop import Shop, open_shop
from benchmarks.till.goals import told as as_table

_INTERRUPTED = 130
_OTHER_FILES = 500


def main(arguments: list[str]) -> int:
    """Run what was asked for and print it; the exit status."""
    options = read_options(arguments)
    if not may_open(max(options.sockets) + _OTHER_FILES):
        print(
            f"A process may not open {max(options.sockets):,} sockets here: raise the hard limit (ulimit -Hn).",
            file=sys.stderr,
        )
        return 1
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with prepared_ground(options.folder) as ground:
            found = run(_measure(ground, options))
    except (
        KeyboardInterrupt,
        asyncio.CancelledError,
    ):  # the second, where it met a task before its first step
        print("\nInterrupted; everything is put away.", file=sys.stderr)
        return _INTERRUPTED
    if options.json is not None:
        written = {**asdict(found), "goals": [{**asdict(goal), "met": goal.met} for goal in goals(found)]}
        options.json.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    return 0


async def _measure(ground: Ground, options: Options) -> Found:
    found = Found(ground.words, os.getloadavg()[0], options.seconds)
    print(f"{told.title(found)}\n", flush=True)
    await open_database(ground.credentials)
    try:
        shop = await open_shop(ground.credentials, options.vouchers)
        text = await sell_one(ground, shop)
        found.bytes = len(text)
        async with teller(shop) as voice:
            await _measure_audiences(ground, shop, voice, options, found, text)
            if "documents" in options.parts:
                found.documents = await many_documents(
                    ground, shop, voice, options.documents, options.sockets[0], options.seconds
                )
                print(f"{told.documents(found.documents)}\n", flush=True)
        if "redeem" in options.parts:
            found.redeem = await redeeming(ground, shop, options.sockets[0], options.seconds)
            print(f"{told.redeem(found.redeem)}\n", flush=True)
    finally:
        await close_database()
    print(as_table(goals(found)), flush=True)
    return found


async def _measure_audiences(
    ground: Ground, shop: Shop, voice: Teller, options: Options, found: Found, text: str
) -> None:
    wanted = [("socket", count) for count in options.sockets] if "sockets" in options.parts else []
    if "streams" in options.parts:
        wanted.append(("stream", options.sockets[0]))
    for transport, count in wanted:
        print(f"  {count:,} subscribers by {transport}", file=sys.stderr, flush=True)
        found.audiences.append(await audience(ground, shop, voice, transport, count, options.seconds, text))
    if found.audiences:
        print(f"{told.audiences(found.audiences, found.bytes)}\n", flush=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
