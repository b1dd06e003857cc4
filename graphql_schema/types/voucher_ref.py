"""How a caller names a voucher: by its id or by its code."""

from uuid import UUID

import strawberry

from app import ids
from app.problem import Problem, Problems
from app.projects.admit import Caller
from app.vouchers.read import by_codes, by_ids
from app.vouchers.values import Voucher
from graphql_schema.types.node import read_id


@strawberry.input(one_of=True, description="A voucher, by its id or by its code.")
class VoucherRef:
    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="The voucher's id.")
    code: strawberry.Maybe[str] = strawberry.field(description="The code; case and separators do not matter.")


async def find_voucher(given: VoucherRef, caller: Caller, path: tuple[str, ...]) -> Voucher | Problems:
    """The voucher of the caller's project that is meant. Codes: INVALID_ID, NOT_FOUND."""
    voucher: Voucher | None = None
    if given.id:
        found = read_id(ids.VOUCHER, given.id.value, (*path, "id"))
        if isinstance(found, Problem):
            return Problems((found,))
        voucher = (await by_ids(caller.project, [found])).get(found)
    elif given.code:
        code = given.code.value
        voucher = (await by_codes(caller.project, [code], caller.case_sensitive_codes)).get(code)
    if voucher is None:
        return Problems((Problem(path, "NOT_FOUND", "There is no such voucher."),))
    return voucher


async def find_voucher_id(given: VoucherRef, caller: Caller, path: tuple[str, ...]) -> UUID | Problems:
    """The same, its id alone."""
    found = await find_voucher(given, caller, path)
    return found if isinstance(found, Problems) else found.id
