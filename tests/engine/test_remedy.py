"""Changes: what would mend a refusal, as data."""

from datetime import UTC, datetime

import pytest

from app.engine.money import Money
from app.engine.remedy import Act, Change, ChangeError

CHANGES = [
    Change(Act.SIGN_IN),
    Change(Act.ADD_AMOUNT, amount=Money(410, "EUR"), items={"categories": ["shoes"]}),
    Change(Act.ADD_ITEMS, quantity=2, items={"products": ["MUG-1"]}),
    Change(Act.COME_AT, at=datetime(2026, 7, 22, 16, 0, tzinfo=UTC)),
    Change(Act.CHOOSE, path="cart.payment_method", values=("card", "cash")),
    Change(Act.USE_CODE, amount=Money(230, "JPY"), code="B"),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.act.value)
def test_a_change_comes_back_from_json_as_it_was(change: Change) -> None:
    assert Change.from_json(change.to_json()) == change


def test_what_a_change_does_not_need_is_left_out_of_its_json() -> None:
    assert Change(Act.SIGN_IN).to_json() == {"act": "SIGN_IN"}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"act": "PRAY"}, "remedy.act: Is not an act."),
        ({"act": "ADD_ITEMS", "items": ["tea"]}, "remedy.items: Must be an object."),
        ({"act": "COME_AT", "at": "soon"}, "remedy.at: "),
        ({"act": "SIGN_IN", "who": "me"}, "remedy.who: Is not known here."),
    ],
)
def test_what_is_no_change_is_named(data: dict[str, object], error: str) -> None:
    with pytest.raises(ChangeError) as refused:
        Change.from_json(data, "remedy")
    assert str(refused.value).startswith(error)
