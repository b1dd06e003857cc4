"""Parameters that are texts have limits."""

import pytest

from app.engine.unit import LONGEST_TEXT, MOST_ITEMS, UnitError, check_texts, says


def test_texts_within_the_limits_pass() -> None:
    check_texts("products", ("x" * LONGEST_TEXT,) * MOST_ITEMS)


@pytest.mark.parametrize(
    ("values", "error"),
    [
        (("",), "products[0]: Must be 1 to 255 characters long."),
        (("a", "x" * 256), "products[1]: Must be 1 to 255 characters long."),
        (("a",) * 1001, "products: Must not have more than 1000 items."),
    ],
)
def test_texts_beyond_the_limits_are_named(values: tuple[str, ...], error: str) -> None:
    with pytest.raises(UnitError) as refused:
        check_texts("products", values)
    assert str(refused.value) == error


def test_a_parameter_says_what_it_is() -> None:
    assert says("More than 0.", unit="percent") == {
        "description": "More than 0.",
        "unit": "percent",
        "of": None,
    }
    assert says("Whose.", of="segment") == {"description": "Whose.", "unit": None, "of": "segment"}
