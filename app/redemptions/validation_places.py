"""Which currencies, channels and redemption points are told of validations: callers choose these freely.

Each is a row of the log and of the figures for ever. A storefront key is public, so that anybody could make rows
without end by naming another channel each time: what it may name is bounded, and so is what secret keys may.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from app.projects.admit import Caller
from app.projects.values import KeyKind

# Of a project in an hour of the clock, as one process sees it.
MOST_OF_STOREFRONTS = 50
MOST_OF_SECRET_KEYS = 1_000
# The channel of whoever names none.
_UNNAMED = "api"


class Place(NamedTuple):
    """Where something was validated, and in which currency."""

    currency: str
    channel: str | None
    redemption_point: str | None


class NamedPlaces:
    """The places that have been named in the present hour; bounded, whatever callers send."""

    def __init__(self) -> None:
        self._hour: datetime | None = None
        self._by_secret_keys: dict[UUID, set[Place]] = {}
        self._by_storefronts: dict[UUID, set[Place]] = {}

    def told(self, caller: Caller, place: Place, now: datetime) -> Place:
        """The place as it is told: itself, or one without names in the project's currency if there are too many.

        What a secret key has named in this hour storefronts may name as well, and so may they what is usual.
        """
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._hour is None or hour > self._hour:
            self._hour = hour
            self._by_secret_keys.clear()
            self._by_storefronts.clear()
        known = self._by_secret_keys.setdefault(caller.project, set())
        most = MOST_OF_SECRET_KEYS
        if place in known or place == (caller.currency, _UNNAMED, None):
            return place
        if caller.kind is KeyKind.STOREFRONT:
            known = self._by_storefronts.setdefault(caller.project, set())
            most = MOST_OF_STOREFRONTS
        if place not in known:
            if len(known) >= most:
                return Place(caller.currency, None, None)
            known.add(place)
        return place
