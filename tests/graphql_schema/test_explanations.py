"""Why: the tree of conditions for those who may read everything, and changes as data for whoever hears a reason."""

from datetime import timedelta

import pytest

from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.period import Period
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.cart_metadata import CartMetadata
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.items_quantity import ItemsQuantity
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.payment_method import PaymentMethod
from app.engine.rules.redemption_point import RedemptionPoint
from app.engine.selection import Items
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper, ask
from tests.graphql_schema.shop import a_request, money
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer

pytestmark = pytest.mark.usefixtures("till")

CONDITION = """kind sentence level passed expected { text } actual { text } reasons { code change { act } }
  rule { __typename ... on MinimumSpend { amount { amount } } } reward { __typename }"""
EXPLAINED = (
    """mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) { evaluation { verdicts {
  code granted explanation { judgedAt offerVersion discountIfGranted { amount currency } conditions { """
    + CONDITION
    + " conditions { "
    + CONDITION
    + """ } } }
} } userErrors { message } } }"""
)
CHANGES = """mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) { evaluation { verdicts {
  reasons { code remedy change {
    act amount { amount currency } quantity at path values code
    items { products categories priceAtLeast { amount } }
  } alternatives { reasons { change { act } } } }
} } userErrors { message } } }"""
NOTHING = {
    "amount": None,
    "quantity": None,
    "at": None,
    "path": None,
    "values": [],
    "code": None,
    "items": None,
}


async def verdicts(caller, document, *codes, **more):
    answer = (await ask(caller, document, input=a_request(*codes, **more)))["validateVouchers"]
    assert answer["userErrors"] == []
    return answer["evaluation"]["verdicts"]


async def a_code(project, code, rule=None, **more):
    """A code for five euros."""
    await a_voucher(project, await a_campaign(project, code, promise=offer(rule=rule), **more), code)


async def test_a_server_sees_every_condition_nested_as_the_offer_nests_it(project):
    daily = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY, 5000, "EUR")
    rule = AnyOf((MinimumSpend(Money(20000, "EUR")), CartMetadata("gift")))
    await a_code(project, "TEN", rule, budgets=(daily,), ends_at=NOW + timedelta(days=40_000))
    [verdict] = await verdicts(await a_caller(project), EXPLAINED, "TEN")
    told = verdict["explanation"]
    assert (verdict["granted"], told["offerVersion"]) == (False, 1)
    assert told["discountIfGranted"] == money("5.00")
    conditions = told["conditions"]
    assert [(each["kind"], each["level"], each["passed"]) for each in conditions] == [
        ("voucher.enabled", "VOUCHER", True),
        ("campaign.state", "CAMPAIGN", True),
        ("campaign.ends_at", "CAMPAIGN", True),
        ("campaign.offer", "CAMPAIGN", True),
        ("budget", "CAMPAIGN", True),
        ("budget.currency", "CAMPAIGN", True),
        ("any_of", "CAMPAIGN", False),
        ("amount_off", "CAMPAIGN", True),
    ]
    budget, any_of, reward = conditions[4], conditions[-2], conditions[-1]
    assert (budget["expected"], budget["actual"]) == ({"text": "50.00 EUR"}, {"text": "0.00 EUR"})
    assert reward["reward"] == {"__typename": "AmountOff"}
    assert any_of["rule"] == {"__typename": "AnyOf"}
    assert any_of["conditions"][0] == {
        "kind": "minimum_spend",
        "sentence": "The cart's subtotal must reach an amount: amount 200.00 EUR.",
        "level": "CAMPAIGN",
        "passed": False,
        "expected": {"text": "200.00 EUR"},
        "actual": {"text": "100.00 EUR"},
        "reasons": [{"code": "MINIMUM_SPEND_NOT_REACHED", "change": {"act": "ADD_AMOUNT"}}],
        "rule": {"__typename": "MinimumSpend", "amount": {"amount": "200.00"}},
        "reward": None,
    }
    assert any_of["reasons"][0]["change"] == {"act": "CHOOSE"}


async def test_an_explanation_takes_no_statement_more(project, statements):
    await a_code(project, "TEN", AllOf((FirstPurchase(), MinimumSpend(Money(20000, "EUR")))))
    server = await a_caller(project)
    took = []
    for document in (CHANGES, EXPLAINED):
        with statements.counted() as sent:
            await verdicts(server, document, "TEN", "NOPE", customer={"sourceId": "ada"})
        took.append(len(sent))
    assert took == [2, 2]


async def test_only_those_who_may_read_everything_are_told(project):
    await a_code(project, "TEN", MinimumSpend(Money(20000, "EUR")))
    callers = [
        await a_caller(project, KeyKind.MERCHANT),
        await a_caller(project, KeyKind.STOREFRONT),
        await a_shopper(project, await a_customer(project)),
    ]
    for caller in callers:
        assert [each["explanation"] for each in await verdicts(caller, EXPLAINED, "TEN", "NOPE")] == [
            None
        ] * 2


async def test_whoever_hears_a_reason_hears_what_would_mend_it_as_data(project):
    tea = Items(categories=("tea",), price_at_least=Money(250, "EUR"))
    rule = AllOf(
        (
            MinimumSpend(Money(10410, "EUR")),
            ItemsQuantity(tea, 2),
            FirstPurchase(),
            CartMetadata("gift", ("yes", "wrapped")),
        )
    )
    await a_code(project, "MUCH", rule)
    await a_code(project, "YEN", MinimumSpend(Money(1, "JPY")))
    for kind in (KeyKind.SERVER, KeyKind.MERCHANT, KeyKind.STOREFRONT):
        much, yen = await verdicts(await a_caller(project, kind), CHANGES, "MUCH", "YEN")
        assert [reason["change"] for reason in (*much["reasons"], *yen["reasons"])] == [
            {**NOTHING, "act": "ADD_AMOUNT", "amount": money("4.10")},
            {
                **NOTHING,
                "act": "ADD_ITEMS",
                "quantity": 2,
                "items": {"products": [], "categories": ["tea"], "priceAtLeast": {"amount": "2.50"}},
            },
            {**NOTHING, "act": "SIGN_IN"},
            {**NOTHING, "act": "CHOOSE", "path": "cart.metadata.gift", "values": ["yes", "wrapped"]},
            {**NOTHING, "act": "CHOOSE", "path": "cart.currency", "values": ["JPY"]},
        ]


async def test_paths_are_written_as_inputs_write_them(project):
    await a_code(project, "CARD", PaymentMethod(("card",)))
    await a_code(project, "HERE", RedemptionPoint(("Kiosk",)))
    await a_code(project, "NOTE", CartMetadata("gift_wrap"))
    told = await verdicts(await a_caller(project), CHANGES, "CARD", "HERE", "NOTE")
    assert [reason["change"]["path"] for verdict in told for reason in verdict["reasons"]] == [
        "cart.paymentMethod",
        "redemptionPoint",
        "cart.metadata.gift_wrap",
    ]


async def test_who_is_to_come_later_hears_the_instant(project):
    starts = NOW + timedelta(days=36_500)
    await a_code(project, "SOON", starts_at=starts)
    [verdict] = await verdicts(await a_caller(project), CHANGES, "SOON")
    [reason] = verdict["reasons"]
    assert (reason["code"], reason["change"]["act"]) == ("NOT_STARTED", "COME_AT")
    assert reason["change"]["at"].startswith(starts.date().isoformat())
