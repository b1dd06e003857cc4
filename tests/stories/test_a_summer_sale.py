"""A summer sale, from its draft to the report of its redemptions, told through the API alone."""

from typing import Any

from tests.stories.caller import Caller, a_cart, is_granted, reasons
from tests.stories.follower import following
from tests.stories.shop import Counts, Shop

BIG_CART = a_cart("39.00", "21.00", shipping="4.90")
SMALL_CART = a_cart("42.00", shipping="4.90")

_WALLET = """
query Wallet($cart: CartInput!) {
  wallet(cart: $cart) {
    customer { sourceId }
    vouchers {
      totalCount
      nodes {
        exclusive state remainingRedemptions
        worth { amount }
        reasons { code missing { text } }
        voucher { code }
      }
    }
  }
}
"""

_VALIDATE = """
mutation Validate($input: ValidateVouchersInput!) {
  validateVouchers(input: $input) {
    userErrors { code }
    evaluation {
      granted
      discount { amount } total { amount }
      verdicts { granted discount { amount } reasons { code missing { text money { amount currency } } remedy } }
    }
  }
}
"""

_REPORT = """
query Report($main: ID!, $pool: ID!) {
  main: campaign(ref: { id: $main }) {
    state redemptionCount remainingRedemptions
    campaigns(sort: OLDEST_FIRST) { totalCount nodes { name state redemptionCount } }
    redemptions(sort: OLDEST_FIRST) {
      totalCount
      nodes { id rolledBackAt rollbackReason discount { amount } channel customer { sourceId } }
    }
    rejectedRedemptions { totalCount nodes { reasons { code } customer { sourceId } } }
  }
  pool: campaign(ref: { id: $pool }) {
    vouchers { totalCount }
    publications { totalCount nodes { channel customer { sourceId } voucher { holder { sourceId } } } }
  }
  summer: voucher(ref: { code: "Summer" }) { redemptionCount redemptions { totalCount } }
  all: redemptions { totalCount }
  undone: redemptions(filter: { states: [ROLLED_BACK] }) { totalCount nodes { id } }
  standing: redemptions(filter: { states: [REDEEMED], campaign: { id: $main } }) { totalCount }
  tooSmall: rejectedRedemptions(filter: { reason: "MINIMUM_SPEND_NOT_REACHED" }) { totalCount }
  ann: customer(ref: { sourceId: "ann" }) {
    redemptions { totalCount } rejectedRedemptions { totalCount } publications { totalCount }
  }
  free: vouchers(filter: { campaign: { id: $pool }, published: false }) { totalCount }
  events(first: 100) { nodes { kind } }
}
"""


async def draft(shop: Shop) -> tuple[str, str, str]:
    """The main campaign, one with a code for everybody, and one with a pool of codes; nothing is live yet."""
    euros = {"currency": "EUR"}
    for_everybody = {
        "rule": {"minimumSpend": {"amount": {"amount": "50", **euros}}},
        "reward": {"percentOff": {"percent": "20", "upTo": {"amount": "30", **euros}}},
        "limits": {"perCustomer": 1},
    }
    a_present = {
        "reward": {"amountOff": {"amount": {"amount": "10", **euros}}},
        "limits": {"perVoucher": 1},
    }
    main = await create(shop, name="Summer sale", isMain=True, maxRedemptions=100, category="season")
    inside = {"mainCampaign": {"id": main}}
    open_to_all = await create(shop, name="Summer for everybody", offer=for_everybody, **inside)
    pool = await create(shop, name="Thanks for reading", offer=a_present, **inside)
    await shop.code(open_to_all, "SUMMER")
    minted = await shop.caller.do(
        "mintVouchers", "MintVouchersInput", "count", campaign={"id": pool}, count=20, pattern="THANKS-####"
    )
    assert minted["count"] == 20
    return main, open_to_all, pool


async def create(shop: Shop, **given: Any) -> str:
    made = await shop.caller.do("createCampaign", "CreateCampaignInput", "campaign { id state }", **given)
    assert made["campaign"]["state"] == "DRAFT"
    campaign: str = made["campaign"]["id"]
    return campaign


async def publish(shop: Shop, codes: dict[str, Any], customer: str, source: str) -> tuple[str, bool]:
    """The code that the newsletter gave to the customer, and whether it had done so before."""
    payload = await shop.caller.do(
        "publishVouchers",
        "PublishVouchersInput",
        "replayed publications { voucher { code } }",
        codes=codes,
        customer={"upsert": {"sourceId": customer, "email": f"{customer}@example.com"}},
        channel="newsletter",
        sourceId=source,
    )
    [publication] = payload["publications"]
    return publication["voucher"]["code"], payload["replayed"]


async def storefront_of(shop: Shop, customer: str) -> Caller:
    """The shop's web page, where the customer has logged in."""
    _, secret = await shop.new_key(kind="STOREFRONT", name="web shop")
    made = await shop.caller.do(
        "createCustomerToken", "CreateCustomerTokenInput", "token", customer={"sourceId": customer}
    )
    return Caller(shop.callers[1].server, secret, token=made["token"])


async def validate(caller: Caller, cart: Any, *codes: str) -> Any:
    given = {"cart": cart, "codes": [{"code": code} for code in codes]}
    payload = (await caller.ask(_VALIDATE, input=given))["validateVouchers"]
    assert payload["userErrors"] == []
    return payload["evaluation"]


async def held(ann: Caller, cart: Any) -> dict[str, tuple[Any, ...]]:
    """Ann's wallet by code: state, worth for the cart, what is left of it, and what stands in its way."""
    wallet = (await ann.ask(_WALLET, cart=cart))["wallet"]
    assert wallet["customer"] == {"sourceId": "ann"}
    return {
        one["voucher"]["code"]: (
            one["state"],
            one["worth"]["amount"],
            one["remainingRedemptions"],
            [(reason["code"], (reason["missing"] or {}).get("text")) for reason in one["reasons"]],
        )
        for one in wallet["vouchers"]["nodes"]
    }


async def test_a_summer_sale_from_draft_to_report(shop: Shop) -> None:
    main, open_to_all, pool = await draft(shop)
    early = await shop.caller.redeem("SUMMER", cart=BIG_CART, key="too early", customer="ann")
    assert reasons(early) == ["CAMPAIGN_NOT_LIVE", "CAMPAIGN_NOT_LIVE"]
    for campaign in (main, open_to_all, pool):
        await shop.launch(campaign)

    presents = {}
    for customer in ("ann", "ben", "cleo"):
        codes = {"nextFree": {"campaign": {"id": pool}}}
        presents[customer], before = await publish(shop, codes, customer, f"july, {customer}")
        assert not before
        assert await publish(shop, codes, customer, f"july, {customer}") == (presents[customer], True)
    assert len(set(presents.values())) == 3
    await publish(shop, {"code": "summer"}, "ann", "july, everybody")

    async with (
        await storefront_of(shop, "ann") as ann,
        following(shop.caller.server, shop.caller.secret) as feed,
    ):
        first = await ann_shops(shop, ann, presents)
        second = await and_thinks_again(shop, ann, first)
        await feed.has_seen(3)
        assert feed.seen == [first, f"{first} undone", second]
    await the_report_agrees(shop, main, pool, first, second)


async def ann_shops(shop: Shop, ann: Caller, presents: dict[str, str]) -> str:
    """She looks, tries a small cart, then buys; the id of her redemption."""
    present = presents["ann"]
    too_small = ("MINIMUM_SPEND_NOT_REACHED", "8.00 EUR")
    assert await held(ann, SMALL_CART) == {
        "SUMMER": ("ALMOST", "0.00", 1, [too_small]),
        present: ("USABLE", "10.00", 1, []),
    }
    assert (await held(ann, BIG_CART))["SUMMER"] == ("USABLE", "12.00", 1, [])
    small = await validate(ann, SMALL_CART, "SUMMER")
    assert (small["granted"], small["discount"]["amount"], small["total"]["amount"]) == (
        False,
        "0.00",
        "46.90",
    )
    [reason] = small["verdicts"][0]["reasons"]
    assert reason == {
        "code": "MINIMUM_SPEND_NOT_REACHED",
        "missing": {"text": "8.00 EUR", "money": {"amount": "8.00", "currency": "EUR"}},
        "remedy": "Add 8.00 EUR more.",
    }
    big = await validate(ann, BIG_CART, "summer", present)
    assert (big["granted"], big["discount"]["amount"], big["total"]["amount"]) == (True, "22.00", "42.90")
    assert [verdict["discount"]["amount"] for verdict in big["verdicts"]] == ["12.00", "10.00"]
    assert await shop.counts() == Counts(0, 1)

    bought = await ann.redeem("Summer", present.lower(), cart=BIG_CART, key="order 1", channel="web")
    assert is_granted(bought)
    assert (bought["result"]["discount"]["amount"], bought["result"]["total"]["amount"]) == ("22.00", "42.90")
    first: str = bought["result"]["id"]
    again = await ann.redeem("Summer", present.lower(), cart=BIG_CART, key="order 1", channel="web")
    assert again == bought | {"replayed": True}
    return first


async def and_thinks_again(shop: Shop, ann: Caller, first: str) -> str:
    """A second use is refused; what she bought is sent back, and she may use the code again."""
    refused = await ann.redeem("SUMMER", cart=SMALL_CART, key="order 2", channel="web")
    assert reasons(refused) == ["CUSTOMER_LIMIT_REACHED", "MINIMUM_SPEND_NOT_REACHED"]
    limit, minimum = refused["result"]["reasons"]
    assert limit["message"] == "Each customer can use this campaign once, and this customer has."
    assert (limit["expected"]["text"], limit["actual"]["text"], limit["missing"]) == ("1", "1", None)
    assert minimum["message"] == "The cart comes to 42.00 EUR; this offer starts at 50.00 EUR."
    assert minimum["missing"] == {"text": "8.00 EUR"}
    states = {code: state for code, (state, *_) in (await held(ann, BIG_CART)).items()}
    assert set(states.values()) == {"USED"}
    assert len(states) == 2

    undone = await shop.caller.do(
        "rollBackRedemption",
        "RollBackRedemptionInput",
        "replayed redemption { id rolledBackAt rollbackReason }",
        redemption=first,
        idempotencyKey="return 1",
        reason="sent back",
    )
    assert undone["redemption"]["id"] == first
    assert undone["redemption"]["rollbackReason"] == "sent back"
    assert (await held(ann, BIG_CART))["SUMMER"] == ("USABLE", "12.00", 1, [])
    bought = await ann.redeem("SUMMER", cart=BIG_CART, key="order 3", channel="web")
    assert is_granted(bought)
    assert bought["result"]["discount"]["amount"] == "12.00"
    second: str = bought["result"]["id"]
    return second


async def the_report_agrees(shop: Shop, main: str, pool: str, first: str, second: str) -> None:
    told = await shop.callers[1].ask(_REPORT, main=main, pool=pool)
    sale = told["main"]
    assert (sale["state"], sale["redemptionCount"], sale["remainingRedemptions"]) == ("LIVE", 1, 99)
    assert sale["campaigns"] == {
        "totalCount": 2,
        "nodes": [
            {"name": "Summer for everybody", "state": "LIVE", "redemptionCount": 1},
            {"name": "Thanks for reading", "state": "LIVE", "redemptionCount": 0},
        ],
    }
    returned, kept = sale["redemptions"]["nodes"]
    assert sale["redemptions"]["totalCount"] == told["all"]["totalCount"] == 2
    assert (returned["id"], returned["discount"]["amount"], kept["id"]) == (first, "22.00", second)
    assert (returned["rollbackReason"], kept["rolledBackAt"]) == ("sent back", None)
    assert (kept["channel"], kept["customer"]) == ("web", {"sourceId": "ann"})
    assert told["undone"] == {"totalCount": 1, "nodes": [{"id": first}]}
    assert told["standing"]["totalCount"] == 1
    assert told["summer"] == {"redemptionCount": 1, "redemptions": {"totalCount": 2}}
    assert sale["rejectedRedemptions"]["totalCount"] == 2
    assert told["tooSmall"]["totalCount"] == 1
    assert told["ann"] == {
        "redemptions": {"totalCount": 2},
        "rejectedRedemptions": {"totalCount": 2},
        "publications": {"totalCount": 2},
    }
    assert (told["pool"]["vouchers"]["totalCount"], told["free"]["totalCount"]) == (20, 17)
    assert told["pool"]["publications"] == {
        "totalCount": 3,
        "nodes": [
            {
                "channel": "newsletter",
                "customer": {"sourceId": name},
                "voucher": {"holder": {"sourceId": name}},
            }
            for name in ("cleo", "ben", "ann")
        ],
    }
    kinds = [event["kind"] for event in told["events"]["nodes"]]
    assert kinds.count("CAMPAIGN_CREATED") == kinds.count("CAMPAIGN_LAUNCHED") == 3
    assert kinds.count("VOUCHER_PUBLISHED") == 4
    assert [kind for kind in kinds if kind.startswith("REDEMPTION_")] == [
        "REDEMPTION_REJECTED",
        "REDEMPTION_GRANTED",
        "REDEMPTION_REJECTED",
        "REDEMPTION_ROLLED_BACK",
        "REDEMPTION_GRANTED",
    ]
    assert await shop.counts() == Counts(2, 2)
    assert await shop.counters() == {"customer": 1, "campaign": 1, "voucher": 0}
