"""The evaluation: the engine's full answer for a cart, one verdict per code."""

from dataclasses import dataclass
from uuid import UUID

from app.engine.cart import Line, lines_from_json
from app.engine.counter import Count, CounterKey, Measure
from app.engine.gift import Gift
from app.engine.json_data import DataError, JSONValue, Reader, join
from app.engine.period import Period, Window
from app.engine.reason import Reason, reasons_from_json


class EvaluationError(DataError):
    """Stored data that is not an evaluation."""


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

    def to_json(self) -> dict[str, JSONValue]:
        """The verdict as JSON."""
        return {
            "code": self.code,
            "voucher": _id_to_json(self.voucher),
            "campaign": _id_to_json(self.campaign),
            "main": _id_to_json(self.main),
            "offer_version": self.offer_version,
            "granted": self.granted,
            "reasons": [reason.to_json() for reason in self.reasons],
            "discount": self.discount,
            "line_discounts": list(self.line_discounts),
            "counts": [_count_to_json(count) for count in self.counts],
            "spent": self.spent,
            "spent_unit": self.spent_unit,
            "shipping_discount": self.shipping_discount,
            "added": [line.to_json() for line in self.added],
            "gifts": [gift.to_json() for gift in self.gifts],
            "skipped": self.skipped,
            "is_automatic": self.is_automatic,
        }

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Verdict":
        """The verdict that `to_json` wrote. Raises EvaluationError, or ReasonError for a faulty reason."""
        reader = Reader(data, path, EvaluationError)
        verdict = cls(
            code=reader.text("code"),
            voucher=reader.optional_id("voucher"),
            campaign=reader.optional_id("campaign"),
            main=reader.optional_id("main"),
            offer_version=reader.optional_whole("offer_version"),
            granted=reader.truth("granted"),
            reasons=reasons_from_json(reader.items("reasons"), join(path, "reasons")),
            discount=reader.whole("discount"),
            line_discounts=reader.wholes("line_discounts"),
            counts=tuple(
                _count_from_json(count, join(path, f"counts[{index}]"))
                for index, count in enumerate(reader.items("counts"))
            ),
            spent=reader.whole("spent"),
            spent_unit=reader.optional_text("spent_unit"),
            shipping_discount=reader.whole("shipping_discount"),
            added=lines_from_json(reader.items("added"), join(path, "added")),
            gifts=tuple(
                [
                    Gift.from_json(gift, join(path, f"gifts[{index}]"))
                    for index, gift in enumerate(reader.items("gifts"))
                ]
            ),
            skipped=reader.truth("skipped"),
            is_automatic=reader.truth("is_automatic"),
        )
        reader.done()
        return verdict


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

    def to_json(self) -> dict[str, JSONValue]:
        """The evaluation as JSON."""
        return {
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
            "currency": self.currency,
            "subtotal": self.subtotal,
            "shipping": self.shipping,
            "discount": self.discount,
            "total": self.total,
            "line_discounts": list(self.line_discounts),
            "granted": self.granted,
            "shipping_discount": self.shipping_discount,
            "added": [line.to_json() for line in self.added],
        }

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Evaluation":
        """The evaluation that `to_json` wrote. Raises EvaluationError, or ReasonError for a faulty reason."""
        reader = Reader(data, path, EvaluationError)
        evaluation = cls(
            verdicts=tuple(
                Verdict.from_json(verdict, join(path, f"verdicts[{index}]"))
                for index, verdict in enumerate(reader.items("verdicts"))
            ),
            currency=reader.text("currency"),
            subtotal=reader.whole("subtotal"),
            shipping=reader.whole("shipping"),
            discount=reader.whole("discount"),
            total=reader.whole("total"),
            line_discounts=reader.wholes("line_discounts"),
            granted=reader.truth("granted"),
            shipping_discount=reader.whole("shipping_discount"),
            added=lines_from_json(reader.items("added"), join(path, "added")),
        )
        reader.done()
        return evaluation


def _id_to_json(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _count_to_json(count: Count) -> JSONValue:
    key = count.key
    data: dict[str, JSONValue] = {
        "scope": key.scope,
        "subject": str(key.subject),
        "measure": key.measure.value,
        "amount": count.amount,
    }
    if key.customer is not None:
        data["customer"] = str(key.customer)
    if key.currency is not None:
        data["currency"] = key.currency
    if key.window is not None:
        period, starts, ends = key.window
        data["window"] = {"period": period.value, "starts": starts.isoformat(), "ends": ends.isoformat()}
    return data


def _count_from_json(data: object, path: str) -> Count:
    reader = Reader(data, path, EvaluationError)
    scope, subject = reader.text("scope"), reader.optional_id("subject")
    customer, currency = reader.optional_id("customer"), reader.optional_text("currency")
    measure, amount, window = reader.text("measure"), reader.whole("amount"), reader.left.pop("window", None)
    reader.done()
    if subject is None:
        raise reader.wrong("subject", "Must be a UUID.")
    try:
        known = Measure(measure)
    except ValueError:
        raise reader.wrong("measure", "Is not a measure.") from None
    return Count(CounterKey(scope, subject, customer, known, currency, _window(window, path)), amount)


def _window(data: object, path: str) -> Window | None:
    if data is None:
        return None
    reader = Reader(data, join(path, "window"), EvaluationError)
    period = reader.text("period")
    starts, ends = reader.optional_instant("starts"), reader.optional_instant("ends")
    reader.done()
    if starts is None or ends is None:
        raise reader.wrong("starts", "Must be a period that starts and ends.")
    try:
        return Window(Period(period), starts, ends)
    except ValueError:
        raise reader.wrong("period", "Is not a period.") from None
