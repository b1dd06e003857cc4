"""The gap: what stands between a refused code and its use, where the shopper can do something about it."""

from datetime import timedelta

from app.engine.gap import NO_GAP, Gap, gap_of
from app.engine.money import Money
from app.engine.reason import Reason, customer_required
from app.engine.remedy import Act, Change
from tests.engine.shop import NOW


def _reason(change: Change | None = None, *ways: tuple[Reason, ...]) -> Reason:
    return Reason("ANY", "Any reason.", change=change, alternatives=ways)


def _adds(minor: int) -> Reason:
    return _reason(Change(Act.ADD_AMOUNT, amount=Money(minor, "EUR")))


def test_without_reasons_there_is_no_gap() -> None:
    assert gap_of([]) == NO_GAP


def test_one_reason_that_nothing_mends_leaves_none() -> None:
    assert gap_of([_reason()]) is None
    assert gap_of([_adds(500), _reason()]) is None


def test_the_same_goods_may_take_two_steps_so_the_largest_amount_counts() -> None:
    items = _reason(Change(Act.ADD_ITEMS, quantity=2))
    assert gap_of([_adds(500), _adds(1200), items]) == Gap(False, 1200, 2, 3)


def test_signing_in_and_taking_something_out_are_steps_without_goods() -> None:
    out = _reason(Change(Act.REMOVE_AMOUNT, amount=Money(900, "EUR")))
    assert gap_of([customer_required(), out]) == Gap(False, 0, 0, 2)


def test_coming_at_another_time_is_waiting() -> None:
    assert gap_of([_reason(Change(Act.COME_AT, at=NOW + timedelta(hours=1)))]) == Gap(True, 0, 0, 1)


def test_of_several_ways_the_shortest_that_can_be_gone_counts() -> None:
    way = _reason(None, (_adds(900),), (_adds(300), _adds(400)), (_reason(),))
    assert gap_of([way]) == Gap(False, 400, 0, 2)
    assert gap_of([_reason(None, (_reason(),), (_adds(1), _reason()))]) is None


def test_smaller_gaps_sort_first_and_waiting_last() -> None:
    gaps = [Gap(True, 0, 0, 1), Gap(False, 500, 0, 1), Gap(False, 0, 3, 1), Gap(False, 0, 0, 2)]
    assert sorted(gaps) == [gaps[3], gaps[2], gaps[1], gaps[0]]
