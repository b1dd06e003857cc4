"""The shopper: a customer's own data, written and read again."""

from datetime import UTC, date, datetime

import pytest

from app.engine.shopper import Shopper, ShopperError


@pytest.mark.parametrize(
    "shopper",
    [
        Shopper("ada"),
        Shopper(
            "ada",
            "Ada",
            "ada@example.com",
            date(1990, 2, 28),
            {"tier": "gold"},
            datetime(2026, 1, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_shopper_comes_back_as_written(shopper: Shopper) -> None:
    assert Shopper.from_json(shopper.to_json()) == shopper


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({}, "source_id"),
        ({"source_id": "ada", "birthday": "soon"}, "birthday"),
        ({"source_id": "ada", "metadata": []}, "metadata"),
        ({"source_id": "ada", "shoe_size": 41}, "shoe_size"),
    ],
)
def test_stored_data_that_is_no_shopper_is_refused_with_its_path(data: object, path: str) -> None:
    with pytest.raises(ShopperError) as wrong:
        Shopper.from_json(data)
    assert wrong.value.path == path
