"""Standing: may this code be used at all, now, by this customer, whatever is in the cart?"""

from datetime import datetime
from uuid import UUID

from app.engine import reason as codes
from app.engine.counter import Scope
from app.engine.moment import in_words
from app.engine.offer import CampaignStanding, Presented
from app.engine.reason import Reason, customer_required
from app.engine.remedy import Act, Change


def unknown(code: str) -> Reason:
    """There is no such code."""
    return Reason(codes.CODE_NOT_FOUND, "There is no such code.", subject="code", actual=code)


def repeated(code: str) -> Reason:
    """The request names the code twice."""
    return Reason(
        codes.DUPLICATE_CODE,
        f"The code {code} is given more than once.",
        subject="code",
        actual=code,
        remedy="Give each code once.",
        change=Change(Act.LEAVE_OUT, code=code),
    )


def refusals_of_standing(presented: Presented, customer: UUID | None, now: datetime) -> list[Reason]:
    """Every reason in the voucher, its holder and its campaigns, and what is known against it already."""
    found = list(presented.against)
    campaign, main = presented.campaign, presented.main
    if not presented.enabled:
        found.append(
            Reason(codes.VOUCHER_DISABLED, "This code has been disabled.", subject="voucher.enabled")
        )
    if presented.starts_at is not None or presented.expires_at is not None:
        zone = "UTC" if campaign is None else campaign.zone
        found += _outside(
            presented.starts_at, presented.expires_at, now, zone, "code", "voucher.%s", "expires_at"
        )
    if campaign is not None:
        found += _refusals_of_campaign(campaign, now, "campaign", "campaign")
    if main is not None:
        found += _refusals_of_campaign(main, now, "main campaign", "main_campaign")
    if presented.holder is not None and presented.holder != customer:
        found.append(customer_required("voucher.holder") if customer is None else _held_by_another())
    if presented.offer is None:
        found.append(Reason(codes.NO_OFFER, "The campaign promises nothing yet.", subject="campaign.offer"))
    elif customer is None and is_limited_per_customer(presented):
        found.append(customer_required())
    return found


def _refusals_of_campaign(campaign: CampaignStanding, now: datetime, name: str, path: str) -> list[Reason]:
    found: list[Reason] = []
    state = campaign.state
    if state != "LIVE":
        # A state this code does not know is refused like a draft: in doubt nothing is given away.
        code, words = {
            "PAUSED": (codes.CAMPAIGN_PAUSED, "is paused"),
            "ENDED": (codes.CAMPAIGN_ENDED, "has ended"),
        }.get(state, (codes.CAMPAIGN_NOT_LIVE, "is not live yet"))
        found.append(
            Reason(code, f"The {name} {words}.", subject=f"{path}.state", expected="LIVE", actual=state)
        )
    if campaign.starts_at is not None or campaign.ends_at is not None:
        found += _outside(
            campaign.starts_at, campaign.ends_at, now, campaign.zone, name, f"{path}.%s", "ends_at"
        )
    return found


def _outside(
    starts: datetime | None, ends: datetime | None, now: datetime, zone: str, name: str, path: str, end: str
) -> list[Reason]:
    found: list[Reason] = []
    if starts is not None and now < starts:
        moment = in_words(starts, zone, now)
        found.append(
            Reason(
                codes.NOT_STARTED,
                f"The {name} is not valid before {moment}.",
                subject=path % "starts_at",
                expected=starts,
                actual=now,
                remedy=f"Valid from {moment}.",
                change=Change(Act.COME_AT, at=starts),
            )
        )
    if ends is not None and now >= ends:
        message = f"The {name} was valid until {in_words(ends, zone, now)}."
        found.append(Reason(codes.EXPIRED, message, subject=path % end, expected=ends, actual=now))
    return found


def is_limited_per_customer(presented: Presented) -> bool:
    """Whether something is counted for each customer, so that a customer must be known."""
    offered = presented.offer is not None and presented.offer.limits.per_customer is not None
    levels = [level for level in (presented.campaign, presented.main) if level is not None and level.budgets]
    return offered or any(budget.per is Scope.CUSTOMER for level in levels for budget in level.budgets)


def _held_by_another() -> Reason:
    return Reason(
        codes.HELD_BY_ANOTHER_CUSTOMER, "This code belongs to another customer.", subject="voucher.holder"
    )
