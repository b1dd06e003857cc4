"""Redeeming: what is granted, what is refused, and what is kept of both."""

from decimal import Decimal
from uuid import UUID

from app.customers.values import CustomerInput
from app.database import execute, fetch
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.ids import new_id
from app.projects.values import KeyKind
from app.redemptions.read import by_ids
from app.redemptions.read_rejected import by_ids as rejected_by_ids
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.till import Till
from app.redemptions.values import RedeemedVoucher, Redemption
from tests.conftest import NOW
from tests.redemptions.shop import (
    CART,
    KEY,
    Tally,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    counters,
    offer,
    problems,
    put,
    reasons,
    redemption,
    refusal,
    rush,
    tally,
)


async def test_a_code_is_redeemed_and_everything_about_it_is_kept(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project)
    voucher = await a_voucher(project, campaign, "SUMMER-24")
    ada = await a_customer(project)
    answer = await till.redeem(
        asking(
            project,
            "summer 24",
            customer=CustomerRef(source_id="ada"),
            channel="web",
            redemption_point="Main street",
            metadata={"order": "A-1"},
            idempotency_key="A-1",
        )
    )
    made = redemption(answer)
    assert answer == Answer(made, replayed=False)
    assert made == Redemption(
        id=made.id,
        customer_id=ada,
        currency="EUR",
        subtotal=10_000,
        shipping=500,
        discount=500,
        line_discounts=(300, 200),
        cart=CART,
        channel="web",
        redemption_point="Main street",
        key_id=KEY,
        metadata={"order": "A-1"},
        created_at=NOW,
        vouchers=(
            RedeemedVoucher(0, voucher, campaign, None, 1, "SUMMER-24", 500, (300, 200), reward="amount_off"),
        ),
    )
    assert made.total == 10_000
    assert await by_ids(project, [made.id]) == {made.id: made}
    assert await tally(project) == Tally(redemptions=1, rejected=0, uses=1, keys=1, events=1)


async def test_its_event_tells_the_whole_redemption(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    made = redemption(await till.redeem(asking(project, "SUMMER", metadata={"order": "A-1"})))
    [event] = await fetch(
        "SELECT kind, at, payload FROM events WHERE project_id = $1 AND kind LIKE 'RED%'", project
    )
    assert (event["kind"], event["at"]) == ("REDEMPTION_GRANTED", NOW)
    assert Redemption.from_json(event["payload"]) == made


async def test_an_unknown_code_is_refused_and_the_attempt_is_kept(project: UUID, till: Till) -> None:
    answer = await till.redeem(
        asking(project, "NO-SUCH", channel="web", redemption_point="Kiosk", metadata={"order": 7})
    )
    refused = refusal(answer)
    [code] = refused.vouchers
    assert (code.position, code.code, code.voucher_id, code.campaign_id) == (0, "NO-SUCH", None, None)
    assert reasons(answer) == ["CODE_NOT_FOUND"]
    assert (refused.channel, refused.redemption_point, refused.key_id) == ("web", "Kiosk", KEY)
    assert (refused.cart, refused.metadata) == (CART, {"order": 7})
    assert await rejected_by_ids(project, [refused.id]) == {refused.id: refused}
    assert await tally(project) == Tally(redemptions=0, rejected=1, uses=0, keys=1, events=1)
    [event] = await fetch(
        "SELECT kind, payload FROM events WHERE project_id = $1 AND kind LIKE 'RED%'", project
    )
    assert event["kind"] == "REDEMPTION_REJECTED"
    assert RejectedRedemption.from_json(event["payload"]) == refused


async def test_every_reason_is_kept_code_by_code(project: UUID, till: Till) -> None:
    promise = offer(rule=MinimumSpend(Money(20_000, "EUR")))
    paused = await a_campaign(project, state="PAUSED", promise=promise)
    await a_voucher(project, paused, "PAUSED", enabled=False, expires_at=NOW)
    await a_voucher(project, await a_campaign(project, "Fine"), "FINE")
    answer = await till.redeem(asking(project, "FINE", "PAUSED", "GONE"))
    refused = refusal(answer)
    assert [[reason.code for reason in code.reasons] for code in refused.vouchers] == [
        [],
        ["VOUCHER_DISABLED", "EXPIRED", "CAMPAIGN_PAUSED", "MINIMUM_SPEND_NOT_REACHED"],
        ["CODE_NOT_FOUND"],
    ]
    [row] = await fetch("SELECT reason_codes FROM rejected_redemptions WHERE project_id = $1", project)
    assert row["reason_codes"] == [reason.code for reason in refused.reasons]
    assert await rejected_by_ids(project, [refused.id]) == {refused.id: refused}


async def test_all_codes_or_none(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=5))
    fine = await a_voucher(project, campaign, "FINE", max_redemptions=1)
    await a_voucher(project, campaign, "STOPPED", enabled=False)
    assert reasons(await till.redeem(asking(project, "FINE", "STOPPED"))) == ["VOUCHER_DISABLED"]
    assert await counters(project) == {("voucher", fine, None): 0, ("campaign", campaign, None): 0}
    assert len(redemption(await till.redeem(asking(project, "FINE"))).vouchers) == 1


async def test_several_codes_are_one_redemption_with_exact_sums(project: UUID, till: Till) -> None:
    tenth = Offer(1, None, PercentOff(Decimal(10)))
    await a_voucher(project, await a_campaign(project, "Tenth", promise=tenth), "TENTH")
    await a_voucher(project, await a_campaign(project, "Five"), "FIVE")
    made = redemption(await till.redeem(asking(project, "FIVE", "TENTH")))
    assert [(code.code, code.discount) for code in made.vouchers] == [("FIVE", 500), ("TENTH", 950)]
    assert made.discount == 1450 == sum(made.line_discounts)
    assert (await tally(project)).uses == 2


async def test_the_same_code_twice_in_one_request_is_refused(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUM-MER")
    assert reasons(await till.redeem(asking(project, "SUMMER", "sum mer"))) == ["DUPLICATE_CODE"]


async def test_a_stopped_code_and_a_paused_campaign_are_refused_from_the_next_request_on(
    project: UUID, till: Till
) -> None:
    campaign = await a_campaign(project)
    voucher = await a_voucher(project, campaign, "SUMMER")
    redemption(await till.redeem(asking(project, "SUMMER")))
    await execute("UPDATE vouchers SET enabled = false WHERE id = $1", voucher)
    assert reasons(await till.redeem(asking(project, "SUMMER"))) == ["VOUCHER_DISABLED"]
    await execute("UPDATE vouchers SET enabled = true WHERE id = $1", voucher)
    await put(project, campaign, "PAUSED")
    assert reasons(await till.redeem(asking(project, "SUMMER"))) == ["CAMPAIGN_PAUSED"]
    await put(project, campaign, "LIVE")
    redemption(await till.redeem(asking(project, "SUMMER")))


async def test_a_held_code_is_for_its_holder_only(project: UUID, till: Till) -> None:
    ada, bob = await a_customer(project, "ada"), await a_customer(project, "bob")
    await a_voucher(project, await a_campaign(project), "ADAS", holder_id=ada)
    assert reasons(await till.redeem(asking(project, "ADAS"))) == ["CUSTOMER_REQUIRED"]
    assert reasons(await till.redeem(asking(project, "ADAS", customer=CustomerRef(id=bob)))) == [
        "HELD_BY_ANOTHER_CUSTOMER"
    ]
    assert (
        redemption(await till.redeem(asking(project, "ADAS", customer=CustomerRef(id=ada)))).customer_id
        == ada
    )


async def test_an_inline_customer_is_made_on_the_way_even_when_the_code_is_refused(
    project: UUID, till: Till
) -> None:
    refused = refusal(await till.redeem(asking(project, "NONE", customer=CustomerInput("new", name="Nell"))))
    [row] = await fetch("SELECT id, source_id, name FROM customers WHERE project_id = $1", project)
    assert (row["id"], row["source_id"], row["name"]) == (refused.customer_id, "new", "Nell")


async def test_an_unknown_customer_is_a_problem_and_nothing_is_kept(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    for ref in (CustomerRef(id=new_id()), CustomerRef(source_id="nobody")):
        assert problems(await till.redeem(asking(project, "SUMMER", customer=ref, idempotency_key="k"))) == [
            ("customer", "NOT_FOUND")
        ]
    assert await tally(project) == Tally(0, 0, 0, 0, 0)


async def test_codes_and_customers_of_another_project_do_not_exist(
    project: UUID, another_project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    ada = await a_customer(project)
    assert reasons(await till.redeem(asking(another_project, "SUMMER"))) == ["CODE_NOT_FOUND"]
    other = asking(another_project, "SUMMER", customer=CustomerRef(id=ada))
    assert problems(await till.redeem(other)) == [("customer", "NOT_FOUND")]
    assert await tally(project) == Tally(0, 0, 0, 0, 0)


async def test_one_batch_serves_several_projects_and_keeps_them_apart(
    project: UUID, another_project: UUID, till: Till
) -> None:
    for each, limit in ((project, 2), (another_project, 3)):
        await a_voucher(each, await a_campaign(each, promise=offer(per_campaign=limit)), "SUMMER")
    answers = await rush(
        [till], [asking(each, "SUMMER") for _ in range(5) for each in (project, another_project)]
    )
    assert [isinstance(answer, Answer) for answer in answers] == [True] * 10
    assert [(await tally(each)).redemptions for each in (project, another_project)] == [2, 3]
    assert till.batches < 10


async def test_a_merchant_redeems_at_its_own_point_and_a_token_for_its_customer(
    project: UUID, till: Till
) -> None:
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "SUMMER")
    merchant = a_caller(project, KeyKind.MERCHANT, redemption_point="Kiosk")
    assert (
        redemption(await till.redeem(asking(project, "SUMMER", caller=merchant))).redemption_point == "Kiosk"
    )
    shopper = a_caller(project, KeyKind.STOREFRONT, customer=ada)
    assert redemption(await till.redeem(asking(project, "SUMMER", caller=shopper))).customer_id == ada


async def test_a_limit_that_does_not_exist_locks_nothing(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "SUMMER")
    redemption(await till.redeem(asking(project, "SUMMER")))
    assert await fetch("SELECT FROM counters WHERE project_id = $1", project) == []


async def test_a_limit_that_is_set_later_knows_of_all_uses_before_it(project: UUID, till: Till) -> None:
    main = await a_campaign(project, "Year", is_main=True)
    campaign = await a_campaign(project, main_id=main)
    voucher = await a_voucher(project, campaign, "SUMMER")
    ada = CustomerRef(id=await a_customer(project))
    for _ in range(3):
        redemption(await till.redeem(asking(project, "SUMMER", customer=ada)))
    await execute("UPDATE campaigns SET max_redemptions = 4 WHERE id = ANY ($1)", [main, campaign])
    await execute("UPDATE vouchers SET max_redemptions = 4 WHERE id = $1", voucher)
    redemption(await till.redeem(asking(project, "SUMMER", customer=ada)))
    assert await counters(project) == {
        ("voucher", voucher, None): 4,
        ("campaign", campaign, None): 4,
        ("campaign", main, None): 4,
    }
    assert reasons(await till.redeem(asking(project, "SUMMER", customer=ada))) == [
        "VOUCHER_LIMIT_REACHED",
        "CAMPAIGN_LIMIT_REACHED",
        "MAIN_CAMPAIGN_LIMIT_REACHED",
    ]


async def test_a_counter_may_be_deleted_at_any_time(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(per_customer=2))
    await a_voucher(project, campaign, "SUMMER")
    ada = await a_customer(project)
    ask = asking(project, "SUMMER", customer=CustomerRef(id=ada))
    redemption(await till.redeem(ask))
    await execute("DELETE FROM counters WHERE project_id = $1", project)
    redemption(await till.redeem(ask))
    assert await counters(project) == {("customer", campaign, ada): 2}
    assert reasons(await till.redeem(ask)) == ["CUSTOMER_LIMIT_REACHED"]


async def test_a_past_is_counted_per_customer_and_inside_a_batch(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project, promise=offer(rule=FirstPurchase())), "WELCOME")
    await a_voucher(project, await a_campaign(project, "Other"), "OTHER")
    ada, bob = [CustomerRef(id=await a_customer(project, name)) for name in ("ada", "bob")]
    redemption(await till.redeem(asking(project, "OTHER", customer=ada)))
    answers = await rush(
        [till],
        [
            asking(project, "WELCOME", customer=ada),
            asking(project, "WELCOME", customer=bob),
            asking(project, "WELCOME", customer=bob),
        ],
    )
    assert [isinstance(answer, Answer) and type(answer.outcome) for answer in answers] == [
        RejectedRedemption,
        Redemption,
        RejectedRedemption,
    ]
    assert reasons(answers[2]) == ["NOT_FIRST_PURCHASE"]
    await assert_counters_equal_ledger(project)
