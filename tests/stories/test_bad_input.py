"""Whatever nonsense arrives: a clear answer with a code, and nothing in any table has changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import pytest

from app.ids import API_KEY, new_id, read_as, show
from app.projections import PROJECTIONS
from tests.stories.caller import Caller, a_cart, is_granted, reasons
from tests.stories.follower import Follower, following
from tests.stories.shop import Shop, founded

CART = a_cart("40.00")
VIEWER = "{ viewer { kind } }"
REDEEM = """
mutation Redeem($input: RedeemVouchersInput!) {
  redeemVouchers(input: $input) { result { __typename } userErrors { path code message } }
}
"""


async def rows(books: asyncpg.Pool) -> dict[str, int]:
    """How many rows each table has; those of projections follow the events a moment later."""
    names = await books.fetch(
        "SELECT relname FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
    )
    later = {table for projection in PROJECTIONS for table in projection.tables}
    counts = " UNION ALL ".join(
        f"SELECT '{row[0]}', count(*) FROM \"{row[0]}\"" for row in names if row[0] not in later
    )
    return {row[0]: row[1] for row in await books.fetch(counts)}


@asynccontextmanager
async def nothing_changes(shop: Shop, **but: int) -> AsyncIterator[None]:
    """Within the block no table gets or loses a row, but for those that are named, by so many."""
    before = await rows(shop.books)
    yield
    after = await rows(shop.books)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == but


@pytest.fixture
async def till(shop: Shop) -> Shop:
    """A shop with a code for euros."""
    offer = {"reward": {"amountOff": {"amount": {"amount": "5", "currency": "EUR"}}}}
    await shop.code(await shop.campaign("Five off", offer=offer), "FIVE")
    return shop


def redeeming(**changed: Any) -> dict[str, Any]:
    given = {"codes": [{"code": "FIVE"}], "cart": CART, "idempotencyKey": "order 1"} | changed
    return {"query": REDEEM, "variables": {"input": given}}


def priced(price: Any, **more: Any) -> dict[str, Any]:
    return redeeming(cart={"currency": "EUR", "lines": [{"unitPrice": price, **more}]})


UNREADABLE = [
    (b'{"query": "{ viewer { kind } }"', "BAD_REQUEST"),
    (b"", "BAD_REQUEST"),
    (b"[]", "BAD_REQUEST"),
    (b'"{ viewer { kind } }"', "BAD_REQUEST"),
    (b"null", "BAD_REQUEST"),
    (b"17", "BAD_REQUEST"),
    (b'{"query": "{ viewer { kind } }\xff\xfe"}', "BAD_REQUEST"),
    (b'{"query": 3}', "BAD_REQUEST"),
    (b'{"query": "{ viewer { kind } }", "variables": []}', "BAD_REQUEST"),
    (orjson.dumps({"query": "{ viewer { kind "}), "GRAPHQL_PARSE_FAILED"),
    (orjson.dumps({"query": ""}), "GRAPHQL_PARSE_FAILED"),
    (orjson.dumps({"query": "{ nonsense }"}), "GRAPHQL_VALIDATION_FAILED"),
    (orjson.dumps({"query": VIEWER, "operationName": "Other"}), "OPERATION_NOT_FOUND"),
    (orjson.dumps({"query": "{ " + "viewer { kind } " * 2_000 + "}"}), "QUERY_TOO_LONG"),
    (orjson.dumps({"query": "{ viewer " * 500}), "QUERY_TOO_DEEP"),
    (
        orjson.dumps(
            {"query": "{ campaigns { nodes " + "{ campaigns { nodes " * 12 + "{ id }" + " } }" * 12 + " } }"}
        ),
        "QUERY_TOO_DEEP",
    ),
    (
        orjson.dumps({"query": "{ " + " ".join(f"a{n}: viewer {{ kind }}" for n in range(40)) + " }"}),
        "TOO_MANY_ALIASES",
    ),
    (orjson.dumps(priced("12,50")), "BAD_USER_INPUT"),
    (orjson.dumps(priced("NaN")), "BAD_USER_INPUT"),
    (orjson.dumps(priced("Infinity")), "BAD_USER_INPUT"),
    (orjson.dumps(priced(12.5)), "BAD_USER_INPUT"),
    (orjson.dumps(priced(None)), "BAD_USER_INPUT"),
    (orjson.dumps(priced("1", quantity=2**31)), "BAD_USER_INPUT"),
    (orjson.dumps(redeeming(cart=a_cart("1.00", currency="euro"))), "BAD_USER_INPUT"),
    (orjson.dumps(redeeming(codes="FIVE", cart=None)), "BAD_USER_INPUT"),
    (orjson.dumps(redeeming(customer={"id": "x", "sourceId": "y"})), "BAD_USER_INPUT"),
]


@pytest.mark.parametrize(("body", "code"), UNREADABLE, ids=range(len(UNREADABLE)))
async def test_what_cannot_be_read_is_refused_with_400_and_a_code(till: Shop, body: bytes, code: str) -> None:
    async with nothing_changes(till):
        answer = await till.caller.post(body)
        told = answer.json()
        assert (answer.status_code, "data" in told) == (400, False), told
        assert told["errors"][0]["extensions"]["code"] == code, told
        assert told["errors"][0]["message"]
        assert "Traceback" not in answer.text
        assert "None" not in answer.text


async def test_a_body_that_is_too_large_or_no_json_at_all_has_a_status_of_its_own(till: Shop) -> None:
    async with nothing_changes(till):
        large = await till.caller.post({"query": VIEWER + " " * 1_100_000})
        assert (large.status_code, large.json()["errors"][0]["extensions"]["code"]) == (
            413,
            "PAYLOAD_TOO_LARGE",
        )
        form = await till.caller.post(
            b"query={viewer{kind}}", **{"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert (form.status_code, form.json()["errors"][0]["extensions"]["code"]) == (
            415,
            "UNSUPPORTED_MEDIA_TYPE",
        )


FAULTY = [
    (priced("1.005"), ["cart", "lines", "0", "unitPrice"], "INVALID_MONEY"),
    (priced("-1.00"), ["cart", "lines", "0", "unitPrice"], "INVALID_MONEY"),
    (priced("1e999999999"), ["cart", "lines", "0", "unitPrice"], "INVALID_MONEY"),
    (priced("1.00", quantity=0), ["cart", "lines", "0", "quantity"], "INVALID_QUANTITY"),
    (redeeming(codes=[], promotions=False), ["codes"], "NO_CODES"),
    (redeeming(codes=[]), ["codes"], "NOTHING_APPLIES"),
    (redeeming(codes=[{"code": f"C{number}"} for number in range(31)]), ["codes"], "TOO_MANY_CODES"),
    (redeeming(codes=[{"code": "FI\0VE"}]), ["codes", "0", "code"], "INVALID_TEXT"),
    (redeeming(idempotencyKey=""), ["idempotencyKey"], "REQUIRED"),
    (redeeming(customer={"id": show("cust", new_id())}), ["customer"], "NOT_FOUND"),
    (redeeming(customer={"id": "cust_nonsense"}), ["customer", "id"], "INVALID_ID"),
    (redeeming(customer={"id": show("camp", new_id())}), ["customer", "id"], "INVALID_ID"),
]


@pytest.mark.parametrize(("body", "path", "code"), FAULTY, ids=range(len(FAULTY)))
async def test_input_that_makes_no_sense_is_told_where_and_why(
    till: Shop, body: dict[str, Any], path: list[str], code: str
) -> None:
    async with nothing_changes(till):
        answer = await till.caller.post(body)
        assert answer.status_code == 200
        payload = answer.json()["data"]["redeemVouchers"]
        assert payload["result"] is None
        [fault] = payload["userErrors"]
        assert (fault["path"], fault["code"]) == (["input", *path], code)
        assert fault["message"]


async def test_a_code_that_is_unknown_or_for_another_currency_leaves_a_rejection_and_nothing_else(
    till: Shop,
) -> None:
    recorded = {"rejected_redemptions": 1, "rejected_vouchers": 1, "events": 1, "idempotency_keys": 1}
    async with nothing_changes(till, **recorded):
        unknown = await till.caller.redeem("NO-SUCH-CODE", cart=CART, key="order 1")
        assert reasons(unknown) == ["CODE_NOT_FOUND"]
    async with nothing_changes(till, **recorded):
        zloty = await till.caller.redeem("FIVE", cart=a_cart("40.00", currency="PLN"), key="order 2")
        assert reasons(zloty) == ["CURRENCY_MISMATCH"]
        told = zloty["result"]["reasons"][0]
        assert (told["expected"]["text"], told["actual"]["text"]) == ("EUR", "PLN")


async def test_an_idempotency_key_of_another_order_is_refused(till: Shop) -> None:
    assert is_granted(await till.caller.redeem("FIVE", cart=CART, key="order 1"))
    async with nothing_changes(till):
        payload = (
            await till.caller.ask(REDEEM, input=redeeming(cart=a_cart("41.00"))["variables"]["input"])
        )["redeemVouchers"]
        assert payload["result"] is None
        [fault] = payload["userErrors"]
        assert (fault["path"], fault["code"]) == (["input", "idempotencyKey"], "IDEMPOTENCY_KEY_REUSED")


async def test_what_stands_behind_another_shop_s_wall_is_not_found(till: Shop) -> None:
    async with founded(till.books, [till.caller.server]) as stranger:
        campaign = await stranger.campaign("Next door")
        await stranger.code(campaign, "NEXT-DOOR")
        sold = await stranger.caller.redeem("NEXT-DOOR", cart=CART, key="order 1", customer="zoe")
        undo = """
        mutation Undo($input: RollBackRedemptionInput!) {
          rollBackRedemption(input: $input) { redemption { id } userErrors { code } }
        }
        """
        async with nothing_changes(till):
            given = {"redemption": sold["result"]["id"], "idempotencyKey": "return 1"}
            undone = (await till.caller.ask(undo, input=given))["rollBackRedemption"]
            assert undone == {"redemption": None, "userErrors": [{"code": "NOT_FOUND"}]}
            faults = await till.caller.ask(
                "mutation M($id: ID!) {"
                " mintVouchers(input: { campaign: { id: $id }, count: 1 }) { count userErrors { code } }"
                " pauseCampaign(input: { campaign: { id: $id } }) { userErrors { code } }"
                ' disableVoucher(input: { voucher: { code: "NEXT-DOOR" } }) { userErrors { code } } }',
                id=campaign,
            )
            assert len(faults) == 3
            assert all(payload["userErrors"] == [{"code": "NOT_FOUND"}] for payload in faults.values())
            found = await till.caller.ask(
                "query Q($c: ID!, $r: ID!) { node(id: $c) { id } redemption(id: $r) { id } nodes(ids: [$c, $r]) { id }"
                ' campaign(ref: { id: $c }) { id } customer(ref: { sourceId: "zoe" }) { id } }',
                c=campaign,
                r=sold["result"]["id"],
            )
            assert found == {
                "node": None,
                "redemption": None,
                "nodes": [None, None],
                "campaign": None,
                "customer": None,
            }


async def test_without_a_key_that_stands_nobody_gets_in(till: Shop) -> None:
    key, secret = await till.new_key()
    await till.books.execute("UPDATE api_keys SET expires_at = now() WHERE id = $1", read_as(API_KEY, key))
    nearly = till.caller.secret[:-1] + ("A" if till.caller.secret[-1] != "A" else "B")
    async with nothing_changes(till):
        for shown, code in ((secret, "KEY_EXPIRED"), (nearly, "UNAUTHENTICATED"), ("x", "UNAUTHENTICATED")):
            async with Caller(till.caller.server, shown) as stranger:
                answer = await stranger.post(redeeming())
                assert answer.status_code == 401
                assert answer.json()["errors"][0]["extensions"]["code"] == code
            socket = Follower(shown)
            closed, reason = await socket.turned_away(till.caller.server)
            assert closed == 4403
            assert (reason or "").startswith(f"{code}: ")


async def test_an_operation_s_mistake_on_a_socket_leaves_the_feed_beside_it_alone(till: Shop) -> None:
    async with following(till.caller.server, till.caller.secret) as feed:
        await feed.subscribe("bad", 'subscription { redemptions(after: "nonsense") { cursor } }')
        await feed.subscribe("worse", "{ nonsense }")
        await feed.until(lambda: len(feed.faults) == 2)
        assert feed.faults == {"bad": ["BAD_USER_INPUT"], "worse": ["GRAPHQL_VALIDATION_FAILED"]}
        sold = await till.caller.redeem("FIVE", cart=CART, key="order 1")
        await feed.has_seen(1)
        assert feed.seen == [sold["result"]["id"]]


async def test_a_caller_that_hangs_up_in_the_middle_leaves_one_whole_redemption_or_none(till: Shop) -> None:
    """Sockets are cut while their redemptions are on the way; asked again, each key has one answer."""
    for number in range(12):
        socket = Follower(till.caller.secret)
        await socket.greet(till.callers[number % 2].server)
        await socket.subscribe("1", REDEEM, **redeeming(idempotencyKey=f"order {number}")["variables"])
        await socket.cut()
    payloads = [
        await till.callers[1 - number % 2].redeem("FIVE", cart=CART, key=f"order {number}")
        for number in range(12)
    ]
    assert all(map(is_granted, payloads))
    assert sorted(payload["result"]["id"] for payload in payloads) == await till.ledger("redemptions")
    assert (await till.counts()).granted == 12
