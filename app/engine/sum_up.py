"""Summing up: from the verdicts of all codes to the answer for the cart."""

from dataclasses import replace

from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.evaluation import Evaluation, Verdict
from app.engine.offer import Presented
from app.engine.reason import Reason
from app.engine.stacking import OnRefusal


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
        is_automatic=code.is_automatic,
    )


def sum_up(judged: list[Verdict], cart: Cart, on_refusal: OnRefusal = OnRefusal.ALL) -> Evaluation:
    """The answer for the cart: all codes together, or those that can be used, or nothing.

    A promotion that does not take part is nobody's business: nobody has asked for it.
    """
    if len(judged) == 1 and judged[0].granted and not judged[0].added:
        return _of_one(judged[0], cart)
    verdicts = [verdict for verdict in judged if verdict.granted or not verdict.is_automatic]
    used = [verdict for verdict in verdicts if verdict.granted]
    granted = len(used) == len(verdicts) or (
        bool(used)
        and (
            on_refusal is OnRefusal.PARTIAL or all(verdict.granted or verdict.skipped for verdict in verdicts)
        )
    )
    added: tuple[Line, ...] = ()
    if granted:
        if any(verdict.added for verdict in used):
            added = tuple([line for verdict in used for line in verdict.added])
            verdicts = _with_added(verdicts, added)
        verdicts = _with_order_value(verdicts, cart.subtotal + sum([line.amount for line in added]))
        used = [verdict for verdict in verdicts if verdict.granted]
    discount, shipping, lines = 0, 0, (0,) * (len(cart.lines) + len(added))
    if granted:
        for verdict in used:
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


def _of_one(verdict: Verdict, cart: Cart) -> Evaluation:
    """The same for a single code that adds nothing, without adding up: this is what most carts have."""
    return Evaluation(
        verdicts=(verdict,),
        currency=cart.currency,
        subtotal=cart.subtotal,
        shipping=cart.shipping,
        discount=verdict.discount,
        total=cart.total - verdict.discount,
        line_discounts=verdict.line_discounts,
        granted=True,
        shipping_discount=verdict.shipping_discount,
    )


def _with_added(verdicts: list[Verdict], added: tuple[Line, ...]) -> list[Verdict]:
    """The verdicts with discounts for the added lines, each for its own."""
    before, done = 0, []
    for verdict in verdicts:
        own = [line.amount for line in verdict.added]
        after = len(added) - before - len(own)
        done.append(
            replace(verdict, line_discounts=(*verdict.line_discounts, *[0] * before, *own, *[0] * after))
        )
        before += len(own)
    return done


def _with_order_value(verdicts: list[Verdict], value: int) -> list[Verdict]:
    """The verdicts with the order's value as it came to be; they were judged on what it might have been at most."""
    done = []
    for verdict in verdicts:
        if not any(key.measure is Measure.ORDER_VALUE and amount != value for key, amount in verdict.counts):
            done.append(verdict)
            continue
        counts = tuple(
            [
                count._replace(amount=value) if count.key.measure is Measure.ORDER_VALUE else count
                for count in verdict.counts
            ]
        )
        done.append(replace(verdict, counts=counts))
    return done
