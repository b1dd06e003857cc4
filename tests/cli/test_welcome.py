"""The welcome of `tearoff up`: addresses that a browser understands, operations that can be pasted."""

import pytest
from graphql import build_schema as build
from graphql import parse, validate

from app.cli.welcome import OPERATIONS, address
from graphql_schema.schema import schema


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://localhost:8000"),  # noqa: S104
        ("::", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
        ("tearoff.example", "http://tearoff.example:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_understands(host: str, shown: str) -> None:
    assert address(host, 8000) == shown


def test_there_are_three_operations_and_the_schema_takes_them() -> None:
    assert len(OPERATIONS) == 3
    whole = build(schema.as_str())
    assert [validate(whole, parse(operation)) for operation in OPERATIONS.values()] == [[], [], []]


def test_a_line_fits_a_narrow_terminal() -> None:
    assert max(len(line) for operation in OPERATIONS.values() for line in operation.splitlines()) <= 110
