"""Strawberry's own schema, which ours is compared with."""

from typing import Any

import strawberry
from structlog.testing import capture_logs

from graphql_schema.errors import field_errors, validation_errors, variable_errors
from graphql_schema.front import FrontSchema


class Stock(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """The stock schema logs what these tests break on purpose."""


def _told(result: Any, *, literal: bool) -> Any:
    """The answer of the stock schema, its errors reworded as ours are."""
    errors = result.errors or []
    if any(error.path is None for error in errors):
        errors = (validation_errors if literal else variable_errors)(errors)
    else:
        errors = field_errors(errors, None)
    return result.data, _formatted(errors)


def _formatted(errors: Any) -> list[dict[str, Any]]:
    shown_errors = [error.formatted for error in errors or []]
    for error in shown_errors:
        if "reference" in error.get("extensions", {}):
            error["message"] = error["extensions"]["reference"] = "drawn"
    return shown_errors


async def same(
    ours: FrontSchema, stock: Stock, query: str, variables: dict[str, Any] | None = None
) -> tuple[Any, Any]:
    """Data and errors of ours, after they were found to be the stock schema's."""
    with capture_logs():  # of the exceptions that are masked
        expected = _told(await stock.execute(query, variables), literal=variables is None)
        result = await ours.execute(query, variables)
    got = result.data, _formatted(result.errors)
    assert got == expected
    return got
