"""What a customer 360 costs in SQL statements: pinned, and the same for five customers as for fifty."""

import pytest

from app.customers.custom_events import CustomEventInput, track_custom_events
from app.engine.rules.new_customer import NewCustomer
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from app.vouchers.values import PublishOrder
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask
from tests.redemptions.shop import CART, a_campaign, a_customer, a_voucher, asking, rush
from tests.reports.kept_activity import activity_kept_up
from tests.segments.shop import a_segment
from tests.vouchers.shop import published
from tests.wallets.balances import added

# Codes and campaigns are asked for in one place each: whether two places share a statement is a matter of milliseconds.
CUSTOMER = """
  name email
  summary { orderCount firstOrderAt lastOrderAt redemptionCount rejectedRedemptionCount publicationCount }
  lifetimeValue { value { amount currency } discount { amount } averageOrderValue { amount } }
  favouriteCategories(first: 3) { category quantity amounts { amount } }
  segments { name }
  wallet { balances { available { money { amount } } } vouchers(first: 2) { nodes { state voucher { code } } } }
  orders(first: 2) { nodes { total { amount } } }
  redemptions(first: 2) { nodes { discount { amount } vouchers { code campaign { name } } } }
  rejectedRedemptions(first: 2) { nodes { reasons { code } } }
  publications(first: 2) { nodes { channel createdAt } }
  customEvents(first: 2) { nodes { name at } }
  activity(first: 3) { nodes { kind at redemption { vouchers { code } } } upTo }
"""
ONE = f"""query {{ customer(ref: {{sourceId: "c-1"}}) {{ {CUSTOMER} }} }}"""
MANY = f"""query ($first: Int) {{ customers(first: $first) {{ nodes {{ {CUSTOMER} }} }} }}"""
# sums of orders; refusals and publications counted; categories; segments, and who is in them; balances held, and what
# they come to; holdings, their offers, counters and holds; pages of orders, redemptions, refusals, publications, custom
# events and activity; vouchers; campaigns
FIGURES_COST = 19


@pytest.fixture
async def fifty(project, till: Till):
    """Fifty customers who have done a bit of everything."""
    campaign, gifts = await a_campaign(project), await a_campaign(project, "Gifts")
    await a_voucher(project, campaign, "ALL")
    people = [await a_customer(project, f"c-{n}") for n in range(50)]
    for n, customer in enumerate(people):
        own = await a_voucher(project, gifts, f"OWN-{n}", holder_id=customer, published_at=NOW)
        await added(project, own, 100)
        await published(project, PublishOrder("mail", code="ALL"), customer)
    await a_segment(project, "New", NewCustomer(30))
    await track_custom_events(project, [CustomEventInput(one, "visit") for one in people], NOW)
    for code in ("ALL", "ALL", "NOTHING"):
        who = [CustomerRef(id=one) for one in people]
        await rush([till], [asking(project, code, cart=CART, customer=one) for one in who])
    return await a_caller(project)


async def cost(statements, caller, document: str, **variables) -> tuple[int, str]:
    with statements.counted() as sent:
        answer = await ask(caller, document, **variables)
    return len(sent), str(answer)


async def test_one_customer_costs_as_many_statements_as_fifty(project, fifty, statements):
    async with activity_kept_up(project):
        one, _ = await cost(statements, fifty, ONE)
        counts = {}
        for first in (5, 50):
            counts[first], answer = await cost(statements, fifty, MANY, first=first)
            assert answer.count("'orderCount': 2") == first
            assert answer.count("'upTo'") == first
            assert answer.count("'kind': 'REDEMPTION_REJECTED'") == first
    # The customer is found by source id, and then read; a page of customers is one statement.
    assert (one, counts) == (FIGURES_COST + 2, {5: FIGURES_COST + 1, 50: FIGURES_COST + 1})
