"""Candidates: the vouchers that may be offered to a shopper, those they hold and those that everybody may use."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from app.database import fetchrow, statement
from app.redemptions.requests import CustomerRef
from app.wallets.holdings import HOLDINGS_SQL

_FIND = statement(__package__, "find_candidates.sql").replace("/* holdings */", HOLDINGS_SQL)


class Listed(Enum):
    """Which generic codes are candidates."""

    NONE = "NONE"
    LISTED = "LISTED"
    """Those of listed campaigns."""
    ALL = "ALL"
    """Those of all live campaigns."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """`customer` is None where nobody is known. Vouchers are in order: the latest given, the latest campaign first.

    `are_all` is false when there were more than were asked for.
    """

    customer: UUID | None
    held: tuple[UUID, ...]
    listed: tuple[UUID, ...]
    are_all: bool


async def find_candidates(
    project: UUID, customer: CustomerRef | None, listed: Listed, most: int, now: datetime
) -> Candidates:
    """The customer's latest vouchers and the latest listed codes, up to `most` of either; one statement."""
    ref = customer or CustomerRef()
    every = listed is Listed.ALL
    row = await fetchrow(
        _FIND, project, ref.id, ref.source_id, listed is not Listed.NONE, every, now, most + 1
    )
    if row is None:
        raise LookupError("a statement of scalars answers with one row")
    held, others = tuple(row["held"]), tuple(row["listed"])
    return Candidates(
        row["customer"], held[:most], others[:most], are_all=len(held) <= most and len(others) <= most
    )
