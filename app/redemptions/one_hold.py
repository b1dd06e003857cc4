"""One hold under its lock: what was decided before, and whether it is still to be decided."""

from app.database import Connection
from app.problem import Problems
from app.redemptions.decision import Decision, lock_for
from app.redemptions.earlier_answers import earlier_answers
from app.redemptions.end_holds import Held, end_holds, look_at
from app.redemptions.requests import Answer
from app.redemptions.values import Redemption, RedemptionState


async def take_up(connection: Connection, decision: Decision) -> Held | Answer | Problems:
    """Lock the hold, first thing in a transaction; the earlier answer, or why nothing can be decided any more.

    Codes: IDEMPOTENCY_KEY_REUSED, NOT_FOUND, NOT_A_HOLD, ALREADY_CONFIRMED, HOLD_RELEASED, HOLD_EXPIRED. A hold whose
    time is over at the decision's `now` is expired on the spot, by this transaction: nobody whose clock is behind can
    confirm it after somebody was told so.
    """
    earlier = await lock_for(connection, decision, "hold")
    if isinstance(earlier, Problems):
        return earlier
    if earlier is not None and decision.key_id is not None:
        answered = await earlier_answers(connection, {decision.key_id: earlier})
        return answered[decision.key_id][1]
    [held] = await look_at(connection, [(decision.project, decision.redemption)])
    if held.redemption.state is not RedemptionState.HELD:
        return _decided(held.redemption)
    expires_at = held.redemption.expires_at
    if expires_at is not None and expires_at <= decision.now:
        await end_holds(connection, [held], RedemptionState.EXPIRED, decision.now)
        return _over(held.redemption)
    return held


def _decided(redemption: Redemption) -> Problems:
    if redemption.state is RedemptionState.EXPIRED:
        return _over(redemption)
    if redemption.state is RedemptionState.RELEASED:
        return Problems.one("redemption", "HOLD_RELEASED", "The hold was released.")
    if redemption.confirmed_at is None:
        return Problems.one(
            "redemption", "NOT_A_HOLD", "The codes were redeemed at once: it never was a hold."
        )
    when = redemption.confirmed_at.isoformat()
    return Problems.one("redemption", "ALREADY_CONFIRMED", f"The hold was confirmed at {when}.")


def _over(redemption: Redemption) -> Problems:
    when = "" if redemption.expires_at is None else f" at {redemption.expires_at.isoformat()}"
    message = f"The hold expired{when}: what it reserved is free again. Hold or redeem the codes anew."
    return Problems.one("redemption", "HOLD_EXPIRED", message)
