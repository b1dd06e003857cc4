"""Segments as the engine sees them: a list, or a rule."""

from uuid import UUID

from app.engine.facts import Listed
from app.engine.rules.first_purchase import EVER, FirstPurchase
from app.engine.segment import Segment
from tests.engine.shop import ANNA, situation

VIPS = Segment(UUID(int=5), "VIPs")
NEWCOMERS = Segment(UUID(int=6), "Newcomers", FirstPurchase())


def test_a_list_holds_whoever_is_on_it() -> None:
    on_it = Listed(VIPS.id)
    assert VIPS.needs == {on_it}
    assert VIPS.holds(situation(customer=ANNA, answers={on_it: 1}))
    assert not VIPS.holds(situation(customer=ANNA, answers={on_it: 0}))


def test_a_live_segment_holds_whom_its_rule_holds_for() -> None:
    assert NEWCOMERS.needs == {EVER}
    assert NEWCOMERS.holds(situation(customer=ANNA, answers={EVER: 0}))
    assert not NEWCOMERS.holds(situation(customer=ANNA, answers={EVER: 1}))
