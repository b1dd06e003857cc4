"""What the till is meant to reach, each beside what the same run has found."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.table import number, table
from benchmarks.till.found import Found

MOST_ROUND_TRIPS = 5


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and what it shall be: at least `wanted`, or at most."""

    name: str
    wanted: float
    found: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.found <= self.wanted if self.at_most else self.found >= self.wanted


def goals(found: Found) -> list[Goal]:
    """Those of which the run has measured something."""
    return [*_alone(found), *_over_graphql(found), *_others(found)]


def told(all_goals: list[Goal]) -> str:
    """As a table."""
    rows = [
        (
            goal.name,
            ("<= " if goal.at_most else ">= ") + number(goal.wanted, 1),
            number(goal.found, 2),
            "met" if goal.met else "missed",
        )
        for goal in all_goals
    ]
    return table(("goal", "wanted", "found", ""), rows)


def _alone(found: Found) -> Iterator[Goal]:
    at = found.reference
    for codes, wanted in (("spread", 2.5), ("hot", 8.0)):
        for cell in found.alone:
            if (cell.codes, cell.clients, cell.processes) == (codes, at, 1):
                yield Goal(f"till alone, {codes}, {at} clients, beside pgbench", wanted, cell.ratio)


def _over_graphql(found: Found) -> Iterator[Goal]:
    at = found.reference
    for codes, wanted in (("spread", 0.5), ("hot", 1.6)):
        for cell in found.over_graphql:
            if (cell.codes, cell.clients, cell.in_request) == (codes, at, 1):
                yield Goal(f"GraphQL, {codes}, {at} clients, beside pgbench", wanted, cell.ratio)
    batches = [cell for cell in found.over_graphql if cell.in_request > 1]
    if batches:
        cell = max(batches, key=lambda one: one.clients)
        name = (
            f"batches of {cell.in_request}, {cell.clients} clients, beside pgbench at {cell.pgbench_clients}"
        )
        yield Goal(name, 2.0, cell.ratio)


def _others(found: Found) -> Iterator[Goal]:
    sizes = [cell for cell in found.sizes if cell.clients == found.reference]
    if len(sizes) > 1:
        small, large = sizes[0], sizes[-1]
        name = f"p99 with {large.vouchers:,} vouchers for that with {small.vouchers:,}"
        yield Goal(name, 1.2, large.till.latencies.p99 / small.till.latencies.p99, at_most=True)
    if found.idle is not None:
        yield Goal("round trips of a lone redemption", MOST_ROUND_TRIPS, found.idle.most, at_most=True)
    if found.minting is not None:
        name = f"minting {found.minting.codes:,} codes beside a bare COPY"
        yield Goal(name, 0.5, found.minting.ratio)
