"""Reading redemptions: by id, and as lists of a project, of campaigns, of vouchers and of customers (see lists.py)."""

from dataclasses import dataclass

from app.redemptions.lists import AttemptFilter, Lists
from app.redemptions.rows import REDEMPTION, redemption_of
from app.redemptions.values import Redemption, RedemptionState

# Nearly all of what is listed stands so. Asked plainly, the planner would judge by all rows of the table, most of which
# may be holds that were left to expire somewhere else, and sort a whole list for its first page.
_STANDS = "coalesce(r.state = ANY ($?::text[]), false)"


@dataclass(frozen=True, slots=True)
class RedemptionFilter(AttemptFilter):
    """As any attempt, and how the redemption stands: unless others are named, redeemed or rolled back."""

    states: tuple[RedemptionState, ...] = (RedemptionState.REDEEMED, RedemptionState.ROLLED_BACK)

    def asked(self) -> list[tuple[str, object]]:
        return [*AttemptFilter.asked(self), (_STANDS, list(self.states))]


_LISTS: Lists[Redemption, RedemptionFilter] = Lists(
    REDEMPTION, "redemptions", "redeemed_vouchers", "redemption_id", redemption_of, RedemptionFilter()
)

by_ids = _LISTS.by_ids
redemptions_page = _LISTS.page
redemptions_of_campaigns = _LISTS.of_campaigns
redemptions_of_vouchers = _LISTS.of_vouchers
redemptions_of_customers = _LISTS.of_customers
count_redemptions = _LISTS.count
count_redemptions_of_campaigns = _LISTS.count_of_campaigns
count_redemptions_of_vouchers = _LISTS.count_of_vouchers
count_redemptions_of_customers = _LISTS.count_of_customers
