"""Validating: the engine's full answer for codes and a cart. Consumes nothing, writes nothing, locks nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.customers.values import CustomerInput
from app.database import fetch_by_index
from app.engine.counter import CounterKey
from app.engine.evaluation import Evaluation
from app.engine.explain import Case
from app.engine.facts import Facts
from app.engine.occasion import Occasion
from app.engine.offer import Presented
from app.engine.shopper import Shopper
from app.ids import new_id
from app.problem import Problems
from app.projects.values import KeyKind
from app.redemptions.counters import gather
from app.redemptions.find_offers import Found, find_offers
from app.redemptions.needs import Asked, asked_for
from app.redemptions.profile import told_of
from app.redemptions.requests import CustomerRef, ValidateRequest
from app.redemptions.ticket import (
    cart_problems,
    code_keys,
    code_problems,
    customer_of,
    customer_problems,
    occasion_of,
    occasion_problems,
    take_problems,
)


async def validate(request: ValidateRequest, now: datetime) -> Evaluation | Problems:
    """What these codes would give; as `validate_all`."""
    [answer] = await validate_all([request], now)
    return answer


async def validate_all(requests: Sequence[ValidateRequest], now: datetime) -> list[Evaluation | Problems]:
    """What the codes of each request of a caller would give; as `validations`."""
    answers = await validations(requests, now)
    return [answer if isinstance(answer, Problems) else answer.evaluation for answer in answers]


@dataclass(frozen=True, slots=True)
class Validation:
    """An answer, and all that it was made from, for whoever asks why."""

    evaluation: Evaluation
    case: Case


async def validations(requests: Sequence[ValidateRequest], now: datetime) -> list[Validation | Problems]:
    """What the codes of each request of a caller would give, none seeing what another would use.

    Two statements at most, however many requests; always two for a storefront. A customer who is not known is a new
    one: nothing redeemed yet, no code held. Codes of Problems as in
    `write_ticket`.
    """
    questions = [_question(request) for request in requests]
    sound = [question for question in questions if isinstance(question, _Question)]
    if not sound:
        return [question for question in questions if isinstance(question, Problems)]
    project = sound[0].request.project
    found = await find_offers(
        fetch_by_index,
        codes={(project, key) for question in sound for key in question.code_keys},
        customers=list({(project, question.ref): None for question in sound if question.ref is not None}),
        now=now,
        promotions={project for question in sound if question.request.promotions},
    )
    turns = [(question.asker(found), question.presented(found)) for question in sound]
    asked = [(who, code) for who, presented in turns for code in presented]
    # Anybody may be behind a storefront's key: what takes as long with a code that exists as without tells no guesser.
    in_any_case = sound[0].request.caller.kind is KeyKind.STOREFRONT
    currencies = {question.request.cart.currency for question in sound}
    facts = await facts_for(project, asked, currencies, now, in_any_case=in_any_case)
    cases = [
        Case(
            presented,
            question.request.cart,
            question.told(facts.get(who) or Facts(who)),
            now,
            occasion=question.occasion,
            stacking=question.request.caller.stacking,
        )
        for question, (who, presented) in zip(sound, turns, strict=True)
    ]
    answers = iter([Validation(case.evaluated(), case) for case in cases])
    return [question if isinstance(question, Problems) else next(answers) for question in questions]


@dataclass(frozen=True, slots=True)
class _Question:
    """A sound request: its codes as they are looked up, and the customer as it is looked up."""

    request: ValidateRequest
    code_keys: tuple[str, ...]
    ref: CustomerRef | None

    @property
    def occasion(self) -> Occasion:
        """Where and through what the codes are presented."""
        request = self.request
        return occasion_of(request.caller, request.channel, request.redemption_point, request.metadata)

    def asker(self, found: Found) -> UUID | None:
        """Who asks. A new customer is somebody: an id that nobody has stands for them, never shown or stored."""
        if self.ref is None:
            return None
        return found.customers.get((self.request.project, self.ref)) or new_id()

    def told(self, facts: Facts) -> Facts:
        """The facts with what the question says of the customer; a redemption would keep that before it looks."""
        given = customer_of(self.request.caller, self.request.customer)
        if isinstance(given, CustomerInput):
            return replace(facts, shopper=told_of(facts.shopper, given))
        if facts.shopper is None and given is not None and given.source_id is not None:
            return replace(facts, shopper=Shopper(given.source_id))
        return facts

    def presented(self, found: Found) -> list[Presented]:
        """The codes as they were typed, with all that is known of them, and the promotions that take part."""
        request = self.request
        return found.all_presented(
            request.project, request.codes, self.code_keys, request.takes, promotions=request.promotions
        )


def _question(request: ValidateRequest) -> _Question | Problems:
    caller = request.caller
    wrong = (
        *code_problems(request.codes, may_be_none=request.promotions),
        *customer_problems(caller, request.customer),
        *cart_problems(request.cart),
        *take_problems(request.takes),
        *occasion_problems(caller, request.channel, request.redemption_point, request.metadata),
    )
    if wrong:
        return Problems(wrong)
    ref = _ref(customer_of(caller, request.customer))
    return _Question(request, code_keys(caller, request.codes), ref)


async def facts_for(
    project: UUID,
    asked: Iterable[tuple[UUID | None, Presented]],
    currencies: Collection[str],
    now: datetime,
    *,
    in_any_case: bool = False,
) -> dict[UUID | None, Facts]:
    """All that the limits, budgets, rules, rewards and balances of codes ask about the customers they are for.

    One statement, or none. `currencies` are those of the carts; without any,
    nothing is asked that counts money. `in_any_case` sends the statement although nothing is asked.
    """
    counters: dict[CounterKey, None] = {}
    needs: dict[Asked, None] = {}
    customers: dict[UUID | None, None] = {}
    holders: set[tuple[UUID, UUID]] = set()
    for customer, code in asked:
        customers[customer] = None
        for currency in currencies or (None,):
            counters.update({key: None for key, _ in code.caps(customer, currency, now)})
        needs.update(dict.fromkeys(asked_for(project, customer, code.needs)))
        if code.voucher is not None and code.pays_from_balance:
            holders.add((project, code.voucher))
    found = await gather(
        fetch_by_index,
        [(project, key) for key in counters],
        list(needs),
        now,
        balances=holders,
        in_any_case=in_any_case,
    )
    return found.facts(customers)


def _ref(customer: CustomerRef | CustomerInput | None) -> CustomerRef | None:
    return CustomerRef(source_id=customer.source_id) if isinstance(customer, CustomerInput) else customer
