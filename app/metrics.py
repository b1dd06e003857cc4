"""What the operator can measure: counted as it happens, gauges looked at when somebody asks.

With several worker processes each keeps its figures in files of a folder they share (`share`), and /metrics, asked
of any of them, adds all up.
"""

import os
from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

from app.database import pool_use
from app.events.feed import Feed
from app.events.projector import Projector
from app.events.wake import Doorbell
from app.jobs.values import Job
from app.redemptions.requests import Answer
from app.redemptions.till import Till
from app.redemptions.timings import Cause, Timings, Watch
from app.redemptions.values import Redemption
from graphql_schema.shared_delivery import Sharing

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client's own word, read when it is imported

# Routes are few; whatever else is asked for is one label, so that nobody can make the metrics grow.
_ROUTES = frozenset({"/graphql", "/healthz", "/readyz", "/metrics", "/examples.json", "/"})

disable_created_metrics()  # type: ignore[no-untyped-call]  # no types there; one series less per counter

_REQUESTS = Counter("tearoff_requests", "Requests and sockets, when they end.", ["kind", "route", "status"])
_SECONDS = Histogram(
    "tearoff_request_seconds",
    "Time from a request to the end of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_JOBS = Counter("tearoff_jobs", "Jobs that have ended in this process.", ["kind", "state"])
_JOB_SECONDS = Histogram(
    "tearoff_job_seconds",
    "Time of a job from its start to its end.",
    ["kind"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600),
)
_REDEMPTIONS = Counter("tearoff_redemptions", "Redeem requests by what became of them.", ["outcome"])
_REASONS = Counter("tearoff_rejection_reasons", "Reasons of rejected redemptions.", ["code"])
_BATCH_SIZE = Histogram(
    "tearoff_till_batch_size",
    "Redeem requests that one transaction of the till settled.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
)
_QUEUED = Histogram(
    "tearoff_till_wait_seconds",
    "Time from a redeem request to the beginning of its batch.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
# The parts of a batch's transaction.
_PART_BUCKETS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_TRANSACTION = Histogram(
    "tearoff_till_transaction_seconds", "Time of a batch's transaction.", buckets=_PART_BUCKETS
)
_COMMIT = Histogram("tearoff_till_commit_seconds", "Time of a batch's commit.", buckets=_PART_BUCKETS)
_LOCK = Histogram(
    "tearoff_till_lock_seconds",
    "Time of a batch's locking of counters and balances; beyond the usual it is waiting for others.",
    buckets=_PART_BUCKETS,
)
_REDONE = Counter("tearoff_till_redone", "Batches that had to come again.", ["cause"])
_TAKEN_OUT = Counter(
    "tearoff_till_taken_out", "Redeem requests that were not settled, each told so.", ["cause"]
)
_WAITING = Gauge("tearoff_till_waiting", "Requests that queue at the till.", multiprocess_mode="livesum")
_LAG = Gauge(
    "tearoff_feed_lag_seconds",
    "How long the oldest committed event has been waiting to be delivered.",
    multiprocess_mode="livemax",
)
_FOLLOWERS = Gauge(
    "tearoff_feed_followers",
    "Who follows the feed; all who share an execution are one.",
    multiprocess_mode="livesum",
)
_BEHIND = Gauge(
    "tearoff_feed_followers_behind",
    "Followers that catch up from the log by themselves.",
    multiprocess_mode="livesum",
)
_FALLEN = Counter("tearoff_feed_fallen_behind", "Full mailboxes: followers sent back to the log.")
_OFFERED = Counter("tearoff_feed_events", "Events read for followers.")
_MEMBERS = Gauge(
    "tearoff_subscriptions_shared",
    "Subscriptions that share their executions.",
    multiprocess_mode="livesum",
)
_ALONE = Gauge(
    "tearoff_subscriptions_alone",
    "Subscriptions that are executed for one client: it catches up, or nobody can share them.",
    multiprocess_mode="livesum",
)
_EXECUTIONS = Counter("tearoff_shared_executions", "Executions for all who share them.")
_DELIVERIES = Counter("tearoff_shared_deliveries", "Results of shared executions, one for each client.")
_TOO_SLOW = Counter("tearoff_shared_fallen_behind", "Clients too slow for those they shared with.")
_PROJECTION_LAG = Gauge(
    "tearoff_projection_lag_seconds",
    "How long the oldest committed event has been waiting to be in a projection's tables.",
    ["projection"],
    multiprocess_mode="livemax",
)
_SILENT = Gauge(
    "tearoff_doorbell_silent",
    "Processes that hear no rings of others, and look into the log from time to time instead.",
    multiprocess_mode="livesum",
)
_SOCKETS = Gauge("tearoff_sockets", "Open WebSockets and event streams.", multiprocess_mode="livesum")
_POOL = Gauge("tearoff_pool_connections", "Connections of the pools.", ["state"], multiprocess_mode="livesum")
_POOL_MAX = Gauge(
    "tearoff_pool_connections_max", "Connections the pools may open.", multiprocess_mode="livesum"
)


@dataclass(frozen=True, slots=True)
class Sources:
    """The parts of a process whose figures are looked at."""

    till: Till
    feed: Feed
    projector: Projector
    sockets: Callable[[], int]
    sharing: Sharing
    doorbell: Doorbell


def share(folder: Path) -> None:
    """Let the worker processes started from here keep their figures in `folder`."""
    os.environ[_FOLDER] = str(folder)


def observe_request(kind: str, path: str, status: int, seconds: float) -> None:
    """Count a request (`http`), an event stream (`stream`) or a socket, by its close code, that has ended."""
    below = next((route for route in ("/static", "/exports") if path.startswith(f"{route}/")), "other")
    route = path if path in _ROUTES else below
    _REQUESTS.labels(kind, route, str(status)).inc()
    if kind == "http":
        _SECONDS.labels(route).observe(seconds)


def observe_job(job: Job) -> None:
    """Count a job that this process has ended."""
    _JOBS.labels(job.kind, job.state.value).inc()
    if job.started_at is not None and job.finished_at is not None:
        _JOB_SECONDS.labels(job.kind).observe((job.finished_at - job.started_at).total_seconds())


def observe_answer(answer: object) -> None:
    """Count what the till has answered."""
    if not isinstance(answer, Answer):
        _REDEMPTIONS.labels("faulty").inc()
    elif answer.replayed:
        _REDEMPTIONS.labels("replayed").inc()
    elif isinstance(answer.outcome, Redemption):
        _REDEMPTIONS.labels("granted").inc()
    else:
        _REDEMPTIONS.labels("rejected").inc()
        for code in {reason.code for reason in answer.outcome.reasons}:
            _REASONS.labels(code).inc()


class TillWatch(Watch):
    """Counts what a till does: some 10 microseconds for a batch, less than one for each request."""

    def settled(self, waits: Sequence[float], timings: Timings) -> None:
        _BATCH_SIZE.observe(len(waits))
        _TRANSACTION.observe(timings.transaction)
        _COMMIT.observe(timings.commit)
        _LOCK.observe(timings.locking)
        _observe_all(_QUEUED, waits)

    def redone(self, cause: Cause) -> None:
        _REDONE.labels(cause.value).inc()

    def taken_out(self, cause: Cause, requests: int) -> None:
        _TAKEN_OUT.labels(cause.value).inc(requests)


def _observe_all(histogram: Histogram, values: Sequence[float]) -> None:
    """As `observe` for each; that is a write to a shared file for each, this one for each bucket that is met.

    The attributes are private: prometheus-client has no way to add many at once.
    """
    bounds = histogram._upper_bounds
    for place, count in Tally(bisect_left(bounds, value) for value in values).items():
        histogram._buckets[place].inc(count)
    histogram._sum.inc(sum(values))


class Gauges:
    """Looks at the parts of this process; `look` now and then keeps the figures fresh for the other workers."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._counted: dict[Counter, int] = {}

    def look(self) -> None:
        """Take all figures; cheap, no waiting."""
        sources = self._sources
        health = sources.feed.health()
        _LAG.set(health.tail.lag)
        _FOLLOWERS.set(health.followers)
        _BEHIND.set(health.behind)
        self._count(_FALLEN, health.fallen_behind)
        self._count(_OFFERED, health.tail.events_offered)
        shared = sources.sharing.health()
        _MEMBERS.set(shared.members)
        _ALONE.set(shared.alone)
        self._count(_EXECUTIONS, shared.executions)
        self._count(_DELIVERIES, shared.deliveries)
        self._count(_TOO_SLOW, shared.fallen)
        for projection in sources.projector.health():
            _PROJECTION_LAG.labels(projection.name).set(projection.lag)
        _WAITING.set(sources.till.waiting)
        _SILENT.set(not sources.doorbell.is_listening)
        _SOCKETS.set(sources.sockets())
        pool = pool_use()
        _POOL.labels("busy").set(pool.busy)
        _POOL.labels("idle").set(pool.idle)
        _POOL_MAX.set(pool.most)

    def _count(self, counter: Counter, total: int) -> None:
        counter.inc(total - self._counted.get(counter, 0))
        self._counted[counter] = total


def page() -> bytes:
    """The figures in Prometheus's text format; those of all workers where several share a folder."""
    folder = os.environ.get(_FOLDER)
    if folder is None:
        return generate_latest(REGISTRY)
    forget_the_dead(Path(folder))
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus-client has no types here
    return generate_latest(registry)


def forget_the_dead(folder: Path) -> None:
    """Take the gauges of workers that have ended, in whatever way, out of the sum; their counts stay."""
    for pid in {int(file.stem.rpartition("_")[2]) for file in folder.glob("gauge_live*_*.db")}:
        if not _is_alive(pid):
            multiprocess.mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # as above


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
