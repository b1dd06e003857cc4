"""The program of docs/storefront.md: it shows a wallet as it is, and buys once, whatever becomes of its connection."""

from pathlib import Path
from typing import Any

from tests.docs.frail_network import frail_network
from tests.docs.node_programs import line, running, written
from tests.server import serving
from tests.stories.conftest import opened_books
from tests.stories.shop import Counts, Shop, founded

ANN = {"sourceId": "ann"}


async def given_to_ann(shop: Shop, code: str) -> None:
    """The code is published to the customer ann."""
    await shop.caller.do(
        "publishVouchers",
        "PublishVouchersInput",
        "publications { id }",
        codes={"code": code},
        customer=ANN,
        channel="letter",
        sourceId=f"letter with {code}",
    )


async def test_it_buys_once_and_its_wallet_stays_true(fresh_database: dict[str, Any], tmp_path: Path) -> None:
    program = written(tmp_path, "live.ts", "checkout.ts") / "checkout.ts"
    async with (
        opened_books(fresh_database) as books,
        serving(fresh_database) as server,
        founded(books, [server]) as shop,
        frail_network(server.port) as network,
    ):
        campaign = await shop.campaign("Thanks")
        await shop.caller.do(
            "importVouchers",
            "ImportVouchersInput",
            "count",
            campaign={"id": campaign},
            codes=["THANKS", "AGAIN"],
            kind="UNIQUE",
            maxRedemptions=1,
        )
        await shop.caller.do("upsertCustomer", "CustomerProfileInput", "customer { id }", **ANN)
        await given_to_ann(shop, "THANKS")
        _, key = await shop.new_key(kind="STOREFRONT", name="web shop")
        made = await shop.caller.do("createCustomerToken", "CreateCustomerTokenInput", "token", customer=ANN)
        given = {
            "TEAROFF_URL": f"http://127.0.0.1:{network.port}/graphql",
            "TEAROFF_KEY": key,
            "TEAROFF_CUSTOMER_TOKEN": made["token"],
            "CODE": "THANKS",
        }
        async with running(program, **given) as process:
            assert await line(process) == "THANKS: USABLE, 9.80 EUR off"
            assert await line(process) == "To pay with THANKS: 88.20 EUR"
            told = {await line(process) for _ in range(3)}
            [bought] = await shop.ledger("redemptions")
            assert told == {f"Bought: {bought}", "REDEMPTION_GRANTED THANKS", "THANKS: USED"}
            assert network.cut() >= 1
            await given_to_ann(shop, "AGAIN")
            assert await line(process) == "VOUCHER_PUBLISHED AGAIN"
            assert {await line(process) for _ in range(2)} == {"THANKS: USED", "AGAIN: USABLE, 9.80 EUR off"}
        assert await shop.counts() == Counts(granted=1, rejected=0)
