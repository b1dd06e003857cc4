"""A rollback survives its JSON, and adds up."""

import orjson

from app.ids import new_id
from app.redemptions.rollback import ReturnedLine, ReturnedShipping, Rollback, RollbackPolicy
from tests.conftest import NOW

ROLLBACK = Rollback(
    id=new_id(),
    policy=RollbackPolicy.CLAW_BACK_IF_UNQUALIFIED,
    lines=(ReturnedLine(0, 0, (500, 0), not_recovered=1_500), ReturnedLine(1, 2, (400, 100))),
    subtotal=1_000,
    discount=1_000,
    reason="too small",
    created_at=NOW,
    shipping=ReturnedShipping((300, 0), not_recovered=190),
)


def test_a_rollback_survives_its_json() -> None:
    assert Rollback.from_json(orjson.loads(orjson.dumps(ROLLBACK.to_json()))) == ROLLBACK
    before_shipping = {name: value for name, value in ROLLBACK.to_json().items() if name != "shipping"}
    assert Rollback.from_json(before_shipping).shipping is None


def test_it_tells_what_goes_back_and_what_could_not_be_taken() -> None:
    assert (ROLLBACK.refund, ROLLBACK.not_recovered) == (0, 1_690)
    assert ROLLBACK.shipping is not None
    assert ROLLBACK.shipping.discount == 300
    assert [line.discount for line in ROLLBACK.lines] == [500, 500]
