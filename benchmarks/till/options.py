"""What is asked for on the command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path

PARTS = ("idle", "alone", "processes", "share", "sizes", "graphql", "mint")
_REFERENCE = 32  # clients; the goals are set for so many


@dataclass(frozen=True, slots=True)
class Options:
    """`sizes` are numbers of vouchers, rising; all kinds of codes are measured with the second, or the only one."""

    parts: frozenset[str]
    seconds: float
    rounds: int
    clients: tuple[int, ...]
    sizes: tuple[int, ...]
    mint: int
    json: Path | None
    folder: Path

    @property
    def reference(self) -> int:
        """The number of clients for which goals are set: 32, or the most there are."""
        return _REFERENCE if _REFERENCE in self.clients else max(self.clients)

    @property
    def size(self) -> int:
        """The size at which all kinds of codes are measured."""
        return self.sizes[min(1, len(self.sizes) - 1)]


def read_options(arguments: list[str]) -> Options:
    """The options; ends the process with a message when they make no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.till",
        description="The till alone and over GraphQL, beside pgbench. A few minutes as it is, an hour with --full.",
    )
    parser.add_argument("--full", action="store_true", help="all sizes up to five million, longer, thrice")
    parser.add_argument(
        "--parts", default=",".join(PARTS), help=f"what to measure, with commas ({','.join(PARTS)})"
    )
    parser.add_argument("--seconds", type=float, help="length of each measurement (3; full: 10)")
    parser.add_argument(
        "--rounds", type=int, help="how often each is measured; the middle one counts (1; full: 3)"
    )
    parser.add_argument(
        "--clients", default="1,8,32,128", help="numbers of clients, with commas (1,8,32,128)"
    )
    parser.add_argument(
        "--sizes", help="numbers of vouchers, rising (1000,100000; full: 1000,1000000,5000000)"
    )
    parser.add_argument("--mint", type=int, help="codes to mint (100000; full: 1000000)")
    parser.add_argument("--json", type=Path, help="write all figures to this file, too")
    parser.add_argument(
        "--folder", type=Path, default=Path("/tmp"), help="where to work for the time being (/tmp)"
    )
    given = parser.parse_args(arguments)
    full = given.full
    options = Options(
        parts=frozenset(given.parts.split(",")),
        seconds=given.seconds or (10.0 if full else 3.0),
        rounds=given.rounds or (3 if full else 1),
        clients=_numbers(given.clients),
        sizes=_numbers(given.sizes or ("1000,1000000,5000000" if full else "1000,100000")),
        mint=given.mint or (1_000_000 if full else 100_000),
        json=given.json,
        folder=given.folder,
    )
    if not options.parts <= set(PARTS):
        parser.error(f"the parts are {', '.join(PARTS)}")
    if options.seconds <= 0 or min(*options.clients, *options.sizes, options.rounds, options.mint) < 1:
        parser.error("seconds, rounds, clients, sizes and codes must be positive")
    if max(options.sizes) > 9_999_999 or list(options.sizes) != sorted(options.sizes):
        parser.error("sizes must rise, up to 9999999")
    return options


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))
