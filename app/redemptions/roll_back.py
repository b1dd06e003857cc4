"""Rolling back: all or some of the goods of a redemption come back, once each, also long after its campaign has ended.

Uses, budgets and balances get back exactly what the returned part took from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app import door
from app.database import Connection, columns, statement, transaction
from app.engine.facts import Balance
from app.engine.kept_facts import NO_FACTS, KeptFacts
from app.engine.occasion import Occasion
from app.engine.offer import Offer
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.idempotency import LONGEST_KEY, ROLL_BACK
from app.ids import new_id
from app.problem import Problems
from app.redemptions.counted import caps_of, counted
from app.redemptions.counters import counter_id, lock
from app.redemptions.decision import Decision, lock_for, persist
from app.redemptions.find_offers import find_offers
from app.redemptions.gifts import debits_of
from app.redemptions.hindsight import Hindsight, Promise
from app.redemptions.refund import Refund, refund_of, rolled_back
from app.redemptions.requests import RolledBack
from app.redemptions.returns import Units, list_problems
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.rows import REDEMPTION, redemption_of
from app.redemptions.values import Redemption
from app.wallets.move import Return, return_spent
from app.wallets.postings import Account

LONGEST_REASON = 500

_LOOK = f"SELECT {REDEMPTION} FROM redemptions r WHERE r.project_id = $1 AND r.id = $2"  # noqa: S608
_PROMISES = statement(__package__, "promises.sql")
_WRITE = statement(__package__, "roll_back.sql")


@dataclass(frozen=True, slots=True)
class _Request:
    decision: Decision
    lines: tuple[Units, ...] | None
    policy: RollbackPolicy
    reason: str | None
    api_key: UUID | None

    @property
    def project(self) -> UUID:
        """The wall around it."""
        return self.decision.project

    @property
    def now(self) -> datetime:
        """When it is rolled back."""
        return self.decision.now


async def roll_back(
    project: UUID,
    redemption: UUID,
    *,
    now: datetime,
    lines: Sequence[Units] | None = None,
    policy: RollbackPolicy = RollbackPolicy.KEEP_SHARE,
    reason: str | None = None,
    idempotency_key: str | None = None,
    redemption_point: str | None = None,
    api_key: UUID | None = None,
) -> RolledBack | Problems:
    """Take some units back, or all that are left (`lines` None); only of a redemption at `redemption_point`, if given.

    Codes: NOT_FOUND, IDEMPOTENCY_KEY_REUSED, INVALID_TEXT, TOO_LONG, REQUIRED, and those of `units_returned`. The
    same key with the same input gets the first answer again. `api_key` is noted where a balance is refunded.
    """
    faults = (
        *list_problems(lines),
        *door.text(("reason",), reason, LONGEST_REASON),
        *door.text(("idempotency_key",), idempotency_key, LONGEST_KEY, shortest=1),
    )
    if faults:
        return Problems(faults)
    units = None if lines is None else tuple(lines)
    returned = None if units is None else [[one.line, one.quantity] for one in units]
    given = [reason, returned, policy.value]
    decision = Decision(project, redemption, ROLL_BACK, now, given, idempotency_key, redemption_point)
    request = _Request(decision, units, policy, reason, api_key)
    answer = await persist(lambda: _roll_back(request))
    ring()
    return answer


async def _roll_back(request: _Request) -> RolledBack | Problems:
    project, redemption = request.project, request.decision.redemption
    async with transaction() as connection:
        earlier = await lock_for(connection, request.decision, "redemption")
        if isinstance(earlier, Problems):
            return earlier
        [row] = await connection.fetch(_LOOK, project, redemption)
        before = redemption_of(row)
        if earlier is not None:
            return _again(before, earlier.answer_id)
        judge = await _hindsight(connection, request, before)
        refund = refund_of(before, request.lines, request.policy, judge)
        if isinstance(refund, Problems):
            return refund
        after = rolled_back(before, refund, new_id(), request.reason, request.now)
        less = await _uncounted(connection, project, before, after)
        await _refund_balances(connection, request, before, after, refund)
        await _write(connection, request, after, less)
        event = NewEvent(project, EventKind.REDEMPTION_ROLLED_BACK, after.to_json(), request.now)
        await append(connection, [event])
    return RolledBack(after, after.rollbacks[-1])


def _again(redemption: Redemption, rollback: UUID) -> RolledBack:
    """The earlier answer; the redemption is shown as it is now."""
    done = next((one for one in redemption.rollbacks if one.id == rollback), None)
    return RolledBack(redemption, done, replayed=True)


async def _hindsight(connection: Connection, request: _Request, redemption: Redemption) -> Hindsight:
    """Who judges what is left; knows nothing where nobody will be asked."""
    promises: list[Promise] = []
    kept = NO_FACTS
    if request.lines is not None and request.policy is not RollbackPolicy.KEEP_SHARE:
        kept = KeptFacts.from_json(redemption.facts)
        codes = [voucher for voucher in redemption.vouchers if not voucher.given_back]
        versions = {(voucher.campaign_id, voucher.offer_version) for voucher in codes}
        rows = await connection.fetch(_PROMISES, request.project, *columns(list(versions), 2))
        offers = {
            (campaign, version): (Offer.from_json(offer), zone) for campaign, version, offer, zone in rows
        }
        for voucher in codes:
            offer, zone = offers[voucher.campaign_id, voucher.offer_version]
            left = voucher.spent - voucher.returned_spent
            balance = None if voucher.spent_unit is None else Balance(voucher.spent_unit, left)
            known = kept.code(voucher.position)
            promises.append(
                Promise(voucher.voucher_id, voucher.campaign_id, zone, offer, balance, voucher.code, known)
            )
    occasion = Occasion(
        redemption.channel, redemption.redemption_point, redemption.key_id, redemption.metadata
    )
    return Hindsight(promises, redemption.customer_id, redemption.created_at, occasion, kept)


async def _uncounted(
    connection: Connection, project: UUID, before: Redemption, after: Redemption
) -> list[tuple[UUID, int]]:
    """Lock the counters of all its codes as limits are today, and tell how much less each of them counts."""
    vouchers = {(project, voucher.voucher_id) for voucher in before.vouchers if not voucher.given_back}
    found = await find_offers(connection.fetch, vouchers=vouchers)
    caps = caps_of(before, found.vouchers)
    await lock(connection, {(project, key): None for keys in caps.values() for key in keys})
    less = counted(before, caps)
    less.subtract(counted(after, caps))
    return [(counter_id(project, key), amount) for key, amount in less.items() if amount]


async def _refund_balances(
    connection: Connection, request: _Request, before: Redemption, after: Redemption, refund: Refund
) -> None:
    """Give back to the balances what they had paid for the returned part, and take back what it had earned."""
    returns = [
        Return(request.project, before.id, voucher.voucher_id, spent, request.reason, request.api_key)
        for voucher, spent in zip(before.vouchers, refund.spents, strict=True)
        if spent
    ]
    removals = debits_of(request.project, before, after)
    if returns or removals:
        await return_spent(connection, returns, Account.SPENT, request.now, removals)


async def _write(
    connection: Connection, request: _Request, after: Redemption, less: Sequence[tuple[UUID, int]]
) -> None:
    rollback = after.rollbacks[-1]
    codes = [
        (voucher.position, voucher.returned_discount, voucher.returned_spent, voucher.given_back)
        for voucher in after.vouchers
    ]
    decision = request.decision
    keys = [] if decision.key is None else [(decision.key_id, ROLL_BACK, decision.key, decision.hash)]
    await connection.execute(
        _WRITE,
        request.project,
        after.id,
        request.now,
        rollback.id,
        *columns(less, 2),
        after.state.value,
        after.returned_subtotal,
        after.returned_discount,
        after.rolled_back_at,
        after.rollback_reason,
        *columns(codes, 4),
        rollback.policy.value,
        [line.to_json() for line in rollback.lines],
        rollback.subtotal,
        rollback.discount,
        rollback.reason,
        *columns(keys, 4),
        None if rollback.shipping is None else rollback.shipping.to_json(),
    )
