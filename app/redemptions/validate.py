"""Validating: the engine's full answer for codes and a cart. Consumes nothing, writes nothing, locks nothing."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.customers.values import CustomerInput
from app.database import fetch
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import CounterKey, Facts
from app.engine.offer import Presented
from app.ids import new_id
from app.problem import Problems
from app.redemptions.counters import Asked, gather
from app.redemptions.find_offers import find_offers
from app.redemptions.requests import CustomerRef, ValidateRequest
from app.redemptions.ticket import (
    cart_problems,
    code_keys,
    code_problems,
    customer_of,
    customer_problems,
)


async def validate(request: ValidateRequest, now: datetime) -> Evaluation | Problems:
    """What these codes would give. Two statements at most; codes of Problems as in `write_ticket`.

    A customer who is not known is a new one: nothing redeemed yet, no code held.
    """
    caller, project = request.caller, request.project
    found_wrong = (
        *code_problems(request.codes),
        *customer_problems(caller, request.customer),
        *cart_problems(request.cart),
    )
    if found_wrong:
        return Problems(found_wrong)
    ref = _ref(customer_of(caller, request.customer))
    keys = code_keys(caller, request.codes)
    found = await find_offers(
        fetch,
        codes={(project, key) for key in keys},
        customers=() if ref is None else [(project, ref)],
    )
    customer = None if ref is None else found.customers.get((project, ref))
    is_new = ref is not None and customer is None
    presented = [found.presented(project, code, key) for code, key in zip(request.codes, keys, strict=True)]
    # A new customer is somebody: an id that nobody has stands for them, and is never shown or stored.
    facts = await facts_for(project, presented, new_id() if is_new else customer)
    return evaluate(presented, request.cart, facts, now)


async def facts_for(project: UUID, presented: Sequence[Presented], customer: UUID | None) -> Facts:
    """All that the codes' limits and rules ask about this customer; one statement, or none."""
    counters: dict[CounterKey, None] = {}
    needs: dict[Asked, None] = {}
    for code in presented:
        counters.update(dict.fromkeys(code.counters(customer)))
        if customer is not None:
            needs.update({Asked(project, customer, need): None for need in code.needs})
    used, answers = await gather(fetch, [(project, key) for key in counters], list(needs))
    return Facts(customer, {asked.need: amount for asked, amount in answers.items()}, used)


def _ref(customer: CustomerRef | CustomerInput | None) -> CustomerRef | None:
    return CustomerRef(source_id=customer.source_id) if isinstance(customer, CustomerInput) else customer
