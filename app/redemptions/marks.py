"""Marks: what a code keeps of its campaign and its offer as they are when it is judged."""

from typing import NamedTuple
from uuid import UUID

from app.engine.offer import Presented
from app.engine.shelf import rewards


class Marks(NamedTuple):
    """For whom its campaign runs, what that is filed under, and the kind of the reward; each may be missing."""

    partner: UUID | None = None
    category: str | None = None
    reward: str | None = None


NO_MARKS = Marks()


def marks_of(known: Presented) -> Marks:
    """The marks of a code with all that is known of it."""
    campaign, offer = known.campaign, known.offer
    reward = None if offer is None else rewards.kind_of(offer.reward)
    return (
        Marks(None, None, reward) if campaign is None else Marks(campaign.partner, campaign.category, reward)
    )
