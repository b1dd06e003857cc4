"""Holding a campaign as it stands while codes of it are made or given: who ends it waits, and answers after them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.database import Connection
from app.problem import Problems

ENDED = Problems.one("campaign", "CAMPAIGN_ENDED", "The campaign has ended.")
OF_PROMOTION = Problems.one(
    "campaign",
    "CAMPAIGN_IS_PROMOTION",
    "A cart promotion takes part by itself: it has no codes to make or give.",
)

# FOR SHARE is the weakest lock that a change of the campaign's state or dates does not get past; makers and givers do
# not wait for each other.
_HOLD = "SELECT state, ends_at, kind FROM campaigns WHERE project_id = $1 AND id = $2 FOR SHARE"


class Held(NamedTuple):
    """What a campaign says about its end, and will say until the transaction is over."""

    state: str
    ends_at: datetime | None
    is_promotion: bool

    @property
    def ended(self) -> bool:
        """Whether somebody has ended it by hand."""
        return self.state == "ENDED"


async def hold_campaign(connection: Connection, project: UUID, campaign: UUID) -> Held | None:
    """The campaign, held until the connection's transaction ends; None if the project has no such campaign."""
    found = await connection.fetchrow(_HOLD, project, campaign)
    return (
        None if found is None else Held(found["state"], found["ends_at"], found["kind"] == "CART_PROMOTION")
    )
