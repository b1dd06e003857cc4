"""What a run has found: as tables for people, and as plain values for programs."""

from dataclasses import dataclass, field

from benchmarks.deeds import DeedName
from benchmarks.follow import RATE, Delivery
from benchmarks.layers import Layers
from benchmarks.load import Loaded
from benchmarks.pgbench import PgbenchRun
from benchmarks.quantiles import Latencies
from benchmarks.table import micro, number, share, table


@dataclass(frozen=True, slots=True)
class HttpRun:
    """Our side of a cell: requests a second, and CPU seconds per request of each process."""

    per_second: float
    latencies: Latencies
    server_cpu: float | None
    postgres_cpu: float | None
    client_cpu: float

    @classmethod
    def of(cls, loaded: Loaded) -> "HttpRun":
        """What a load generator has found, per request."""

        def each(name: str) -> float | None:
            spent = loaded.cpu[name]
            return None if spent is None else spent / loaded.requests

        return cls(
            per_second=loaded.requests / loaded.seconds,
            latencies=Latencies.of(loaded.latencies),
            server_cpu=each("server"),
            postgres_cpu=each("postgres"),
            client_cpu=each("client") or 0.0,
        )

    @property
    def client_share(self) -> float | None:
        """The load generator's share of all CPU time that was used."""
        if self.server_cpu is None or self.postgres_cpu is None:
            return None
        return self.client_cpu / (self.client_cpu + self.server_cpu + self.postgres_cpu or 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One deed on one kind of codes with so many clients: our service over HTTP, and pgbench."""

    deed: DeedName
    codes: str
    clients: int
    http: HttpRun
    pgbench: PgbenchRun

    @property
    def ratio(self) -> float:
        """How many of ours there are for one of pgbench's."""
        return self.http.per_second / self.pgbench.per_second


@dataclass(slots=True)
class Report:
    """A whole run. `layers_clients` asked at once where the layers were measured; `noise` is the load before."""

    ground: str
    seconds: float
    vouchers: int
    mint_seconds: float
    copy_seconds: float
    noise: float
    layers_clients: int
    cells: list[Cell] = field(default_factory=list)
    layers: dict[DeedName, Layers] = field(default_factory=dict)
    delivery: Delivery | None = None


def title(report: Report) -> str:
    """What the figures below stand on."""
    return (
        f"Tearoff, one worker, beside pgbench on the same database\n{report.ground}\n"
        f"{report.seconds:g} s each; {report.noise:.1f} processes wanted a core before the run began "
        "(others' work makes all figures smaller: compare ratios)"
    )


def rates(cells: list[Cell]) -> str:
    """Requests a second and latencies of ours and of pgbench's."""
    head = [
        "deed",
        "codes",
        "clients",
        "ours/s",
        "p50/ms",
        "p99/ms",
        "pgbench/s",
        "p50/ms",
        "p99/ms",
        "ratio",
    ]
    head += ["server us", "postgres us", "pgbench's us", "client"]
    rows = [
        (
            cell.deed,
            cell.codes,
            str(cell.clients),
            number(cell.http.per_second),
            number(cell.http.latencies.p50, 1),
            number(cell.http.latencies.p99, 1),
            number(cell.pgbench.per_second),
            number(cell.pgbench.latencies.p50, 1),
            number(cell.pgbench.latencies.p99, 1),
            number(cell.ratio, 2),
            micro(cell.http.server_cpu),
            micro(cell.http.postgres_cpu),
            micro(cell.pgbench.postgres_cpu),
            "-" if cell.http.client_share is None else f"{cell.http.client_share:.0%}",
        )
        for cell in cells
    ]
    explained = (
        "us: CPU per request of the server, of PostgreSQL under ours, of PostgreSQL under pgbench; "
        "client: our load generator's share of all CPU"
    )
    return f"{table(head, rows)}\n{explained}"


def parts(report: Report, deed: DeedName) -> str:
    """Where the server's time goes for one deed on spread codes."""
    layers = report.layers[deed]
    cpu = {
        cell.deed: cell.http.server_cpu
        for cell in report.cells
        if cell.codes == "spread" and cell.clients == report.layers_clients
    }[deed]
    below = layers.graphql + layers.admission
    whole = max(cpu * 1e6, below) if cpu is not None else below
    rows = [
        ("HTTP, JSON, log, feed", whole - below),
        ("admission, its statement included", layers.admission),
        ("GraphQL", layers.graphql - layers.deed),
        ("till" if deed is DeedName.REDEEM else "validation", layers.deed - layers.engine - layers.driver),
        ("engine", layers.engine),
        ("driver", layers.driver),
        ("all", whole),
    ]
    head = (f"{deed}, spread, {report.layers_clients} clients", "us", "share")
    return table(head, [(name, number(spent), share(spent, whole)) for name, spent in rows])


def minting(report: Report) -> str:
    """Minting beside a bare COPY of as many rows."""
    minted, copied = report.vouchers / report.mint_seconds, report.vouchers / report.copy_seconds
    return (
        f"Minting {report.vouchers:,} codes: {report.mint_seconds:.1f} s, {minted:,.0f}/s; a bare COPY of such rows: "
        f"{report.copy_seconds:.1f} s, {copied:,.0f}/s; ratio {minted / copied:.2f}"
    )


def delivery(found: Delivery) -> str:
    """The feed's delay."""
    asked, answered = found.from_request, found.from_answer
    return (
        f"Feed, one subscriber, {RATE} redemptions/s, {asked.count} delivered: after the request "
        f"p50 {asked.p50:.1f} ms, p99 {asked.p99:.1f} ms; after the answer p50 {answered.p50:.1f} ms, "
        f"p99 {answered.p99:.1f} ms (the commit lies between the two)"
    )
