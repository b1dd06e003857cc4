"""An evaluation is stored and read back whole."""

import dataclasses

import pytest

from app.engine.counter import Measure, Scope
from app.engine.evaluation import Evaluation, EvaluationError
from app.engine.json_data import DataError
from app.engine.offer import Limits, Presented
from app.engine.period import Period
from app.engine.rules.minimum_spend import MinimumSpend
from tests.engine.shop import ANNA, CAMPAIGN, MAIN, VOUCHER, budget, cart, eur, judge, offer, presented

COUNT = {"scope": "voucher", "subject": str(VOUCHER), "measure": "DISCOUNT", "amount": 1}
DAY = {"period": "DAY", "starts": "2026-07-22T00:00:00+00:00", "ends": "2026-07-23T00:00:00+00:00"}


def test_an_evaluation_survives_its_json() -> None:
    granted = judge(
        presented(
            offer=offer(limits=Limits(1, 2, 3)),
            campaign=dataclasses.replace(
                CAMPAIGN, budgets=(budget(Measure.DISCOUNT, 5_000, Scope.CUSTOMER, Period.DAY),)
            ),
            main=dataclasses.replace(MAIN, max_redemptions=9),
        ),
        presented("B", 4),
        basket=cart(3333, 6667, shipping=490),
        customer=ANNA,
    )
    refused = judge(Presented("NOPE"), presented(offer=offer(MinimumSpend(eur("999")))), presented("B", 4))
    assert granted.granted
    assert not refused.granted
    assert len(granted.verdicts[0].counts) == 5
    for evaluation in (granted, refused):
        assert Evaluation.from_json(evaluation.to_json()) == evaluation


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"total": "1"}, "total"),
        ({"granted": 1}, "granted"),
        ({"colour": "red"}, "colour"),
        ({"verdicts": [{}]}, "verdicts[0].code"),
    ],
)
def test_data_that_is_no_evaluation_is_refused_with_its_path(change: dict[str, object], path: str) -> None:
    with pytest.raises(EvaluationError) as refused:
        Evaluation.from_json({**judge().to_json(), **change})
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("member", "value", "path"),
    [
        ("counts", [{"scope": "voucher"}], "verdicts[0].counts[0].measure"),
        ("counts", [{"scope": "voucher", "subject": "x"}], "verdicts[0].counts[0].subject"),
        ("counts", [{**COUNT, "measure": "TIME"}], "verdicts[0].counts[0].measure"),
        ("counts", [{**COUNT, "amount": "1"}], "verdicts[0].counts[0].amount"),
        ("counts", [{**COUNT, "colour": "red"}], "verdicts[0].counts[0].colour"),
        ("counts", [{**COUNT, "window": {**DAY, "period": "EVER?"}}], "verdicts[0].counts[0].window.period"),
        ("counts", [{**COUNT, "window": {**DAY, "ends": None}}], "verdicts[0].counts[0].window.starts"),
        ("spent", None, "verdicts[0].spent"),
        ("reasons", [{"code": "A"}], "verdicts[0].reasons[0].message"),
        ("line_discounts", [1.5], "verdicts[0].line_discounts[0]"),
    ],
)
def test_data_that_is_no_verdict_is_refused_with_its_path(member: str, value: object, path: str) -> None:
    data = judge(presented()).to_json()
    data["verdicts"] = [{**judge(presented()).verdicts[0].to_json(), member: value}]  # type: ignore[dict-item]  # wrong on purpose
    with pytest.raises(DataError) as refused:
        Evaluation.from_json(data)
    assert refused.value.path == path
