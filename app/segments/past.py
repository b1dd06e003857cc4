"""What a customer has done, in SQL: the answers to needs, as redemptions/gather.sql gives them for one, for all of `c`.

Holds whose time is over count no more, though nobody may have told them yet.
"""

from datetime import datetime, timedelta

from app.engine.facts import Need, PastEvents, PastRedemptions, PastSpend
from app.ids import earliest_at
from app.segments.asking import Asking

# An id is made a moment before or after the time that its redemption bears.
_SLACK = timedelta(minutes=10)


def looked_up(need: Need, asking: Asking) -> str:
    """The answer to the need, as an expression; raises TypeError for one that is not about what was done."""
    match need:
        case PastRedemptions():
            return _redemptions(need, asking)
        case PastSpend():
            return _spend(need, asking)
        case PastEvents():
            return _events(need, asking)
    raise TypeError(f"{need} is not about what a customer has done")


def looks_back(condition: str) -> bool:
    """Whether a condition in SQL asks for what was done, which takes far longer than what the customer's row says."""
    return any(f" FROM {table} " in condition for table in ("redemptions", "custom_events"))


def _redemptions(need: PastRedemptions, asking: Asking) -> str:
    within = None if need.within is None else asking.now - need.within
    since = max([one for one in (within, need.since) if one is not None], default=None)
    return f"(SELECT count(*) FROM redemptions r WHERE {_stands(since, asking)}{_with(need, asking)})"  # noqa: S608


def _spend(need: PastSpend, asking: Asking) -> str:
    since = None if need.within is None else asking.now - need.within
    stands = f"{_stands(since, asking)} AND r.currency = {asking.place(need.currency, 'text')}"
    paid = "r.subtotal - r.returned_subtotal + r.shipping - r.discount + r.returned_discount"
    return f"(SELECT coalesce(sum({paid}), 0) FROM redemptions r WHERE {stands})"  # noqa: S608


def _events(need: PastEvents, asking: Asking) -> str:
    whose = (
        f"e.project_id = c.project_id AND e.customer_id = c.id AND e.name = {asking.place(need.name, 'text')}"
    )
    since = "" if need.within is None else f" AND e.at >= {_instant(asking.now - need.within, asking)}"
    return f"(SELECT count(*) FROM custom_events e WHERE {whose}{since})"  # noqa: S608


def _stands(since: datetime | None, asking: Asking) -> str:
    held = f"(r.state = 'HELD' AND r.expires_at > {asking.at()})"
    whose = f"r.project_id = c.project_id AND r.customer_id = c.id AND (r.state = 'REDEEMED' OR {held})"
    if since is None:
        return whose
    # Ids rise with time: they bound the walk, and the time itself decides.
    first = asking.place(earliest_at(since - _SLACK), "uuid")
    return f"{whose} AND r.id >= {first} AND r.created_at >= {_instant(since, asking)}"


def _with(need: PastRedemptions, asking: Asking) -> str:
    if need.campaign is None:
        return ""
    return (
        " AND EXISTS (SELECT FROM redeemed_vouchers v WHERE v.project_id = r.project_id AND v.redemption_id = r.id"
        f" AND {asking.place(need.campaign, 'uuid')} IN (v.campaign_id, v.main_campaign_id))"
    )


def _instant(moment: datetime, asking: Asking) -> str:
    return asking.place(moment, "timestamptz")
