"""Budgets: said by what they count, kept as they were said, and shown with exactly what is used of them."""

from datetime import timedelta
from uuid import UUID

import pytest

from app import ids
from app.campaigns.read import count_campaigns, find
from app.campaigns.values import Campaign
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.period import Period
from app.projects.values import KeyKind
from tests.campaigns.shop import DAILY, a_campaign, use
from tests.conftest import NOW, Statements
from tests.graphql_schema.asking import a_caller, ask, refusal

BUDGETS = """budgets {
  measure per period
  most { count money { amount currency } }
  used { count money { amount currency } }
  remaining { count money { amount currency } }
}"""
CREATE = f"""mutation ($budgets: [BudgetInput!]!) {{
  createCampaign(input: {{name: "Summer", budgets: $budgets}}) {{
    campaign {{ id {BUDGETS} }} userErrors {{ path code message }}
  }}
}}"""
UPDATE = f"""mutation ($input: UpdateCampaignInput!) {{
  updateCampaign(input: $input) {{ campaign {{ version {BUDGETS} }} userErrors {{ path code message }} }}
}}"""
ONE = f'{{ campaign(ref: {{name: "Summer"}}) {{ {BUDGETS} }} }}'
ALL = f"query ($first: Int) {{ campaigns(first: $first) {{ nodes {{ name {BUDGETS} }} }} }}"


def euros(amount: str) -> dict[str, object]:
    """Euros as the API shows them."""
    return {"count": None, "money": {"amount": amount, "currency": "EUR"}}


def number(count: int) -> dict[str, object]:
    """A number of things as the API shows it."""
    return {"count": count, "money": None}


async def test_budgets_are_kept_and_shown_as_they_were_said(project: UUID) -> None:
    caller = await a_caller(project)
    said = [
        {"most": {"discount": {"amount": "500", "currency": "EUR"}}, "period": "DAY"},
        {"most": {"orderValue": {"amount": "99.50", "currency": "EUR"}}, "per": "VOUCHER", "period": "YEAR"},
        {"most": {"redemptions": 3}, "per": "CUSTOMER", "period": "MONTH"},
        {"most": {"points": 2_147_483_647}},
    ]
    made = (await ask(caller, CREATE, budgets=said))["createCampaign"]
    assert made["userErrors"] == []
    assert made["campaign"]["budgets"] == [
        {
            "measure": "DISCOUNT",
            "per": "CAMPAIGN",
            "period": "DAY",
            "most": euros("500.00"),
            "used": euros("0.00"),
            "remaining": euros("500.00"),
        },
        {
            "measure": "ORDER_VALUE",
            "per": "VOUCHER",
            "period": "YEAR",
            "most": euros("99.50"),
            "used": None,
            "remaining": None,
        },
        {
            "measure": "REDEMPTIONS",
            "per": "CUSTOMER",
            "period": "MONTH",
            "most": number(3),
            "used": None,
            "remaining": None,
        },
        {
            "measure": "POINTS",
            "per": "CAMPAIGN",
            "period": "EVER",
            "most": number(2_147_483_647),
            "used": number(0),
            "remaining": number(2_147_483_647),
        },
    ]
    kept = await find(project, ids.read_as(ids.CAMPAIGN, made["campaign"]["id"]))
    assert kept is not None
    assert kept.budgets == (
        DAILY,
        Budget(Measure.ORDER_VALUE, Scope.VOUCHER, Period.YEAR, 9_950, "EUR"),
        Budget(Measure.REDEMPTIONS, Scope.CUSTOMER, Period.MONTH, 3),
        Budget(Measure.POINTS, Scope.CAMPAIGN, Period.EVER, 2**31 - 1),
    )


@pytest.mark.parametrize(
    ("budgets", "faults"),
    [
        ([{"most": {"redemptions": 0}}], [("0.most.redemptions", "INVALID_PARAMETER")]),
        ([{"most": {"points": -1}}], [("0.most.points", "INVALID_PARAMETER")]),
        (
            [{"most": {"orderValue": {"amount": "0", "currency": "EUR"}}}],
            [("0.most.orderValue", "INVALID_PARAMETER")],
        ),
        (
            [
                {"most": {"redemptions": 1}},
                {"most": {"discount": {"amount": "1.001", "currency": "EUR"}}},
                {"most": {"redemptions": 0}},
            ],
            [("1.most.discount.amount", "INVALID_MONEY"), ("2.most.redemptions", "INVALID_PARAMETER")],
        ),
        (
            [{"most": {"redemptions": 1}}, {"most": {"redemptions": 2}}],
            [("1", "DUPLICATE_BUDGET")],
        ),
        ([{"most": {"points": n + 1}} for n in range(21)], [("", "TOO_MANY_BUDGETS")]),
    ],
)
async def test_faulty_budgets_are_told_in_their_places(
    project: UUID, budgets: list[object], faults: list[tuple[str, str]]
) -> None:
    answer = (await ask(await a_caller(project), CREATE, budgets=budgets))["createCampaign"]
    told = [(".".join(fault["path"]), fault["code"]) for fault in answer["userErrors"]]
    assert told == [(f"input.budgets.{path}".removesuffix("."), code) for path, code in faults]
    assert await count_campaigns(project) == 0


@pytest.mark.parametrize("most", [{}, {"redemptions": 1, "points": 1}, {"redemptions": None}, {"uses": 1}])
async def test_a_budget_counts_exactly_one_thing(project: UUID, most: dict[str, object]) -> None:
    code, _ = await refusal(await a_caller(project), CREATE, budgets=[{"most": most}])
    assert code == "BAD_USER_INPUT"
    assert await count_campaigns(project) == 0


async def test_an_update_replaces_all_budgets_and_refuses_one_below_the_present_use(project: UUID) -> None:
    campaign = await a_campaign(project, budgets=(DAILY,))
    await use(project, campaign.id, 2, discount=700, subtotal=7_000)
    caller = await a_caller(project)

    async def change(*budgets: object) -> dict[str, object]:
        given = {"campaign": {"name": "Summer"}, "budgets": list(budgets)}
        answer: dict[str, object] = (await ask(caller, UPDATE, input=given))["updateCampaign"]
        return answer

    low = {"most": {"discount": {"amount": "13.99", "currency": "EUR"}}, "period": "DAY"}
    assert await change({"most": {"redemptions": 9}}, low) == {
        "campaign": None,
        "userErrors": [
            {
                "path": ["input", "budgets", "1", "most"],
                "code": "LIMIT_BELOW_USE",
                "message": "The campaign has given 14.00 EUR of discount already today, so its budget cannot be"
                " 13.99 EUR.",
            }
        ],
    }
    assert await find(project, campaign.id) == campaign
    exact = {"most": {"discount": {"amount": "14", "currency": "EUR"}}, "period": "DAY"}
    assert await change(exact) == {
        "campaign": {
            "version": 2,
            "budgets": [
                {
                    "measure": "DISCOUNT",
                    "per": "CAMPAIGN",
                    "period": "DAY",
                    "most": euros("14.00"),
                    "used": euros("14.00"),
                    "remaining": euros("0.00"),
                }
            ],
        },
        "userErrors": [],
    }
    assert await change() == {"campaign": {"version": 3, "budgets": []}, "userErrors": []}


async def test_what_is_used_is_that_of_the_present_period(project: UUID) -> None:
    month = Budget(Measure.ORDER_VALUE, Scope.CAMPAIGN, Period.MONTH, 100_000, "EUR")
    campaign = await a_campaign(project, budgets=(DAILY, month))
    await use(project, campaign.id, 3, discount=100, subtotal=1_000, codes=2)
    await use(project, campaign.id, discount=100, subtotal=1_000, at=NOW - timedelta(days=1))
    await use(project, campaign.id, discount=100, subtotal=1_000, given_back=True)
    shown = (await ask(await a_caller(project), ONE))["campaign"]["budgets"]
    assert [(each["used"], each["remaining"]) for each in shown] == [
        (euros("6.00"), euros("494.00")),
        (euros("30.00"), euros("970.00")),
    ]


async def test_fifty_campaigns_with_budgets_cost_as_many_statements_as_five(
    project: UUID, statements: Statements
) -> None:
    uses = Budget(Measure.REDEMPTIONS, Scope.CAMPAIGN, Period.WEEK, 10)
    for n in range(50):
        campaign: Campaign = await a_campaign(project, f"C {n}", budgets=(DAILY, uses))
        await use(project, campaign.id, discount=100)
    caller = await a_caller(project)
    for rows in (5, 50):
        with statements.counted() as sent:
            shown = (await ask(caller, ALL, first=rows))["campaigns"]["nodes"]
        assert len(sent) == 3, sent  # the campaigns; their budgets as they stand; what is used of them
        assert [each["remaining"] for node in shown for each in node["budgets"]] == [
            euros("499.00"),
            number(9),
        ] * rows


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_reads_the_project_sees_its_budgets(project: UUID, kind: KeyKind) -> None:
    await a_campaign(project, budgets=(DAILY,))
    code, _ = await refusal(await a_caller(project, kind), ONE)
    assert code == "FORBIDDEN"
