"""Combining: the codes that are worth most together for a cart, of those given, or of all that a customer holds."""

from collections.abc import Sequence
from functools import partial
from time import thread_time
from uuid import UUID

from app.database import fetch_by_index
from app.engine.best_combination import BestCombination, best_combination
from app.engine.cart import Cart
from app.engine.facts import Facts
from app.engine.offer import Presented
from app.ids import new_id
from app.problem import Problems
from app.projects.admit import Caller
from app.projects.values import KeyKind
from app.redemptions.aside import aside
from app.redemptions.candidates import Listed, find_candidates
from app.redemptions.find_offers import Found, find_offers
from app.redemptions.fit import Visit
from app.redemptions.requests import CustomerRef, Take
from app.redemptions.ticket import code_keys, code_problems, take_problems
from app.redemptions.validate import facts_for

# Of a wallet with more vouchers, the latest given are looked at.
MOST_OF_A_WALLET = 100
# A dozen codes of any usual kind on 500 lines take one; expressions that go through all lines may take minutes.
LONGEST = 3.0  # seconds


async def combine_codes(
    caller: Caller,
    codes: Sequence[str],
    takes: Sequence[Take],
    customer: CustomerRef | None,
    visit: Visit,
) -> BestCombination | Problems:
    """The best combination of these codes; `takes` are as in a ValidateRequest. Two statements at most.

    A customer who is not known is a new one. Codes: those of `code_problems` and `take_problems`.
    """
    wrong = (*code_problems(codes), *take_problems(takes))
    if wrong:
        return Problems(wrong)
    keys = code_keys(caller, codes)
    project, customers = caller.project, [] if customer is None else [(caller.project, customer)]
    found = await find_offers(
        fetch_by_index,
        codes={(project, key) for key in keys},
        customers=customers,
        now=visit.now,
        promotions=(project,),
    )
    presented = found.all_presented(project, codes, keys, takes, promotions=True)
    in_any_case = caller.kind is KeyKind.STOREFRONT
    return await _combined(
        project, _known(found, project, customer), presented, visit, in_any_case=in_any_case
    )


async def combine_wallet(project: UUID, customer: CustomerRef | None, visit: Visit) -> BestCombination:
    """The best combination of what the customer holds, of the 100 latest vouchers; three statements at most.

    Without a customer, or for one who holds nothing, it is what promotions give by themselves.
    """
    candidates = await find_candidates(project, customer, Listed.NONE, MOST_OF_A_WALLET, visit.now)
    found = await find_offers(
        fetch_by_index,
        vouchers={(project, voucher) for voucher in candidates.held},
        now=visit.now,
        promotions=(project,),
    )
    held = [found.vouchers[voucher] for voucher in candidates.held]
    who = None if customer is None else candidates.customer or new_id()
    return await _combined(project, who, held + found.promotions.get(project, []), visit)


async def _combined(
    project: UUID,
    customer: UUID | None,
    presented: Sequence[Presented],
    visit: Visit,
    *,
    in_any_case: bool = False,
) -> BestCombination:
    if visit.cart is None:
        raise ValueError("Codes are combined for a cart.")
    asked = [(customer, code) for code in presented]
    found = await facts_for(project, asked, {visit.cart.currency}, visit.now, in_any_case=in_any_case)
    facts = found.get(customer) or Facts(customer)
    work = partial(_best, presented, visit.cart, facts, visit)
    # As many as there are sets of codes, and never less than thousands beyond a dozen.
    return await aside(work, len(presented) << min(len(presented), 12))


def _best(presented: Sequence[Presented], cart: Cart, facts: Facts, visit: Visit) -> BestCombination:
    # Seconds of work, not on the clock: what is found depends on nobody else's requests.
    end = thread_time() + LONGEST
    return best_combination(
        presented,
        cart,
        facts,
        visit.now,
        occasion=visit.occasion,
        stacking=visit.stacking,
        is_enough=lambda: thread_time() > end,
    )


def _known(found: Found, project: UUID, customer: CustomerRef | None) -> UUID | None:
    """Who asks. A new customer is somebody: an id that nobody has stands for them, never shown or stored."""
    return None if customer is None else found.customers.get((project, customer)) or new_id()
