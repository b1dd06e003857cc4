"""A place to measure in: a database with its shop; and measuring in turn, so that noise meets everybody alike."""

import statistics
import sys
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from benchmarks.deeds import Codes, DeedName
from benchmarks.ground import Ground, settle_down
from benchmarks.loop import run
from benchmarks.pgbench import PgbenchRun, literals_of, run_pgbench
from benchmarks.till.found import Alone
from benchmarks.till.options import Options
from benchmarks.till.runs import TillRun, run_tills
from benchmarks.till.stock import open_stock


class Measured(Protocol):
    """A measurement of ours or of pgbench's."""

    @property
    def per_second(self) -> float:
        """Redemptions, or requests, a second."""
        ...


T = TypeVar("T")
M = TypeVar("M", bound=Measured)
M1 = TypeVar("M1", bound=Measured)
M2 = TypeVar("M2", bound=Measured)


class Place:
    """A database with its shop of so many vouchers."""

    def __init__(self, ground: Ground, vouchers: int, options: Options) -> None:
        self.ground, self._options = ground, options
        say(f"Opening a shop with {vouchers:,} codes")
        self.shop = run(open_stock(ground.credentials, vouchers))
        # Something must have been redeemed: what the service stores is what pgbench will write.
        run_tills(ground, self.shop, self.codes("spread"), 1, 0.1)
        self._literals = run(literals_of(ground, self.shop))

    def codes(self, name: str) -> Codes:
        """The codes of a kind."""
        return next(codes for codes in self.shop.codes if codes.name == name)

    def till(self, name: str, clients: int, processes: int = 1, *, sampled: bool = False) -> TillRun:
        """The till alone, from a fresh checkpoint."""
        run(settle_down(self.ground))
        codes, seconds = self.codes(name), self._options.seconds
        return run_tills(
            self.ground, self.shop, codes, clients, seconds, processes=processes, sampled=sampled
        )

    def pgbench(self, name: str, clients: int, *, admission: bool) -> PgbenchRun:
        """The chatty redemption, from a fresh checkpoint."""
        run(settle_down(self.ground))
        return run_pgbench(
            self.ground,
            DeedName.REDEEM,
            self.codes(name),
            clients,
            self._options.seconds,
            self._literals,
            admission=admission,
        )


def measure_alone(
    places: Sequence[Place], rounds: int, name: str, clients: int, processes: int = 1
) -> list[Alone]:
    """The till beside pgbench on codes of a kind, at all places in turn, and that in so many rounds."""
    both = [
        [
            (place.till(name, clients, processes), place.pgbench(name, clients, admission=False))
            for place in places
        ]
        for _ in range(rounds)
    ]
    cells = []
    for place, at_place in zip(places, zip(*both, strict=True), strict=True):
        till, pgbench = (middle(runs) for runs in zip(*at_place, strict=True))
        assert isinstance(till, TillRun)
        assert isinstance(pgbench, PgbenchRun)
        cell = Alone(name, place.shop.vouchers, clients, processes, till, pgbench)
        say(
            f"  till {name} x{clients}, {place.shop.vouchers:,} vouchers, {processes} process(es): "
            f"{till.per_second:,.0f}/s, {cell.ratio:.2f}"
        )
        cells.append(cell)
    return cells


def in_turn(rounds: int, ours: Callable[[], M1], pgbench: Callable[[], M2]) -> tuple[M1, M2]:
    """Ours and pgbench's, so many times; the middle one of each."""
    mine, theirs = zip(*[(ours(), pgbench()) for _ in range(rounds)], strict=True)
    return middle(mine), middle(theirs)


def middle(runs: Sequence[M]) -> M:
    """The run of the middle rate."""
    rate = statistics.median_low(one.per_second for one in runs)
    return next(one for one in runs if one.per_second == rate)


def say(words: str) -> None:
    """Tell the terminal how far we are; figures go to standard output."""
    print(words, file=sys.stderr, flush=True)
