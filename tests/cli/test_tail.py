"""tearoff tail: one line for each thing that happens, and an honest word when nothing can be followed."""

from typing import Any

import pytest
from graphql import build_schema, parse, validate
from rich.text import Text

from app.cli.tail import FEEDS, redemption, refusal
from graphql_schema.schema import schema
from tests.cli.conftest import Tearoff, ended, line_with, refused, running
from tests.open_shop import OpenShop

AT = "2026-06-01T12:00:00+00:00"
WHERE: dict[str, Any] = {
    "channel": "web",
    "redemptionPoint": None,
    "customer": {"name": "Ala", "sourceId": "1"},
}


def granted(**more: Any) -> dict[str, Any]:
    return {
        "at": AT,
        "rolledBack": False,
        "rollback": None,
        "redemption": {
            **WHERE,
            "discount": {"amount": "8.99", "currency": "EUR"},
            "total": {"amount": "80.91"},
            "vouchers": [{"code": "SUMMER10"}, {"code": "WELCOME-1"}],
            **more,
        },
    }


def plain(line: str) -> str:
    """Without its colours, and without the time, which is this machine's own."""
    return Text.from_markup(line).plain.partition(" ")[2]


def test_a_redemption_tells_codes_amounts_and_who_where() -> None:
    assert plain(redemption(granted())) == ("✓ SUMMER10 + WELCOME-1     −8.99 EUR, 80.91 to pay  Ala, web")
    in_store = granted(redemptionPoint="Nowy Świat 12", customer=None)
    assert plain(redemption(in_store)).endswith("to pay  somebody, Nowy Świat 12")


def test_a_rollback_tells_its_own_refund_and_reason() -> None:
    rollback = {"refund": {"amount": "20.00"}, "reason": "[wrong] size"}
    undone = {**granted(), "rolledBack": True, "rollback": rollback}
    assert plain(redemption(undone)) == (
        "↺ SUMMER10 + WELCOME-1     rolled back, 20.00 EUR refunded  [wrong] size  Ala, web"
    )
    of_old = {**undone, "rollback": None}
    assert plain(redemption(of_old)) == "↺ SUMMER10 + WELCOME-1     rolled back  Ala, web"


def test_a_refusal_tells_all_its_reasons_and_what_was_typed_is_no_markup() -> None:
    event = {
        "at": AT,
        "rejectedRedemption": {
            **WHERE,
            "customer": {"name": None, "sourceId": "kalina-1"},
            "vouchers": [{"code": "[red]X"}],
            "reasons": [{"message": "First."}, {"message": "Second."}],
        },
    }
    assert plain(refusal(event)) == f"✗ {'[red]X':<24} First. Second.  kalina-1, web"


@pytest.mark.parametrize("feed", FEEDS)
def test_the_schema_takes_the_documents(feed: str) -> None:
    assert validate(build_schema(schema.as_str()), parse(FEEDS[feed])) == []


async def test_what_happens_in_the_shop_is_shown_as_it_happens(open_shop: OpenShop) -> None:
    tearoff = Tearoff(open_shop.state, None)
    words = ("tail", "--url", open_shop.server.url, "--limit", "2")
    async with running(*words, env=tearoff.env()) as process:
        await line_with(process.stderr, "Connected")
        assert await open_shop.redeem("SUMMER10", "100.00") == "Redemption"
        assert await open_shop.redeem("SUMMER10", "10.00") == "RejectedRedemption"
        said = await ended(process)
    assert said.status == 0
    lines = said.out.splitlines()
    assert len(lines) == 2
    assert sum("✓ SUMMER10" in line and "−10.00 EUR, 90.00 to pay" in line for line in lines) == 1
    assert sum("✗ SUMMER10" in line and "starts at 50.00 EUR" in line for line in lines) == 1


async def test_a_key_that_is_refused_ends_it_with_one_sentence(open_shop: OpenShop) -> None:
    said = await Tearoff(open_shop.state, None).here(
        "tail", "--url", open_shop.server.url, "--key", "tear_sk_nobody"
    )
    assert refused(said).startswith("The service closed the connection: UNAUTHENTICATED")


async def test_a_service_that_is_not_there_is_told(open_shop: OpenShop) -> None:
    said = await Tearoff(open_shop.state, None).here("tail", "--url", "http://127.0.0.1:1")
    assert refused(said) == "No feed can be followed at ws://127.0.0.1:1/graphql: Connection refused."


async def test_without_a_key_it_is_told_where_one_comes_from(tearoff: Tearoff) -> None:
    said = await tearoff.here("tail", "--url", "http://127.0.0.1:1")
    assert refused(said) == (
        f"There is no sample-keys.json in {tearoff.state}: give a key with --key or TEAROFF_KEY, or start the "
        "sample shop with `tearoff up`."
    )
    assert refused(await tearoff.here("tail", "--url", "localhost:8000", TEAROFF_KEY="tear_sk_x")) == (
        "--url should start with http:// or https://, as http://127.0.0.1:8000 does."
    )
