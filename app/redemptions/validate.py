"""Validating: the engine's full answer for codes and a cart. Consumes nothing, writes nothing, locks nothing."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from app.customers.values import CustomerInput
from app.database import fetch_by_index
from app.engine.evaluate import Evaluation, evaluate
from app.engine.facts import CounterKey, Facts, Need
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
        fetch_by_index,
        codes={(project, key) for key in keys},
        customers=() if ref is None else [(project, ref)],
    )
    customer = None if ref is None else found.customers.get((project, ref))
    is_new = ref is not None and customer is None
    presented = [found.presented(project, code, key) for code, key in zip(request.codes, keys, strict=True)]
    # A new customer is somebody: an id that nobody has stands for them, and is never shown or stored.
    who = new_id() if is_new else customer
    facts = await facts_for(project, [(who, code) for code in presented])
    return evaluate(presented, request.cart, facts[who], now)


async def facts_for(
    project: UUID, asked: Iterable[tuple[UUID | None, Presented]]
) -> dict[UUID | None, Facts]:
    """All that the limits and rules of codes ask about the customers they are for; one statement, or none."""
    counters: dict[CounterKey, None] = {}
    needs: dict[Asked, None] = {}
    pasts: dict[UUID | None, dict[Need, int]] = {}
    for customer, code in asked:
        pasts.setdefault(customer, {})
        counters.update(dict.fromkeys(code.counters(customer)))
        if customer is not None:
            needs.update({Asked(project, customer, need): None for need in code.needs})
    used, answers = await gather(fetch_by_index, [(project, key) for key in counters], list(needs))
    for need, amount in answers.items():
        pasts[need.customer][need.need] = amount
    return {customer: Facts(customer, past, used) for customer, past in pasts.items()}


def _ref(customer: CustomerRef | CustomerInput | None) -> CustomerRef | None:
    return CustomerRef(source_id=customer.source_id) if isinstance(customer, CustomerInput) else customer
