"""Change: the smallest change that would mend a refusal, as data; a remedy is its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.engine.json_data import DataError, JSONValue, Reader, instant, join
from app.engine.moment import in_words
from app.engine.money import Money


class Act(StrEnum):
    """What is to be done."""

    ADD_AMOUNT = "ADD_AMOUNT"
    """Put goods for `amount` or more into the cart; of `items` only, if there are some."""
    REMOVE_AMOUNT = "REMOVE_AMOUNT"
    """Take goods for `amount` or more out of the cart; of `items` only, if there are some."""
    ADD_ITEMS = "ADD_ITEMS"
    """Put `quantity` units of `items` into the cart."""
    REMOVE_ITEMS = "REMOVE_ITEMS"
    """Take `quantity` units of `items` out of the cart."""
    COME_AT = "COME_AT"
    """Use the code at the instant `at`, and not before."""
    SIGN_IN = "SIGN_IN"
    """Say who the customer is."""
    CHOOSE = "CHOOSE"
    """Let what `path` leads to (`cart.payment_method`) be one of `values`; any value will do where there are none."""
    USE_CODE = "USE_CODE"
    """Use the code `code`; it takes `amount` more off."""
    TAKE_LESS = "TAKE_LESS"
    """Take `amount`, or `quantity` points, at most from the balance."""
    LEAVE_OUT = "LEAVE_OUT"
    """Leave out the code `code`, or what `path` leads to (`code.credits`)."""


class ChangeError(DataError):
    """Stored data that is not a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """What to do, and with how much of what. `items` are as `Items.to_json` writes them."""

    act: Act
    amount: Money | None = None
    quantity: int | None = None
    items: Mapping[str, JSONValue] | None = field(default=None, hash=False)
    at: datetime | None = None
    path: str | None = None
    values: tuple[str, ...] = ()
    code: str | None = None

    def to_json(self) -> dict[str, JSONValue]:
        """The change as JSON; what is absent is left out."""
        data: dict[str, JSONValue] = {"act": self.act.value}
        if self.amount is not None:
            data["amount"] = self.amount.to_json()
        if self.quantity is not None:
            data["quantity"] = self.quantity
        if self.items is not None:
            data["items"] = dict(self.items)
        if self.at is not None:
            data["at"] = self.at.isoformat()
        if self.path is not None:
            data["path"] = self.path
        if self.values:
            data["values"] = list(self.values)
        if self.code is not None:
            data["code"] = self.code
        return data

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Change":
        """The change that `to_json` wrote. Raises ChangeError."""
        reader = Reader(data, path, ChangeError)
        act, amount, at = reader.text("act"), reader.left.pop("amount", None), reader.optional_text("at")
        items = reader.left.pop("items", None)
        quantity, leads = reader.optional_whole("quantity"), reader.optional_text("path")
        values, code = reader.texts("values"), reader.optional_text("code")
        reader.done()
        if items is not None and not isinstance(items, dict):
            raise ChangeError(join(path, "items"), "Must be an object.")
        try:
            known = Act(act)
        except ValueError:
            raise ChangeError(join(path, "act"), "Is not an act.") from None
        return cls(
            known,
            None if amount is None else Money.read(Reader(amount, join(path, "amount"), ChangeError)),
            quantity,
            items,
            None if at is None else instant(at, join(path, "at"), ChangeError),
            leads,
            values,
            code,
        )


def come_at(at: datetime, zone: str, now: datetime) -> tuple[str, Change]:
    """The sentence and the change for whoever must come at an instant, told on the clock of the IANA zone."""
    return f"Valid from {in_words(at, zone, now)}.", Change(Act.COME_AT, at=at)
