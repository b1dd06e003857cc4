"""The evaluation: the engine's full answer for a cart, one verdict per code."""

from dataclasses import dataclass
from uuid import UUID

from app.engine.facts import CounterKey
from app.engine.json_data import DataError, JSONValue, Reader, join
from app.engine.reason import Reason, reasons_from_json


class EvaluationError(DataError):
    """Stored data that is not an evaluation."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one code. Amounts are minor units of the cart's currency.

    `discount` and `line_discounts` are zero when the code is not granted. `counters` are those that a redemption
    must count up; there are none when the code is not granted.
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
    counters: tuple[CounterKey, ...]

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
            "counters": [_counter_to_json(key) for key in self.counters],
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
            counters=tuple(
                _counter_from_json(key, join(path, f"counters[{index}]"))
                for index, key in enumerate(reader.items("counters"))
            ),
        )
        reader.done()
        return verdict


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer for a cart, with one verdict per code in the order of the request.

    All or nothing: when one code is not granted, `granted` is false and nothing is taken off, though each verdict
    still shows what its code would have given. `total` is subtotal + shipping - discount; a cart without codes is
    granted and costs what it costs.
    """

    verdicts: tuple[Verdict, ...]
    currency: str
    subtotal: int
    shipping: int
    discount: int
    total: int
    line_discounts: tuple[int, ...]
    granted: bool

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
        )
        reader.done()
        return evaluation


def _id_to_json(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _counter_to_json(key: CounterKey) -> JSONValue:
    data: dict[str, JSONValue] = {"scope": key.scope, "subject": str(key.subject)}
    if key.customer is not None:
        data["customer"] = str(key.customer)
    if key.window_start is not None:
        data["window_start"] = key.window_start.isoformat()
    return data


def _counter_from_json(data: object, path: str) -> CounterKey:
    reader = Reader(data, path, EvaluationError)
    scope, subject = reader.text("scope"), reader.optional_id("subject")
    customer, window_start = reader.optional_id("customer"), reader.optional_instant("window_start")
    reader.done()
    if subject is None:
        raise reader.wrong("subject", "Must be a UUID.")
    return CounterKey(scope, subject, customer, window_start)
