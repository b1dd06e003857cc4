"""Gifts: what a redemption gives beside a discount, kept as JSON."""

from uuid import UUID

import pytest

from app.engine.gift import Gift, GiftError, GiftKind

CREDIT = Gift(GiftKind.CREDIT, UUID(int=7), 500, "EUR", UUID(int=9))


def test_a_gift_comes_back_from_json_as_it_was() -> None:
    code = Gift(GiftKind.EXTERNAL_CODE, UUID(int=8), 1)
    for gift in (CREDIT, code):
        assert Gift.from_json(gift.to_json()) == gift


def test_a_gift_in_json_names_what_it_is_where_it_comes_from_and_where_it_goes() -> None:
    assert CREDIT.to_json() == {
        "kind": "CREDIT",
        "source": UUID(int=7).hex,
        "amount": 500,
        "unit": "EUR",
        "voucher": UUID(int=9).hex,
    }


@pytest.mark.parametrize("wrong", [{"kind": "HUG"}, {"source": None}])
def test_what_is_no_gift_is_not_taken_for_one(wrong: dict[str, object]) -> None:
    with pytest.raises(GiftError, match=r"^gifts\[1\]: Is not a gift\.$"):
        Gift.from_json({**CREDIT.to_json(), **wrong}, "gifts[1]")
