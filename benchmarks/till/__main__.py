"""`python -m benchmarks.till`: the till beside pgbench, from an empty folder to the goals, and nothing left behind."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict
from types import FrameType

from benchmarks.ground import Ground, another, prepared_ground, settle_down
from benchmarks.loop import run
from benchmarks.report import HttpRun
from benchmarks.server import Service, serving
from benchmarks.till import found as told
from benchmarks.till import goals
from benchmarks.till.found import Found, OverGraphQL
from benchmarks.till.idle import count_round_trips
from benchmarks.till.minting import measure_minting
from benchmarks.till.options import Options, read_options
from benchmarks.till.over_graphql import IN_BATCH, run_requests
from benchmarks.till.place import Place, in_turn, measure_alone, say

_INTERRUPTED = 130
_PROCESSES = 2
_BATCH_CLIENTS = (1, 8)


def main(arguments: list[str]) -> int:
    """Run what was asked for and print it; the exit status."""
    options = read_options(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with prepared_ground(options.folder) as ground:
            found = _measure(ground, options)
    except (
        KeyboardInterrupt,
        asyncio.CancelledError,
    ):  # the second, where it met a task before its first step
        print("\nInterrupted; everything is put away.", file=sys.stderr)
        return _INTERRUPTED
    if options.json is not None:
        written = {
            **asdict(found),
            "goals": [{**asdict(goal), "met": goal.met} for goal in goals.goals(found)],
        }
        options.json.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    return 0


def _measure(ground: Ground, options: Options) -> Found:
    found = Found(ground.words, options.seconds, options.rounds, options.reference, os.getloadavg()[0])
    print(f"{told.title(found)}\n", flush=True)
    place = Place(run(another(ground, f"vouchers_{options.size}")), options.size, options)
    if "idle" in options.parts:
        found.idle = run(count_round_trips(place.ground, place.shop))
        print(f"{told.idle(found.idle)}\n", flush=True)
    _measure_alone(place, options, found)
    if "share" in options.parts:
        found.sampled = place.till("spread", options.reference, sampled=True)
        print(f"{told.shares(found.sampled)}\n", flush=True)
    if "sizes" in options.parts:
        _measure_sizes(ground, place, options, found)
    if "graphql" in options.parts:
        _measure_over_graphql(place, options, found)
    if "mint" in options.parts:
        found.minting = measure_minting(ground, options.mint, options.rounds)
        print(f"{told.minting(found.minting)}\n", flush=True)
    print(goals.told(goals.goals(found)), flush=True)
    return found


def _measure_alone(place: Place, options: Options, found: Found) -> None:
    if "alone" in options.parts:
        for codes in place.shop.codes:
            for clients in options.clients:
                found.alone += measure_alone([place], options.rounds, codes.name, clients)
    if "processes" in options.parts:
        for name in ("spread", "hot"):
            for clients in options.clients:
                if clients >= options.reference:
                    found.alone += measure_alone([place], options.rounds, name, clients, _PROCESSES)
    if found.alone:
        print(f"{told.alone(found.alone)}\n", flush=True)


def _measure_sizes(ground: Ground, place: Place, options: Options, found: Found) -> None:
    """Spread codes in shops of all sizes, in turn: what slows the machine down meets all of them."""
    places = [
        place if size == options.size else Place(run(another(ground, f"vouchers_{size}")), size, options)
        for size in options.sizes
    ]
    for clients in options.clients:
        found.sizes += measure_alone(places, options.rounds, "spread", clients)
    print(f"{told.alone(found.sizes)}\n", flush=True)


def _measure_over_graphql(place: Place, options: Options, found: Found) -> None:
    with serving(place.ground) as service:
        for name in ("spread", "hot"):
            for clients in options.clients:
                found.over_graphql.append(_over_graphql(place, service, options, name, clients, clients))
        for clients in _BATCH_CLIENTS:
            cell = _over_graphql(place, service, options, "spread", clients, options.reference, IN_BATCH)
            found.over_graphql.append(cell)
    print(f"{told.over_graphql(found.over_graphql)}\n", flush=True)


def _over_graphql(
    place: Place,
    service: Service,
    options: Options,
    name: str,
    clients: int,
    pgbench_clients: int,
    in_request: int = 1,
) -> OverGraphQL:
    def ours() -> HttpRun:
        run(settle_down(place.ground))
        codes, seconds = place.codes(name), options.seconds
        return run_requests(place.ground, service, place.shop, codes, clients, seconds, in_request)

    http, pgbench = in_turn(
        options.rounds, ours, lambda: place.pgbench(name, pgbench_clients, admission=True)
    )
    cell = OverGraphQL(name, clients, in_request, http, pgbench, pgbench_clients)
    say(f"  GraphQL {name} x{clients}, {in_request} each: {http.per_second:,.0f}/s, {cell.ratio:.2f}")
    return cell


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
