"""Money: whole minor units and an ISO 4217 currency, never a float; and the fair split of an amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import list_currencies

from app.engine.json_data import JSONValue, Reader

# Beyond this a JSON number loses its last digit in JavaScript, and no till has ever held so much.
LARGEST = 2**53 - 1

# ISO 4217's minor units are pinned here because stored amounts mean nothing without them. CLDR (babel) disagrees
# for a dozen currencies (IQD 0 instead of 3, RSD 0 instead of 2: what people write, not what banks count), and a
# new CLDR would silently turn stored 1.50 into 150.
# fmt: off
_MINOR_DIGITS = {
    **dict.fromkeys((
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
        "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
    ), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
# Codes that look like currencies but are metals, units of account and test codes.
_NOT_MONEY = {
    "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XEU", "XFO",
    "XFU", "XPD", "XPT", "XRE", "XSU", "XTS", "XUA", "XXX",
}
# fmt: on
_UNITS = tuple(Decimal(1).scaleb(-digits) for digits in range(5))
CURRENCIES = frozenset(list_currencies()) - _NOT_MONEY


class MoneyError(ValueError):
    """An amount or a currency that cannot be: the message says why."""


def exponent(currency: str) -> int:
    """How many decimal digits the currency's minor unit has: EUR 2, JPY 0, KWD 3.

    Raises MoneyError for what is not a currency.
    """
    if currency not in CURRENCIES:
        raise MoneyError(f"{currency!r} is not an ISO 4217 currency code.")
    return _MINOR_DIGITS.get(currency, 2)


def minor_of(amount: Decimal, currency: str) -> int:
    """The whole minor units of an amount in major units; raises MoneyError as `Money.of` does."""
    digits = exponent(currency)
    if not amount.is_finite():
        raise MoneyError("The amount must be a finite number.")
    # adjusted() bounds the magnitude before anything of that size is built: 1E+999999 must cost nothing.
    if amount.adjusted() > 16:
        raise MoneyError("The amount is too large.")
    scale = amount.as_tuple().exponent
    if not isinstance(scale, int) or -scale > digits:
        decimals = "no decimals" if digits == 0 else f"at most {digits} decimals"
        raise MoneyError(f"An amount in {currency} has {decimals}.")
    minor = int(amount.scaleb(digits))
    if not -LARGEST <= minor <= LARGEST:
        raise MoneyError("The amount is too large.")
    return minor


def amount_of(minor: int, currency: str) -> Decimal:
    """Minor units in major units, with exactly the currency's decimals: 1.50, 150, 1.500."""
    return Decimal(minor) * _UNITS[exponent(currency)]  # exact: amounts have 16 figures, decimals 28


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (cents for EUR, yen for JPY, fils for KWD) of one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if not -LARGEST <= self.minor <= LARGEST:
            raise MoneyError("The amount is too large.")

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "Money":
        """The money that `amount` major units are.

        Raises MoneyError for an unknown currency, more decimals than the currency has, an amount that is not
        finite, or one beyond 2**53-1 minor units.
        """
        return cls(minor_of(amount, currency), currency)

    @property
    def amount(self) -> Decimal:
        """The exact amount in major units, with exactly the currency's decimals: 1.50, 150, 1.500."""
        return amount_of(self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def to_json(self) -> dict[str, JSONValue]:
        """`{"minor": 150, "currency": "EUR"}`."""
        return {"minor": self.minor, "currency": self.currency}

    @classmethod
    def read(cls, reader: Reader) -> "Money":
        """The money a JSON object holds; raises the reader's error with the path of what is wrong."""
        minor, currency = reader.whole("minor"), reader.text("currency")
        reader.done()
        try:
            return cls(minor, currency)
        except MoneyError as wrong:
            raise reader.error(reader.path, str(wrong)) from None


def split(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Divide `total` minor units in proportion to `weights`, so that the parts sum to exactly `total`.

    Largest remainder (Hamilton's method): everyone gets the whole units of their share, and the units left over
    go one each to the largest remainders, the earlier one first among equals. While `total` does not exceed the
    sum of the weights, no part exceeds its weight.
    Raises ValueError for a negative total or weight, and for something to divide but nobody to give it to.
    """
    if total < 0 or (weights and min(weights) < 0):
        raise ValueError("only amounts and weights of zero or more can be split")
    whole = sum(weights)
    if total == 0:
        return (0,) * len(weights)
    if whole == 0:
        raise ValueError("there is an amount to split but every weight is zero")
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    if left:
        by_remainder = sorted(range(len(parts)), key=lambda i: -(total * weights[i] % whole))
        for index in by_remainder[:left]:
            parts[index] += 1
    return tuple(parts)
