"""Judging a hold anew for another cart: what it holds itself is free for it, all else is as it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.database import Connection
from app.engine.cart import Cart
from app.engine.counter import CounterKey
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import POINTS, Balance, CardOf, Facts, FreeCodes, Need
from app.engine.kept_facts import NO_FACTS, KeptFacts, keep
from app.engine.money import Money
from app.engine.occasion import Occasion
from app.engine.offer import Presented
from app.engine.shopper import Shopper
from app.engine.stacking import DEFAULT, Stacking
from app.redemptions.counted import Caps, caps_of, counted
from app.redemptions.counters import gather, lock, past_of
from app.redemptions.end_holds import Held
from app.redemptions.expire import HoldsExpired
from app.redemptions.find_offers import find_offers
from app.redemptions.gifts import as_held, codes_of
from app.redemptions.needs import Asked, added_by, asked_for, depend_on_redemptions
from app.redemptions.values import RedeemedVoucher, Redemption
from app.wallets.move import lock_buckets, taken
from app.wallets.postings import Account, Buckets, Deed, Movement, available, give_back, post


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer, and what whoever carries it out must know; all counters and balances in it are locked.

    `caps` are the counters of the hold's vouchers; `back` gives to the balances what the hold holds of them; `kept` is
    what the judgement rests on.
    """

    evaluation: Evaluation
    vouchers: Mapping[UUID, Presented]
    caps: Caps
    buckets: Buckets
    back: tuple[Movement, ...]
    kept: KeptFacts = NO_FACTS


async def judge_anew(
    connection: Connection,
    held: Held,
    cart: Cart,
    occasion: Occasion,
    now: datetime,
    *,
    stacking: Stacking = DEFAULT,
    has_expired: bool = False,
) -> Judged:
    """Judge the codes of a hold, whose row is locked, for another cart in the same currency.

    Everything is judged at `now` and by the present policy, but in budgets of a period it counts where the hold does:
    in the one that the hold began in. No more is taken of a balance than the hold holds of it. Statements: find, [lock
    counters], look for balances, [lock them], [answer rules' needs].
    Raises HoldsExpired when other holds of the project are over at `now`: expire them, then do it all again and say
    that the caller `has_expired` them, as for `settle`.
    """
    project, hold = held
    found = await find_offers(
        connection.fetch,
        vouchers=[(project, code.voucher_id) for code in hold.vouchers],
        projects=[project],
        now=now,
    )
    if found.expired and not has_expired:
        raise HoldsExpired(found.expired)
    presented = [_presented(code, found.vouchers) for code in hold.vouchers]
    caps = caps_of(hold, found.vouchers)
    needs = {need for code in presented for need in code.needs} if hold.customer_id is not None else set()
    used = await _used_by_others(connection, held, caps, needs)
    own = await gather(connection.fetch, (), _asked_of_cards(held, needs), now)
    named = [card.voucher for of_one in own.cards.values() for card in of_one.values()]
    buckets, back = await _lock_balances(connection, held, presented, named)
    free = post(buckets, back, now).buckets
    cards = {} if hold.customer_id is None else as_held(own.cards, free, now).get(hold.customer_id, {})
    answers, shopper = await _customer(connection, held, needs, now)
    balances = {voucher: Balance(own[0].unit, available(own, now)) for voucher, own in free.items()}
    # Of each pool it has what was set aside for it.
    facts = Facts(hold.customer_id, answers, used, balances, shopper, cards, codes_of(hold.gifts))
    evaluation = evaluate(
        presented, cart, facts, now, occasion=occasion, counted_at=hold.created_at, stacking=stacking
    )
    positions = [code.position for code in hold.vouchers] if evaluation.granted else []
    kept = keep(presented, facts, cart, now, stacking).told_by(presented, evaluation, positions)
    return Judged(evaluation, found.vouchers, caps, buckets, tuple(back), replace(kept, at=now))


def _presented(code: RedeemedVoucher, vouchers: Mapping[UUID, Presented]) -> Presented:
    """The code as it stands now, with what it holds of its balance, which may be nothing, as the most to take."""
    known = vouchers.get(code.voucher_id, Presented(code.code))
    if code.spent_unit is None:
        return known
    if code.spent_unit == POINTS:
        return replace(known, points=code.spent)
    return replace(known, credits=Money(code.spent, code.spent_unit))


async def _used_by_others(
    connection: Connection, held: Held, caps: Caps, needs: set[Need]
) -> dict[CounterKey, int]:
    """Lock all counters of the hold, and its customer's past if rules ask for it; what others have counted."""
    project, hold = held
    wanted = [key for keys in caps.values() for key in keys]
    if hold.customer_id is not None and depend_on_redemptions(needs):
        wanted.append(past_of(hold.customer_id))
    own = counted(hold, caps)
    locked = await lock(connection, [(project, key) for key in wanted])
    return {key: count - own[key] for (_, key), count in locked.items()}


async def _lock_balances(
    connection: Connection, held: Held, presented: Sequence[Presented], cards: Sequence[UUID]
) -> tuple[Buckets, list[Movement]]:
    """Lock the balances that the codes pay from, hold of or put something on; how what is held goes back to them."""
    project, hold = held
    holds = await taken(connection, [(project, hold.id)], Account.HELD)
    paying = {code.voucher for code in presented if code.pays_from_balance and code.voucher is not None}
    vouchers = {*paying, *cards, *(voucher for _, voucher in holds)}
    buckets = await lock_buckets(connection, [(project, voucher) for voucher in vouchers])
    back = [
        Movement(
            project,
            voucher,
            of.unit,
            of.amount,
            Deed.RELEASE,
            hold.id,
            buckets=tuple(give_back(of.takings, of.amount)),
        )
        for (_, voucher), of in holds.items()
    ]
    return buckets, back


def _asked_of_cards(held: Held, needs: set[Need]) -> list[Asked]:
    """The customer's own cards: they must be known before they are locked."""
    cards = [need for need in needs if isinstance(need, CardOf)]
    return asked_for(held.project, held.redemption.customer_id, cards)


async def _customer(
    connection: Connection, held: Held, needs: set[Need], now: datetime
) -> tuple[dict[Need, int], Shopper | None]:
    """The answers to the needs of rules, in which the hold itself does not count, and the customer's profile."""
    project, hold = held
    customer = hold.customer_id
    if customer is None:
        return {}, None
    asked = [
        one for one in asked_for(project, customer, needs) if not isinstance(one.need, CardOf | FreeCodes)
    ]
    found = await gather(connection.fetch, (), asked, now)
    answers = {one.need: amount - _own(hold, one.need, now) for one, amount in found.answers.items()}
    return answers, found.shoppers.get(customer)


def _own(hold: Redemption, need: Need, now: datetime) -> int:
    campaigns = {campaign for code in hold.vouchers for campaign in (code.campaign_id, code.main_campaign_id)}
    return added_by(need, campaigns, hold.currency, hold.total, hold.created_at, now)
