"""The customer's own data as the engine sees it: as it is kept, with what a caller tells of it besides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import (
    Any,
)  # a row, whose columns stand in gather.sql, and metadata, which is the caller's own JSON

from app.customers.values import CustomerInput
from app.engine.shopper import Shopper
from app.unset import UNSET


def profile_of(row: Sequence[Any], now: datetime) -> Shopper:
    """The shopper in a row of gather.sql; whose record was made just `now` is somebody new."""
    source_id, name, email, birthday, metadata, created_at = row
    return Shopper(source_id, name, email, birthday, metadata, created_at if created_at < now else None)


def told_of(kept: Shopper | None, given: CustomerInput) -> Shopper:
    """The shopper as a redemption would see them, which keeps what is given before it looks; None is a new one."""
    known = Shopper(given.source_id) if kept is None else kept
    metadata: Any = given.metadata
    return replace(
        known,
        name=known.name if given.name is UNSET else given.name,
        email=known.email if given.email is UNSET else given.email,
        birthday=known.birthday if given.birthday is UNSET else given.birthday,
        metadata=known.metadata if metadata is UNSET else metadata,
    )
