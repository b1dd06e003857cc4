"""What redemptions give beside discounts: credit and points as movements of balances, and their way back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.database import Connection
from app.engine.facts import Card
from app.engine.gift import Gift, GiftKind
from app.redemptions.shares import part
from app.redemptions.values import RedeemedVoucher, Redemption
from app.wallets.move import lock_buckets
from app.wallets.postings import Buckets, Deed, Movement, available


def as_held(
    cards: Mapping[UUID, Mapping[UUID, Card]], held: Buckets, now: datetime
) -> dict[UUID, dict[UUID, Card]]:
    """The customers' cards, by campaign, with what they hold now that their balances are locked.

    They were looked at before that, and somebody may have put the first amount on one meanwhile.
    """

    def seen(card: Card) -> Card:
        buckets = held.get(card.voucher)
        return Card(card.voucher, buckets[0].unit, available(buckets, now)) if buckets else card

    return {
        customer: {campaign: seen(card) for campaign, card in own.items()} for customer, own in cards.items()
    }


def credits_of(project: UUID, redemption: UUID, gifts: Iterable[Gift]) -> list[Movement]:
    """What is put on gift vouchers and loyalty cards when the redemption is consumed."""
    return [
        Movement(project, gift.voucher, gift.unit, gift.amount, Deed.ISSUE, redemption)
        for gift in gifts
        if gift.voucher is not None and gift.unit is not None
    ]


async def lock_cards(connection: Connection, project: UUID, gifts: Iterable[Gift]) -> Buckets:
    """Lock the balances that gifts go to. One statement, or none where none goes to any."""
    vouchers = {(project, gift.voucher) for gift in gifts if gift.voucher is not None}
    return await lock_buckets(connection, vouchers)


def without_lost_ones(codes: Iterable[RedeemedVoucher], cards: Buckets) -> tuple[RedeemedVoucher, ...]:
    """The codes of a hold without gifts that cannot be given any more: the card, empty then, holds another unit now."""

    def fits(gift: Gift) -> bool:
        buckets = cards.get(gift.voucher) if gift.voucher is not None else None
        return not buckets or buckets[0].unit == gift.unit

    return tuple([replace(code, gifts=tuple(filter(fits, code.gifts))) for code in codes])


def codes_of(gifts: Iterable[Gift]) -> dict[UUID, int]:
    """How many codes of somebody else's are given, by pool."""
    found: dict[UUID, int] = {}
    for gift in gifts:
        if gift.kind is GiftKind.EXTERNAL_CODE:
            found[gift.source] = found.get(gift.source, 0) + gift.amount
    return found


def debits_of(project: UUID, before: Redemption, after: Redemption) -> list[Movement]:
    """What a rollback takes back of it: with all goods all, with a part of them as much of it, rounded down.

    Of a code whose use is given back nothing stays. It is taken from whoever still has it: what was spent meanwhile is
    gone.
    """
    taken = []
    for had, has in zip(before.vouchers, after.vouchers, strict=True):
        for gift in had.gifts:
            if gift.voucher is None or gift.unit is None:
                continue
            amount = _gone(gift.amount, has, after) - _gone(gift.amount, had, before)
            if amount:
                taken.append(Movement(project, gift.voucher, gift.unit, amount, Deed.REMOVE, before.id))
    return taken


def _gone(amount: int, code: RedeemedVoucher, redemption: Redemption) -> int:
    if code.given_back or redemption.rolled_back_at is not None:
        return amount
    return part(amount, redemption.returned_subtotal, redemption.subtotal) if redemption.subtotal else 0
