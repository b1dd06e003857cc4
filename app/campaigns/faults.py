"""What can be wrong with a campaign, whoever wrote it: checked on the whole, drafted or changed."""

from app import door
from app.campaigns.values import Campaign, CampaignKind
from app.engine.budget import MOST_BUDGETS, Budget
from app.engine.counter import Scope
from app.problem import Problem

MOST_OFFER_BYTES = 64 * 1024


def faults_of(campaign: Campaign) -> tuple[Problem, ...]:
    """All faults that show without the database.

    Codes: the door's, DATES_REVERSED, MAIN_HAS_NO_OFFER, MAIN_HAS_NO_MAIN, at `offer` those of `door.document`, and at
    `budgets` TOO_MANY_BUDGETS, DUPLICATE_BUDGET and MAIN_HAS_NO_VOUCHERS; of a cart promotion MAIN_HAS_NO_VOUCHERS at
    `kind` and PROMOTION_HAS_NO_BALANCE at `offer.reward`.
    """
    found = (
        *door.text(("name",), campaign.name, shortest=1),
        *door.text(("description",), campaign.description, door.LONGEST_TEXT),
        *door.text(("category",), campaign.category, shortest=1),
        *door.time_zone(("time_zone",), campaign.time_zone),
        *door.instant(("starts_at",), campaign.starts_at),
        *door.instant(("ends_at",), campaign.ends_at),
        *door.limit(("max_redemptions",), campaign.max_redemptions),
        *door.metadata(("metadata",), campaign.metadata),
        *_offer_faults(campaign),
        *_budget_faults(campaign),
        *_promotion_faults(campaign),
    )
    if campaign.is_main and campaign.main_id is not None:
        found += (Problem(("main_id",), "MAIN_HAS_NO_MAIN", "A main campaign stands under no other."),)
    if not found and campaign.starts_at and campaign.ends_at and campaign.starts_at >= campaign.ends_at:
        found += (Problem(("ends_at",), "DATES_REVERSED", "The campaign must end after it starts."),)
    return found


def _offer_faults(campaign: Campaign) -> tuple[Problem, ...]:
    if campaign.offer is None:
        return ()
    if campaign.is_main:
        message = "A main campaign has no offer; its sub-campaigns do."
        return (Problem(("offer",), "MAIN_HAS_NO_OFFER", message),)
    limits = campaign.offer.limits
    found = (
        *door.limit(("offer", "limits", "per_voucher"), limits.per_voucher),
        *door.limit(("offer", "limits", "per_customer"), limits.per_customer),
        *door.limit(("offer", "limits", "per_campaign"), limits.per_campaign),
    )
    return found or door.document(("offer",), campaign.offer.to_json(), MOST_OFFER_BYTES)


def _promotion_faults(campaign: Campaign) -> tuple[Problem, ...]:
    if campaign.kind is not CampaignKind.CART_PROMOTION:
        return ()
    if campaign.is_main:
        message = "A main campaign has no vouchers of its own: make its sub-campaigns cart promotions."
        return (Problem(("kind",), "MAIN_HAS_NO_VOUCHERS", message),)
    if campaign.offer is not None and campaign.offer.is_payment:
        message = "A cart promotion has no code, so there is no balance that it could pay from."
        return (Problem(("offer", "reward"), "PROMOTION_HAS_NO_BALANCE", message),)
    return ()


def _budget_faults(campaign: Campaign) -> tuple[Problem, ...]:
    if len(campaign.budgets) > MOST_BUDGETS:
        message = f"A campaign has at most {MOST_BUDGETS} budgets."
        return (Problem(("budgets",), "TOO_MANY_BUDGETS", message),)
    found: list[Problem] = []
    kinds: set[tuple[object, ...]] = set()
    for place, budget in enumerate(campaign.budgets):
        path = ("budgets", str(place))
        if not budget.measure.is_money:
            found += door.limit((*path, "most"), budget.most)
        if campaign.is_main and budget.per is Scope.VOUCHER:
            message = "A main campaign has no vouchers of its own: its sub-campaigns have budgets for theirs."
            found.append(Problem((*path, "per"), "MAIN_HAS_NO_VOUCHERS", message))
        kind = _kind(budget)
        if kind in kinds:
            message = "Another budget counts the same, for the same and in the same period."
            found.append(Problem(path, "DUPLICATE_BUDGET", message))
        kinds.add(kind)
    return tuple(found)


def _kind(budget: Budget) -> tuple[object, ...]:
    return (budget.measure, budget.per, budget.period, budget.currency)
