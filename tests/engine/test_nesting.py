"""Rules made of rules have a depth and a size, and limits for both."""

import pytest

from app.engine.nesting import DEEPEST, MOST_UNITS, check_nesting, depth, every, inside, size
from app.engine.rules.all_of import AllOf
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.unit import Rule, UnitError

FIRST = FirstPurchase()


def tower(storeys: int) -> Rule:
    """A rule that is exactly so deep."""
    rule: Rule = FIRST
    for _ in range(storeys - 1):
        rule = AllOf((rule,))
    return rule


def test_depth_and_size_count_the_rule_itself() -> None:
    assert (depth(FIRST), size(FIRST), inside(FIRST)) == (1, 1, ())
    both = AllOf((FIRST, AllOf((FIRST, FIRST))))
    assert (depth(both), size(both)) == (3, 5)
    assert list(every(both)) == [both, FIRST, AllOf((FIRST, FIRST)), FIRST, FIRST]


def test_five_deep_is_allowed_and_six_is_not() -> None:
    assert depth(tower(DEEPEST)) == 5
    with pytest.raises(UnitError, match=r"^rules: May be nested 5 deep at most\.$"):
        tower(DEEPEST + 1)


def test_fifty_units_are_allowed_and_one_more_is_not() -> None:
    assert size(AllOf((FIRST,) * (MOST_UNITS - 1))) == 50
    with pytest.raises(UnitError, match=r"^rules: Must not be more than 50 altogether\.$"):
        AllOf((FIRST,) * MOST_UNITS)
    with pytest.raises(UnitError, match="50 altogether"):
        AllOf((AllOf((FIRST,) * 25), AllOf((FIRST,) * 25)))


def test_a_combination_of_nothing_is_refused() -> None:
    with pytest.raises(UnitError, match=r"^rules: Must name at least one rule\.$"):
        check_nesting(())
