"""How vouchers stand for customers, and what they are worth for a cart: for wallets and coupon lists."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from app.database import fetch_by_index
from app.engine.facts import Facts
from app.engine.offer import Presented
from app.redemptions.aside import aside
from app.redemptions.find_offers import find_offers
from app.redemptions.fit import Standing, Visit, stand
from app.redemptions.validate import facts_for

# The holds of customers on vouchers; those whose time is over are none any more, though nobody may have told them.
_HOLDS = """
SELECT r.customer_id, v.voucher_id, max(r.expires_at) AS until
FROM redemptions r JOIN redeemed_vouchers v ON v.project_id = r.project_id AND v.redemption_id = r.id
WHERE r.project_id = $1 AND r.state = 'HELD' AND r.expires_at > $4
  AND r.customer_id = ANY ($2::uuid[]) AND v.voucher_id = ANY ($3::uuid[])
GROUP BY 1, 2
"""

Held = tuple[UUID | None, UUID]  # a customer (None: nobody knows who is asking) and a voucher


async def judge_vouchers(project: UUID, held: Iterable[Held], visit: Visit) -> dict[Held, Standing]:
    """The standing of each voucher for its customer, without other codes; three statements for any number of customers.

    Vouchers that the project does not have are left out.
    """
    pairs = list(dict.fromkeys(held))
    if not pairs:
        return {}
    found = await find_offers(
        fetch_by_index,
        vouchers={(project, voucher) for _, voucher in pairs},
        now=visit.now,
        promotions=() if visit.cart is None else (project,),
    )
    presented = {pair: found.vouchers[pair[1]] for pair in pairs if pair[1] in found.vouchers}
    promotions = found.promotions.get(project, [])
    facts = await facts_of(project, presented, promotions, visit)
    holds = await holds_of(project, presented, visit.now)

    def judge() -> dict[Held, Standing]:
        return {
            pair: stand(code, facts[pair[0]], visit, holds.get(pair), promotions)
            for pair, code in presented.items()
        }

    return await aside(judge, 0 if visit.cart is None else len(presented) * (1 + len(promotions)))


async def facts_of(
    project: UUID, presented: Mapping[Held, Presented], promotions: Sequence[Presented], visit: Visit
) -> dict[UUID | None, Facts]:
    """All that is asked about the customers for their vouchers and for the promotions; one statement at most."""
    asked = [(customer, code) for (customer, _), code in presented.items()]
    asked += [(customer, code) for customer in dict.fromkeys(who for who, _ in asked) for code in promotions]
    currencies = () if visit.cart is None else (visit.cart.currency,)
    return await facts_for(project, asked, currencies, visit.now)


async def holds_of(project: UUID, pairs: Collection[Held], now: datetime) -> dict[Held, datetime]:
    """Until when customers' own holds reserve the vouchers; what nobody may name, nobody holds."""
    customers = {customer for customer, _ in pairs if customer is not None}
    if not customers:
        return {}
    vouchers = {voucher for _, voucher in pairs}
    rows = await fetch_by_index(_HOLDS, project, list(customers), list(vouchers), now)
    return {(customer, voucher): until for customer, voucher, until in rows}
