"""`python -m benchmarks.engine`: how many evaluations a second, by how many offers there are and how large the cart is.

The engine alone, in one thread: no database, no HTTP. Every code has an offer as shops make them: a minimum spend on
certain categories at certain hours, and a percentage off the cheapest matching items with a cap.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from statistics import median
from time import process_time
from uuid import UUID

from app.engine.cart import Cart, Line
from app.engine.evaluate import evaluate
from app.engine.facts import Facts
from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.rewards.percent_off_items import PercentOffItems
from app.engine.rules.all_of import AllOf
from app.engine.rules.items_amount import ItemsAmount
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.time_window import TimeWindow
from app.engine.selection import Items
from benchmarks.table import number, table

OFFERS = (1, 10, 100)
LINES = (1, 50, 500)
_NOW = datetime(2026, 7, 22, 12, 0, tzinfo=UTC)
_CATEGORIES = ("tea", "mugs", "shoes", "books")


def main(arguments: Sequence[str]) -> int:
    """Measure and print; the exit status. The time is that of the processor: it is the same on a busy machine."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="for each cell (default 1)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts (default 3)")
    options = parser.parse_args(arguments)
    cells = measured(options.seconds, options.rounds)
    print(told(cells))
    return 0


def measured(seconds: float, rounds: int) -> dict[tuple[int, int], float]:
    """Seconds for one evaluation, by offers and lines; each the median of the rounds, all cells in each round."""
    sizes = [(offers, lines) for offers in OFFERS for lines in LINES]
    found: dict[tuple[int, int], list[float]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            found[size].append(_seconds_each(*size, seconds))
    return {size: median(times) for size, times in found.items()}


def told(cells: dict[tuple[int, int], float]) -> str:
    """The table: evaluations a second, and what one costs for each offer and line."""
    rows = [
        [
            str(offers),
            str(lines),
            number(1 / each),
            number(each * 1e6, 1),
            number(each / offers * 1e6, 2),
            number(each / offers / lines * 1e9, 0),
        ]
        for (offers, lines), each in cells.items()
    ]
    head = ["offers", "lines", "evaluations/s", "µs each", "µs an offer", "ns an offer and line"]
    return table(head, rows)


def codes(count: int) -> list[Presented]:
    """So many codes, each of a campaign of its own, all of which apply."""
    return [_code(number_) for number_ in range(1, count + 1)]


def cart(lines: int) -> Cart:
    """A cart with so many lines of four categories, worth enough for every code."""
    return Cart(
        "EUR",
        tuple(
            [
                Line(
                    1 + place % 3, 100_000 + 37 * place, f"SKU-{place}", categories=(_CATEGORIES[place % 4],)
                )
                for place in range(lines)
            ]
        ),
        490,
    )


def _code(number_: int) -> Presented:
    items = Items(categories=_CATEGORIES)
    offer = Offer(
        1,
        AllOf(
            (
                MinimumSpend(Money(2_500, "EUR")),
                ItemsAmount(items, amount_at_least=Money(1_000, "EUR")),
                TimeWindow((1, 2, 3, 4, 5, 6, 7), "06:00", "22:00"),
            )
        ),
        PercentOffItems(
            Decimal(5), items, units_at_most=20, first=WhichFirst.CHEAPEST, up_to=Money(5_000, "EUR")
        ),
        Limits(per_voucher=1_000_000),
    )
    campaign = CampaignStanding(UUID(int=number_), "LIVE", zone="Europe/Warsaw")
    return Presented(f"CODE-{number_}", UUID(int=1_000 + number_), campaign=campaign, offer=offer)


def _seconds_each(offers: int, lines: int, seconds: float) -> float:
    presented, basket, facts = codes(offers), cart(lines), Facts()
    if not evaluate(presented, basket, facts, _NOW).granted:
        raise ValueError("every code of the benchmark should be granted")
    gc.collect()
    done, began = 0, process_time()
    while (spent := process_time() - began) < seconds:
        evaluate(presented, basket, facts, _NOW)
        done += 1
    return spent / done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
