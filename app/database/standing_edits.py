"""Redeeming and editing how codes stand exclude each other, project by project, without a lock on any row.

How a code stands: its limits, whether it was stopped, and its dates; its own and those of its campaigns.

Uses of what has no limit are not counted, so a redemption that read "no limit" a moment ago is invisible to
a limit that is set before it commits: its use would be missing for ever. Therefore every batch of redemptions
shares an advisory lock of its projects from its very beginning, and whoever sets a limit takes that lock alone:
it waits for the batches that are under way (milliseconds), and those after it read the new limit.
Whoever stops a code or a campaign, or moves its dates, does the same, so that nothing is granted after the answer.
"""

from collections.abc import Iterable
from uuid import UUID

from app.database.pool import Connection

_EDIT = "SELECT pg_advisory_xact_lock($1)"
_REDEEM = "SELECT pg_advisory_xact_lock_shared($1)"


def begin_redeeming(projects: Iterable[UUID]) -> str:
    """The command that opens a batch's transaction: one round trip, whatever the number of projects.

    The locks stand before the first statement, so that its snapshot is newer than any edit that was waited for.
    """
    locks = "".join(
        f" SELECT pg_advisory_xact_lock_shared({_name(project)});" for project in sorted(projects)
    )
    return f"BEGIN;{locks}"


async def join_redeeming(connection: Connection, project: UUID) -> None:
    """The same for a deed about redemptions whose transaction has just begun: call it before anything else."""
    await connection.execute(_REDEEM, _name(project))


async def begin_editing(connection: Connection, project: UUID) -> None:
    """Wait until no batch of the project is under way, and keep new ones waiting until the transaction ends.

    Call it as the first thing in the transaction, before any row is locked.
    """
    await connection.execute(_EDIT, _name(project))


def _name(project: UUID) -> int:
    """The lock's name: the random half of the id, as PostgreSQL's bigint."""
    return int.from_bytes(project.bytes[8:], signed=True)
