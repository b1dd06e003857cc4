"""Changing a voucher: its dates, its own limit, its metadata."""

from dataclasses import fields, replace
from datetime import datetime
from uuid import UUID

from app import door
from app.database import transaction
from app.database.standing_edits import begin_editing
from app.events import wake
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.problem import Problem, Problems
from app.unset import UNSET
from app.vouchers.read import COLUMNS, voucher_of
from app.vouchers.values import Voucher, VoucherChanges

_FIND = f"SELECT {COLUMNS} FROM vouchers WHERE project_id = $1 AND id = $2 FOR NO KEY UPDATE"  # noqa: S608
_WRITE = """
UPDATE vouchers SET starts_at = $3, expires_at = $4, max_redemptions = $5, metadata = $6
WHERE project_id = $1 AND id = $2
"""
# A counter is there only as long as a limit of its kind is (see app/campaigns/forget_counters.py). Where the campaign
# limits its vouchers too, the next redemption counts this one anew.
_FORGET_COUNTER = """
DELETE FROM counters
WHERE project_id = $1 AND scope = 'voucher' AND subject_id = $2 AND measure = 'REDEMPTIONS' AND window_start IS NULL
"""
# Whether there are more uses than that, held ones included unless they are over; it looks at no more than one too many.
_USED_MORE = """
SELECT count(*) > $3 FROM (
  SELECT FROM redeemed_vouchers u
  WHERE u.project_id = $1 AND u.voucher_id = $2 AND NOT u.given_back AND NOT EXISTS (
    SELECT FROM redemptions h
    WHERE h.project_id = $1 AND h.id = u.redemption_id AND h.state = 'HELD' AND h.expires_at <= $4)
  LIMIT $3 + 1
) AS uses
"""
# What a redemption under way has read of a voucher: the answer to a change of it waits for that redemption.
_STANDING = ("starts_at", "expires_at", "max_redemptions")
_CHANGEABLE = tuple(field.name for field in fields(VoucherChanges))


async def update_voucher(
    project: UUID, voucher: UUID, changes: VoucherChanges, now: datetime
) -> Voucher | Problems:
    """Change what is given; nothing changes and no event is made when it all stands so already.

    Codes: NOT_FOUND, INVALID_TIME, DATES_REVERSED, OUT_OF_RANGE, LIMIT_BELOW_USE, and those of `door.metadata`.
    """
    faults = _faults(changes)
    if faults:
        return Problems(faults)
    async with transaction() as connection:
        if any(getattr(changes, name) is not UNSET for name in _STANDING):
            await begin_editing(connection, project)
        row = await connection.fetchrow(_FIND, project, voucher)
        if row is None:
            return Problems.one("voucher", "NOT_FOUND", "There is no such voucher.")
        before = voucher_of(row)
        after = _changed(before, changes)
        if after == before:
            return before
        faults = dates(after.starts_at, after.expires_at)
        if faults:
            return Problems(faults)
        most = after.max_redemptions
        is_new = most is not None and most != before.max_redemptions
        if most is not None and is_new and await connection.fetchval(_USED_MORE, project, voucher, most, now):
            return _below_use(most)
        await connection.execute(
            _WRITE,
            project,
            voucher,
            after.starts_at,
            after.expires_at,
            after.max_redemptions,
            dict(after.metadata),
        )
        if (after.max_redemptions is None) != (before.max_redemptions is None):
            await connection.execute(_FORGET_COUNTER, project, voucher)
        await append(connection, [_event(project, before, after, now)])
    wake.ring()
    return after


def dates(starts_at: datetime | None, expires_at: datetime | None) -> tuple[Problem, ...]:
    """A voucher starts before it expires. Code: DATES_REVERSED."""
    if starts_at is None or expires_at is None or starts_at < expires_at:
        return ()
    return (Problem(("expires_at",), "DATES_REVERSED", "A voucher must start before it expires."),)


def _below_use(most: int) -> Problems:
    times = "once" if most == 1 else f"{most} times"
    message = f"The code has been redeemed more than {times} already, so its limit cannot be {most}."
    return Problems.one("max_redemptions", "LIMIT_BELOW_USE", message)


def _faults(changes: VoucherChanges) -> tuple[Problem, ...]:
    found: tuple[Problem, ...] = ()
    if changes.starts_at is not UNSET:
        found += door.instant(("starts_at",), changes.starts_at)
    if changes.expires_at is not UNSET:
        found += door.instant(("expires_at",), changes.expires_at)
    if changes.max_redemptions is not UNSET:
        found += door.limit(("max_redemptions",), changes.max_redemptions)
    if changes.metadata is not UNSET:
        found += door.metadata(("metadata",), changes.metadata)
    return found


def _changed(voucher: Voucher, changes: VoucherChanges) -> Voucher:
    given = {name: getattr(changes, name) for name in _CHANGEABLE}
    return replace(voucher, **{name: value for name, value in given.items() if value is not UNSET})


def _event(project: UUID, before: Voucher, after: Voucher, now: datetime) -> NewEvent:
    payload = {
        "voucher": after.id.hex,
        "campaign": after.campaign_id.hex,
        "code": after.code,
        "holder": None if after.holder_id is None else after.holder_id.hex,
        "changed": [name for name in _CHANGEABLE if getattr(before, name) != getattr(after, name)],
    }
    return NewEvent(project, EventKind.VOUCHER_UPDATED, payload, now)
