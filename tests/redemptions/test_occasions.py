"""Codes are judged with their occasion, whoever judges: where, through which key, and what is said of it."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from app.customers.values import CustomerInput
from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.rewards.formula import Formula
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.caller_key import CallerKey
from app.engine.rules.channel import Channel
from app.engine.rules.delivery_country import DeliveryCountry
from app.engine.rules.expression import Expression
from app.engine.rules.items_quantity import ItemsQuantity
from app.engine.rules.redemption_metadata import RedemptionMetadata
from app.engine.rules.redemption_point import RedemptionPoint
from app.engine.selection import Items
from app.engine.unit import Rule
from app.ids import new_id
from app.problem import Problems
from app.projects.admit import Caller
from app.projects.keys import create_key
from app.projects.values import KeyDraft, KeyKind, KeyWithSecret
from app.redemptions.confirm import confirm
from app.redemptions.requests import Answer, RedeemRequest, ValidateRequest
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.validate import validate
from tests.conftest import NOW
from tests.redemptions.holds import QUARTER, SOON, a_hold, confirmed
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_voucher,
    asking,
    offer,
    problems,
    reasons,
    redemption,
    tally,
)
from tests.redemptions.test_roll_back_by_lines import done

TOLD = {"channel": "web", "redemption_point": "Kiosk", "metadata": {"order": 7}}


async def a_server(project: UUID) -> Caller:
    """Somebody with a key that there is."""
    made = await create_key(project, KeyDraft(KeyKind.SERVER, "shop"), NOW)
    assert isinstance(made, KeyWithSecret), made
    return a_caller(project, key=made.key.id)


def only_here(server: Caller) -> Rule:
    """Only what TOLD says, through that key."""
    told = Channel(("web",)), RedemptionPoint(("Kiosk",)), RedemptionMetadata("order", ("7",))
    return AllOf((*told, CallerKey((server.key,))))


async def a_code(project: UUID, rule: Rule) -> None:
    await a_voucher(project, await a_campaign(project, promise=offer(rule=rule)), "CODE")


async def refused(request: RedeemRequest) -> list[str]:
    """Why validating refuses, which must be why redeeming does."""
    answer = await validate(
        ValidateRequest(
            request.caller,
            request.codes,
            request.cart,
            request.customer,
            request.takes,
            request.channel,
            request.redemption_point,
            request.metadata,
        ),
        NOW,
    )
    assert not isinstance(answer, Problems), answer
    return [reason.code for verdict in answer.verdicts for reason in verdict.reasons]


async def test_channel_point_metadata_and_key_are_known_to_validate_redeem_and_hold(
    project: UUID, till: Till
) -> None:
    server = await a_server(project)
    await a_code(project, only_here(server))
    right = asking(project, "CODE", caller=server, **TOLD)
    assert await refused(right) == []
    assert redemption(await till.redeem(right)).discount == 500
    assert redemption(await till.redeem(replace(right, hold_for=QUARTER))).discount == 500
    stranger = a_caller(project, key=new_id())
    for wrong, code in (
        (replace(right, channel="app"), "CHANNEL_DIFFERS"),
        (replace(right, redemption_point=None), "REDEMPTION_POINT_DIFFERS"),
        (replace(right, metadata={}), "REDEMPTION_METADATA_DIFFERS"),
        (replace(right, caller=stranger), "KEY_NOT_ACCEPTED"),
    ):
        assert await refused(wrong) == [code]
        assert reasons(await till.redeem(wrong)) == [code]
        assert reasons(await till.redeem(replace(wrong, hold_for=QUARTER))) == [code]


async def test_a_merchant_is_at_its_own_redemption_point_without_saying_so(project: UUID, till: Till) -> None:
    await a_code(project, RedemptionPoint(("Kiosk",)))
    for point, codes in (("Kiosk", []), ("Shop", ["REDEMPTION_POINT_DIFFERS"])):
        merchant = a_caller(project, KeyKind.MERCHANT, redemption_point=point)
        assert await refused(asking(project, "CODE", caller=merchant)) == codes


async def test_who_says_no_channel_comes_from_api(project: UUID) -> None:
    await a_code(project, Channel(("api",)))
    assert await refused(asking(project, "CODE")) == []


@pytest.mark.parametrize(
    ("faulty", "problem"),
    [
        ({"channel": ""}, ("channel", "REQUIRED")),
        ({"channel": "c" * 101}, ("channel", "TOO_LONG")),
        ({"redemption_point": "\0"}, ("redemption_point", "INVALID_TEXT")),
        ({"metadata": {"a": "x" * 9000}}, ("metadata", "TOO_LONG")),
    ],
)
async def test_a_faulty_occasion_is_the_same_fault_for_validate_as_for_redeem(
    project: UUID, till: Till, faulty: dict[str, object], problem: tuple[str, str]
) -> None:
    before = await tally(project)
    asked = ValidateRequest(a_caller(project), ("CODE",), CART, **faulty)  # type: ignore[arg-type]  # faulty
    assert problems(await validate(asked, NOW)) == [problem]
    assert problems(await till.redeem(asking(project, "CODE", **faulty))) == [problem]
    assert await tally(project) == before


async def test_a_merchant_may_not_ask_for_another_point(project: UUID) -> None:
    merchant = a_caller(project, KeyKind.MERCHANT, redemption_point="Kiosk")
    asked = ValidateRequest(merchant, ("CODE",), CART, redemption_point="Shop")
    assert problems(await validate(asked, NOW)) == [("redemption_point", "REDEMPTION_POINT_OF_KEY")]


async def test_a_hold_is_judged_anew_where_and_as_whom_it_was_made(project: UUID, till: Till) -> None:
    server = await a_server(project)
    await a_code(project, only_here(server))
    held = await a_hold(till, project, "CODE", caller=server, **TOLD)
    other = replace(CART, shipping=900)
    answer = await confirm(
        a_caller(project, key=new_id()), held.id, now=SOON, cart=other, idempotency_key="paid"
    )
    granted = redemption(answer)
    assert (granted.channel, granted.redemption_point, granted.key_id) == ("web", "Kiosk", server.key)


async def test_a_hold_is_judged_anew_with_what_is_told_of_it_now(project: UUID, till: Till) -> None:
    server = await a_server(project)
    await a_code(project, only_here(server))
    held = await a_hold(till, project, "CODE", caller=server, **TOLD)
    answer = await confirmed(project, held.id, cart=replace(CART, shipping=900), metadata={"order": 8})
    assert reasons(answer) == ["REDEMPTION_METADATA_DIFFERS"]


async def test_what_comes_back_is_judged_by_the_occasion_of_then(project: UUID, till: Till) -> None:
    # Whoever came by the web needed two pieces; that is asked of what is left, though nobody is in the web now.
    two = ItemsQuantity(Items(), 2)
    await a_code(project, AnyOf((Channel(("pos",)), AllOf((Channel(("web",)), two)))))
    for channel, given_back in (("pos", False), ("web", True)):
        made = redemption(await till.redeem(asking(project, "CODE", channel=channel)))
        assert made.discount == 500
        answer = done(
            await roll_back(
                project,
                made.id,
                now=NOW,
                lines=[Units(0, 2)],
                policy=RollbackPolicy.CLAW_BACK_IF_UNQUALIFIED,
            )
        )
        assert answer.redemption.vouchers[0].given_back is given_back


async def test_country_area_and_way_of_paying_are_part_of_the_cart_and_of_the_idempotent_input(
    project: UUID, till: Till
) -> None:
    await a_code(project, DeliveryCountry(("DE",), ("20095",)))
    cart = Cart("EUR", (Line(1, 2000),), country="DE", area="20095", payment_method="card")
    asked = asking(project, "CODE", cart=cart, idempotency_key="order 1")
    made = redemption(await till.redeem(asked))
    assert made.cart == cart
    again = await till.redeem(asked)
    assert isinstance(again, Answer)
    assert (again.replayed, again.outcome) == (True, made)
    for change in ({"country": "AT"}, {"area": None}, {"payment_method": "cash"}):
        other = replace(asked, cart=replace(cart, **change))
        assert problems(await till.redeem(other)) == [("idempotency_key", "IDEMPOTENCY_KEY_REUSED")]


async def test_an_expression_sees_cart_occasion_and_moment(project: UUID, till: Till) -> None:
    await a_code(
        project,
        Expression(
            "redemption.channel == 'web' && cart.country == 'DE' && cart.subtotal >= 100 && now.getFullYear() > 2000"
        ),
    )
    right = asking(project, "CODE", channel="web", cart=replace(CART, country="DE"))
    assert Decimal(CART.subtotal) / 100 == 100
    assert await refused(right) == []
    assert redemption(await till.redeem(right)).discount == 500
    assert await refused(replace(right, channel="app")) == ["EXPRESSION_NOT_TRUE"]
    assert reasons(await till.redeem(replace(right, cart=CART))) == ["EXPRESSION_NOT_TRUE"]


async def test_an_expression_about_the_customer_asks_for_the_customer_and_reads_its_metadata(
    project: UUID, till: Till
) -> None:
    await a_code(project, Expression("customer.metadata.tier == 'gold'"))
    assert await refused(asking(project, "CODE")) == ["CUSTOMER_REQUIRED"]
    for tier, codes in (("silver", ["EXPRESSION_NOT_TRUE"]), ("gold", [])):
        shopper = CustomerInput(f"the {tier} one", metadata={"tier": tier})
        asked = asking(project, "CODE", customer=shopper)
        assert await refused(asked) == codes
        answer = await till.redeem(asked)
        assert (reasons(answer) if codes else redemption(answer).discount) == (codes or 500)


async def test_a_formula_is_taken_off_and_its_version_is_kept(project: UUID, till: Till) -> None:
    formula = Formula("double(redemption.metadata.steps) * 0.333", Money(100, "EUR"), Money(1000, "EUR"))
    await a_voucher(project, await a_campaign(project, promise=Offer(1, None, formula)), "STEPS")
    for metadata, discount in (({"steps": 10}, 333), ({"steps": 1.5}, 50), ({}, 100), ({"steps": 99}, 1000)):
        asked = asking(project, "STEPS", metadata=metadata)
        assert await refused(asked) == []
        made = redemption(await till.redeem(asked))
        assert (made.discount, sum(made.line_discounts)) == (discount, discount)
