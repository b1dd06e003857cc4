"""Value of this room: a holding."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Holding:
    """A voucher in a customer's wallet, since `published_at`; `exclusive` when nobody else may use it."""

    voucher_id: UUID
    published_at: datetime
    exclusive: bool
