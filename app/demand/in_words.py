"""Refused attempts in a sentence, for people: what turned them away, of which campaign, for which partner."""

from collections.abc import Mapping
from uuid import UUID

from app.campaigns.values import Campaign
from app.demand.causes import Cause
from app.demand.values import Obstacle
from app.partners.values import Partner

_WORDS = {
    Cause.UNKNOWN_CODE: "Codes that do not exist are typed{of}",
    Cause.WRONG_CUSTOMER: "Customers try codes{of} that are not for them",
    Cause.CAMPAIGN_OVER: "Codes{of} are still used although the campaign has ended",
    Cause.CODE_EXPIRED: "Expired codes{of} are still used",
    Cause.STOPPED: "Stopped codes{of} are still used",
    Cause.NOT_YET_VALID: "Codes{of} are used before they are valid",
    Cause.USED_UP: "Codes{of} are used up",
    Cause.BUDGET_SPENT: "The budget of codes{of} is spent",
    Cause.CUSTOMER_USED_UP: "Customers want to use codes{of} more often than each of them may",
    Cause.NOTHING_LEFT: "Nothing is left to give or to pay with{of}",
    Cause.OTHER_CONDITION: "A condition{of} does not hold",
    Cause.WRONG_PLACE: "Codes{of} are used where they are not valid",
    Cause.WRONG_MOMENT: "Codes{of} are used on days or at hours when they are not valid",
    Cause.WRONG_CART: "Carts do not hold what codes{of} ask for, or are paid otherwise",
    Cause.MINIMUM_NEARLY_REACHED: "The minimum{of} is missed by less than 10 %",
    Cause.MINIMUM_MISSED: "The minimum{of} is missed by 10 to 25 %",
    Cause.MINIMUM_FAR_AWAY: "The minimum{of} is missed by more than 25 %",
    Cause.DOES_NOT_STACK: "Codes{of} do not go together with the others on the cart",
}


def in_words(obstacle: Obstacle, campaigns: Mapping[UUID, Campaign], partners: Mapping[UUID, Partner]) -> str:
    """`Expired codes of "Weekend shoes" (Trail magazine) are still used.`"""
    campaign = None if obstacle.campaign is None else campaigns.get(obstacle.campaign)
    partner = None if obstacle.partner is None else partners.get(obstacle.partner)
    of = "" if campaign is None else f' of "{campaign.name}"'
    if partner is not None:
        of += f" ({partner.name})"
    return f"{_WORDS[obstacle.cause].format(of=of)}."
