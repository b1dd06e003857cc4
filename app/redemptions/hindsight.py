"""Hindsight: what is left of a cart, judged by the offers that were granted then, as of then.

Only what depends on the cart matters. Limits, budgets, dates and holders were in order then, and what the customer had
bought before has not changed: a reason that the whole cart has as well says nothing about the part. What rewards added
to the cart is not the shopper's, so nothing is judged by it; but what would be added again to what is left stays free.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.engine.cart import Cart, Line
from app.engine.evaluate import Verdict, evaluate
from app.engine.facts import Balance, Facts
from app.engine.kept_code import NOTHING_KEPT, KeptCode
from app.engine.kept_facts import NO_FACTS, KeptFacts
from app.engine.occasion import NOWHERE, Occasion
from app.engine.offer import UNLIMITED, CampaignStanding, Offer, Presented
from app.engine.reason import Reason, Value
from app.engine.stacking import NoEffect


@dataclass(frozen=True, slots=True)
class Promise:
    """What a voucher was granted then: that version of its campaign's offer, on the clock of the campaign's `zone`.

    `balance` is what it paid with and has not got back, `code` what the lines bear that it added to the cart. `kept` is
    what was known of it then: its holder, and whether the customer was in the segments that its rule asks about.
    """

    voucher: UUID
    campaign: UUID
    zone: str
    offer: Offer
    balance: Balance | None = None
    code: str = ""
    kept: KeptCode = NOTHING_KEPT


class Hindsight:
    """The judgement of `promises`, in the order they were granted, for a `customer` at the moment and occasion.

    `kept` is what rules had to know of the customer then; what was not kept is taken for nothing.
    """

    def __init__(
        self,
        promises: Sequence[Promise],
        customer: UUID | None,
        at: datetime,
        occasion: Occasion = NOWHERE,
        kept: KeptFacts = NO_FACTS,
    ) -> None:
        self._at = at
        self._occasion = occasion
        self._presented = {promise.voucher: _presented(promise) for promise in promises}
        needs = {need for code in self._presented.values() for need in code.needs}
        balances = {promise.voucher: promise.balance for promise in promises if promise.balance is not None}
        answers = {**dict.fromkeys(needs, 0), **kept.answers}
        self._facts = Facts(customer, answers, {}, balances, kept.shopper)
        # The lanes take turns as they did then; what takes nothing off any more was granted all the same.
        self._stacking = replace(kept.stacking, no_effect=NoEffect.GRANT)

    def unqualified(self, whole: Cart, left: Cart) -> set[UUID]:
        """The vouchers refused for what is `left`, for a reason that the `whole` cart does not give."""
        before = self._reasons(whole.own)
        return {
            voucher
            for voucher, reasons in self._reasons(left.own).items()
            if any(_is_new(reason, before[voucher]) for reason in reasons)
        }

    def discounts(self, left: Cart, besides: Set[UUID] = frozenset()) -> Mapping[UUID, tuple[int, ...]]:
        """What the vouchers, `besides` those, take off each line of what is `left`, and then off its shipping.

        Whether they may is not asked.
        """
        own = left.own
        codes = [
            replace(code, offer=None if code.offer is None else replace(code.offer, rule=None))
            for voucher, code in self._presented.items()
            if voucher not in besides
        ]
        return {
            verdict.voucher: (
                *verdict.line_discounts[: len(own.lines)],
                *_added_again(verdict, left.lines[len(own.lines) :]),
                verdict.shipping_discount,
            )
            for verdict in self._evaluate(codes, own)
            if verdict.voucher is not None
        }

    def _evaluate(self, codes: Sequence[Presented], cart: Cart) -> tuple[Verdict, ...]:
        return evaluate(
            codes, cart, self._facts, self._at, occasion=self._occasion, stacking=self._stacking
        ).verdicts

    def _reasons(self, cart: Cart) -> dict[UUID, tuple[Reason, ...]]:
        verdicts = self._evaluate(list(self._presented.values()), cart)
        return {verdict.voucher: verdict.reasons for verdict in verdicts if verdict.voucher is not None}


def _presented(promise: Promise) -> Presented:
    return Presented(
        code=promise.code or promise.voucher.hex,
        voucher=promise.voucher,
        campaign=CampaignStanding(promise.campaign, "LIVE", zone=promise.zone),
        offer=replace(promise.offer, limits=UNLIMITED),
        holder=promise.kept.holder,
        segments=promise.kept.segments,
    )


def _added_again(verdict: Verdict, added: Sequence[Line]) -> list[int]:
    """What the units of these lines cost that the code would add again."""
    again = {(line.sku, line.product): line.quantity for line in verdict.added}
    return [
        min(line.quantity, again.get((line.sku, line.product), 0)) * line.unit_price
        if line.added_by == verdict.code
        else 0
        for line in added
    ]


def _is_new(reason: Reason, before: Sequence[Reason]) -> bool:
    """Whether it was not there before. Of alternatives one that has nothing new is enough: it may have held then."""
    same = [other for other in before if _name(other) == _name(reason)]
    if not same or not reason.alternatives:
        return not same
    return all(
        any(_is_new(one, then) for one in now)
        for now, then in zip(reason.alternatives, same[0].alternatives, strict=False)
    )


def _name(reason: Reason) -> tuple[str, str | None, Value | None]:
    """What stays the same of a reason whatever is in the cart."""
    return reason.code, reason.subject, reason.expected
