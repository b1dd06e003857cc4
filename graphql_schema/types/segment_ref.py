"""How a caller names a segment: by id or by name."""

from uuid import UUID

import strawberry

from app import ids
from app.problem import Problem, Problems
from app.segments.read import find
from graphql_schema.errors import Refusal
from graphql_schema.types.node import read_id

Path = tuple[str, ...]


@strawberry.input(one_of=True, description="A segment, by its id or by its name.")
class SegmentRef:
    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="The segment's id.")
    name: strawberry.Maybe[str] = strawberry.field(
        description="The segment's name, exactly as it is written."
    )


def needed_segment_ref(given: SegmentRef) -> UUID | str:
    """The id or the name; raises BAD_USER_INPUT for what cannot be an id of a segment."""
    ref = _read(given, ())
    if isinstance(ref, Problem):
        raise Refusal("BAD_USER_INPUT", ref.message)
    return ref


async def segment_id(project: UUID, given: SegmentRef, path: Path) -> UUID | Problems:
    """The id of the segment that is meant. Codes: INVALID_ID, and NOT_FOUND for a name that nothing has.

    Whether the project has a segment of a given id is for the deed to find out, which reads it anyway.
    """
    ref = _read(given, path)
    if isinstance(ref, UUID):
        return ref
    if isinstance(ref, Problem):
        return Problems((ref,))
    found = await find(project, ref)
    if found is None:
        return Problems((Problem(path, "NOT_FOUND", "There is no such segment."),))
    return found.id


def _read(given: SegmentRef, path: Path) -> UUID | str | Problem:
    if given.id:
        return read_id(ids.SEGMENT, given.id.value, (*path, "id"))
    if given.name:
        return given.name.value
    raise AssertionError("@oneOf promises one of the two")
