"""Budgets: how much of something there may be at most, for whom, in which calendar period."""

from dataclasses import dataclass

from app.engine.counter import Measure, Scope
from app.engine.json_data import JSONValue, Reader
from app.engine.money import LARGEST, MoneyError, exponent
from app.engine.period import Period
from app.engine.unit import UnitError

MOST_BUDGETS = 20


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `most` of `measure` for each voucher, each customer or the campaign, in each calendar period.

    `currency` belongs to measures of money, whose `most` is minor units. Raises UnitError.
    """

    measure: Measure
    per: Scope
    period: Period
    most: int
    currency: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.most <= LARGEST:
            raise UnitError("most", f"Must be 1 or more, and at most {LARGEST}.")
        if self.measure.is_money != (self.currency is not None):
            raise UnitError("currency", "Belongs to money, and to nothing else.")
        if self.currency is not None:
            try:
                exponent(self.currency)
            except MoneyError as wrong:
                raise UnitError("currency", str(wrong)) from None

    def to_json(self) -> dict[str, JSONValue]:
        """The budget as it is stored."""
        data: dict[str, JSONValue] = {
            "measure": self.measure.value,
            "per": self.per.value,
            "period": self.period.value,
            "most": self.most,
        }
        if self.currency is not None:
            data["currency"] = self.currency
        return data

    @classmethod
    def from_json(cls, data: object, path: str = "") -> "Budget":
        """The budget that `to_json` wrote. Raises UnitError."""
        reader = Reader(data, path, UnitError)
        words = [reader.text(name) for name in ("measure", "per", "period")]
        most, currency = reader.whole("most"), reader.optional_text("currency")
        reader.done()
        try:
            measure, per, period = Measure(words[0]), Scope(words[1]), Period(words[2])
        except ValueError:
            raise UnitError(path, "Names a measure, a scope or a period that is not known.") from None
        try:
            return cls(measure, per, period, most, currency)
        except UnitError as wrong:
            raise wrong.under(path) from None


def budgets_from_json(data: object, path: str = "") -> tuple[Budget, ...]:
    """A list of budgets. Raises UnitError."""
    if not isinstance(data, list):
        raise UnitError(path, "Must be a list.")
    return tuple([Budget.from_json(each, f"{path}[{index}]") for index, each in enumerate(data)])
