"""Budgets are stored as data, and a budget that cannot be is refused where it is wrong."""

import pytest

from app.engine.budget import Budget, budgets_from_json
from app.engine.counter import Measure, Scope
from app.engine.money import LARGEST
from app.engine.period import Period
from app.engine.unit import UnitError

DAILY = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY, 50_000, "EUR")
DAILY_JSON = {"measure": "DISCOUNT", "per": "campaign", "period": "DAY", "most": 50_000, "currency": "EUR"}


def test_a_budget_survives_its_json() -> None:
    assert DAILY.to_json() == DAILY_JSON
    uses = Budget(Measure.REDEMPTIONS, Scope.CUSTOMER, Period.EVER, 3)
    assert uses.to_json() == {"measure": "REDEMPTIONS", "per": "customer", "period": "EVER", "most": 3}
    assert budgets_from_json([DAILY.to_json(), uses.to_json()]) == (DAILY, uses)
    assert budgets_from_json([]) == ()


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("period", list(Period))
def test_every_measure_may_have_a_budget_for_everybody_in_every_period(
    measure: Measure, scope: Scope, period: Period
) -> None:
    budget = Budget(measure, scope, period, LARGEST, "JPY" if measure.is_money else None)
    assert Budget.from_json(budget.to_json()) == budget


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"most": 0}, "here.most", "Must be 1 or more, and at most 9007199254740991."),
        ({"most": LARGEST + 1}, "here.most", "Must be 1 or more, and at most 9007199254740991."),
        ({"most": "5"}, "here.most", None),
        ({"most": None}, "here.most", None),
        ({"currency": None}, "here.currency", "Belongs to money, and to nothing else."),
        ({"measure": "POINTS"}, "here.currency", "Belongs to money, and to nothing else."),
        ({"currency": "XXY"}, "here.currency", None),
        ({"measure": "TIME"}, "here", "Names a measure, a scope or a period that is not known."),
        ({"per": "CAMPAIGN"}, "here", "Names a measure, a scope or a period that is not known."),
        ({"period": "HOUR"}, "here", "Names a measure, a scope or a period that is not known."),
        ({"colour": "red"}, "here.colour", None),
    ],
)
def test_a_faulty_budget_is_refused_where_it_is_faulty(
    change: dict[str, object], path: str, message: str | None
) -> None:
    with pytest.raises(UnitError) as refused:
        Budget.from_json({**DAILY_JSON, **change}, "here")
    assert refused.value.path == path
    assert message is None or refused.value.message == message


def test_a_list_of_budgets_tells_which_is_faulty() -> None:
    with pytest.raises(UnitError) as refused:
        budgets_from_json([DAILY_JSON, {**DAILY_JSON, "most": -1}], "budgets")
    assert refused.value.path == "budgets[1].most"
    with pytest.raises(UnitError, match="Must be a list"):
        budgets_from_json({}, "budgets")
