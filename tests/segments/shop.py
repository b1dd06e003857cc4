"""What the tests of this room share: segments, customers, events told, and a look at who is on a list."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from app.database import fetch
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.unit import Rule
from app.problem import Problems
from app.segments.draft import create_segment
from app.segments.members import add_members
from app.segments.values import MembersChanged, Segment, SegmentDraft
from tests.conftest import NOW
from tests.redemptions.shop import a_customer

NEWCOMERS = FirstPurchase()


async def a_segment(project: UUID, name: str = "Friends", rule: Rule | None = None) -> Segment:
    """A segment of that name: a list, or live by the rule."""
    made = await create_segment(project, SegmentDraft(name, rule=rule), NOW)
    assert isinstance(made, Segment), made
    return made


async def customers(project: UUID, *names: str) -> list[UUID]:
    """Customers by these source ids."""
    return [await a_customer(project, name) for name in names]


async def put(project: UUID, segment: Segment, members: Iterable[UUID | str]) -> MembersChanged:
    """Customers on the list."""
    changed = await add_members(project, segment.id, list(members), NOW)
    assert isinstance(changed, MembersChanged), changed
    return changed


async def on_list(project: UUID, segment: UUID) -> set[UUID]:
    """Who is on the list."""
    rows = await fetch(
        "SELECT customer_id FROM segment_members WHERE project_id = $1 AND segment_id = $2", project, segment
    )
    return {row["customer_id"] for row in rows}


async def told(project: UUID, *kinds: str) -> list[tuple[str, Any]]:
    """Kind and payload of the project's events of these kinds, or of those about segments."""
    rows = await fetch(
        "SELECT kind, payload FROM events WHERE project_id = $1 AND (kind = ANY ($2) OR"
        " cardinality($2::text[]) = 0 AND kind LIKE 'SEGMENT%') ORDER BY position",
        project,
        list(kinds),
    )
    return [(row["kind"], row["payload"]) for row in rows]


def faults(answer: object) -> list[tuple[str, str]]:
    """Dotted path and code of each problem."""
    assert isinstance(answer, Problems), answer
    return [(".".join(problem.path), problem.code) for problem in answer.all]
