"""Releasing a hold: it is given up before its time, and everything it reserved is free at once."""

from datetime import datetime
from uuid import UUID

from app import door
from app.database import transaction
from app.events.wake import ring
from app.idempotency import LONGEST_KEY, REDEMPTION, RELEASE
from app.problem import Problems
from app.redemptions.decision import Decision, persist
from app.redemptions.end_holds import end_holds
from app.redemptions.one_hold import take_up
from app.redemptions.requests import Answer, Released
from app.redemptions.roll_back import LONGEST_REASON
from app.redemptions.values import Redemption, RedemptionState


async def release(
    project: UUID,
    redemption: UUID,
    *,
    now: datetime,
    reason: str | None = None,
    idempotency_key: str | None = None,
    redemption_point: str | None = None,
    customer: UUID | None = None,
) -> Released | Problems:
    """Give up a hold: only one of the redemption point, only one of the customer, if these are given.

    Codes: those of `take_up`, INVALID_TEXT, TOO_LONG, REQUIRED. The same key with the same input gets the first answer
    again, the redemption as it is now.
    """
    faults = (
        *door.text(("reason",), reason, LONGEST_REASON),
        *door.text(("idempotency_key",), idempotency_key, LONGEST_KEY, shortest=1),
    )
    if faults:
        return Problems(faults)
    decision = Decision(
        project, redemption, RELEASE, now, [reason], idempotency_key, redemption_point, customer
    )
    answer = await persist(lambda: _release(decision, reason))
    ring()
    return answer


async def _release(decision: Decision, reason: str | None) -> Released | Problems:
    async with transaction() as connection:
        held = await take_up(connection, decision)
        if isinstance(held, Problems):
            return held
        if isinstance(held, Answer):
            return _again(held)
        [released] = await end_holds(
            connection,
            [held],
            RedemptionState.RELEASED,
            decision.now,
            reason=reason,
            keys=decision.key_rows(REDEMPTION, held.redemption.id),
        )
    return Released(released)


def _again(answer: Answer) -> Released:
    if not isinstance(answer.outcome, Redemption):
        raise TypeError("releasing was answered with something else than a redemption")
    return Released(answer.outcome, replayed=True)
