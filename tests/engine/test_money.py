"""Money keeps every cent, in currencies with no, two, three and four decimals."""

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision

from app.engine.json_data import Reader
from app.engine.money import CURRENCIES, LARGEST, Money, MoneyError, exponent, split
from app.engine.unit import UnitError


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "shown"),
    [
        ("1.50", "EUR", 150, "1.50 EUR"),
        ("1.5", "EUR", 150, "1.50 EUR"),
        ("0.05", "EUR", 5, "0.05 EUR"),
        ("-3", "EUR", -300, "-3.00 EUR"),
        ("1E+3", "EUR", 100000, "1000.00 EUR"),
        ("150", "JPY", 150, "150 JPY"),
        ("1.5", "KWD", 1500, "1.500 KWD"),
        ("0.001", "KWD", 1, "0.001 KWD"),
        ("1.2345", "CLF", 12345, "1.2345 CLF"),
        ("0", "EUR", 0, "0.00 EUR"),
        ("90071992547409.91", "EUR", LARGEST, "90071992547409.91 EUR"),
    ],
)
def test_an_amount_becomes_minor_units_and_back(amount: str, currency: str, minor: int, shown: str) -> None:
    money = Money.of(Decimal(amount), currency)
    assert money == Money(minor, currency)
    assert str(money) == shown
    assert str(money.amount) == shown.split(maxsplit=1)[0]
    assert Money.of(money.amount, currency) == money


@pytest.mark.parametrize(
    ("amount", "currency", "sentence"),
    [
        ("1.505", "EUR", "An amount in EUR has at most 2 decimals."),
        ("1.500", "EUR", "An amount in EUR has at most 2 decimals."),
        ("1.5", "JPY", "An amount in JPY has no decimals."),
        ("1.0001", "KWD", "An amount in KWD has at most 3 decimals."),
        ("NaN", "EUR", "The amount must be a finite number."),
        ("-Infinity", "EUR", "The amount must be a finite number."),
        ("90071992547409.92", "EUR", "The amount is too large."),
        ("1E+999999", "EUR", "The amount is too large."),
        ("1", "ABC", "'ABC' is not an ISO 4217 currency code."),
        ("1", "eur", "'eur' is not an ISO 4217 currency code."),
        ("1", "", "'' is not an ISO 4217 currency code."),
        ("1", "XAU", "'XAU' is not an ISO 4217 currency code."),
    ],
)
def test_an_amount_that_cannot_be_is_refused_with_a_sentence(
    amount: str, currency: str, sentence: str
) -> None:
    with pytest.raises(MoneyError) as refused:
        Money.of(Decimal(amount), currency)
    assert str(refused.value) == sentence


def test_minor_units_follow_iso_4217_where_cldr_shows_fewer_decimals() -> None:
    assert {code: exponent(code) for code in ("EUR", "JPY", "KWD", "CLF", "HUF", "ISK")} == {
        "EUR": 2,
        "JPY": 0,
        "KWD": 3,
        "CLF": 4,
        "HUF": 2,
        "ISK": 0,
    }
    differing = {code for code in CURRENCIES if get_currency_precision(code) != exponent(code)}
    assert {"IQD", "RSD", "ALL", "LBP"} <= differing
    assert exponent("IQD") == 3
    assert exponent("RSD") == 2


def test_money_reads_its_own_json_and_names_what_is_wrong_with_other_json() -> None:
    money = Money(150, "EUR")
    assert money.to_json() == {"minor": 150, "currency": "EUR"}
    assert Money.read(Reader(money.to_json(), "amount", UnitError)) == money
    for data, path in [
        ({"minor": 1.5, "currency": "EUR"}, "amount.minor"),
        ({"minor": True, "currency": "EUR"}, "amount.minor"),
        ({"minor": 1}, "amount.currency"),
        ({"minor": 1, "currency": "ABC"}, "amount"),
        ({"minor": 1, "currency": "EUR", "tip": 1}, "amount.tip"),
        ("1.50", "amount"),
    ]:
        with pytest.raises(UnitError) as refused:
            Money.read(Reader(data, "amount", UnitError))
        assert refused.value.path == path


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, (1, 1, 1), (34, 33, 33)),
        (200, (1, 1, 1), (67, 67, 66)),
        (5, (3, 3, 4), (2, 1, 2)),
        (1, (0, 1), (0, 1)),
        (0, (), ()),
        (0, (0, 0), (0, 0)),
        (300, (3300, 3400), (148, 152)),
        (7, (7,), (7,)),
    ],
)
def test_a_split_gives_left_over_units_to_the_largest_remainders(
    total: int, weights: tuple[int, ...], parts: tuple[int, ...]
) -> None:
    assert split(total, weights) == parts
    assert sum(parts) == total


@pytest.mark.parametrize(("total", "weights"), [(1, (0, 0)), (1, ()), (-1, (1,)), (1, (2, -1))])
def test_what_cannot_be_split_fairly_is_refused(total: int, weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="split"):
        split(total, weights)
