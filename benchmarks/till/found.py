"""What a run has found, as plain values; and as tables for people."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.pgbench import PgbenchRun
from benchmarks.report import HttpRun
from benchmarks.table import micro, number, share, table
from benchmarks.till.idle import Idle
from benchmarks.till.minting import Minting
from benchmarks.till.runs import TillRun


@dataclass(frozen=True, slots=True)
class Alone:
    """The till without HTTP, in so many processes, beside pgbench with as many clients."""

    codes: str
    vouchers: int
    clients: int
    processes: int
    till: TillRun
    pgbench: PgbenchRun

    @property
    def ratio(self) -> float:
        """How many of ours there are for one of pgbench's."""
        return self.till.per_second / self.pgbench.per_second


@dataclass(frozen=True, slots=True)
class OverGraphQL:
    """`in_request` redemptions per request, beside pgbench with so many clients, one redemption each."""

    codes: str
    clients: int
    in_request: int
    http: HttpRun
    pgbench: PgbenchRun
    pgbench_clients: int

    @property
    def ratio(self) -> float:
        """How many redemptions of ours there are for one of pgbench's."""
        return self.http.per_second / self.pgbench.per_second


@dataclass(slots=True)
class Found:
    """A whole run. `reference` is the number of clients for which goals are set; `noise` the load before."""

    ground: str
    seconds: float
    rounds: int
    reference: int
    noise: float
    alone: list[Alone] = field(default_factory=list)
    sizes: list[Alone] = field(default_factory=list)
    sampled: TillRun | None = None
    idle: Idle | None = None
    over_graphql: list[OverGraphQL] = field(default_factory=list)
    minting: Minting | None = None


_RATES = ("ours/s", "p50/ms", "p99/ms", "pgbench/s", "p50/ms", "p99/ms", "ratio")


def title(found: Found) -> str:
    """What the figures below stand on."""
    return (
        f"The till beside pgbench on the same database\n{found.ground}\n"
        f"{found.seconds:g} s each, the middle one of {found.rounds}; {found.noise:.1f} processes wanted a core before "
        "the run began (others' work makes all figures smaller: compare ratios)"
    )


def alone(cells: Sequence[Alone]) -> str:
    """The till in its own process."""
    head = (
        "codes",
        "vouchers",
        "clients",
        "tills",
        *_RATES,
        "batch",
        "redone",
        "till us",
        "PG us",
        "pgbench's us",
    )
    rows = [
        (
            cell.codes,
            number(cell.vouchers),
            str(cell.clients),
            str(cell.processes),
            *_rates(cell.till, cell.pgbench, cell.ratio),
            number(cell.till.batch, 1),
            str(cell.till.redone),
            micro(cell.till.till_cpu),
            micro(cell.till.postgres_cpu),
            micro(cell.pgbench.postgres_cpu),
        )
        for cell in cells
    ]
    explained = (
        "batch: redemptions in one transaction, on average; us: CPU per redemption of the tills (their clients "
        "included), of PostgreSQL under them, of PostgreSQL under pgbench"
    )
    return f"{table(head, rows)}\n{explained}"


def over_graphql(cells: Sequence[OverGraphQL]) -> str:
    """The till behind the API."""
    head = ("codes", "clients", "in request", *_RATES, "pgbench's clients", "server us", "PG us", "client us")
    rows = [
        (
            cell.codes,
            str(cell.clients),
            str(cell.in_request),
            *_rates(cell.http, cell.pgbench, cell.ratio),
            str(cell.pgbench_clients),
            micro(cell.http.server_cpu),
            micro(cell.http.postgres_cpu),
            micro(cell.http.client_cpu),
        )
        for cell in cells
    ]
    return f"{table(head, rows)}\nours/s: redemptions; p50, p99: of a request; us: CPU per redemption"


def shares(run: TillRun) -> str:
    """Where the CPU time of a redemption goes, and the functions in which most of it is spent."""
    looks = sum(run.layers.values()) or 1
    ours = run.till_cpu or 0.0
    spent = {layer: ours * seen / looks for layer, seen in run.layers.items()}
    spent["database"] = run.postgres_cpu or 0.0
    whole = sum(spent.values())
    layers = sorted(((took, layer) for layer, took in spent.items()), reverse=True)
    rows = [(layer, number(took * 1e6, 1), share(took, whole)) for took, layer in layers]
    most = [
        (place, number(ours * seen / looks * 1e6, 1), share(seen, looks))
        for place, seen in list(run.places.items())[:20]
    ]
    return (
        f"{table(('spread, CPU per redemption', 'us', 'share'), rows)}\n\n"
        f"{table(('in the till process', 'us', 'share'), most)}"
    )


def idle(run: Idle) -> str:
    """The lone redemption."""
    trips = ", ".join(f"{codes} {count}" for codes, count in run.trips.items())
    return f"Round trips of a lone redemption: {trips}"


def minting(run: Minting) -> str:
    """Minting and COPY."""
    minted, copied = run.codes / run.mint_seconds, run.codes / run.copy_seconds
    return (
        f"Minting {run.codes:,} codes: {run.mint_seconds:.1f} s, {minted:,.0f}/s; a bare COPY of the same rows: "
        f"{run.copy_seconds:.1f} s, {copied:,.0f}/s; ratio {run.ratio:.2f}; "
        f"memory of the minting process: {run.memory_before:.0f} MB before, {run.memory_peak:.0f} MB at its peak"
    )


def _rates(ours: TillRun | HttpRun, pgbench: PgbenchRun, ratio: float) -> tuple[str, ...]:
    return (
        number(ours.per_second),
        number(ours.latencies.p50, 1),
        number(ours.latencies.p99, 1),
        number(pgbench.per_second),
        number(pgbench.latencies.p50, 1),
        number(pgbench.latencies.p99, 1),
        number(ratio, 2),
    )
