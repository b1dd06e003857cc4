"""A parameter's type decides how it is written, read and described."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

import pytest

from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.parameter import Choice, Compound, parameters_of
from app.engine.unit import Rule, UnitError, says
from tests.engine.shop import eur


class Size(Choice):
    SMALL = "SMALL", "For one."
    LARGE = "LARGE", "For two."


@dataclass(frozen=True)
class Parcel(Compound):
    weight: int = field(metadata=says("How heavy.", unit="grams"))
    labels: tuple[str, ...] = field(default=(), metadata=says("What it says."))
    size: Size | None = field(default=None, metadata=says("How large."))
    heavy: bool = field(init=False)

    words: ClassVar[tuple[str, str]] = ("parcel", "parcels")

    def __post_init__(self) -> None:
        object.__setattr__(self, "heavy", self.weight > 1000)
        if self.weight < 1:
            raise UnitError("weight", "Must be 1 or more.")


@dataclass(frozen=True)
class Everything:
    amount: Money
    percent: Decimal
    count: int
    word: str
    words: tuple[str, ...]
    days: tuple[int, ...]
    rules: tuple[Rule, ...]
    size: Size
    parcel: Parcel
    parcels: tuple[Parcel, ...]
    cap: Money | None = field(default=None, metadata=says("The most.", unit="EUR"))


BY_NAME = {parameter.name: parameter for parameter in parameters_of(Everything)}


def nothing_inside(_: object) -> JSONValue:
    raise AssertionError("there is no unit inside")


def no_unit(data: object, path: str) -> object:
    return (data, path)


def test_every_type_has_words() -> None:
    assert {name: parameter.type_in_words for name, parameter in BY_NAME.items()} == {
        "amount": "money",
        "percent": "decimal",
        "count": "whole number",
        "word": "text",
        "words": "list of texts",
        "days": "list of whole numbers",
        "rules": "list of rules",
        "size": "choice",
        "parcel": "parcel",
        "parcels": "list of parcels",
        "cap": "money",
    }
    assert [name for name, parameter in BY_NAME.items() if not parameter.required] == ["cap"]
    assert (BY_NAME["cap"].optional, BY_NAME["cap"].description, BY_NAME["cap"].unit) == (
        True,
        "The most.",
        "EUR",
    )


@pytest.mark.parametrize(
    ("name", "value", "data"),
    [
        ("amount", eur("1.50"), {"minor": 150, "currency": "EUR"}),
        ("percent", Decimal("12.50"), "12.50"),
        ("count", 3, 3),
        ("word", "tea", "tea"),
        ("words", ("a", "b"), ["a", "b"]),
        ("days", (1, 7), [1, 7]),
        ("size", Size.LARGE, "LARGE"),
        ("parcel", Parcel(5), {"weight": 5, "labels": [], "size": None}),
        ("parcels", (Parcel(5, ("a",), Size.SMALL),), [{"weight": 5, "labels": ["a"], "size": "SMALL"}]),
        ("cap", None, None),
        ("cap", eur("1"), {"minor": 100, "currency": "EUR"}),
    ],
)
def test_a_value_is_written_and_read_back(name: str, value: object, data: JSONValue) -> None:
    assert BY_NAME[name].write(value, nothing_inside) == data
    assert BY_NAME[name].read(data, name, no_unit) == value


def test_units_inside_are_left_to_the_shelf() -> None:
    assert BY_NAME["rules"].read([{"kind": "x"}], "rules", no_unit) == (({"kind": "x"}, "rules[0]"),)


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("amount", None, "amount: Must not be null."),
        ("amount", 1.5, "amount: Must be an object."),
        ("percent", 10, "percent: Must be a decimal number written as text."),
        ("percent", "ten", "percent: Must be a decimal number written as text."),
        ("percent", "NaN", "percent: Must be a finite number."),
        ("count", 1.0, "count: Must be a whole number."),
        ("count", True, "count: Must be a whole number."),
        ("word", 1, "word: Must be text."),
        ("words", "tea", "words: Must be a list."),
        ("words", ["a", None], "words[1]: Must be text."),
        ("words", ["a"] * 1001, "words: Must not have more than 1000 items."),
        ("days", ["1"], "days[0]: Must be a whole number."),
        ("size", "HUGE", "size: Must be one of SMALL, LARGE."),
        ("size", ["SMALL"], "size: Must be one of SMALL, LARGE."),
        ("parcel", None, "parcel: Must not be null."),
        ("parcel", "heavy", "parcel: Must be an object."),
        ("parcel", {}, "parcel.weight: Is required."),
        ("parcel", {"weight": 0}, "parcel.weight: Must be 1 or more."),
        ("parcel", {"weight": 1, "heavy": True}, "parcel.heavy: Is not known here."),
        ("parcels", [{"weight": 1}, {"weight": "1"}], "parcels[1].weight: Must be a whole number."),
    ],
)
def test_data_of_the_wrong_type_is_refused_with_its_path(name: str, data: object, error: str) -> None:
    with pytest.raises(UnitError) as refused:
        BY_NAME[name].read(data, name, no_unit)
    assert str(refused.value) == error


def test_an_id_says_whose_it_is_and_travels_as_text() -> None:
    @dataclass(frozen=True)
    class OfSegments:
        first: UUID = field(metadata=says("One.", of="segment"))
        others: tuple[UUID, ...] = field(default=(), metadata=says("Several.", of="segment"))

    first, others = parameters_of(OfSegments)
    assert (first.type_in_words, others.type_in_words) == ("segment id", "list of segment ids")
    assert first.write(UUID(int=1), no_unit) == "00000000-0000-0000-0000-000000000001"
    assert first.read("00000000-0000-0000-0000-000000000001", "first", no_unit) == UUID(int=1)
    for wrong in ("seg_1", 1, True):
        with pytest.raises(UnitError, match=r"^others\[0\]: Must be a UUID written as text\.$"):
            others.read([wrong], "others", no_unit)


def test_an_id_of_nothing_in_particular_cannot_be_a_parameter() -> None:
    @dataclass(frozen=True)
    class Vague:
        id: UUID = field(metadata=says("Whose?"))

    @dataclass(frozen=True)
    class Confused:
        name: str = field(metadata=says("A name.", of="segment"))

    for cls in (Vague, Confused):
        with pytest.raises(TypeError, match="an id, and only an id, says what it is the id of"):
            parameters_of(cls)


def test_a_choice_tells_its_words_and_a_compound_its_parts() -> None:
    assert [(size, size.sentence) for size in BY_NAME["size"].choices] == [
        ("SMALL", "For one."),
        ("LARGE", "For two."),
    ]
    assert [part.name for part in BY_NAME["parcels"].parts] == ["weight", "labels", "size"]
    assert (BY_NAME["word"].choices, BY_NAME["word"].parts) == ((), ())


def test_what_a_compound_works_out_by_itself_is_no_parameter() -> None:
    assert Parcel.from_json({"weight": 2000}).heavy
    assert Parcel(2000).to_json() == {"weight": 2000, "labels": [], "size": None}


def test_a_compound_holds_no_units() -> None:
    @dataclass(frozen=True)
    class Basket(Compound):
        rule: Rule

        words: ClassVar[tuple[str, str]] = ("basket", "baskets")

    with pytest.raises(TypeError, match="a compound holds no units"):
        Basket.from_json({"rule": {"kind": "first_purchase"}})


def test_other_types_cannot_be_parameters() -> None:
    @dataclass(frozen=True)
    class Sloppy:
        share: float

    @dataclass(frozen=True)
    class Confusing:
        kind: str

    for cls in (Sloppy, Confusing):
        with pytest.raises(TypeError, match="cannot be a parameter of a unit"):
            parameters_of(cls)
