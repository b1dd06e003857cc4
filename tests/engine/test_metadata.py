"""Metadata is compared by texts, whatever JSON it came as."""

import pytest

from app.engine.json_data import JSONValue
from app.engine.metadata import MetadataMatch, has_one_of, texts_of
from app.engine.unit import UnitError


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("summer", ("summer",)),
        (5, ("5",)),
        (5.0, ("5",)),
        (-0.0, ("0",)),
        (0.25, ("0.25",)),
        (2.0**53, ("9007199254740992",)),
        (1e-7, ("0.0000001",)),
        (1.5e22, ("15000000000000000000000",)),
        (True, ("true",)),
        (False, ("false",)),
        (["a", 1, ["b"], None], ("a", "1", "b")),
        (None, ()),
        ([], ()),
        ({"a": "b"}, ()),
    ],
)
def test_every_value_has_its_texts(value: JSONValue, texts: tuple[str, ...]) -> None:
    assert texts_of(value) == texts


def test_one_of_the_values_is_enough_and_case_matters() -> None:
    season = MetadataMatch("season", ("summer", "autumn"))
    assert season.holds({"season": "autumn"})
    assert season.holds({"season": ["winter", "summer"]})
    assert not season.holds({"season": "Summer"})
    assert not season.holds({"season": None})
    assert not season.holds({"weather": "summer"})


@pytest.mark.parametrize("value", ["", 0, False, [], {"a": 1}])
def test_without_values_anything_but_null_will_do(value: JSONValue) -> None:
    assert has_one_of({"gift": value}, "gift", ())
    assert not has_one_of({"gift": None}, "gift", ())
    assert not has_one_of({}, "gift", ())


def test_a_match_can_be_told_in_words() -> None:
    assert str(MetadataMatch("season", ("summer", "autumn"))) == "season summer or autumn"
    assert str(MetadataMatch("engraving")) == "engraving given"
    assert str(MetadataMatch("size", tuple("123456"))) == "size 1 or 2 or 3 or 4 or 5 or 1 more"


@pytest.mark.parametrize(
    ("key", "values", "error"),
    [
        ("", (), "key: Must be 1 to 255 characters long."),
        ("x" * 256, (), "key: Must be 1 to 255 characters long."),
        ("a", ("b", ""), "values[1]: Must be 1 to 255 characters long."),
        ("a", ("b",) * 51, "values: Must not have more than 50 items."),
    ],
)
def test_faulty_matches_are_refused_with_their_path(key: str, values: tuple[str, ...], error: str) -> None:
    with pytest.raises(UnitError) as refused:
        MetadataMatch(key, values)
    assert str(refused.value) == error
