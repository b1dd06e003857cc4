"""Making a partner, and changing one: a new rate of commission holds from then on, and never for what was before."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg

from app import door
from app.database import Connection, transaction
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.ids import new_id
from app.partners.read import COLUMNS, partner_of
from app.partners.values import Partner, PartnerChanges
from app.problem import Problem, Problems

_INSERT = """
INSERT INTO partners (id, project_id, name, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (project_id, name) DO NOTHING
RETURNING id
"""
_LOCK = "SELECT p.id FROM partners p WHERE p.project_id = $1 AND p.id = $2 FOR NO KEY UPDATE"
# A statement of its own: one that had to wait for the lock still sees the rates as they were before it waited.
_LOCKED = f"SELECT {COLUMNS} FROM partners p WHERE p.project_id = $1 AND p.id = $2"  # noqa: S608
_UPDATE = "UPDATE partners SET name = $3, version = $4, updated_at = $5 WHERE project_id = $1 AND id = $2"
# Clocks of two servers may stand apart: a rate never begins before the one it follows.
_PROMISE = """
INSERT INTO partner_rates (id, project_id, partner_id, rate, since)
SELECT $1::uuid, $2::uuid, $3::uuid, $4::numeric, greatest($5::timestamptz, max(since) + interval '1 microsecond')
FROM partner_rates WHERE project_id = $2 AND partner_id = $3
"""
_MOST_DECIMALS = 4

_NAME_TAKEN = Problems.one("name", "NAME_TAKEN", "Another partner of the project has this name.")


async def create_partner(
    project: UUID, name: str, commission_rate: Decimal, now: datetime
) -> Partner | Problems:
    """A new partner; the rate, in percent of the order value, holds from `now` on.

    Codes: REQUIRED, TOO_LONG, INVALID_TEXT, OUT_OF_RANGE (not 0 to 100, or more than 4 decimals), NAME_TAKEN.
    """
    partner = Partner(new_id(), name, commission_rate, 1, now, now)
    if faults := _faults(partner):
        return Problems(faults)
    async with transaction() as connection:
        if await connection.fetchval(_INSERT, partner.id, project, name, 1, now, now) is None:
            return _NAME_TAKEN
        await _promise(connection, project, partner)
        await append(connection, [_event(project, EventKind.PARTNER_CREATED, partner)])
    ring()
    return partner


async def update_partner(
    project: UUID,
    id: UUID,  # noqa: A002 - an id is what it is
    changes: PartnerChanges,
    expected_version: int | None,
    now: datetime,
) -> Partner | Problems:
    """Change the given fields; every change raises the version. What was redeemed before keeps its rate.

    `expected_version` None changes whatever stands now. Codes: those of `create_partner`, NOT_FOUND, VERSION_CONFLICT.
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
    changes: PartnerChanges,
    expected_version: int | None,
    now: datetime,
) -> Partner | Problems:
    async with transaction() as connection:
        await connection.execute(_LOCK, project, id)
        row = await connection.fetchrow(_LOCKED, project, id)
        if row is None:
            return Problems.one("id", "NOT_FOUND", "There is no such partner.")
        before = partner_of(row)
        if expected_version is not None and expected_version != before.version:
            return _conflict(before.version, expected_version)
        after = changes.told_of(before)
        if after == before:
            return before
        if faults := _faults(after):
            return Problems(faults)
        after = replace(after, version=before.version + 1, updated_at=now)
        await connection.execute(_UPDATE, project, id, after.name, after.version, now)
        if after.commission_rate != before.commission_rate:
            await _promise(connection, project, after)
        await append(connection, [_event(project, EventKind.PARTNER_UPDATED, after)])
        return after


async def _promise(connection: Connection, project: UUID, partner: Partner) -> None:
    await connection.execute(
        _PROMISE, new_id(), project, partner.id, partner.commission_rate, partner.updated_at
    )


def _conflict(current: int, expected: int) -> Problems:
    message = f"The partner is at version {current}, not {expected}: it was changed in the meantime."
    return Problems.one("expected_version", "VERSION_CONFLICT", message)


def _faults(partner: Partner) -> tuple[Problem, ...]:
    return (*door.text(("name",), partner.name, shortest=1), *_faults_of_rate(partner.commission_rate))


def _faults_of_rate(rate: Decimal) -> tuple[Problem, ...]:
    # The range first: no number with a thousand digits is looked at any closer.
    if rate.is_finite() and 0 <= rate <= 100 and rate == round(rate, _MOST_DECIMALS):
        return ()
    message = "The rate must be 0 to 100 percent, with at most 4 decimals."
    return (Problem(("commission_rate",), "OUT_OF_RANGE", message),)


def _event(project: UUID, kind: EventKind, partner: Partner) -> NewEvent:
    payload = {
        "partner_id": partner.id.hex,
        "name": partner.name,
        "commission_rate": str(partner.commission_rate),
        "version": partner.version,
    }
    return NewEvent(project, kind, payload, partner.updated_at)
