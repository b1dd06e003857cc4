"""Redemptions and rejected redemptions survive their JSON, which is what events carry."""

import orjson

from app.engine.money import Money
from app.engine.reason import Reason
from app.ids import new_id
from app.redemptions.rejected import RejectedRedemption, RejectedVoucher
from app.redemptions.values import RedeemedVoucher, Redemption
from tests.conftest import NOW
from tests.redemptions.shop import CART

REDEMPTION = Redemption(
    id=new_id(),
    customer_id=new_id(),
    currency="EUR",
    subtotal=10_000,
    shipping=500,
    discount=700,
    line_discounts=(400, 300),
    cart=CART,
    channel="web",
    redemption_point=None,
    key_id=new_id(),
    metadata={"order": {"number": 7}},
    created_at=NOW,
    vouchers=(RedeemedVoucher(0, new_id(), new_id(), new_id(), 3, "SUMMER", 700, (400, 300)),),
    rolled_back_at=NOW,
    rollback_reason="returned",
)
REASON = Reason("MINIMUM_SPEND", "Too little.", expected=Money(500, "EUR"), actual=Money(1, "EUR"))
REJECTED = RejectedRedemption(
    id=new_id(),
    customer_id=None,
    currency="EUR",
    subtotal=10_000,
    shipping=500,
    cart=CART,
    channel="web",
    redemption_point="Kiosk",
    key_id=new_id(),
    metadata={},
    created_at=NOW,
    vouchers=(
        RejectedVoucher(0, "SUMMER", new_id(), new_id(), None, 3, (REASON,)),
        RejectedVoucher(1, "NONE", None, None, None, None, ()),
    ),
)


def test_a_redemption_survives_its_json() -> None:
    assert Redemption.from_json(orjson.loads(orjson.dumps(REDEMPTION.to_json()))) == REDEMPTION


def test_a_rejected_redemption_survives_its_json() -> None:
    assert RejectedRedemption.from_json(orjson.loads(orjson.dumps(REJECTED.to_json()))) == REJECTED
    assert REJECTED.reasons == (REASON,)


def test_a_cart_that_was_encoded_already_is_the_same_cart() -> None:
    encoded = orjson.Fragment(orjson.dumps(CART.to_json()))
    assert orjson.loads(orjson.dumps(REDEMPTION.to_json(encoded))) == orjson.loads(
        orjson.dumps(REDEMPTION.to_json())
    )
    assert orjson.loads(orjson.dumps(REJECTED.to_json(encoded))) == orjson.loads(
        orjson.dumps(REJECTED.to_json())
    )


def test_what_a_later_version_added_is_passed_over() -> None:
    assert Redemption.from_json({**REDEMPTION.to_json(), "later": 1}) == REDEMPTION
    assert RejectedRedemption.from_json({**REJECTED.to_json(), "later": 1}) == REJECTED
