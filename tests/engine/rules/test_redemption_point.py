"""The till at which a code is used."""

from dataclasses import replace

import pytest

from app.engine.facts import Situation
from app.engine.occasion import Occasion
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.redemption_point import RedemptionPoint
from app.engine.unit import UnitError
from tests.engine.shop import situation

RULE = RedemptionPoint(("Kiosk",))


def at(point: str | None) -> Situation:
    return replace(situation(), occasion=Occasion("pos", point))


def test_the_point_itself_will_do() -> None:
    assert RULE.refusals(at("Kiosk")) == ()


def test_another_point_is_told() -> None:
    assert RULE.refusals(at("Shop")) == (
        Reason(
            "REDEMPTION_POINT_DIFFERS",
            "This offer wants the redemption point to be Kiosk; it is Shop.",
            subject="redemption_point",
            expected=("Kiosk",),
            actual="Shop",
            remedy="Let the redemption point be Kiosk.",
            change=Change(Act.CHOOSE, path="redemption_point", values=("Kiosk",)),
        ),
    )


def test_nowhere_is_none_of_them() -> None:
    assert [reason.code for reason in RULE.refusals(at(None))] == ["REDEMPTION_POINT_DIFFERS"]


def test_the_point_is_shown() -> None:
    assert (RULE.actual(at("Kiosk")), RULE.actual(at(None))) == ("Kiosk", None)


@pytest.mark.parametrize(("points", "path"), [((), "points"), (("a", ""), "points[1]")])
def test_faulty_points_are_refused_with_their_path(points: tuple[str, ...], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        RedemptionPoint(points)
    assert refused.value.path == path
