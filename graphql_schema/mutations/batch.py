"""What batches of validations and redemptions have in common: their size, and for whom they are."""

from app.problem import Problem
from app.projects.admit import Caller
from app.projects.values import KeyKind
from graphql_schema.errors import Refusal

MOST_IN_BATCH = 500


def size_fault(field: str, size: int) -> Problem | None:
    """What is wrong with the number of items. Codes: EMPTY_BATCH, TOO_MANY_ITEMS."""
    if size == 0:
        return Problem((field,), "EMPTY_BATCH", "Give at least one.")
    if size > MOST_IN_BATCH:
        return Problem(
            (field,), "TOO_MANY_ITEMS", f"At most {MOST_IN_BATCH} fit into one batch; {size} were given."
        )
    return None


def for_machines(caller: Caller) -> Caller:
    """The caller, unless it is a storefront: behind a browser, a batch would only serve to guess codes."""
    if caller.kind is KeyKind.STOREFRONT:
        raise Refusal("FORBIDDEN", "Batches are for server and merchant keys.")
    return caller
