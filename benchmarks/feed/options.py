"""What is asked for on the command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path

PARTS = ("sockets", "streams", "documents", "redeem")


@dataclass(frozen=True, slots=True)
class Options:
    """`sockets` are sizes of audiences; the first is also that of event streams, of documents and of the till's."""

    parts: frozenset[str]
    seconds: float
    sockets: tuple[int, ...]
    documents: int
    vouchers: int
    json: Path | None
    folder: Path


def read_options(arguments: list[str]) -> Options:
    """The options; ends the process with a message when they make no sense."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feed", description=__doc__)
    parser.add_argument(
        "--parts", default=",".join(PARTS), help=f"what to measure, with commas ({','.join(PARTS)})"
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each measurement (5)")
    parser.add_argument("--sockets", default="1000,5000", help="sizes of audiences, with commas (1000,5000)")
    parser.add_argument("--documents", type=int, default=200, help="how many different documents (200)")
    parser.add_argument("--vouchers", type=int, default=100_000, help="codes of the shop (100000)")
    parser.add_argument("--json", type=Path, help="write all figures to this file, too")
    parser.add_argument(
        "--folder", type=Path, default=Path("/tmp"), help="where to work for the time being (/tmp)"
    )
    given = parser.parse_args(arguments)
    options = Options(
        parts=frozenset(given.parts.split(",")),
        seconds=given.seconds,
        sockets=tuple(int(part) for part in given.sockets.split(",")),
        documents=given.documents,
        vouchers=given.vouchers,
        json=given.json,
        folder=given.folder,
    )
    if not options.parts <= set(PARTS):
        parser.error(f"the parts are {', '.join(PARTS)}")
    if options.seconds <= 0 or min(*options.sockets, options.documents, options.vouchers) < 1:
        parser.error("seconds, sockets, documents and codes must be positive")
    return options
