"""Summing up: from the verdicts of all codes to the answer for the cart."""

from dataclasses import replace

from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.evaluation import Evaluation, Verdict
from app.engine.offer import Presented
from app.engine.reason import Reason


def refused(code: Presented, reasons: tuple[Reason, ...], cart: Cart) -> Verdict:
    """The verdict of a code that may not be used."""
    return Verdict(
        code=code.code,
        voucher=code.voucher,
        campaign=None if code.campaign is None else code.campaign.id,
        main=None if code.main is None else code.main.id,
        offer_version=None if code.offer is None else code.offer.version,
        granted=False,
        reasons=reasons,
        discount=0,
        line_discounts=(0,) * len(cart.lines),
        counts=(),
    )


def sum_up(verdicts: list[Verdict], cart: Cart) -> Evaluation:
    """The answer for the cart: all codes together, or nothing."""
    granted = all(verdict.granted for verdict in verdicts)
    added: tuple[Line, ...] = ()
    if granted and any(verdict.added for verdict in verdicts):
        added = tuple([line for verdict in verdicts for line in verdict.added])
        verdicts = _with_added(verdicts, added, cart)
    discount, shipping, lines = 0, 0, (0,) * (len(cart.lines) + len(added))
    if granted and len(verdicts) == 1:
        [only] = verdicts
        discount, shipping, lines = only.discount, only.shipping_discount, only.line_discounts
    elif granted:
        for verdict in verdicts:
            discount += verdict.discount
            shipping += verdict.shipping_discount
            lines = tuple([so_far + more for so_far, more in zip(lines, verdict.line_discounts, strict=True)])
    worth = sum([line.amount for line in added])
    return Evaluation(
        verdicts=tuple(verdicts),
        currency=cart.currency,
        subtotal=cart.subtotal + worth,
        shipping=cart.shipping,
        discount=discount,
        total=cart.total + worth - discount,
        line_discounts=lines,
        granted=granted,
        shipping_discount=shipping,
        added=added,
    )


def _with_added(verdicts: list[Verdict], added: tuple[Line, ...], cart: Cart) -> list[Verdict]:
    """The verdicts with discounts for the added lines, each for its own, and the order's value as it came to be."""
    value, before, done = cart.subtotal + sum([line.amount for line in added]), 0, []
    for verdict in verdicts:
        own = [line.amount for line in verdict.added]
        after = len(added) - before - len(own)
        discounts = (*verdict.line_discounts, *[0] * before, *own, *[0] * after)
        counts = tuple(
            [
                count._replace(amount=value) if count.key.measure is Measure.ORDER_VALUE else count
                for count in verdict.counts
            ]
        )
        done.append(replace(verdict, line_discounts=discounts, counts=counts))
        before += len(own)
    return done
