"""Drafting: a segment is made, and changed, with a version for every change."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg

from app.database import Connection, transaction
from app.database.standing_edits import begin_editing
from app.engine.shelf import rules
from app.engine.unit import Rule
from app.events.kinds import EventKind
from app.events.log import append
from app.events.wake import ring
from app.ids import new_id
from app.named_ids import faults_of_named
from app.problem import Problem, Problems
from app.segments import keep
from app.segments.faults import faults_of
from app.segments.values import MOST_SEGMENTS, Segment, SegmentChanges, SegmentDraft, SegmentKind
from app.unset import UNSET

# The project's row is what two who make its last segment at once wait for; its key goes on being referred to.
_HOLD = "SELECT id FROM projects WHERE id = $1 FOR NO KEY UPDATE"
_COUNT = "SELECT count(*) FROM segments WHERE project_id = $1"

_NAME_TAKEN = Problems.one("name", "NAME_TAKEN", "Another segment of the project has this name.")


async def create_segment(project: UUID, draft: SegmentDraft, now: datetime) -> Segment | Problems:
    """A new segment. Codes: those of `faults_of`, NAME_TAKEN, TOO_MANY_SEGMENTS, NOT_FOUND at an id its rule names."""
    segment = Segment(
        id=new_id(),
        name=draft.name,
        description=draft.description,
        rule=draft.rule,
        version=1,
        created_at=now,
        updated_at=now,
    )
    problems = faults_of(segment)
    if problems:
        return Problems(problems)
    async with transaction() as connection:
        full = await _full(connection, project)
        if full is not None:
            return full
        unknown = await _faults_of_named(connection, project, segment.rule)
        if unknown:
            return Problems(unknown)
        if not await keep.insert(connection, project, segment):
            return _NAME_TAKEN
        await append(connection, [keep.event_of(project, EventKind.SEGMENT_CREATED, segment, now)])
    ring()
    return segment


async def update_segment(
    project: UUID,
    id: UUID,  # noqa: A002 - an id is what it is
    changes: SegmentChanges,
    expected_version: int | None,
    now: datetime,
) -> Segment | Problems:
    """Change the given fields; every change raises the version. No redemption is granted by the old rule afterwards.

    `expected_version` None changes whatever stands now. Codes: those of `faults_of`, NAME_TAKEN, NOT_FOUND,
    VERSION_CONFLICT, NOT_FOUND at an id the rule names, and SEGMENT_IS_A_LIST for a rule where there is none.
    """
    try:
        changed = await _change(project, id, changes, expected_version, now)
    except asyncpg.UniqueViolationError:  # it went no further than this deed's own transaction or savepoint
        return _NAME_TAKEN
    ring()
    return changed


async def _change(
    project: UUID,
    id: UUID,  # noqa: A002 - an id is what it is
    changes: SegmentChanges,
    expected_version: int | None,
    now: datetime,
) -> Segment | Problems:
    async with transaction() as connection:
        if changes.rule is not UNSET:
            await begin_editing(connection, project)
        before = await keep.lock(connection, project, id)
        if before is None:
            return Problems.one("id", "NOT_FOUND", "There is no such segment.")
        if expected_version is not None and expected_version != before.version:
            return keep.conflict(before.version, expected_version)
        after = changes.told_of(before)
        if after == before:
            return before
        problems = (*faults_of(after), *_faults_of_a_list(before, after)) or await _faults_of_named(
            connection, project, after.rule if after.rule != before.rule else None
        )
        if problems:
            return Problems(problems)
        after = replace(after, version=before.version + 1, updated_at=now)
        await keep.update(connection, project, after)
        await append(connection, [keep.event_of(project, EventKind.SEGMENT_UPDATED, after, now)])
        return after


async def _full(connection: Connection, project: UUID) -> Problems | None:
    """Why the project takes no further segment; its row is held until the transaction ends."""
    await connection.execute(_HOLD, project)
    if await connection.fetchval(_COUNT, project) < MOST_SEGMENTS:
        return None
    message = f"A project has at most {MOST_SEGMENTS} segments."
    return Problems.one("", "TOO_MANY_SEGMENTS", message)


async def _faults_of_named(connection: Connection, project: UUID, rule: Rule | None) -> tuple[Problem, ...]:
    return (
        () if rule is None else await faults_of_named(connection, project, rules.references(rule), ("rule",))
    )


def _faults_of_a_list(before: Segment, after: Segment) -> tuple[Problem, ...]:
    if before.kind is after.kind or before.kind is SegmentKind.LIVE:
        return ()
    message = "The segment is a list: who is on it is told by name, not by a rule."
    return (Problem(("rule",), "SEGMENT_IS_A_LIST", message),)
