"""The refund: what a rollback takes back and gives back; reckoned here, written by the deed.

What stands of a redemption is what was granted less what rollbacks have taken back. A rollback moves it: the returned
goods leave, and with them, line by line and code by code, the discount that the policy takes back. The shopper gets
the difference: what was paid before, less what is paid after.

The shipping is one line more: a single unit that comes back with the last goods. So a code that is lost loses what it
took off the shipping, too. What a reward added is a line like others, whose whole price is its code's discount.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from app.engine.cart import Cart
from app.engine.money import split
from app.problem import Problems
from app.redemptions.returns import Units, units_left, units_returned
from app.redemptions.rollback import ReturnedLine, ReturnedShipping, Rollback, RollbackPolicy
from app.redemptions.shares import part, share
from app.redemptions.values import Redemption, RedemptionState

_Grid = list[
    list[int]
]  # minor units: a row for each code, in it a number for each line, and then for the shipping


class _Done(NamedTuple):
    """What a rollback has done to a line or to the shipping: units that came back, discounts that codes lost."""

    policy: RollbackPolicy
    quantity: int
    discounts: tuple[int, ...]


class Judge(Protocol):
    """Who says what the codes would give for the rest of a cart: hindsight.py."""

    def unqualified(self, whole: Cart, left: Cart) -> set[UUID]:
        """The vouchers that would not be granted for what is `left`."""

    def discounts(self, left: Cart, besides: Set[UUID]) -> Mapping[UUID, Sequence[int]]:
        """What the vouchers, `besides` those, take off each line of what is `left`, and then off its shipping."""


@dataclass(frozen=True, slots=True)
class Refund:
    """What a rollback comes to. Amounts are minor units of the redemption's currency.

    `lines` are those with units that come back, or with a discount that changes. `discounts` and `spents` (of the
    voucher's own balance, in its unit) are taken back from each code, in the redemption's order; `given_back` tells
    whose use ends with this. When the last goods come back (`is_last`) so does the shipping; `shipping_discount` is
    there when a discount on it changes.
    """

    policy: RollbackPolicy
    lines: tuple[ReturnedLine, ...]
    subtotal: int
    shipping: int
    discounts: tuple[int, ...]
    spents: tuple[int, ...]
    given_back: tuple[bool, ...]
    is_last: bool
    shipping_discount: ReturnedShipping | None = None

    @property
    def discount(self) -> int:
        """What all codes together lose."""
        return sum(self.discounts)

    @property
    def amount(self) -> int:
        """What the shopper gets, never less than 0: goods and shipping less the discount."""
        return self.subtotal + self.shipping - self.discount


def rolled_back(
    redemption: Redemption, refund: Refund, rollback: UUID, reason: str | None, now: datetime
) -> Redemption:
    """The redemption after the refund, whose rollback gets that id; with the last goods it is undone as a whole."""
    done = Rollback(
        id=rollback,
        policy=refund.policy,
        lines=refund.lines,
        subtotal=refund.subtotal + refund.shipping,
        discount=refund.discount,
        reason=reason,
        created_at=now,
        shipping=refund.shipping_discount,
    )
    vouchers = [
        replace(
            voucher,
            returned_discount=voucher.returned_discount + discount,
            returned_spent=voucher.returned_spent + spent,
            given_back=voucher.given_back or ends,
        )
        for voucher, discount, spent, ends in zip(
            redemption.vouchers, refund.discounts, refund.spents, refund.given_back, strict=True
        )
    ]
    after = replace(
        redemption,
        vouchers=tuple(vouchers),
        returned_subtotal=redemption.returned_subtotal + refund.subtotal,
        returned_discount=redemption.returned_discount + refund.discount,
        rollbacks=(*redemption.rollbacks, done),
    )
    if not refund.is_last:
        return after
    return replace(after, state=RedemptionState.ROLLED_BACK, rolled_back_at=now, rollback_reason=reason)


def refund_of(
    redemption: Redemption, returns: Sequence[Units] | None, policy: RollbackPolicy, judge: Judge
) -> Refund | Problems:
    """The refund for some units, or for all that are left (None).

    Codes of Problems as in `units_returned`. The judge is asked for parts only, and not for KEEP_SHARE; it knows the
    codes whose use has not ended.
    """
    back = units_returned(redemption, returns)
    if isinstance(back, Problems):
        return back
    after = [units - gone for units, gone in zip(units_left(redemption), back, strict=True)]
    standing, kept = _standing_and_kept(redemption, after)
    lost: Set[UUID] = frozenset()
    wanted = kept
    if any(after) and policy is not RollbackPolicy.KEEP_SHARE:
        rest = _rest_of(redemption.cart, after)
        lost = judge.unqualified(redemption.cart, rest)
        if policy is RollbackPolicy.CLAW_BACK_IF_UNQUALIFIED:
            wanted = _without(lost, redemption, kept)
        else:
            wanted = _anew(judge.discounts(rest, lost), redemption, standing, after)
    goods = sum(units * line.unit_price for units, line in zip(back, redemption.cart.lines, strict=True))
    is_last = not any(after)
    shipping = redemption.shipping if is_last else 0
    then = _at_least(_sum(standing) - goods - shipping, wanted, kept)
    taken = [_less(had, has) for had, has in zip(standing, then, strict=True)]
    too_much = [_less(has, least) for has, least in zip(then, wanted, strict=True)]
    ended = tuple(
        [
            not voucher.given_back and (is_last or (voucher.voucher_id in lost and not any(row)))
            for voucher, row in zip(redemption.vouchers, then, strict=True)
        ]
    )
    discounts = tuple([sum(row) for row in taken])
    return Refund(
        policy=policy,
        lines=_lines(back, taken, too_much),
        subtotal=goods,
        shipping=shipping,
        discounts=discounts,
        spents=_spents(redemption, discounts, ended),
        given_back=ended,
        is_last=is_last,
        shipping_discount=_shipping(taken, too_much),
    )


def _standing_and_kept(redemption: Redemption, after: Sequence[int]) -> tuple[_Grid, _Grid]:
    """The discount that stands, and what is kept of it when each returned unit takes its share along."""
    histories: list[list[_Done]] = [[] for _ in (*after, "shipping")]
    for rollback in redemption.rollbacks:
        for one in rollback.lines:
            histories[one.line].append(_Done(rollback.policy, one.quantity, one.discounts))
        if rollback.shipping is not None:
            histories[-1].append(_Done(rollback.policy, 0, rollback.shipping.discounts))
    quantities = [*[line.quantity for line in redemption.cart.lines], 1]
    grants = [(*voucher.line_discounts, voucher.shipping_discount) for voucher in redemption.vouchers]
    standing, kept = [], []
    for place, units in enumerate((*after, int(any(after)))):
        granted = [grant[place] for grant in grants]
        full, quantity, gone = _last_shape(granted, quantities[place], histories[place])
        standing.append(_less(full, share(full, quantity, gone)))
        kept.append(_less(full, share(full, quantity, quantity - units)))
    codes = range(len(redemption.vouchers))
    return (
        [[line[code] for line in standing] for code in codes],
        [[line[code] for line in kept] for code in codes],
    )


def _last_shape(full: list[int], quantity: int, history: Sequence[_Done]) -> tuple[list[int], int, int]:
    """From where the shares of a line are reckoned: its discounts and units then, and the units gone since.

    That is the redemption itself, until a rollback took something else than the shares of the returned units.
    """
    gone, lost = 0, [0] * len(full)
    for policy, units, discounts in history:
        gone += units
        lost = [so_far + more for so_far, more in zip(lost, discounts, strict=True)]
        if policy is not RollbackPolicy.KEEP_SHARE and tuple(lost) != share(full, quantity, gone):
            full, quantity = _less(full, lost), quantity - gone
            gone, lost = 0, [0] * len(full)
    return full, quantity, gone


def _rest_of(cart: Cart, after: Sequence[int]) -> Cart:
    """The cart as if the shopper had never taken what comes back."""
    pairs = zip(cart.lines, after, strict=True)
    return replace(cart, lines=tuple([replace(line, quantity=units) for line, units in pairs if units]))


def _without(lost: Set[UUID], redemption: Redemption, kept: _Grid) -> _Grid:
    """What is kept, and nothing of it for the codes that are lost."""
    return [
        [0] * len(row) if voucher.voucher_id in lost else row
        for voucher, row in zip(redemption.vouchers, kept, strict=True)
    ]


def _anew(
    anew: Mapping[UUID, Sequence[int]], redemption: Redemption, standing: _Grid, after: Sequence[int]
) -> _Grid:
    """What the rest of the cart is given anew, line by line and its shipping; to no code more than stands of it."""
    grid = []
    for voucher, row in zip(redemption.vouchers, standing, strict=True):
        parts = anew.get(voucher.voucher_id, ())
        if sum(parts) > sum(row):
            parts = split(sum(row), parts)
        given = iter(parts)
        grid.append([*[next(given, 0) if units else 0 for units in after], next(given, 0)])
    return grid


def _at_least(least: int, wanted: _Grid, kept: _Grid) -> _Grid:
    """What is wanted; filled up towards what is kept until `least` stands, so that nobody has to pay for a return."""
    if _sum(wanted) >= least:
        return wanted
    low = [[min(pair) for pair in zip(*rows, strict=True)] for rows in zip(wanted, kept, strict=True)]
    room = [_less(most, has) for most, has in zip(kept, low, strict=True)]
    more = iter(split(least - _sum(low), [each for row in room for each in row]))
    return [[has + next(more) for has in row] for row in low]


def _lines(back: Sequence[int], taken: _Grid, too_much: _Grid) -> tuple[ReturnedLine, ...]:
    """The lines of which something comes back, units or discount, or should."""
    lines = []
    for line, units in enumerate(back):
        discounts = tuple([row[line] for row in taken])
        not_recovered = sum([row[line] for row in too_much])
        if units or not_recovered or any(discounts):
            lines.append(ReturnedLine(line, units, discounts, not_recovered))
    return tuple(lines)


def _shipping(taken: _Grid, too_much: _Grid) -> ReturnedShipping | None:
    """What codes lose of their discount on the shipping, if any does, or should."""
    lost = ReturnedShipping(tuple([row[-1] for row in taken]), sum([row[-1] for row in too_much]))
    return lost if lost.not_recovered or any(lost.discounts) else None


def _spents(redemption: Redemption, discounts: Sequence[int], ended: Sequence[bool]) -> tuple[int, ...]:
    """What each voucher's balance gets back: in proportion to its discount that is gone, and at the end the rest."""
    return tuple(
        [
            (
                voucher.spent
                if is_over
                else part(voucher.spent, voucher.returned_discount + discount, voucher.discount)
            )
            - voucher.returned_spent
            for voucher, discount, is_over in zip(redemption.vouchers, discounts, ended, strict=True)
        ]
    )


def _less(had: Sequence[int], lost: Sequence[int]) -> list[int]:
    return [each - less for each, less in zip(had, lost, strict=True)]


def _sum(grid: _Grid) -> int:
    return sum([sum(row) for row in grid])
