"""A key is revoked: whoever uses it is out at once, at every process; everybody else stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

from app.ids import API_KEY, read_as
from tests.stories.caller import Caller, a_cart
from tests.stories.follower import Follower, following
from tests.stories.shop import Counts, Shop

VIEWER = "{ viewer { apiKey { id } } }"


async def revoke(shop: Shop, key: str) -> float:
    """Revoke at the first process; the moment of the answer."""
    made = await shop.caller.do("revokeApiKey", "RevokeApiKeyInput", "apiKey { revokedAt }", id=key)
    assert made["apiKey"]["revokedAt"] is not None
    return asyncio.get_running_loop().time()


async def is_told(caller: Caller, code: str) -> bool:
    """Whether its next HTTP request is refused with 401 and the code."""
    answer = await caller.post({"query": VIEWER})
    return (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, code)


@asynccontextmanager
async def partner(shop: Shop, place: int, secret: str, token: str | None = None) -> AsyncIterator[Caller]:
    async with Caller(shop.callers[place].server, secret, token=token) as caller:
        yield caller


async def test_the_sockets_of_a_revoked_key_close_within_a_second_and_no_others(shop: Shop) -> None:
    key, secret = await shop.new_key(kind="MERCHANT", name="a partner", redemptionPoint="kiosk 4")
    here, there = (caller.server for caller in shop.callers)
    async with (
        following(here, secret) as doomed_here,
        following(there, secret) as doomed_there,
        following(there, secret, "rejectedRedemptions") as doomed_too,
        following(here, shop.caller.secret) as kept_here,
        following(there, shop.caller.secret) as kept_there,
        partner(shop, 0, secret) as partner_here,
        partner(shop, 1, secret) as partner_there,
    ):
        assert (await partner_there.ask(VIEWER))["viewer"]["apiKey"]["id"] == key
        revoked_at = await revoke(shop, key)
        assert await is_told(partner_here, "KEY_REVOKED")
        assert await is_told(partner_there, "KEY_REVOKED")
        for doomed in (doomed_here, doomed_there, doomed_too):
            assert await doomed.closed() == (4403, "The key was revoked or has expired")
        assert asyncio.get_running_loop().time() - revoked_at < 1

        await shop.code(await shop.campaign("Goes on"), "GOES-ON")
        await shop.callers[1].redeem("GOES-ON", cart=a_cart("9.00"), key="order 1")
        for kept in (kept_here, kept_there):
            await kept.has_seen(1)
            assert kept.seen == await shop.ledger("redemptions")


async def test_they_close_even_while_a_long_import_holds_the_feeds_back(shop: Shop) -> None:
    key, secret = await shop.new_key()
    async with (
        following(shop.callers[1].server, secret) as doomed,
        shop.books.acquire() as importer,
        importer.transaction(),
    ):
        await importer.execute("SELECT pg_current_xact_id()")  # it writes: no later event settles meanwhile
        revoked_at = await revoke(shop, key)
        code, _ = await doomed.closed()
        assert code == 4403
        assert asyncio.get_running_loop().time() - revoked_at < 1


async def test_a_key_whose_time_is_over_loses_its_sockets_too(shop: Shop) -> None:
    key, secret = await shop.new_key()
    async with following(shop.callers[1].server, secret) as doomed, partner(shop, 0, secret) as caller:
        await caller.ask(VIEWER)
        await shop.books.execute(
            "UPDATE api_keys SET expires_at = now() WHERE id = $1", read_as(API_KEY, key)
        )
        code, _ = await doomed.closed()
        assert code == 4403
        assert await is_told(caller, "KEY_EXPIRED")


async def test_with_the_key_that_made_it_a_customer_token_ends_on_open_sockets_as_well(shop: Shop) -> None:
    await shop.code(await shop.campaign("For Ann"), "ANN")
    maker, maker_secret = await shop.new_key()
    _, storefront = await shop.new_key(kind="STOREFRONT", name="web shop")
    ann = await shop.caller.do("upsertCustomer", "CustomerProfileInput", "customer { id }", sourceId="ann")
    async with partner(shop, 0, maker_secret) as backend:
        made = await backend.do(
            "createCustomerToken", "CreateCustomerTokenInput", "token", customer={"sourceId": "ann"}
        )
    redeem = """
    mutation Redeem($cart: CartInput!) {
      redeemVouchers(input: { codes: [{ code: "ANN" }], cart: $cart, idempotencyKey: "order 1" }) { replayed }
    }
    """
    socket = Follower(storefront, token=made["token"])
    connection = await socket.greet(shop.callers[1].server)
    await socket.subscribe("1", "{ viewer { kind customerId } }")
    viewer = orjson.loads(await connection.recv())["payload"]["data"]["viewer"]
    assert viewer == {"kind": "STOREFRONT", "customerId": ann["customer"]["id"]}
    assert orjson.loads(await connection.recv())["type"] == "complete"
    await revoke(shop, maker)
    await socket.subscribe("2", redeem, cart=a_cart("9.00"))
    code, reason = await socket.closed()
    assert (code, reason) == (
        4403,
        "CUSTOMER_TOKEN_INVALID: The key that made this customer token is no longer valid.",
    )
    assert await shop.counts() == Counts(0, 0)
