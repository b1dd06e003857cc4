"""Expressions over cart, customer, redemption and moment."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from time import process_time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.expression import LONGEST, VARIABLES, NotEvaluated, amount, condition
from app.engine.facts import Facts, Profile, Situation
from app.engine.occasion import Occasion
from app.engine.shopper import Shopper
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, NOW, cart, situation

CART = Cart(
    "EUR",
    (
        Line(2, 1250, "S1", "P1", "Mug", ("kitchen",), {"color": "red"}),
        Line(1, 500),
    ),
    shipping=490,
    metadata={"gift": True, "points": 12.5},
    country="DE",
    area="20095",
    payment_method="card",
)
KNOWN = Shopper("ada", "Ada", None, date(1990, 7, 22), {"tier": "gold"}, datetime(2026, 1, 1, tzinfo=UTC))
WHOLE = replace(
    situation(CART),
    occasion=Occasion("web", "Kiosk", UUID(int=1), {"campaign": "x"}),
    facts=Facts(ANNA, shopper=KNOWN),
)


@pytest.mark.parametrize(
    "text",
    [
        "cart.currency == 'EUR' && cart.subtotal == 30 && cart.shipping == 4.90 && cart.total == 34.9",
        "cart.country == 'DE' && cart.area == '20095' && cart.payment_method == 'card'",
        "cart.metadata.gift == true && cart.metadata.points == 12.5",
        "cart.lines[0].quantity == 2 && cart.lines[0].unit_price == 12.50 && cart.lines[0].amount == 25",
        "cart.lines[0].sku == 'S1' && cart.lines[0].product == 'P1' && cart.lines[0].name == 'Mug'",
        "cart.lines[0].categories == ['kitchen'] && cart.lines[0].metadata.color == 'red'",
        "customer.source_id == 'ada' && customer.name == 'Ada' && customer.metadata.tier == 'gold'",
        "customer.birthday.getMonth() == now.getMonth() && customer.birthday.getDate() == now.getDate()",
        "now - customer.known_since > duration('2400h')",
        "redemption.channel == 'web' && redemption.redemption_point == 'Kiosk'",
        "redemption.metadata.campaign == 'x'",
        "now.getHours(zone) == 17 && zone == 'Europe/Warsaw'",
        "!has(customer.email) && customer.email == '' && has(customer.name) && has(customer.birthday)",
        "!has(cart.lines[1].sku) && cart.lines[1].sku == '' && has(cart.lines[1].amount)",
    ],
)
def test_an_expression_sees_what_there_is(text: str) -> None:
    assert condition("expression", text).evaluate(WHOLE) is True


def test_every_field_has_its_sentence() -> None:
    fields = [field for kind in VARIABLES.values() for field in (kind.fields or {}).values()]
    assert len(fields) == 19
    assert all(field.says.endswith(".") for field in fields)


def test_what_the_codes_before_have_left_is_told() -> None:
    later = replace(WHOLE, remaining=(2000, 0))
    assert condition("e", "cart.remaining == 20 && cart.subtotal == 30").evaluate(later) is True
    assert condition("e", "cart.remaining == 30").evaluate(WHOLE) is True


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("cart.metadata.gone == 1", "There is no gone."),
        ("customer.birthday < now", "There is no such moment."),
        ("customer.known_since < now", "There is no such moment."),
    ],
)
def test_what_is_not_there_has_no_value(text: str, why: str) -> None:
    stranger = replace(WHOLE, facts=Facts(ANNA, shopper=Shopper("bob")))
    with pytest.raises(NotEvaluated, match=f"^{why}$"):
        condition("e", text).evaluate(stranger)


def test_only_who_asks_for_the_customer_needs_to_know_it() -> None:
    assert condition("e", "cart.total > 1").needs == frozenset()
    asking = condition("e", "cart.total > 1 && customer.name != ''")
    assert asking.needs == {Profile()}
    with pytest.raises(NotEvaluated, match=r"^Nobody knows the customer\.$"):
        asking.evaluate(situation())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expression: Must not be empty."),
        (" \n", "expression: Must not be empty."),
        ("1 == 1 " * 200, "expression: Must have at most 1000 characters."),
        ("cart.total >", "expression: Column 13: Something is missing at the end."),
        ("cart.total > 5 &&\n basket > 1", "expression: Line 2, column 2: There is no basket here; "
         "there are cart, customer, now, redemption, zone."),
        ("cart.total", "expression: Column 1: Must be a condition, true or false; this is double."),
        ("cart.metadata.gift", "expression: Column 1: Must be a condition, true or false; this is dyn. "
         "Compare it: … == true."),
        ("cart.lines.all(l, l.colour == 'red')", "expression: Column 21: A line has no colour; it has amount, "
         "categories, metadata, name, product, quantity, sku, unit_price."),
        ("cart.lines.all(l, cart.lines.exists(m, m.sku == l.sku))", "expression: Column 30: These loops are "
         "nested too deep: it would take too long."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UnitError) as refused:
        condition("expression", text)
    assert str(refused.value) == message


@pytest.mark.parametrize(("text", "kind"), [("cart.total > 1", "bool"), ("cart.metadata.points", "dyn")])
def test_an_amount_must_be_a_number(text: str, kind: str) -> None:
    with pytest.raises(UnitError) as refused:
        amount("formula", text)
    assert str(refused.value) == (
        f"formula: Column 1: Must be an amount, a number; this is {kind}. double(…) makes one."
    )


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("cart.subtotal * 0.1", "EUR", 9),  # 0.085 is half a cent more than 8
        ("cart.subtotal * 0.1", "JPY", 9),
        ("cart.subtotal * 0.1", "KWD", 9),
        ("cart.subtotal / 3", "EUR", 28),
        ("1", "EUR", 100),
        ("1", "JPY", 1),
        ("1", "KWD", 1000),
        ("0.5", "JPY", 1),
        ("-1", "EUR", 0),
        ("1e30", "EUR", 2**53 - 1),
        (" * ".join(["1e30"] * 33 + ["1e9"]), "EUR", 2**53 - 1),
        ("-" + " * ".join(["1e30"] * 33 + ["1e9"]), "KWD", 0),
        ("double(cart.metadata.gone + 1)", "EUR", None),
    ],
)
def test_an_amount_is_rounded_half_up_to_the_minor_unit(text: str, currency: str, minor: int | None) -> None:
    computation, looked_at = amount("formula", text), situation(cart(85, currency=currency))
    if minor is None:
        with pytest.raises(NotEvaluated):
            computation.minor(looked_at)
    else:
        assert computation.minor(looked_at) == minor


@given(st.integers(0, 10**12), st.decimals(0, 1, places=4))
def test_a_percentage_is_the_one_that_people_reckon(minor: int, share: Decimal) -> None:
    exact = Decimal(minor) * share
    found = amount("formula", f"cart.subtotal * {share:f}").minor(situation(cart(minor)))
    assert exact - Decimal("0.5") < found <= exact + Decimal("0.5")


def test_the_same_text_is_compiled_once() -> None:
    assert condition("a", "cart.total > 99") is condition("b", "cart.total > 99")


def _longest(loop: str) -> str:
    text = loop
    while len(text) + len(loop) + 4 <= LONGEST:
        text += f" || {loop}"
    return text


@pytest.mark.parametrize(
    "loop",
    [
        "cart.lines.exists(l, l.categories.exists(c, c.contains('xyz')))",
        "cart.lines.map(l, cart.lines).size() == 0",
        "cart.lines.exists(l, cart.metadata.many.exists(x, x == l.sku))",
        "cart.lines.exists(l, l.sku in cart.metadata.many)",
        "cart.lines.exists(l, cart.metadata.many == cart.metadata.many && false)",
        "(cart.lines + cart.lines + cart.lines).exists(l, l.name == 'x')",
        "cart.lines.map(l, cart.metadata.text + cart.metadata.text).exists(t, t == '')",
    ],
)
def test_the_largest_cart_and_the_longest_expression_take_no_time_to_speak_of(loop: str) -> None:
    many = [f"S{number}" for number in range(900)]
    lines = tuple(Line(1, 100, f"X{number}", categories=tuple(many[:50])) for number in range(500))
    largest = Situation(
        Cart("EUR", lines, metadata={"many": list(many), "text": "t" * 8000}), Facts(), NOW, "UTC"
    )
    computation = condition("e", _longest(loop))
    began = process_time()
    try:
        computation.evaluate(largest)
    except NotEvaluated as why:
        assert str(why) == "There is too much to look at."  # noqa: PT017  # it need not come so far
    assert process_time() - began < 1
