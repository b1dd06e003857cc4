"""What a run has found: as tables for people, and as plain values for programs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.quantiles import Latencies
from benchmarks.table import micro, number, share, table


@dataclass(frozen=True, slots=True)
class Side:
    """One audience of one server. CPU is seconds of the server's process; memory KiB of it for each idle subscriber.

    `steady`: one event after the other, `per_second` of them; `rush`: all at once, as fast as it goes.
    """

    subscribers: int
    memory: float | None
    per_second: float
    steady_cpu: float | None
    latencies: Latencies
    rush_deliveries: float
    rush_cpu: float | None


@dataclass(frozen=True, slots=True)
class Audience:
    """The same audience of our server and, for sockets, of a bare broadcast."""

    transport: str
    ours: Side
    bare: Side | None = None


@dataclass(frozen=True, slots=True)
class Documents:
    """Many documents: `executions` for each event, and what a delivery costs."""

    documents: int
    subscribers: int
    executions: float
    cpu: float | None


@dataclass(frozen=True, slots=True)
class Redeem:
    """Redemptions a second alone and followed by all subscribers; `behind`: seconds until they had heard the last."""

    clients: int
    subscribers: int
    alone: float
    followed: float
    deliveries: float
    behind: float


@dataclass(slots=True)
class Found:
    """Everything."""

    ground: str
    noise: float
    seconds: float
    bytes: int = 0
    audiences: list[Audience] = field(default_factory=list)
    documents: Documents | None = None
    redeem: Redeem | None = None


def title(found: Found) -> str:
    """What the figures depend on."""
    return (
        f"The feed on loopback: {found.ground}\n{found.seconds:g} s for each measurement; the machine's load was"
        f" {found.noise:.1f} before. Server and subscribers share the cores."
    )


def audiences(found: Sequence[Audience], payload: int) -> str:
    """Ours beside the bare broadcast."""
    rows = []
    for audience in found:
        for name, side in ((audience.transport, audience.ours), ("bare socket", audience.bare)):
            if side is not None:
                rows.append(
                    (
                        name,
                        number(side.subscribers),
                        number(side.memory, 1),
                        number(side.per_second, 1),
                        micro(side.steady_cpu),
                        number(side.latencies.p50, 1),
                        number(side.latencies.p99, 1),
                        number(side.rush_deliveries),
                        number(None if side.rush_cpu is None else side.rush_cpu * 1e6, 2),
                    )
                )
    head = (
        *("audience", "subscribers", "KiB idle", "events/s", "us/delivery"),
        *("ms p50", "p99", "rush: deliveries/s", "us each"),
    )
    return (
        f"One document; an event is {payload} bytes. First one event after the other, then many at once. Latencies are"
        f" from\nthe commit (of the bare broadcast: from its beginning) to the subscriber.\n{table(head, rows)}"
    )


def documents(found: Documents) -> str:
    """Many documents."""
    return (
        f"{found.documents} different documents, {found.subscribers} subscribers: {found.executions:.1f} executions for"
        f" each event, {micro(found.cpu)} us of CPU for each delivery"
    )


def redeem(found: Redeem) -> str:
    """With and without an audience."""
    return (
        f"Redeeming with {found.clients} clients: {found.alone:,.0f} a second; followed by {found.subscribers:,} on the"
        f" same process: {found.followed:,.0f}\n({share(found.followed, found.alone)}), {found.deliveries:,.0f}"
        f" deliveries a second beside it; the last was heard {found.behind:.1f} s after the end"
    )
