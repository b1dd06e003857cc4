"""The feed of a wallet: what happens to all that a customer holds, and nothing of anybody else's."""

from datetime import timedelta

import pytest

from app import ids
from app.database import execute, fetchval, transaction
from app.events.cursor import BEGINNING
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.redemptions.roll_back import roll_back
from app.vouchers.stop import disable_voucher, enable_voucher
from app.vouchers.update import update_voucher
from app.vouchers.values import PublishOrder, VoucherChanges
from app.wallets.adjust import Adjustment, adjust_balance
from app.wallets.expire import expire_buckets
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper
from tests.graphql_schema.holds import a_hold, confirm, release
from tests.graphql_schema.shop import redeem, shown
from tests.graphql_schema.subscriptions.following import following, refusal_of
from tests.redemptions.holds import expire
from tests.redemptions.shop import a_campaign, a_customer, a_voucher
from tests.vouchers.shop import published

pytestmark = pytest.mark.usefixtures("till", "feed")

FEED = """subscription ($customer: CustomerRef, $after: Cursor) {
  walletChanges(customer: $customer, after: $after) { cursor event {
    at kind codes redemption { state channel discount { amount } }
    balanceChange { points money { amount } } vouchers { code campaign { name } }
  } }
}"""
ADA = {"sourceId": "ada"}


@pytest.fixture
async def ada(project):
    """A customer who holds ADAS; SUMMER and BENS, which is Ben's, are there as well."""
    campaign, ada = await a_campaign(project), await a_customer(project)
    ben = await a_customer(project, "ben")
    await a_voucher(project, campaign, "SUMMER")
    await a_voucher(project, campaign, "ADAS", holder_id=ada, published_at=NOW)
    await a_voucher(project, campaign, "BENS", holder_id=ben, published_at=NOW)
    return ada


async def voucher_of(project, code):
    return await fetchval("SELECT id FROM vouchers WHERE project_id = $1 AND code = $2", project, code)


async def told(follower, count: int) -> list[tuple[str, list[str]]]:
    events = [await follower.event() for _ in range(count)]
    return [(event["kind"], event["codes"]) for event in events]


async def test_a_checkout_of_the_customer_is_told_from_the_hold_to_the_rollback(project, ada):
    caller = await a_caller(project)
    async with following(caller, FEED, customer=ADA) as follower:
        await redeem(caller, "SUMMER", key="0", customer={"sourceId": "ben"})
        await redeem(caller, "SUMMER", key="00")
        given_up = await a_hold(caller, "ADAS", key="1", channel="web", customer=ADA)
        await release(caller, given_up)
        kept = await a_hold(caller, "ADAS", "SUMMER", key="2", customer=ADA)
        await confirm(caller, kept)
        await roll_back(project, ids.read(kept)[1], now=NOW, reason="returned")
        await a_hold(caller, "ADAS", key="3", customer=ADA)
        assert await expire(project, NOW + timedelta(hours=1)) == 1
        assert await follower.event() == {
            "at": "2026-06-01T12:00:00Z",
            "kind": "REDEMPTION_HELD",
            "codes": ["ADAS"],
            "redemption": {"state": "HELD", "channel": "web", "discount": {"amount": "5.00"}},
            "balanceChange": None,
            "vouchers": [{"code": "ADAS", "campaign": {"name": "Summer"}}],
        }
        assert await told(follower, 6) == [
            ("HOLD_RELEASED", ["ADAS"]),
            ("REDEMPTION_HELD", ["ADAS", "SUMMER"]),
            ("REDEMPTION_GRANTED", ["ADAS", "SUMMER"]),
            ("REDEMPTION_ROLLED_BACK", ["ADAS", "SUMMER"]),
            ("REDEMPTION_HELD", ["ADAS"]),
            ("HOLD_EXPIRED", ["ADAS"]),
        ]


async def test_codes_that_are_given_changed_and_stopped_are_told_to_their_holder_alone(project, ada):
    caller = await a_caller(project)
    own, bens = await voucher_of(project, "ADAS"), await voucher_of(project, "BENS")
    summer = await voucher_of(project, "SUMMER")
    async with following(caller, FEED, customer={"id": shown(ids.CUSTOMER, ada)}) as follower:
        for voucher in (bens, summer, own):
            await update_voucher(project, voucher, VoucherChanges(metadata={"seen": True}), NOW)
            await disable_voucher(project, voucher, NOW)
            await enable_voucher(project, voucher, NOW)
        await published(project, PublishOrder("mail", code="SUMMER"), ada)
        assert await told(follower, 4) == [
            ("VOUCHER_UPDATED", ["ADAS"]),
            ("VOUCHER_DISABLED", ["ADAS"]),
            ("VOUCHER_ENABLED", ["ADAS"]),
            ("VOUCHER_PUBLISHED", ["SUMMER"]),
        ]


async def test_balances_of_vouchers_that_the_customer_holds_are_told_with_the_change(project, ada):
    caller = await a_caller(project)
    own, bens = await voucher_of(project, "ADAS"), await voucher_of(project, "BENS")
    soon = NOW + timedelta(days=1)
    async with following(caller, FEED, customer=ADA) as follower:
        await adjust_balance(project, bens, Adjustment(100, "EUR"), NOW)
        for amount, expires_at in ((500, soon), (-150, None)):
            await adjust_balance(project, own, Adjustment(amount, "EUR", expires_at), NOW)
        await expire_buckets(soon)
        events = [await follower.event() for _ in range(3)]
    assert [(event["kind"], event["balanceChange"]["money"]["amount"]) for event in events] == [
        ("BALANCE_ADJUSTED", "5.00"),
        ("BALANCE_ADJUSTED", "-1.50"),
        ("BALANCE_EXPIRED", "-3.50"),
    ]
    assert {(event["codes"][0], event["redemption"]) for event in events} == {("ADAS", None)}


async def test_events_from_before_they_told_the_holder_are_passed_over(project, ada):
    own = await voucher_of(project, "ADAS")
    old = {"voucher": own.hex, "campaign": own.hex, "code": "ADAS", "changed": []}
    emptied = {"voucher": own.hex, "unit": "EUR", "amount": 5}
    async with transaction() as connection:
        await append(
            connection,
            [
                NewEvent(project, EventKind.VOUCHER_UPDATED, old, NOW),
                NewEvent(project, EventKind.BALANCE_EXPIRED, emptied, NOW),
            ],
        )
    await disable_voucher(project, own, NOW)
    async with following(await a_caller(project), FEED, customer=ADA, after=BEGINNING.encode()) as follower:
        assert await told(follower, 1) == [("VOUCHER_DISABLED", ["ADAS"])]


async def test_a_shopper_follows_its_own_wallet_and_no_other(project, another_project, ada):
    shopper, caller = await a_shopper(project, ada), await a_caller(project)
    own_id = {"id": shown(ids.CUSTOMER, ada)}
    for given in ({}, {"customer": own_id}, {"customer": ADA}):
        async with following(shopper, FEED, **given) as follower:
            await redeem(caller, "SUMMER", key=f"ben {given}", customer={"sourceId": "ben"})
            await redeem(caller, "SUMMER", key=f"ada {given}", channel="own", customer=ADA)
            assert (await follower.event())["redemption"]["channel"] == "own"
    nobody = shown(ids.CUSTOMER, ids.new_id())
    elsewhere = await a_customer(another_project, "cy")
    for other in (
        *({"sourceId": "ben"}, {"sourceId": "nobody"}, {"sourceId": "cy"}),
        *({"id": nobody}, {"id": shown(ids.CUSTOMER, elsewhere)}),
    ):
        assert (await refusal_of(shopper, FEED, customer=other))[0] == "FORBIDDEN", other


async def test_a_server_says_whose_wallet_it_follows(project, ada):
    caller = await a_caller(project)
    whose = "Say whose wallet, or come with a customer token."
    assert await refusal_of(caller, FEED) == ("BAD_USER_INPUT", whose)
    nobody = "There is no customer with this source id, so there is nothing to follow."
    assert await refusal_of(caller, FEED, customer={"sourceId": "cy"}) == ("BAD_USER_INPUT", nobody)


async def test_a_voucher_that_changes_hands_is_told_to_whoever_holds_it_then(project, ada):
    caller, own = await a_caller(project), await voucher_of(project, "ADAS")
    async with following(caller, FEED, customer={"sourceId": "ben"}) as follower:
        await disable_voucher(project, own, NOW)
        await execute(
            "UPDATE vouchers SET holder_id = $2 WHERE id = $1", own, await a_customer(project, "ben")
        )
        await enable_voucher(project, own, NOW)
        assert await told(follower, 1) == [("VOUCHER_ENABLED", ["ADAS"])]


async def test_following_a_wallet_asks_the_database_nothing_for_an_event(project, ada, statements):
    caller = await a_caller(project)
    bare = FEED.replace(" vouchers { code campaign { name } }", "")
    costs = {}
    for count in (2, 8):
        for number in range(count):
            await redeem(caller, "SUMMER", "ADAS", key=f"{count} {number}", customer=ADA)
            await redeem(caller, "SUMMER", key=f"{count} {number} ben", customer={"sourceId": "ben"})
        seen = 2 if count == 2 else 10
        async with following(caller, bare, customer=ADA, after=BEGINNING.encode()) as follower:
            await told(follower, seen)
        for document in (bare, FEED):
            with statements.counted() as sent:
                async with following(caller, document, customer=ADA, after=BEGINNING.encode()) as follower:
                    events = await follower.until_quiet()
            assert len(events) == seen
            costs[document, seen] = len([one for one in sent if "pg_notify" not in one])
    # The customer by its source id and a page of the log; links of an event cost one for each kind, not for each code.
    assert costs == {(bare, 2): 2, (bare, 10): 2, (FEED, 2): 2 + 2 * 2, (FEED, 10): 2 + 10 * 2}
