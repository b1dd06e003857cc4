"""Reading rejected redemptions, as read.py reads redemptions."""

from dataclasses import dataclass

from app.redemptions.lists import AttemptFilter, Lists
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.rows import REJECTED, rejected_of


@dataclass(frozen=True, slots=True)
class RejectedFilter(AttemptFilter):
    """As any attempt, and the code of one of its reasons."""

    reason: str | None = None

    def asked(self) -> list[tuple[str, object]]:
        return [*AttemptFilter.asked(self), ("$? = ANY (r.reason_codes)", self.reason)]


_LISTS: Lists[RejectedRedemption, RejectedFilter] = Lists(
    REJECTED,
    "rejected_redemptions",
    "rejected_vouchers",
    "rejected_redemption_id",
    rejected_of,
    RejectedFilter(),
)

by_ids = _LISTS.by_ids
rejected_page = _LISTS.page
rejected_of_campaigns = _LISTS.of_campaigns
rejected_of_vouchers = _LISTS.of_vouchers
rejected_of_customers = _LISTS.of_customers
count_rejected = _LISTS.count
count_rejected_of_campaigns = _LISTS.count_of_campaigns
count_rejected_of_vouchers = _LISTS.count_of_vouchers
count_rejected_of_customers = _LISTS.count_of_customers
