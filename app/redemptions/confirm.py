"""Confirming a hold: it becomes a redemption. With the cart it was made for nothing is asked any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any  # metadata, which is the caller's own JSON
from uuid import UUID

import orjson

from app import door
from app.database import Connection, columns, statement, transaction
from app.engine.cart import Cart
from app.engine.json_data import JSONValue
from app.engine.kept_facts import KeptFacts
from app.engine.occasion import Occasion
from app.events.wake import ring
from app.idempotency import CONFIRM, LONGEST_KEY, REDEMPTION
from app.pools.take import put_back_more_than
from app.problem import Problems
from app.projects.admit import Caller
from app.redemptions.book import Book
from app.redemptions.counted import counted
from app.redemptions.counters import Gathered, counter_id
from app.redemptions.decision import Decision, persist
from app.redemptions.end_holds import Held, end_holds
from app.redemptions.expire import HoldsExpired, expire_apart
from app.redemptions.gifts import codes_of, credits_of, lock_cards, without_lost_ones
from app.redemptions.ledger import Ledger
from app.redemptions.one_hold import take_up
from app.redemptions.outcome import outcome_of
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.rejudge import Judged, judge_anew
from app.redemptions.requests import Answer, CustomerRef, RedeemRequest
from app.redemptions.ticket import Ticket, cart_problems, write_ticket
from app.redemptions.values import Redemption, RedemptionState
from app.wallets.move import confirm as spend_held
from app.wallets.move import move
from app.wallets.postings import Deed, Movement

_WRITE = statement(__package__, "confirm.sql")


@dataclass(frozen=True, slots=True)
class _Request:
    caller: Caller
    decision: Decision
    cart: Cart | None
    metadata: Mapping[str, JSONValue] | None

    def metadata_of(self, hold: Redemption) -> Mapping[str, JSONValue]:
        """What is given, in place of what the hold says."""
        return hold.metadata if self.metadata is None else self.metadata


async def confirm(
    caller: Caller,
    redemption: UUID,
    *,
    now: datetime,
    cart: Cart | None = None,
    metadata: Mapping[str, JSONValue] | None = None,
    idempotency_key: str | None = None,
) -> Answer | Problems:
    """Make a hold a redemption. A merchant key confirms those of its redemption point, a token those of its customer.

    Without a cart, or with the one it was made for, it is granted whatever has happened since: a hold is a promise.
    Another cart in the same currency is judged anew (`judge_anew`); when it is refused, that is recorded and the hold
    is released. Of its codes as many stay as the project's policy grants; what the hold left out stays out. A cart is
    the shopper's own: what rewards add to it is not sent back. `metadata` takes the place of the hold's own.

    Codes: those of `take_up`, CURRENCY_CHANGED, NOTHING_APPLIES (all it holds are promotions, and none applies),
    INVALID_TEXT, TOO_LONG, REQUIRED, INVALID_METADATA. The same key with the same input gets the first answer again.
    """
    faults = (
        *(() if cart is None else cart_problems(cart)),
        *(() if metadata is None else door.metadata(("metadata",), metadata)),
        *door.text(("idempotency_key",), idempotency_key, LONGEST_KEY, shortest=1),
    )
    if faults:
        return Problems(faults)
    decision = Decision(
        caller.project,
        redemption,
        CONFIRM,
        now,
        [None if cart is None else cart.to_json(), metadata],
        idempotency_key,
        caller.redemption_point,
        caller.customer,
    )
    request = _Request(caller, decision, cart, metadata)
    try:
        answer = await persist(lambda: _confirm(request))
    except HoldsExpired as over:
        await expire_apart(over.projects, now)
        answer = await persist(lambda: _confirm(request, has_expired=True))
    ring()
    return answer


async def _confirm(request: _Request, *, has_expired: bool = False) -> Answer | Problems:
    async with transaction() as connection:
        held = await take_up(connection, request.decision)
        if not isinstance(held, Held):
            return held
        cart, hold = request.cart, held.redemption
        if cart is None or cart.to_json() == hold.cart.own.to_json():
            return Answer(await _keep_promise(connection, request, held))
        if cart.currency != hold.currency:
            message = f"The hold is in {hold.currency}: release it, and hold the codes anew."
            return Problems.one("cart.currency", "CURRENCY_CHANGED", message)
        ticket = _ticket(request, hold, cart)
        if isinstance(ticket, Problems):
            return ticket
        answer = await _change(connection, request.decision, held, ticket, has_expired=has_expired)
        return answer if isinstance(answer, Problems) else Answer(answer)


async def _keep_promise(connection: Connection, request: _Request, held: Held) -> Redemption:
    """What was held is redeemed as it is; no counter changes, and of balances only those that it gives to."""
    decision, hold = request.decision, held.redemption
    cards = await lock_cards(connection, held.project, hold.gifts)
    confirmed = replace(
        hold,
        vouchers=without_lost_ones(hold.vouchers, cards),
        state=RedemptionState.REDEEMED,
        confirmed_at=decision.now,
        metadata=request.metadata_of(hold),
        facts=_facts_of(hold, request.metadata_of(hold)),
    )
    await _write(connection, decision, confirmed, is_changed=confirmed.gifts != hold.gifts)
    await spend_held(connection, [(held.project, hold.id)], decision.now)
    await move(connection, cards, credits_of(held.project, hold.id, confirmed.gifts), decision.now)
    return confirmed


def _facts_of(hold: Redemption, metadata: Mapping[str, object]) -> JSONValue:
    """What the hold was judged by; its own metadata too, once others take their place."""
    kept = KeptFacts.from_json(hold.facts)
    if kept.metadata is not None or metadata == hold.metadata:
        return hold.facts
    before: Any = hold.metadata
    return replace(kept, metadata=before).to_json()


async def _change(
    connection: Connection, decision: Decision, held: Held, ticket: Ticket, *, has_expired: bool
) -> Redemption | RejectedRedemption | Problems:
    """Judge the hold for another cart: it is redeemed with that one, or released."""
    hold, now = held.redemption, decision.now
    request = ticket.request
    # It stays the hold of whoever made it, wherever that was: only what is told about it may have changed.
    occasion = Occasion(hold.channel, hold.redemption_point, hold.key_id, request.metadata)
    judged = await judge_anew(
        connection,
        held,
        request.cart,
        occasion,
        now,
        stacking=request.caller.stacking,
        has_expired=has_expired,
    )
    if not judged.evaluation.verdicts:
        message = "No promotion of this hold applies to the cart: release it."
        return Problems.one("cart", "NOTHING_APPLIES", message)
    outcome = outcome_of(
        ticket, hold.customer_id, judged.evaluation, judged.vouchers, now, judged.kept.to_json()
    )
    if isinstance(outcome, Redemption):
        return await _redeem_changed(connection, decision, held, judged, outcome)
    ledger = Ledger(now)
    ledger.enter(ticket, outcome)
    await ledger.write(connection, Book(Gathered()))
    await end_holds(connection, [held], RedemptionState.RELEASED, now)
    return outcome


async def _redeem_changed(
    connection: Connection, decision: Decision, held: Held, judged: Judged, outcome: Redemption
) -> Redemption:
    project, hold = held
    places = {code.voucher_id: code.position for code in hold.vouchers}
    left_out = [
        code if code.voucher_id is None else replace(code, position=places[code.voucher_id])
        for code in outcome.skipped
    ]
    confirmed = replace(
        outcome,
        id=hold.id,
        key_id=hold.key_id,
        redemption_point=hold.redemption_point,
        created_at=hold.created_at,
        expires_at=hold.expires_at,
        confirmed_at=decision.now,
        vouchers=tuple([replace(code, position=places[code.voucher_id]) for code in outcome.vouchers]),
        skipped=tuple(sorted([*hold.skipped, *left_out], key=lambda code: code.position)),
    )
    more = counted(confirmed, judged.caps)
    more.subtract(counted(hold, judged.caps))
    counts = [(counter_id(project, key), amount) for key, amount in more.items() if amount]
    await _write(connection, decision, confirmed, counts, is_changed=True)
    spends = [
        Movement(project, code.voucher_id, code.spent_unit, code.spent, Deed.SPEND, hold.id)
        for code in confirmed.vouchers
        if code.spent and code.spent_unit is not None
    ]
    credited = credits_of(project, hold.id, confirmed.gifts)
    await move(connection, judged.buckets, [*judged.back, *spends, *credited], decision.now)
    if codes_of(hold.gifts) != (given := codes_of(confirmed.gifts)):
        await put_back_more_than(connection, (project, hold.id), given)
    return confirmed


async def _write(
    connection: Connection,
    decision: Decision,
    confirmed: Redemption,
    counts: Sequence[tuple[UUID, int]] = (),
    *,
    is_changed: bool = False,
) -> None:
    codes = [
        (
            code.position,
            code.offer_version,
            code.discount,
            "{" + ",".join(map(str, code.line_discounts)) + "}",
            code.spent,
            code.spent_unit,
            code.shipping_discount,
            orjson.dumps([gift.to_json() for gift in code.gifts]).decode() if code.gifts else None,
        )
        for code in (confirmed.vouchers if is_changed else ())
    ]
    marks = [
        (code.partner_id, code.category, code.reward) for code in (confirmed.vouchers if is_changed else ())
    ]
    await connection.execute(
        _WRITE,
        decision.project,
        confirmed.id,
        decision.now,
        dict(confirmed.metadata),
        confirmed.subtotal,
        confirmed.shipping,
        confirmed.discount,
        list(confirmed.line_discounts),
        confirmed.cart.to_json() if is_changed else None,
        *columns(codes, 8),
        *columns(counts, 2),
        *columns(decision.key_rows(REDEMPTION, confirmed.id), 7),
        orjson.dumps(confirmed.to_json()),
        confirmed.facts,
        confirmed.shipping_discount,
        [code.to_json() for code in confirmed.skipped] or None,
        *columns(marks, 3),
    )


def _ticket(request: _Request, hold: Redemption, cart: Cart) -> Ticket | Problems:
    """The redemption that the changed cart asks for, as the till would be asked for it."""
    decision = request.decision
    asked = RedeemRequest(
        caller=request.caller,
        codes=(),  # they are judged as the hold holds them
        cart=cart,
        customer=None if hold.customer_id is None else CustomerRef(id=hold.customer_id),
        channel=hold.channel,
        redemption_point=hold.redemption_point,
        metadata=request.metadata_of(hold),
        idempotency_key=decision.key,
    )
    ticket = write_ticket(asked)
    if isinstance(ticket, Problems):
        return ticket
    key = ticket.key if decision.key_id is None else decision.key_id
    return replace(ticket, deed=CONFIRM, key=key, request_hash=decision.hash)
