"""What the feed is meant to reach, each beside what the same run has found."""

from collections.abc import Iterator

from benchmarks.feed.found import Audience, Found
from benchmarks.till.goals import Goal

BARE, MEMORY, REDEEM = 0.75, 1.3, 0.9


def goals(found: Found) -> list[Goal]:
    """Those of which the run has measured something."""
    return [goal for audience in found.audiences for goal in _of(audience)] + list(_others(found))


def _of(audience: Audience) -> Iterator[Goal]:
    ours, bare = audience.ours, audience.bare
    if bare is None:
        return
    name = f"{ours.subscribers:,} sockets"
    yield Goal(
        f"{name}: deliveries a second, of the bare ones", BARE, ours.rush_deliveries / bare.rush_deliveries
    )
    if ours.steady_cpu and bare.steady_cpu:
        yield Goal(
            f"{name}: the same one by one, by CPU for each delivery", BARE, bare.steady_cpu / ours.steady_cpu
        )
    if ours.memory and bare.memory:
        yield Goal(
            f"{name}: memory of an idle subscriber, to a bare one", MEMORY, ours.memory / bare.memory, True
        )


def _others(found: Found) -> Iterator[Goal]:
    if found.documents is not None:
        most = float(found.documents.documents)
        yield Goal(f"executions for an event, {most:.0f} documents", most, found.documents.executions, True)
    if found.redeem is not None:
        each = f"redemptions a second with {found.redeem.subscribers:,} subscribers, of those without"
        yield Goal(each, REDEEM, found.redeem.followed / found.redeem.alone)
