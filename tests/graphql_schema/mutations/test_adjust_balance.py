"""adjustBalance, and what a voucher then shows: its balance, its postings, and how codes are minted with one."""

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper, ask, refusal
from tests.graphql_schema.shop import everything, faults, money, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher
from tests.vouchers.shop import events_of

AMOUNT = "{ points money { amount currency } }"
BALANCE = f"balance {{ available {AMOUNT} held {AMOUNT} expiring {AMOUNT} expiresAt }}"
ADJUST = f"""mutation ($input: AdjustBalanceInput!) {{ adjustBalance(input: $input) {{
  voucher {{ code {BALANCE} }} replayed userErrors {{ path code message }}
}} }}"""
POSTINGS = f"""query ($code: String!, $first: Int, $after: Cursor) {{ voucher(ref: {{ code: $code }}) {{
  {BALANCE}
  postings(first: $first, after: $after) {{ totalCount pageInfo {{ endCursor hasNextPage }} nodes {{
    amount {AMOUNT} debit credit deed expiresAt reason sourceId createdAt redemption {{ id }}
  }} }}
}} }}"""
SOON, LATER = "2026-06-02T12:00:00Z", "2026-12-31T23:00:00Z"


def euros(amount: str) -> dict[str, object]:
    """An amount of a balance as the API shows it."""
    return {"points": None, "money": money(amount)}


def points(amount: int) -> dict[str, object]:
    return {"points": amount, "money": None}


async def a_card(project, code: str = "GIFT") -> None:
    await a_voucher(project, await a_campaign(project, f"For {code}"), code)


async def adjust(caller, amount, key: str = "top up 1", code: str = "GIFT", **more):
    given = {"voucher": {"code": code}, "amount": amount, "idempotencyKey": key, **more}
    return (await ask(caller, ADJUST, input=given))["adjustBalance"]


async def test_money_is_added_and_removed_and_the_ledger_tells_why(project):
    await a_card(project)
    caller = await a_caller(project)
    await adjust(caller, {"money": money("50")}, "1", reason="Sold", sourceId="order 7")
    await adjust(caller, {"money": money("20.50")}, "2", expiresAt=SOON)
    answer = await adjust(caller, {"money": money("-30")}, "3")
    assert answer == {
        "voucher": {
            "code": "GIFT",
            "balance": {
                "available": euros("40.50"),
                "held": euros("0.00"),
                "expiring": None,
                "expiresAt": None,
            },
        },
        "replayed": False,
        "userErrors": [],
    }
    voucher = (await ask(caller, POSTINGS, code="GIFT", first=3))["voucher"]
    assert voucher["balance"] == answer["voucher"]["balance"]
    assert voucher["postings"]["totalCount"] == 4
    shared = {"createdAt": "2026-06-01T12:00:00Z", "redemption": None}
    added = {"debit": "ISSUED", "credit": "BALANCE", "deed": "ISSUE"}
    removed = {"debit": "BALANCE", "credit": "REMOVED", "deed": "REMOVE", "reason": None, "sourceId": None}
    assert voucher["postings"]["nodes"] == [
        {**shared, **removed, "amount": euros("9.50"), "expiresAt": None},
        {**shared, **removed, "amount": euros("20.50"), "expiresAt": SOON},
        {**shared, **added, "amount": euros("20.50"), "expiresAt": SOON, "reason": None, "sourceId": None},
    ]
    after = voucher["postings"]["pageInfo"]["endCursor"]
    rest = (await ask(caller, POSTINGS, code="GIFT", first=3, after=after))["voucher"]["postings"]
    assert rest["nodes"] == [
        {
            **shared,
            **added,
            "amount": euros("50.00"),
            "expiresAt": None,
            "reason": "Sold",
            "sourceId": "order 7",
        }
    ]
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_points_expire_in_parts(project):
    await a_card(project)
    caller = await a_caller(project)
    await adjust(caller, {"points": 100}, "1", expiresAt=LATER)
    answer = await adjust(caller, {"points": 20}, "2", expiresAt=SOON)
    assert answer["voucher"]["balance"] == {
        "available": points(120),
        "held": points(0),
        "expiring": points(20),
        "expiresAt": SOON,
    }


async def test_a_code_without_a_balance_shows_none(project):
    await a_card(project)
    voucher = (await ask(await a_caller(project), POSTINGS, code="GIFT"))["voucher"]
    assert voucher["balance"] is None
    assert voucher["postings"]["nodes"] == []


async def test_the_same_key_gets_the_first_answer_again(project):
    await a_card(project)
    caller = await a_caller(project)
    first = await adjust(caller, {"points": 5})
    before = await everything(project)
    assert await adjust(caller, {"points": 5}) == {**first, "replayed": True}
    assert await everything(project) == before
    assert faults(await adjust(caller, {"points": 6})) == [("idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]
    assert await everything(project) == before


async def test_two_adjustments_of_one_operation_each_show_the_balance_they_left(project):
    await a_card(project)
    caller = await a_caller(project)
    document = f"""mutation ($one: AdjustBalanceInput!, $two: AdjustBalanceInput!) {{
      one: adjustBalance(input: $one) {{ voucher {{ balance {{ available {AMOUNT} }} }} }}
      two: adjustBalance(input: $two) {{ voucher {{ balance {{ available {AMOUNT} }} }} }}
    }}"""
    given = {"voucher": {"code": "GIFT"}, "amount": {"points": 5}}
    answer = await ask(
        caller, document, one={**given, "idempotencyKey": "1"}, two={**given, "idempotencyKey": "2"}
    )
    assert [answer[name]["voucher"]["balance"]["available"] for name in ("one", "two")] == [
        points(5),
        points(10),
    ]


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"amount": {"points": 0}}, "amount", "OUT_OF_RANGE"),
        ({"amount": {"points": -11}}, "amount", "BALANCE_TOO_LOW"),
        ({"amount": {"money": money("1")}}, "amount", "WRONG_UNIT"),
        ({"amount": {"money": money("0.001")}}, "amount.money.amount", "INVALID_MONEY"),
        ({"expiresAt": "2026-06-01T12:00:00Z"}, "expiresAt", "INVALID_TIME"),
        ({"amount": {"points": -1}, "expiresAt": LATER}, "expiresAt", "INVALID_TIME"),
        ({"key": ""}, "idempotencyKey", "REQUIRED"),
        ({"key": "k" * 256}, "idempotencyKey", "TOO_LONG"),
        ({"reason": "r" * 501}, "reason", "TOO_LONG"),
        ({"sourceId": "\0"}, "sourceId", "INVALID_TEXT"),
        ({"sourceId": " "}, "sourceId", "REQUIRED"),
        ({"voucher": {"code": "NOSUCH"}}, "voucher", "NOT_FOUND"),
        ({"voucher": {"id": shown(ids.VOUCHER, new_id())}}, "voucher", "NOT_FOUND"),
        ({"voucher": {"id": "GIFT"}}, "voucher.id", "INVALID_ID"),
    ],
)
async def test_faulty_input_adjusts_nothing(project, given, path, code):
    await a_card(project)
    caller = await a_caller(project)
    await adjust(caller, {"points": 10}, "first")
    before = await everything(project)
    answer = await adjust(caller, **{"amount": {"points": 1}, **given})
    assert (answer["voucher"], answer["replayed"], faults(answer)) == (None, False, [(path, code)])
    assert await everything(project) == before


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_adjusts(project, kind):
    await a_card(project)
    caller = await a_caller(project, kind)
    before = await everything(project)
    given = {"voucher": {"code": "GIFT"}, "amount": {"points": 1}, "idempotencyKey": "1"}
    assert (await refusal(caller, ADJUST, input=given))[0] == "FORBIDDEN"
    assert await everything(project) == before


async def test_a_customer_sees_the_balances_in_the_wallet_and_no_postings(project):
    ada = await a_customer(project)
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "GIFT", holder_id=ada, published_at=NOW)
    await adjust(await a_caller(project), {"points": 70})
    shopper = await a_shopper(project, ada)
    wallet = "{ wallet { vouchers { nodes { voucher { code %s } } } } }"
    shown_to_ada = await ask(shopper, wallet % f"balance {{ available {AMOUNT} }}")
    assert shown_to_ada["wallet"]["vouchers"]["nodes"] == [
        {"voucher": {"code": "GIFT", "balance": {"available": points(70)}}}
    ]
    code, _ = await refusal(shopper, wallet % "postings { nodes { deed } }")
    assert code == "FORBIDDEN"


async def test_balances_and_postings_of_a_page_of_codes_are_a_statement_each(project, statements):
    caller = await a_caller(project)
    for number in range(4):
        await a_card(project, f"GIFT{number}")
        await adjust(caller, {"points": 5}, f"{number}", f"GIFT{number}")
    document = f"{{ vouchers {{ nodes {{ {BALANCE} postings(first: 2) {{ nodes {{ deed }} }} }} }} }}"
    with statements.counted() as sent:
        nodes = (await ask(caller, document))["vouchers"]["nodes"]
    assert len(sent) == 3
    assert [node["balance"]["available"] for node in nodes] == [points(5)] * 4
    assert [node["postings"]["nodes"] for node in nodes] == [[{"deed": "ISSUE"}]] * 4


MINT = """mutation ($input: MintVouchersInput!) { mintVouchers(input: $input) {
  count campaign { vouchers(first: 5) { nodes { balance { available { money { amount } points } expiresAt } } } }
  userErrors { path code message }
} }"""
IMPORT = """mutation ($input: ImportVouchersInput!) { importVouchers(input: $input) {
  results { outcome voucher { balance { available { points money { amount currency } } } } }
  userErrors { path code message }
} }"""


async def test_codes_are_minted_with_a_balance(project):
    campaign = shown(ids.CAMPAIGN, await a_campaign(project))
    balance = {"amount": {"money": money("25")}, "expiresAt": LATER}
    given = {"campaign": {"id": campaign}, "count": 3, "balance": balance}
    answer = (await ask(await a_caller(project), MINT, input=given))["mintVouchers"]
    assert (answer["count"], answer["userErrors"]) == (3, [])
    one = {"balance": {"available": {"money": {"amount": "25.00"}, "points": None}, "expiresAt": LATER}}
    assert answer["campaign"]["vouchers"]["nodes"] == [one] * 3
    kind, told = (await events_of(project))[-1]
    assert (kind, told["balance"]) == ("VOUCHERS_MINTED", {"unit": "EUR", "amount": 2500})


async def test_codes_are_imported_with_a_balance(project):
    campaign = shown(ids.CAMPAIGN, await a_campaign(project))
    given = {"campaign": {"id": campaign}, "codes": ["CARD"], "kind": "UNIQUE"}
    answer = await ask(
        await a_caller(project), IMPORT, input={**given, "balance": {"amount": {"points": 70}}}
    )
    [result] = answer["importVouchers"]["results"]
    assert result == {"outcome": "CREATED", "voucher": {"balance": {"available": points(70)}}}


@pytest.mark.parametrize(
    ("balance", "path", "code"),
    [
        ({"amount": {"points": 0}}, "balance.amount", "OUT_OF_RANGE"),
        ({"amount": {"money": money("-1")}}, "balance.amount", "OUT_OF_RANGE"),
        ({"amount": {"money": money("0.001")}}, "balance.amount.money.amount", "INVALID_MONEY"),
        ({"amount": {"points": 1}, "expiresAt": "2026-06-01T12:00:00Z"}, "balance.expiresAt", "INVALID_TIME"),
    ],
)
async def test_a_faulty_balance_makes_no_codes(project, balance, path, code):
    campaign = {"id": shown(ids.CAMPAIGN, await a_campaign(project))}
    caller = await a_caller(project)
    before = await everything(project)
    minted = await ask(caller, MINT, input={"campaign": campaign, "count": 3, "balance": balance})
    brought = {"campaign": campaign, "codes": ["CARD"], "kind": "UNIQUE", "balance": balance}
    imported = await ask(caller, IMPORT, input=brought)
    for answer in (minted["mintVouchers"], imported["importVouchers"]):
        assert faults(answer) == [(path, code)]
    assert await everything(project) == before


async def test_another_projects_code_is_not_found(project, another_project):
    await a_card(another_project)
    before = await everything(another_project)
    assert faults(await adjust(await a_caller(project), {"points": 5})) == [("voucher", "NOT_FOUND")]
    assert await everything(another_project) == before
