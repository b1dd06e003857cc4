"""Reason: why not, as data: what was expected, what is, what is missing, and what would mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from app.engine.json_data import DataError, JSONValue, Reader, instant, join
from app.engine.money import Money
from app.engine.remedy import Act, Change

Value: TypeAlias = Money | int | datetime | str | tuple[str, ...]

# What the till itself refuses. Rules name their own codes in their files.
CODE_NOT_FOUND = "CODE_NOT_FOUND"
DUPLICATE_CODE = "DUPLICATE_CODE"
VOUCHER_DISABLED = "VOUCHER_DISABLED"
HELD_BY_ANOTHER_CUSTOMER = "HELD_BY_ANOTHER_CUSTOMER"
CUSTOMER_REQUIRED = "CUSTOMER_REQUIRED"
NOT_STARTED = "NOT_STARTED"
EXPIRED = "EXPIRED"
CAMPAIGN_NOT_LIVE = "CAMPAIGN_NOT_LIVE"
CAMPAIGN_PAUSED = "CAMPAIGN_PAUSED"
CAMPAIGN_ENDED = "CAMPAIGN_ENDED"
NO_OFFER = "NO_OFFER"
VOUCHER_LIMIT_REACHED = "VOUCHER_LIMIT_REACHED"
CUSTOMER_LIMIT_REACHED = "CUSTOMER_LIMIT_REACHED"
CAMPAIGN_LIMIT_REACHED = "CAMPAIGN_LIMIT_REACHED"
MAIN_CAMPAIGN_LIMIT_REACHED = "MAIN_CAMPAIGN_LIMIT_REACHED"
VOUCHER_BUDGET_EXCEEDED = "VOUCHER_BUDGET_EXCEEDED"
CUSTOMER_BUDGET_EXCEEDED = "CUSTOMER_BUDGET_EXCEEDED"
CAMPAIGN_BUDGET_EXCEEDED = "CAMPAIGN_BUDGET_EXCEEDED"
MAIN_CAMPAIGN_BUDGET_EXCEEDED = "MAIN_CAMPAIGN_BUDGET_EXCEEDED"
CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
NOT_A_BALANCE = "NOT_A_BALANCE"
BALANCE_EMPTY = "BALANCE_EMPTY"
BALANCE_TOO_LOW = "BALANCE_TOO_LOW"

BUDGETS_EXCEEDED = frozenset(
    {
        VOUCHER_BUDGET_EXCEEDED,
        CUSTOMER_BUDGET_EXCEEDED,
        CAMPAIGN_BUDGET_EXCEEDED,
        MAIN_CAMPAIGN_BUDGET_EXCEEDED,
    }
)

# These say that a question could not be answered, not that the answer is no: "not a first purchase" must not
# hold merely because nobody knows who is buying.
_NO_ANSWER = frozenset({CUSTOMER_REQUIRED, CURRENCY_MISMATCH})


class ReasonError(DataError):
    """Stored data that is not a reason."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a code was refused.

    `code` is UPPER_SNAKE and stable; `message` an English sentence; `subject` the path of what was judged
    (`cart.subtotal`); `remedy` a sentence saying what would help, `change` the same as data. `alternatives` is filled
    where any one of several ways would do: the reasons that block each way.
    """

    code: str
    message: str
    subject: str | None = None
    expected: Value | None = None
    actual: Value | None = None
    missing: Value | None = None
    remedy: str | None = None
    alternatives: tuple[tuple["Reason", ...], ...] = ()
    change: Change | None = None

    @property
    def undecided(self) -> bool:
        """True when the question could not be answered at all, false when the answer is no."""
        if self.alternatives:
            return any(undecided(way) for way in self.alternatives)
        return self.code in _NO_ANSWER

    def to_json(self) -> dict[str, JSONValue]:
        """The reason as JSON; what is absent is left out."""
        data: dict[str, JSONValue] = {"code": self.code, "message": self.message}
        if self.subject is not None:
            data["subject"] = self.subject
        for name, value in (("expected", self.expected), ("actual", self.actual), ("missing", self.missing)):
            if value is not None:
                data[name] = _value_to_json(value)
        if self.remedy is not None:
            data["remedy"] = self.remedy
        if self.alternatives:
            data["alternatives"] = [[reason.to_json() for reason in way] for way in self.alternatives]
        if self.change is not None:
            data["change"] = self.change.to_json()
        return data

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Reason":
        """The reason that `to_json` wrote. Raises ReasonError."""
        reader = Reader(data, path, ReasonError)
        code, message, subject = reader.text("code"), reader.text("message"), reader.optional_text("subject")
        expected, actual, missing = (
            _value_from_json(reader.left.pop(name, None), join(path, name))
            for name in ("expected", "actual", "missing")
        )
        remedy, ways = reader.optional_text("remedy"), reader.items("alternatives")
        change = reader.left.pop("change", None)
        reader.done()
        alternatives = tuple(
            reasons_from_json(way, join(path, f"alternatives[{i}]")) for i, way in enumerate(ways)
        )
        done = None if change is None else Change.from_json(change, join(path, "change"))
        return cls(code, message, subject, expected, actual, missing, remedy, alternatives, done)


def undecided(reasons: tuple[Reason, ...]) -> bool:
    """Whether these reasons leave the question open: something is in the way, but nothing says no."""
    return bool(reasons) and all(reason.undecided for reason in reasons)


def each_once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Two conditions may ask for the same thing, and for a customer in two ways: the first says enough."""
    named: dict[Reason | str, Reason] = {}
    for why in reasons:
        named.setdefault(why.code if why.code == CUSTOMER_REQUIRED else why, why)
    return tuple(named.values())


def reasons_from_json(data: object, path: str) -> tuple[Reason, ...]:
    """A list of reasons. Raises ReasonError."""
    if not isinstance(data, list):
        raise ReasonError(path, "Must be a list.")
    return tuple(Reason.from_json(reason, f"{path}[{index}]") for index, reason in enumerate(data))


def currency_mismatch(unit_currency: str, cart_currency: str) -> Reason:
    """An offer speaks of money in one currency, the cart is in another."""
    return Reason(
        CURRENCY_MISMATCH,
        f"The offer is in {unit_currency}, the cart is in {cart_currency}.",
        subject="cart.currency",
        expected=unit_currency,
        actual=cart_currency,
        remedy=f"Pay in {unit_currency}.",
        change=Change(Act.CHOOSE, path="cart.currency", values=(unit_currency,)),
    )


def customer_required(subject: str = "customer") -> Reason:
    """Something can only be judged, or counted, for a known customer; `voucher.holder` when the code is somebody's."""
    return Reason(
        CUSTOMER_REQUIRED,
        "This code needs to know the customer.",
        subject=subject,
        remedy="Say who the customer is.",
        change=Change(Act.SIGN_IN),
    )


def _value_to_json(value: Value) -> JSONValue:
    if isinstance(value, Money):
        return value.to_json()
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, tuple):
        return list(value)
    return value


def _value_from_json(data: object, path: str) -> Value | None:
    if data is None or isinstance(data, str) or (isinstance(data, int) and not isinstance(data, bool)):
        return data
    if isinstance(data, list):
        return Reader({"": data}, path, ReasonError).texts("")
    reader = Reader(data, path, ReasonError)
    if "instant" in reader.left:
        text = reader.text("instant")
        reader.done()
        return instant(text, path, ReasonError)
    return Money.read(reader)
