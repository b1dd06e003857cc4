"""customer, customers and wallet: by id and source id, in pages; a wallet tells what redeeming then gives."""

import pytest

from app import ids
from app.customers.recognise import recognise
from app.customers.values import CustomerInput
from app.database import transaction
from app.engine.money import Money
from app.engine.rules.minimum_spend import MinimumSpend
from app.ids import new_id
from app.projects.values import KeyKind
from app.vouchers.values import PublishOrder
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper, ask, execute, refusal
from tests.graphql_schema.shop import REASONS, a_cart, everything, money, reasons_of, redeem, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer, put
from tests.vouchers.shop import published

ONE = """query ($ref: CustomerRef!) { customer(ref: $ref) {
  id sourceId name email metadata createdAt updatedAt
  wallet { vouchers { totalCount } } redemptions { totalCount } rejectedRedemptions { totalCount }
  publications { totalCount nodes { channel } }
} }"""
LIST = """query ($filter: CustomerFilter, $sort: TimeOrder! = OLDEST_FIRST, $first: Int, $after: Cursor) {
  customers(filter: $filter, sort: $sort, first: $first, after: $after) {
    nodes { sourceId } totalCount pageInfo { hasNextPage endCursor }
  }
}"""
WALLET = (
    """query ($customer: CustomerRef, $cart: CartInput, $first: Int, $after: Cursor) {
  wallet(customer: $customer, cart: $cart) {
    customer { sourceId }
    vouchers(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        state exclusive publishedAt worth { amount currency } remainingRedemptions
        voucher { code campaign { name } } """
    + REASONS
    + """
      }
    }
  }
}"""
)
ADA = {"sourceId": "ada"}


async def told(project, source_id: str, **more) -> None:
    async with transaction() as connection:
        await recognise(connection, project, [CustomerInput(source_id, **more)], NOW)


async def names(caller, **variables) -> list[str]:
    found = (await ask(caller, LIST, **variables))["customers"]
    assert found["totalCount"] >= len(found["nodes"])
    return [node["sourceId"] for node in found["nodes"]]


@pytest.mark.parametrize("by", ["id", "sourceId"])
async def test_a_customer_is_found_by_id_and_by_source_id(project, by):
    ada = await a_customer(project)
    await told(project, "ada", name="Ada", email="ada@example.com", metadata={"tier": "gold"})
    await a_voucher(project, await a_campaign(project), "ALL")
    await published(project, PublishOrder("mail", code="ALL"), ada)
    ref = {"id": shown(ids.CUSTOMER, ada)} if by == "id" else ADA
    assert await ask(await a_caller(project), ONE, ref=ref) == {
        "customer": {
            "id": shown(ids.CUSTOMER, ada),
            "sourceId": "ada",
            "name": "Ada",
            "email": "ada@example.com",
            "metadata": {"tier": "gold"},
            "createdAt": "2026-06-01T12:00:00Z",
            "updatedAt": "2026-06-01T12:00:00Z",
            "wallet": {"vouchers": {"totalCount": 1}},
            "redemptions": {"totalCount": 0},
            "rejectedRedemptions": {"totalCount": 0},
            "publications": {"totalCount": 1, "nodes": [{"channel": "mail"}]},
        }
    }


async def test_who_is_not_in_the_project_is_null(project, another_project):
    stranger = await a_customer(another_project)
    caller = await a_caller(project)
    for ref in ({"id": shown(ids.CUSTOMER, stranger)}, ADA, {"id": shown(ids.CUSTOMER, new_id())}):
        assert await ask(caller, ONE, ref=ref) == {"customer": None}
        assert await ask(caller, WALLET, customer=ref) == {"wallet": None}
    assert await names(caller) == []


@pytest.mark.parametrize("ref", [{"id": "ada"}, {"sourceId": "a\0"}, {}, {"id": "x", "sourceId": "y"}])
async def test_what_cannot_name_a_customer_is_refused(project, ref):
    caller = await a_caller(project)
    assert (await refusal(caller, ONE, ref=ref))[0] == "BAD_USER_INPUT"
    assert (await refusal(caller, WALLET, customer=ref))[0] == "BAD_USER_INPUT"


async def test_customers_are_listed_filtered_and_paged(project):
    await told(project, "ada", name="Ada", email="ada@example.com")
    await told(project, "bob", name="Bob", email="bob@example.com")
    await told(project, "adam", name="ADAM")
    caller = await a_caller(project)
    assert await names(caller) == ["ada", "bob", "adam"]
    assert await names(caller, sort="NEWEST_FIRST") == ["adam", "bob", "ada"]
    for given, expected in (
        ({"email": "bob@example.com"}, ["bob"]),
        ({"namePrefix": "ad"}, ["ada", "adam"]),
        ({"namePrefix": "ad", "email": "ada@example.com"}, ["ada"]),
        ({"namePrefix": "%"}, []),
        ({"namePrefix": "\0"}, []),
        ({"email": "nobody@example.com"}, []),
    ):
        assert await names(caller, filter=given) == expected
    page = (await ask(caller, LIST, first=2))["customers"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert await names(caller, first=2, after=page["pageInfo"]["endCursor"]) == ["adam"]


async def test_a_wallet_tells_each_state_worth_and_reason_as_redeeming_then_does(project, till):
    """Eight vouchers, most in states of their own, each then redeemed by itself."""
    ada = await a_customer(project)
    plain = await a_campaign(project, "Plain")
    once = await a_campaign(project, "Once", promise=offer(700, per_voucher=1))
    high = await a_campaign(project, "High", promise=offer(rule=MinimumSpend(Money(20000, "EUR"))))
    yen = await a_campaign(project, "Yen", promise=offer(currency="JPY"))
    paused, ended, draft = [
        await a_campaign(project, state.title(), state="LIVE") for state in ("PAUSED", "ENDED", "DRAFT")
    ]
    held = {"holder_id": ada, "published_at": NOW}
    for campaign, code, more in (
        (plain, "PLAIN", {}),
        (once, "ONCE", {}),
        (high, "HIGH", {}),
        (yen, "YEN", {}),
        (paused, "PAUSED", {}),
        (ended, "ENDED", {}),
        (draft, "DRAFT", {}),
        (plain, "STOPPED", {"enabled": False}),
    ):
        await a_voucher(project, campaign, code, **held, **more)
    for campaign, state in ((paused, "PAUSED"), (ended, "ENDED"), (draft, "DRAFT")):
        await put(project, campaign, state)
    caller, shopper = await a_caller(project), await a_shopper(project, ada)
    await redeem(caller, "ONCE", key="before", customer=ADA)
    cart = a_cart("60", "40")
    wallet = (await ask(caller, WALLET, customer=ADA, cart=cart, first=8))["wallet"]
    nodes = wallet["vouchers"]["nodes"]
    assert {node["voucher"]["code"]: node["state"] for node in nodes} == {
        "PLAIN": "USABLE",
        "ONCE": "USED",
        "HIGH": "ALMOST",
        "YEN": "ALMOST",
        "PAUSED": "BLOCKED",
        "ENDED": "EXPIRED",
        "DRAFT": "NOT_YET",
        "STOPPED": "BLOCKED",
    }
    assert wallet["customer"] == ADA
    seen = (await ask(shopper, WALLET, cart=cart, first=8))["wallet"]
    for node, own in zip(nodes, seen["vouchers"]["nodes"], strict=True):
        if node["voucher"]["code"] == "DRAFT":  # what the company is still preparing is not told in detail
            assert reasons_of(own) == ["CODE_NOT_USABLE"]
        else:
            assert own == node
    for node in nodes:
        code = node["voucher"]["code"]
        assert (node["exclusive"], node["publishedAt"]) == (True, "2026-06-01T12:00:00Z")
        result = (await redeem(caller, code, key=code, customer=ADA, cart=cart))["result"]
        if result["__typename"] == "Redemption":
            assert (node["worth"], node["reasons"]) == (result["discount"], [])
        else:
            assert node["worth"] == money("0.00")
            assert node["reasons"] == result["codes"][0]["reasons"] != []
    by_code = {node["voucher"]["code"]: node for node in nodes}
    assert by_code["PLAIN"]["worth"] == money("5.00")
    assert reasons_of(by_code["YEN"]) == ["CURRENCY_MISMATCH"]
    assert reasons_of(by_code["HIGH"]) == ["MINIMUM_SPEND_NOT_REACHED"]
    assert (by_code["ONCE"]["remainingRedemptions"], by_code["PLAIN"]["remainingRedemptions"]) == (0, None)


async def test_without_a_cart_only_the_state_is_told(project):
    ada = await a_customer(project)
    promise = offer(rule=MinimumSpend(Money(20000, "EUR")), per_customer=3)
    await a_voucher(project, await a_campaign(project, promise=promise), "ALL")
    await published(project, PublishOrder("mail", code="ALL"), ada)
    [node] = (await ask(await a_caller(project), WALLET, customer=ADA))["wallet"]["vouchers"]["nodes"]
    assert node == {
        "state": "USABLE",
        "exclusive": False,
        "publishedAt": "2026-06-01T12:00:00Z",
        "worth": None,
        "remainingRedemptions": 3,
        "voucher": {"code": "ALL", "campaign": {"name": "Summer"}},
        "reasons": [],
    }


async def test_a_wallet_is_paged_newest_first(project):
    ada = await a_customer(project)
    campaign = await a_campaign(project)
    for day in (1, 2, 3):
        given = NOW.replace(day=day)
        await a_voucher(project, campaign, f"DAY-{day}", holder_id=ada, published_at=given)
    caller = await a_caller(project)
    first = (await ask(caller, WALLET, customer=ADA, first=2))["wallet"]["vouchers"]
    assert [node["voucher"]["code"] for node in first["nodes"]] == ["DAY-3", "DAY-2"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = (await ask(caller, WALLET, customer=ADA, first=2, after=first["pageInfo"]["endCursor"]))["wallet"]
    assert [node["voucher"]["code"] for node in rest["vouchers"]["nodes"]] == ["DAY-1"]


async def test_a_faulty_cart_is_refused_with_its_place(project):
    await a_customer(project)
    result = await execute(await a_caller(project), WALLET, {"customer": ADA, "cart": a_cart("10", "1.001")})
    [error] = result.errors
    assert error.message == "An amount in EUR has at most 2 decimals."
    assert error.extensions == {"code": "BAD_USER_INPUT", "argument": ["cart", "lines", "1", "unitPrice"]}


async def test_a_server_says_whose_wallet_it_wants(project):
    answer = await refusal(await a_caller(project), WALLET)
    assert answer == ("BAD_USER_INPUT", "Say whose wallet, or come with a customer token.")


async def test_a_shopper_sees_its_own_wallet_and_learns_of_nobody_else(project):
    ada, bob = await a_customer(project), await a_customer(project, "bob")
    shopper = await a_shopper(project, ada)
    own = {"customer": {"sourceId": "ada"}, "vouchers": {"totalCount": 0}}
    document = """query ($customer: CustomerRef) {
      wallet(customer: $customer) { customer { sourceId } vouchers { totalCount } }
    }"""
    for ref in (None, ADA, {"id": shown(ids.CUSTOMER, ada)}):
        assert await ask(shopper, document, customer=ref) == {"wallet": own}
    forbidden = ("FORBIDDEN", "This storefront key may not read everything in the project.")
    for ref in (
        {"sourceId": "bob"},
        {"sourceId": "nobody"},
        {"id": shown(ids.CUSTOMER, bob)},
        {"id": shown(ids.CUSTOMER, new_id())},
    ):
        assert await refusal(shopper, document, customer=ref) == forbidden


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_reads_the_project_sees_its_customers(project, kind):
    await a_customer(project)
    caller = await a_caller(project, kind)
    before = await everything(project)
    for document, variables in ((ONE, {"ref": ADA}), (LIST, {}), (WALLET, {"customer": ADA}), (WALLET, {})):
        code, message = await refusal(caller, document, **variables)
        assert (code, message) == (
            "FORBIDDEN",
            f"This {kind.lower()} key may not read everything in the project.",
        )
    assert await everything(project) == before
