"""JSON is read strictly, and every error says where."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.engine.json_data import DataError, Reader, join


def reader(**data: object) -> Reader:
    return Reader(data, "cart", DataError)


def test_every_kind_of_member_is_read() -> None:
    source = reader(
        name="x",
        n=3,
        ok=True,
        id=str(UUID(int=1)),
        at="2026-07-22T15:00:00+00:00",
        tags=["a"],
        parts=[1],
        no=None,
    )
    assert source.text("name") == "x"
    assert source.whole("n") == 3
    assert source.whole("absent", 7) == 7
    assert source.truth("ok") is True
    assert source.optional_id("id") == UUID(int=1)
    assert source.optional_instant("at") == datetime(2026, 7, 22, 15, tzinfo=UTC)
    assert source.texts("tags") == ("a",)
    assert source.wholes("parts") == (1,)
    assert source.optional_text("no") is None
    assert source.optional_whole("absent") is None
    source.done()


@pytest.mark.parametrize(
    ("method", "value", "error"),
    [
        ("text", 1, "cart.x: Must be text."),
        ("whole", "1", "cart.x: Must be a whole number."),
        ("whole", True, "cart.x: Must be a whole number."),
        ("whole", 1.0, "cart.x: Must be a whole number."),
        ("truth", 1, "cart.x: Must be true or false."),
        ("optional_id", "abc", "cart.x: Must be a UUID."),
        ("optional_instant", "tomorrow", "cart.x: Must be an ISO 8601 date and time."),
        ("optional_instant", "2026-07-22T15:00:00", "cart.x: Must carry an offset from UTC."),
        ("items", {}, "cart.x: Must be a list."),
        ("texts", ["a", 1], "cart.x[1]: Must be text."),
        ("wholes", [False], "cart.x[0]: Must be a whole number."),
    ],
)
def test_a_member_of_the_wrong_type_is_named(method: str, value: object, error: str) -> None:
    with pytest.raises(DataError) as refused:
        getattr(reader(x=value), method)("x")
    assert str(refused.value) == error


@pytest.mark.parametrize("method", ["text", "whole", "truth"])
def test_a_missing_member_is_named(method: str) -> None:
    with pytest.raises(DataError, match=r"^cart\.x: Is required\.$"):
        getattr(reader(), method)("x")


def test_a_member_nobody_knows_is_refused() -> None:
    with pytest.raises(DataError, match=r"^cart\.colour: Is not known here\.$"):
        reader(colour="red").done()


def test_an_error_moves_under_what_holds_it() -> None:
    moved = DataError("minor", "Must be text.").under("rules[0].amount")
    assert (moved.path, moved.message) == ("rules[0].amount.minor", "Must be text.")
    assert join("", "a") == "a"
    assert join("a", "") == "a"
    assert join("a", "[0]") == "a[0]"
