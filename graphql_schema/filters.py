"""Refs in filters: which campaign, customer or voucher a list or a feed is narrowed to.

An id is taken as it is, without a statement: what hangs on an id that the project has not is nothing anyway. A name,
a source id or a code costs one statement.
"""

from uuid import UUID

from app import ids
from app.campaigns.read import find
from app.customers.read import by_source_ids
from app.problem import Problem
from app.projects.admit import Caller
from app.vouchers.read import by_codes
from graphql_schema.errors import Refusal
from graphql_schema.types.campaign_ref import CampaignRef, read_campaign_ref
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.node import needed_id
from graphql_schema.types.voucher_ref import VoucherRef

# Nothing has this id: a list of what hangs on an unknown name, source id or code is empty.
NOTHING = UUID(int=0)


def needed_campaign_ref(given: CampaignRef) -> UUID | str:
    """The id or the name; raises BAD_USER_INPUT for what cannot be an id of a campaign."""
    ref = read_campaign_ref(given, ())
    if isinstance(ref, Problem):
        raise Refusal("BAD_USER_INPUT", ref.message)
    return ref


async def only_campaign(given: CampaignRef | None, caller: Caller) -> UUID | None:
    """The campaign that is meant, NOTHING for an unknown name, None for no condition; raises BAD_USER_INPUT."""
    if given is None:
        return None
    ref = needed_campaign_ref(given)
    if isinstance(ref, UUID):
        return ref
    known = await find(caller.project, ref)
    return NOTHING if known is None else known.id


async def only_customer(given: CustomerRef | None, caller: Caller) -> UUID | None:
    """The customer that is meant, NOTHING for an unknown source id, None for no condition; raises BAD_USER_INPUT."""
    if given is None:
        return None
    if given.source_id:
        source_id = given.source_id.value
        known = (await by_source_ids(caller.project, [source_id])).get(source_id)
        return NOTHING if known is None else known.id
    return needed_id(ids.CUSTOMER, given.id.value if given.id else None)


async def only_voucher(given: VoucherRef | None, caller: Caller) -> UUID | None:
    """The voucher that is meant, NOTHING for an unknown code, None for no condition; raises BAD_USER_INPUT."""
    if given is None:
        return None
    if given.code:
        code = given.code.value
        known = (await by_codes(caller.project, [code], caller.case_sensitive_codes)).get(code)
        return NOTHING if known is None else known.id
    return needed_id(ids.VOUCHER, given.id.value if given.id else None)
