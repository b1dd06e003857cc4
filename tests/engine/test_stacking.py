"""The policy of a project for several codes: what it may say, and how it is kept."""

import json

import pytest

from app.engine.stacking import (
    DEFAULT,
    Base,
    Compatibility,
    Lane,
    LaneMode,
    NoEffect,
    OnRefusal,
    Stacking,
    stacking_of,
)
from app.engine.unit import UnitError
from tests.engine.shop import offer

FULL = Stacking(
    lanes=(Lane("sale", LaneMode.COMPETE, Base.ORIGINAL), Lane("codes")),
    exclusive=("vip",),
    always=("delivery", "partners"),
    most_codes=5,
    most_per_category=2,
    most_exclusive=None,
    on_refusal=OnRefusal.PARTIAL,
    no_effect=NoEffect.SKIP,
)


@pytest.mark.parametrize("policy", [DEFAULT, FULL])
def test_a_policy_survives_its_json(policy: Stacking) -> None:
    assert Stacking.from_json(policy.to_json()) == policy


def test_what_a_policy_leaves_out_is_as_by_default() -> None:
    assert Stacking.from_json({}) == DEFAULT == Stacking()
    assert Stacking.from_json({"lanes": [{"name": "sale"}]}).lanes == (Lane("sale"),)
    assert Stacking.from_json({"most_exclusive": None}).most_exclusive is None


def test_by_default_all_combine_in_the_order_of_the_request_or_not_at_all() -> None:
    assert DEFAULT.is_plain
    assert (DEFAULT.most_codes, DEFAULT.on_refusal, DEFAULT.no_effect) == (
        30,
        OnRefusal.ALL,
        NoEffect.GRANT,
    )
    assert Stacking(always=("delivery",), on_refusal=OnRefusal.PARTIAL).is_plain


@pytest.mark.parametrize(
    "policy",
    [
        Stacking(lanes=(Lane("sale"),)),
        Stacking(exclusive=("vip",)),
        Stacking(most_codes=29),
        Stacking(most_per_category=1),
        Stacking(no_effect=NoEffect.SKIP),
    ],
)
def test_a_policy_that_may_leave_something_out_is_not_plain(policy: Stacking) -> None:
    assert not policy.is_plain


def test_a_lane_that_is_not_named_has_its_turn_after_all_that_are() -> None:
    assert [FULL.turn_of(offer(lane=name)) for name in ("sale", "codes", "default", "other")] == [0, 1, 2, 2]
    assert FULL.turn_of(None) == 2
    assert [FULL.lane_at(turn).name for turn in range(3)] == ["sale", "codes", ""]
    assert FULL.lane_at(2).mode is LaneMode.COMBINE


def test_a_category_is_common_unless_the_policy_says_otherwise() -> None:
    found = [FULL.compatibility_of(category) for category in ("vip", "delivery", "shoes", None)]
    common = Compatibility.COMMON
    assert found == [Compatibility.EXCLUSIVE, Compatibility.ALWAYS, common, common]


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        ({"lanes": [{"name": ""}]}, "policy.lanes[0].name", "Must be 1 to 64 characters long."),
        ({"lanes": [{"name": "a"}, {"name": "a"}]}, "policy.lanes[1].name", "Is named twice."),
        ({"lanes": [{}]}, "policy.lanes[0].name", "Is required."),
        (
            {"lanes": [{"name": "a", "mode": "FIGHT"}]},
            "policy.lanes[0].mode",
            "Must be one of COMBINE, COMPETE.",
        ),
        ({"lanes": [{"name": "a", "base": 1}]}, "policy.lanes[0].base", "Must be one of RUNNING, ORIGINAL."),
        ({"lanes": [{"name": "a", "size": 1}]}, "policy.lanes[0].size", "Is not known here."),
        (
            {"lanes": [{"name": str(n)} for n in range(51)]},
            "policy.lanes",
            "Must not have more than 50 items.",
        ),
        ({"exclusive": ["a", "a"]}, "policy.exclusive[1]", "Is named twice."),
        ({"exclusive": ["a"], "always": ["b", "a"]}, "policy.always[1]", "Is named twice."),
        ({"always": [""]}, "policy.always[0]", "Must be 1 to 255 characters long."),
        ({"most_codes": 0}, "policy.most_codes", "Must be 1 to 30."),
        ({"most_codes": 31}, "policy.most_codes", "Must be 1 to 30."),
        ({"most_per_category": 0}, "policy.most_per_category", "Must be 1 to 30."),
        ({"most_exclusive": 31}, "policy.most_exclusive", "Must be 1 to 30."),
        ({"on_refusal": "SOME"}, "policy.on_refusal", "Must be one of ALL, PARTIAL."),
        ({"no_effect": None}, "policy.no_effect", "Must be one of GRANT, SKIP."),
        ({"codes": 1}, "policy.codes", "Is not known here."),
        ([], "policy", "Must be an object."),
    ],
)
def test_a_policy_that_cannot_be_says_where_and_why(data: object, path: str, message: str) -> None:
    with pytest.raises(UnitError) as told:
        Stacking.from_json(data, "policy")
    assert (told.value.path, told.value.message) == (path, message)


def test_a_policy_that_is_kept_is_read_once() -> None:
    text = json.dumps(FULL.to_json())
    assert stacking_of(None) is DEFAULT
    assert stacking_of(text) == FULL
    assert stacking_of(text) is stacking_of(text)
