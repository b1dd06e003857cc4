"""Differences: in what an answer of the engine is not what a redemption, or a rejected one, was told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from app.engine.evaluation import Evaluation, Verdict
from app.engine.gift import Gift
from app.engine.money import Money
from app.engine.payment import amount_in_words
from app.engine.reason import Reason
from app.redemptions.rejected import RejectedVoucher
from app.redemptions.values import RedeemedVoucher, Redemption
from app.simulation.past_decision import Made


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was: `what` (discount, lines[0].discount, reasons), `then` and `now` as people read.

    `code` is the code it is about; None is the whole.
    """

    code: str | None
    what: str
    then: str
    now: str


def differences(
    made: Made,
    codes: Sequence[RedeemedVoucher | RejectedVoucher],
    verdicts: Sequence[Verdict],
    now: Evaluation,
) -> tuple[Difference, ...]:
    """Everything that differs; empty when the engine says the same to the cent, and gives the same reasons.

    `codes` are those that are judged again, each with its verdict of the answer.
    """
    pairs = chain(_of_whole(made, now), _of_codes(made, codes, verdicts))
    return tuple([Difference(code, what, then, now) for code, what, then, now in pairs if then != now])


_Pair = tuple[str | None, str, str, str]


def _of_whole(made: Made, evaluation: Evaluation) -> Iterator[_Pair]:
    currency = made.currency
    yield None, "granted", _yes(isinstance(made, Redemption)), _yes(evaluation.granted)
    if isinstance(made, Redemption):
        for what, then, now in (
            ("subtotal", made.subtotal, evaluation.subtotal),
            ("shipping", made.shipping, evaluation.shipping),
            ("discount", made.discount, evaluation.discount),
            ("shipping.discount", made.shipping_discount, evaluation.shipping_discount),
        ):
            yield None, what, str(Money(then, currency)), str(Money(now, currency))
        yield from _lines(None, made.line_discounts, evaluation.line_discounts, currency)
        added = [line.to_json() | {"added_by": None} for line in made.cart.lines if line.added_by is not None]
        again = [line.to_json() | {"added_by": None} for line in evaluation.added]
        yield None, "added", str(added), str(again)


def _of_codes(
    made: Made, codes: Sequence[RedeemedVoucher | RejectedVoucher], verdicts: Sequence[Verdict]
) -> Iterator[_Pair]:
    for code, verdict in zip(codes, verdicts, strict=True):
        if isinstance(code, RedeemedVoucher):
            yield from _of_used(code, verdict, made.currency)
        else:
            yield from _of_refused(code, verdict, is_left_out=isinstance(made, Redemption))


def _of_used(code: RedeemedVoucher, verdict: Verdict, currency: str) -> Iterator[_Pair]:
    name = code.code
    yield name, "granted", _yes(granted=True), _yes(verdict.granted)
    yield name, "reasons", "", _reasons(verdict.reasons)
    yield name, "discount", str(Money(code.discount, currency)), str(Money(verdict.discount, currency))
    yield from _lines(name, code.line_discounts, verdict.line_discounts, currency)
    yield (
        name,
        "shipping.discount",
        str(Money(code.shipping_discount, currency)),
        str(Money(verdict.shipping_discount, currency)),
    )
    unit = code.spent_unit or verdict.spent_unit or currency
    yield name, "spent", amount_in_words(code.spent, unit), amount_in_words(verdict.spent, unit)
    yield name, "gifts", _gifts(code.gifts), _gifts(verdict.gifts)


def _of_refused(code: RejectedVoucher, verdict: Verdict, *, is_left_out: bool) -> Iterator[_Pair]:
    if is_left_out or code.reasons:
        yield code.code, "granted", _yes(granted=not code.reasons), _yes(verdict.granted)
    yield code.code, "reasons", _reasons(code.reasons), _reasons(verdict.reasons)


def _lines(code: str | None, then: Sequence[int], now: Sequence[int], currency: str) -> Iterator[_Pair]:
    most = max(len(then), len(now))
    for place in range(most):
        pair = [line[place] if place < len(line) else 0 for line in (then, now)]
        yield (
            code,
            f"lines[{place}].discount",
            str(Money(pair[0], currency)),
            str(Money(pair[1], currency)),
        )


def _reasons(reasons: Sequence[Reason]) -> str:
    """The codes of reasons, each once: sentences may be put better one day."""
    return " ".join(sorted({reason.code for reason in reasons}))


def _gifts(gifts: Sequence[Gift]) -> str:
    """What is given of which campaign or pool; whose voucher it went to is found when it is given."""
    return " ".join(
        [f"{gift.kind.value} {gift.source.hex} {gift.amount} {gift.unit or ''}".rstrip() for gift in gifts]
    )


def _yes(granted: bool) -> str:
    return "yes" if granted else "no"
