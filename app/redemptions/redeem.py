"""Redeeming a batch of requests, usually of one: exact for each, as if they had come one after the other."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from uuid import UUID

from app.customers.recognise import recognise
from app.customers.values import CustomerInput
from app.database import Connection
from app.engine.counter import Cap
from app.engine.facts import Balance
from app.engine.offer import Presented
from app.idempotency import KEY_REUSED
from app.pools.take import give, lock_free
from app.problem import Problems
from app.redemptions.book import Book
from app.redemptions.counters import gather, lock
from app.redemptions.earlier_answers import earlier_answers
from app.redemptions.expire import HoldsExpired
from app.redemptions.find_offers import Found, find_offers
from app.redemptions.gifts import as_held
from app.redemptions.ledger import Ledger
from app.redemptions.outcome import outcome_of
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.ticket import Ticket
from app.redemptions.values import Redemption, RedemptionState
from app.redemptions.wanted import Wanted
from app.wallets.move import lock_buckets, move
from app.wallets.postings import Bucket, available

NOTHING_APPLIES = Problems.one(
    "codes", "NOTHING_APPLIES", "No promotion applies to this cart: give at least one code."
)

_Answered = tuple[bytes, Answer]  # the hash of the request that was answered, and the answer


@dataclass(frozen=True, slots=True)
class _Turn:
    """A request that is judged now: who it is for, its codes, and what is counted for each."""

    ticket: Ticket
    customer: UUID | None
    presented: tuple[Presented, ...]
    caps: tuple[tuple[Cap, ...], ...]


async def settle(
    connection: Connection,
    tickets: Sequence[Ticket],
    now: datetime,
    locked: Callable[[float], None] | None = None,
    *,
    has_expired: bool = False,
) -> list[Answer | Problems]:
    """Answer the requests in order, as part of the connection's transaction; nobody may be told before its commit.

    Codes of Problems: NOT_FOUND (customer), IDEMPOTENCY_KEY_REUSED, NOTHING_APPLIES (no codes, no promotion either).
    Statements: find, [recognise inline customers], [find cards], [lock counters], [lock balances], [lock pools],
    [answer rules' needs], write, [move balances], [give codes], [earlier answers]: those in brackets only when there is
    such a thing. `locked` hears how many seconds the locking took, if there was any.
    Raises HoldsExpired, having written nothing, when holds of the projects are over at `now`: expire them, then do it
    all again at the same `now`, and say that the caller `has_expired` them. What is over even so was held meanwhile by
    a clock that is behind, for which it is not over: it counts. A unique violation means that another till has just
    answered one of the same keys: do it all again.
    """
    found = await _find(connection, tickets, now)
    if found.expired and not has_expired:
        raise HoldsExpired(found.expired)
    answered = await earlier_answers(connection, found.answered)
    fresh, faults = _choose(tickets, found, answered)
    answered.update(await _decide(connection, fresh, found, now, locked))
    answers: list[Answer | Problems] = []
    seen: set[UUID] = set()
    for place, ticket in enumerate(tickets):
        if place in faults:
            answers.append(faults[place])
            continue
        if ticket.key not in answered:
            # Such a request leaves no trace; with codes it is another one under the same key.
            answers.append(KEY_REUSED if ticket.code_keys else NOTHING_APPLIES)
            continue
        request_hash, first = answered[ticket.key]
        answer: Answer | Problems = first
        if request_hash != ticket.request_hash:
            answer = KEY_REUSED
        elif ticket.key in seen:
            answer = replace(first, replayed=True)
        seen.add(ticket.key)
        answers.append(answer)
    return answers


async def _find(connection: Connection, tickets: Sequence[Ticket], now: datetime) -> Found:
    codes = {(ticket.project, key) for ticket in tickets for key in ticket.code_keys}
    customers = {
        (ticket.project, ticket.customer) for ticket in tickets if isinstance(ticket.customer, CustomerRef)
    }
    return await find_offers(
        connection.fetch,
        codes=codes,
        customers=list(customers),
        keys=list({ticket.key for ticket in tickets}),
        projects=list({ticket.project for ticket in tickets}),
        now=now,
        promotions={ticket.project for ticket in tickets if ticket.request.promotions},
    )


def _choose(
    tickets: Sequence[Ticket], found: Found, answered: Container[UUID]
) -> tuple[list[Ticket], dict[int, Problems]]:
    """Which requests are judged now: the first sound one for each key; and the problems of faulty ones by place.

    A faulty request leaves no trace, so its key is still free for the next one.
    """
    fresh: dict[UUID, Ticket] = {}
    faults: dict[int, Problems] = {}
    for place, ticket in enumerate(tickets):
        if ticket.key in answered or ticket.key in fresh:
            continue
        customer = ticket.customer
        if isinstance(customer, CustomerRef) and (ticket.project, customer) not in found.customers:
            faults[place] = Problems.one("customer", "NOT_FOUND", "There is no such customer.")
        else:
            fresh[ticket.key] = ticket
    return list(fresh.values()), faults


async def _decide(
    connection: Connection,
    fresh: Sequence[Ticket],
    found: Found,
    now: datetime,
    locked: Callable[[float], None] | None,
) -> dict[UUID, _Answered]:
    """Judge requests that nobody has answered yet, and write down what becomes of them; the answers by key."""
    people = await _recognise(connection, fresh, now)
    turns: list[_Turn] = []
    for ticket in fresh:
        customer = _customer(ticket, found, people)
        presented, currency = _presented(ticket, found), ticket.request.cart.currency
        caps = tuple([code.caps(customer, currency, now) for code in presented])
        turns.append(_Turn(ticket, customer, presented, caps))
    book, buckets = await _open_book(connection, turns, now, locked)
    ledger = Ledger(now)
    answered: dict[UUID, _Answered] = {}
    given: list[tuple[UUID, UUID, UUID]] = []
    for turn in turns:
        ticket = turn.ticket
        cart, stacking = ticket.request.cart, ticket.request.caller.stacking
        if isinstance(ticket.customer, CustomerInput) and turn.customer is not None:
            book.hear(turn.customer, ticket.customer)
        kept = book.facts_for(turn.presented, cart, turn.customer, now, stacking)
        evaluation = book.judge(
            ticket.project, turn.presented, cart, turn.customer, now, turn.caps, ticket.occasion, stacking
        )
        if not evaluation.verdicts:
            continue
        facts = kept.told_by(turn.presented, evaluation).to_json()
        outcome = outcome_of(ticket, turn.customer, evaluation, found.vouchers, now, facts)
        ledger.enter(ticket, outcome)
        if isinstance(outcome, Redemption):
            given += [
                (ticket.project, code, outcome.id) for gift in outcome.gifts for code in book.take_codes(gift)
            ]
            if outcome.state is RedemptionState.REDEEMED:
                book.earn(outcome.gifts)
        answered[ticket.key] = ticket.request_hash, Answer(outcome)
    await ledger.write(connection, book)
    if ledger.movements:
        await move(connection, buckets, ledger.movements, now)
    await give(connection, given, now)
    return answered


def _presented(ticket: Ticket, found: Found) -> tuple[Presented, ...]:
    request = ticket.request
    presented = found.all_presented(
        ticket.project, request.codes, ticket.code_keys, request.takes, promotions=request.promotions
    )
    return tuple(presented)


async def _recognise(
    connection: Connection, tickets: Sequence[Ticket], now: datetime
) -> dict[tuple[UUID, str], UUID]:
    """The customers that come along as inputs, made or brought up to date; project by project in one order."""
    inputs: dict[UUID, list[CustomerInput]] = {}
    for ticket in tickets:
        if isinstance(ticket.customer, CustomerInput):
            inputs.setdefault(ticket.project, []).append(ticket.customer)
    people = {}
    for project in sorted(inputs):
        ids = await recognise(connection, project, inputs[project], now)
        people.update({(project, source_id): id_ for source_id, id_ in ids.items()})
    return people


def _customer(ticket: Ticket, found: Found, people: dict[tuple[UUID, str], UUID]) -> UUID | None:
    given = ticket.customer
    if given is None:
        return None
    if isinstance(given, CustomerInput):
        return people[ticket.project, given.source_id]
    return found.customers[ticket.project, given]


async def _open_book(
    connection: Connection,
    turns: Sequence[_Turn],
    now: datetime,
    locked: Callable[[float], None] | None,
) -> tuple[Book, dict[UUID, list[Bucket]]]:
    """Lock every counter, balance and pool that the requests may move, then read what else their offers ask."""
    wanted = Wanted()
    for turn in turns:
        for presented, caps in zip(turn.presented, turn.caps, strict=True):
            wanted.add(turn.ticket.project, turn.customer, presented, caps)
    # Which balances credit goes to must be known before they are locked, and they are locked all at once.
    cards = (await gather(connection.fetch, (), wanted.cards, now)).cards
    wanted.balances.update(wanted.balances_of(cards))
    began = perf_counter()
    used = await lock(connection, wanted.counters)
    held = await lock_buckets(connection, wanted.balances)
    pools = await lock_free(connection, wanted.pools)
    if locked is not None and (wanted.counters or wanted.balances or wanted.pools):
        locked(perf_counter() - began)
    # A later statement than the locks: it sees all that was committed while they were waited for.
    found = await gather(connection.fetch, (), wanted.answers, now)
    found.used = {key: count for (_, key), count in used.items()}
    found.cards = as_held(cards, held, now)
    found.balances = {
        voucher: Balance(buckets[0].unit, available(buckets, now)) for voucher, buckets in held.items()
    }
    return Book(found, pools), held
