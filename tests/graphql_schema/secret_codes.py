"""A shop full of codes that a storefront must know nothing of."""

from datetime import timedelta
from uuid import UUID

from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.period import Period
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rules.minimum_spend import MinimumSpend
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller
from tests.graphql_schema.shop import redeem
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer, put

# Each code with the reasons that a server is told, on a cart of 100 euro and without a customer.
SECRETS = {
    "UNKNOWN": ["CODE_NOT_FOUND"],
    "FOREIGN": ["CODE_NOT_FOUND"],
    "DISABLED": ["VOUCHER_DISABLED"],
    "EXPIRED": ["EXPIRED"],
    "USED": ["VOUCHER_LIMIT_REACHED"],
    "CAMPAIGN-USED": ["CAMPAIGN_LIMIT_REACHED"],
    "MAIN-USED": ["MAIN_CAMPAIGN_LIMIT_REACHED"],
    "BUDGET-SPENT": ["CAMPAIGN_BUDGET_EXCEEDED"],
    "EMPTY": ["BALANCE_EMPTY"],
    "SOON": ["NOT_STARTED"],
    "DRAFT": ["CAMPAIGN_NOT_LIVE"],
    "PAUSED": ["CAMPAIGN_PAUSED"],
    "ENDED": ["CAMPAIGN_ENDED"],
    "ADAS": ["CUSTOMER_REQUIRED"],
    "BOBS": ["CUSTOMER_REQUIRED"],
    "USED-AND-BELOW": ["VOUCHER_LIMIT_REACHED", "MINIMUM_SPEND_NOT_REACHED"],
    "STOPPED-AND-BELOW": ["VOUCHER_DISABLED", "MINIMUM_SPEND_NOT_REACHED"],
    "ADAS-AND-BELOW": ["CUSTOMER_REQUIRED", "MINIMUM_SPEND_NOT_REACHED"],
    "USED-BY-CUSTOMERS": ["CUSTOMER_REQUIRED", "VOUCHER_LIMIT_REACHED"],
}


async def a_shop_of_secrets(project: UUID, another_project: UUID) -> UUID:
    """A shop that has all the SECRETS, and the code OPEN that everybody may use: its customer Ada."""
    below = MinimumSpend(Money(20000, "EUR"))
    ada, bob = await a_customer(project), await a_customer(project, "bob")
    full = await a_campaign(project, "Full year", is_main=True, max_redemptions=1)
    campaigns = {
        "plain": await a_campaign(project, "Plain"),
        "once": await a_campaign(project, "Once", promise=offer(per_voucher=1)),
        "once in all": await a_campaign(project, "Once in all", promise=offer(per_campaign=1)),
        "under full": await a_campaign(project, "Under full", main_id=full),
        "budgeted": await a_campaign(
            project, "Spent", budgets=(Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.EVER, 500, "EUR"),)
        ),
        "gift": await a_campaign(project, "Gift", promise=Offer(1, None, GiftBalance())),
        "high": await a_campaign(project, "High", promise=offer(rule=below)),
        "for customers": await a_campaign(
            project, "For customers", promise=offer(per_customer=9, per_voucher=1)
        ),
        **{state: await a_campaign(project, state.title()) for state in ("DRAFT", "PAUSED", "ENDED")},
    }
    for campaign, code, more in (
        ("plain", "OPEN", {}),
        ("plain", "DISABLED", {"enabled": False}),
        ("plain", "EXPIRED", {"expires_at": NOW}),
        ("plain", "SOON", {"starts_at": NOW + timedelta(days=36_500)}),
        ("once", "USED", {}),
        ("once in all", "CAMPAIGN-USED", {}),
        ("under full", "MAIN-USED", {}),
        ("budgeted", "BUDGET-SPENT", {}),
        ("gift", "EMPTY", {}),
        ("DRAFT", "DRAFT", {}),
        ("PAUSED", "PAUSED", {}),
        ("ENDED", "ENDED", {}),
        ("plain", "ADAS", {"holder_id": ada}),
        ("plain", "BOBS", {"holder_id": bob}),
        ("high", "STOPPED-AND-BELOW", {"enabled": False}),
        ("high", "ADAS-AND-BELOW", {"holder_id": ada}),
        ("high", "USED-AND-BELOW", {"max_redemptions": 1}),
        ("for customers", "USED-BY-CUSTOMERS", {}),
    ):
        await a_voucher(project, campaigns[campaign], code, **more)
    await a_voucher(another_project, await a_campaign(another_project), "FOREIGN")
    server = await a_caller(project)
    much = {"cart": {"currency": "EUR", "lines": [{"unitPrice": "300"}]}, "customer": {"sourceId": "bob"}}
    for code in ("USED", "CAMPAIGN-USED", "MAIN-USED", "BUDGET-SPENT", "USED-AND-BELOW", "USED-BY-CUSTOMERS"):
        result = (await redeem(server, code, key=code, **much))["result"]
        assert result["__typename"] == "Redemption", result
    for state in ("DRAFT", "PAUSED", "ENDED"):
        await put(project, campaigns[state], state)
    return ada


def retyped(answer: object, codes: dict[str, str]) -> object:
    """The answer with other codes in the place of those that were typed."""
    if isinstance(answer, dict):
        return {key: retyped(value, codes) for key, value in answer.items()}
    if isinstance(answer, list):
        return [retyped(value, codes) for value in answer]
    return codes.get(answer, answer) if isinstance(answer, str) else answer
