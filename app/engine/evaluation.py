"""The evaluation: the engine's full answer for a cart, one verdict per code."""

from dataclasses import dataclass
from uuid import UUID

from app.engine.cart import Line
from app.engine.counter import Count, CounterKey, Measure
from app.engine.gift import Gift
from app.engine.reason import Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one code. Amounts are minor units of the cart's currency.

    `discount` and `line_discounts` are zero when the code is not granted. `counts` are the counters that a redemption
    must count up, and how far; there are none when the code is not granted. `spent` is taken from the voucher's
    balance, in `spent_unit` (a currency, or points). `discount` is the sum of `line_discounts`, of `shipping_discount`
    and of what the `added` lines cost. `gifts` are given when the redemption is consumed. `skipped` says that the code
    may be used, but was left out; the reasons say for what. `is_automatic`:
    nobody typed it, and `code` is the promotion's name.
    """

    code: str
    voucher: UUID | None
    campaign: UUID | None
    main: UUID | None
    offer_version: int | None
    granted: bool
    reasons: tuple[Reason, ...]
    discount: int
    line_discounts: tuple[int, ...]
    counts: tuple[Count, ...]
    spent: int = 0
    spent_unit: str | None = None
    shipping_discount: int = 0
    added: tuple[Line, ...] = ()
    gifts: tuple[Gift, ...] = ()
    skipped: bool = False
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer for a cart, with one verdict per code in the order of the request, then those of promotions.

    `granted` says that the codes can be used: all that were not skipped, or by the project's policy as many as can be,
    but one at least. Else nothing is taken off, though each verdict still shows what its code would have given. `total`
    is subtotal + shipping - discount; a cart without codes is granted and costs what it costs. `added` are the lines
    that rewards put into the cart: `subtotal` has them in it, and `line_discounts`, of this and of each verdict, go on
    with them after the lines of the cart.
    """

    verdicts: tuple[Verdict, ...]
    currency: str
    subtotal: int
    shipping: int
    discount: int
    total: int
    line_discounts: tuple[int, ...]
    granted: bool
    shipping_discount: int = 0
    added: tuple[Line, ...] = ()

    @property
    def counts(self) -> dict[CounterKey, int]:
        """How far a redemption takes each counter; the value of its order counts once for each, not for each code."""
        found: dict[CounterKey, int] = {}
        for verdict in self.verdicts:
            for key, amount in verdict.counts:
                once = key.measure is Measure.ORDER_VALUE
                found[key] = amount if once else found.get(key, 0) + amount
        return found

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons of all verdicts, in order."""
        return tuple(reason for verdict in self.verdicts for reason in verdict.reasons)
