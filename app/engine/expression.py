"""Expression: a condition or an amount in CEL over cart, customer, redemption and moment; docs/expressions.md.

Amounts are in major units of the cart's currency, as callers write them: 12.5 is 12 euro 50. They are exact decimals,
so no cent is ever decided by a float.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from app.engine.cel.compile import Compiled, compile_expression
from app.engine.cel.kinds import ANY, BOOL, INT, MAP, MOMENT, NUMBER, TEXT, Field, Kind, list_of
from app.engine.cel.tokens import CelError
from app.engine.cel.values import EXACT, Frame, NotEvaluated
from app.engine.facts import Need, Profile, Situation
from app.engine.money import LARGEST, amount_of, exponent
from app.engine.unit import NOTHING, UnitError

LONGEST = 1000
# A loop over 500 lines with a long condition takes a tenth of it; this is some ten milliseconds.
MOST_STEPS = 100_000
_SITUATION = " situation"  # no name of a variable: expressions cannot ask for it

__all__ = ["LONGEST", "MOST_STEPS", "VARIABLES", "Computation", "NotEvaluated", "amount", "condition"]


def _field(kind: Kind, says: str, name: str) -> Field:
    """A field that is always there."""
    read: Callable[[Any], object] = attrgetter(name)
    return Field(kind, says, lambda of, _frame: read(of))


def _text(says: str, name: str) -> Field:
    """A text that may be missing: then it is empty."""
    read: Callable[[Any], object] = attrgetter(name)
    return Field(TEXT, says, lambda of, _frame: read(of) or "", lambda of, _frame: read(of) is not None)


def _money(says: str, read: Callable[[Any, Situation], int]) -> Field:
    """An amount in major units."""

    def amount(of: Any, frame: Frame) -> Decimal:  # Any: the object that the field belongs to
        situation = _situation(frame)
        return amount_of(read(of, situation), situation.cart.currency)

    return Field(NUMBER, says, amount)


def _situation(frame: Frame) -> Situation:
    return frame.values[_SITUATION]  # type: ignore[return-value]  # put there by `evaluate`


def _moment(says: str, read: Callable[[Any], datetime | None]) -> Field:
    """A moment that may be missing."""

    def found(of: Any, _frame: Frame) -> datetime:  # Any: the object that the field belongs to
        moment = read(of)
        if moment is None:
            raise NotEvaluated("There is no such moment.")
        return moment

    return Field(MOMENT, says, found, lambda of, _frame: read(of) is not None)


LINE = Kind(
    "line",
    fields={
        "quantity": _field(INT, "How many units.", "quantity"),
        "unit_price": _money("The price of one unit.", lambda line, _: line.unit_price),
        "amount": _money("Quantity times unit price, before discounts.", lambda line, _: line.amount),
        "sku": _text("The shop's own stock keeping unit.", "sku"),
        "product": _text("The shop's own id of the product.", "product"),
        "name": _text("The name a person would read.", "name"),
        "categories": Field(list_of(TEXT), "The categories of the product.", lambda line, _: line.categories),
        "metadata": _field(MAP, "What else the shop says about the line.", "metadata"),
    },
)
CART = Kind(
    "cart",
    fields={
        "currency": _field(TEXT, "The ISO 4217 code of all amounts.", "currency"),
        "subtotal": _money("The lines before discounts, without shipping.", lambda cart, _: cart.subtotal),
        "shipping": _money("The cost of shipping.", lambda cart, _: cart.shipping),
        "total": _money("Subtotal and shipping.", lambda cart, _: cart.total),
        "remaining": _money(
            "What the lines still cost after the codes before this one.",
            lambda _, situation: situation.running_subtotal,
        ),
        "lines": Field(list_of(LINE), "The lines.", lambda cart, _: cart.lines),
        "country": _text("Where it is delivered to, an ISO 3166-1 code.", "country"),
        "area": _text("The part of the country, in the shop's own words.", "area"),
        "payment_method": _text("How it is paid, in the shop's own words.", "payment_method"),
        "metadata": _field(MAP, "What else the shop says about the order.", "metadata"),
    },
)
CUSTOMER = Kind(
    "customer",
    fields={
        "source_id": _text("The company's own id of the customer.", "source_id"),
        "name": _text("The name.", "name"),
        "email": _text("The e-mail address.", "email"),
        "birthday": _moment(
            "The birthday, its midnight in UTC.",
            lambda shopper: (
                None if shopper.birthday is None else datetime.combine(shopper.birthday, time(), UTC)
            ),
        ),
        "known_since": _moment("When the customer became known.", lambda shopper: shopper.known_since),
        "metadata": _field(MAP, "What else the company says about the customer.", "metadata"),
    },
)
REDEMPTION = Kind(
    "redemption",
    fields={
        "channel": _text("Where the order comes from.", "channel"),
        "redemption_point": _text("The redemption point.", "redemption_point"),
        "metadata": _field(MAP, "What else is said about the redemption.", "metadata"),
    },
)
VARIABLES: Mapping[str, Kind] = {
    "cart": CART,
    "customer": CUSTOMER,
    "redemption": REDEMPTION,
    "now": MOMENT,
    "zone": TEXT,
}


class Computation:
    """A compiled expression. Made by `condition` and `amount`, which remember those that they have made."""

    __slots__ = ("_compiled", "asks_for_customer")

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self.asks_for_customer = "customer" in compiled.names

    @property
    def needs(self) -> frozenset[Need]:
        """What must be looked up before it can be evaluated."""
        return frozenset({Profile()}) if self.asks_for_customer else NOTHING

    def evaluate(self, situation: Situation) -> object:
        """Its value: a bool of a condition, an int or a Decimal of an amount. Raises NotEvaluated."""
        if self.asks_for_customer and situation.facts.shopper is None:
            raise NotEvaluated("Nobody knows the customer.")
        values: dict[str, object] = {
            "cart": situation.cart,
            "customer": situation.facts.shopper,
            "redemption": situation.occasion,
            "now": situation.now.astimezone(UTC),
            "zone": situation.zone,
            _SITUATION: situation,
        }
        return self._compiled.run(Frame(values, MOST_STEPS))

    def minor(self, situation: Situation) -> int:
        """An amount in minor units of the cart's currency, rounded half up; never below nothing.

        Raises NotEvaluated.
        """
        value = self.evaluate(situation)
        if not isinstance(value, int | Decimal):
            raise NotEvaluated("This is no amount.")
        if value <= 0:
            return 0
        if value >= LARGEST:
            return LARGEST
        scaled = EXACT.scaleb(Decimal(value), exponent(situation.cart.currency))
        return min(LARGEST, int(scaled.to_integral_value(ROUND_HALF_UP)))


def condition(name: str, text: str) -> Computation:
    """The expression that is true or false, of the parameter called `name`.

    Raises UnitError that says where in the text the first mistake is.
    """
    return _made(name, text, "condition")


def amount(name: str, text: str) -> Computation:
    """The same of an expression that is a number."""
    return _made(name, text, "amount")


def _made(name: str, text: str, sort: str) -> Computation:
    if not text.strip():
        raise UnitError(name, "Must not be empty.")
    if len(text) > LONGEST:
        raise UnitError(name, f"Must have at most {LONGEST} characters.")
    try:
        return _compiled(text, sort)
    except CelError as wrong:
        before = text[: wrong.at]
        line, column = before.count("\n") + 1, wrong.at - before.rfind("\n")
        where = f"Line {line}, column {column}" if "\n" in text else f"Column {column}"
        raise UnitError(name, f"{where}: {wrong.message}") from None


@lru_cache(maxsize=1024)
def _compiled(text: str, sort: str) -> Computation:
    compiled = compile_expression(text, VARIABLES)
    if sort == "condition" and compiled.kind != BOOL:
        mending = " Compare it: … == true." if compiled.kind is ANY else ""
        raise CelError(0, f"Must be a condition, true or false; this is {compiled.kind}.{mending}")
    if sort == "amount" and compiled.kind not in (INT, NUMBER):
        raise CelError(0, f"Must be an amount, a number; this is {compiled.kind}. double(…) makes one.")
    return Computation(compiled)
