"""Values of this room: what is wanted, and how far an export is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any  # jobs keep JSON
from uuid import UUID

from app.events.cursor import Cursor

KIND = "export"  # of the jobs of this room


class What(StrEnum):
    """What may be exported."""

    REDEMPTIONS = "REDEMPTIONS"
    REJECTED_REDEMPTIONS = "REJECTED_REDEMPTIONS"
    PUBLICATIONS = "PUBLICATIONS"
    VOUCHERS = "VOUCHERS"
    CUSTOMERS = "CUSTOMERS"


OF_THE_LOG = frozenset({What.REDEMPTIONS, What.REJECTED_REDEMPTIONS, What.PUBLICATIONS})


class Format(StrEnum):
    """How rows are written."""

    CSV = "CSV"
    JSONL = "JSONL"


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Conditions that must all hold; None is no condition.

    Of attempts `campaign` may be a main campaign: then it means all its sub-campaigns. `since` is inclusive, `before`
    exclusive: when it was granted, refused or published, or when the voucher or customer was made.
    """

    campaign: UUID | None = None
    customer: UUID | None = None
    channel: str | None = None
    redemption_point: str | None = None
    partner: UUID | None = None
    since: datetime | None = None
    before: datetime | None = None


# The conditions that mean something.
_OF_ATTEMPTS = frozenset(
    {"campaign", "customer", "channel", "redemption_point", "partner", "since", "before"}
)
CONDITIONS = {
    What.REDEMPTIONS: _OF_ATTEMPTS,
    What.REJECTED_REDEMPTIONS: _OF_ATTEMPTS,
    What.PUBLICATIONS: _OF_ATTEMPTS - {"redemption_point", "partner"},
    What.VOUCHERS: frozenset({"campaign", "customer", "since", "before"}),
    What.CUSTOMERS: frozenset({"since", "before"}),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """An export as it was asked for.

    What stands in the log is exported from behind `after` to `end`, the settled place when it was asked for. Of tables
    of state all rows whose ids are below `below` are: whoever follows the log behind `end` misses no change of them.
    """

    what: What
    format: Format
    filter: ExportFilter
    after: Cursor | None
    end: Cursor
    below: UUID

    def to_json(self) -> dict[str, Any]:
        """As jobs keep it."""
        asked = self.filter
        return {
            "what": self.what.value,
            "format": self.format.value,
            "campaign": None if asked.campaign is None else asked.campaign.hex,
            "customer": None if asked.customer is None else asked.customer.hex,
            "channel": asked.channel,
            "redemption_point": asked.redemption_point,
            "partner": None if asked.partner is None else asked.partner.hex,
            "since": None if asked.since is None else asked.since.isoformat(),
            "before": None if asked.before is None else asked.before.isoformat(),
            "after": None if self.after is None else self.after.encode(),
            "end": self.end.encode(),
            "below": self.below.hex,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Wanted":
        """What `to_json` wrote."""
        return cls(
            what=What(data["what"]),
            format=Format(data["format"]),
            filter=ExportFilter(
                campaign=_id(data["campaign"]),
                customer=_id(data["customer"]),
                channel=data["channel"],
                redemption_point=data["redemption_point"],
                partner=_id(data["partner"]),
                since=_instant(data["since"]),
                before=_instant(data["before"]),
            ),
            after=None if data["after"] is None else Cursor.decode(data["after"]),
            end=Cursor.decode(data["end"]),
            below=UUID(data["below"]),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is: the next row stands behind `at`, a cursor of the log or of a list (None: at its beginning).

    `parts` of together `size` bytes hold `rows` rows.
    """

    at: str | None = None
    parts: int = 0
    size: int = 0
    rows: int = 0

    def to_json(self) -> dict[str, Any]:
        """As jobs keep it."""
        return {"at": self.at, "parts": self.parts, "size": self.size, "rows": self.rows}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Progress":
        """What `to_json` wrote; nothing yet without it."""
        return cls() if data is None else cls(data["at"], data["parts"], data["size"], data["rows"])


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
