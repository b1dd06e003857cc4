"""What validating and redeeming are told of an order beside its lines: where from, where to, how paid, what else."""

import pytest

from app.engine.rules.all_of import AllOf
from app.engine.rules.channel import Channel
from app.engine.rules.delivery_country import DeliveryCountry
from app.engine.rules.payment_method import PaymentMethod
from app.engine.rules.redemption_metadata import RedemptionMetadata
from app.engine.rules.redemption_point import RedemptionPoint
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import a_cart, a_request, everything, faults, reasons_of, redeem, validate
from tests.redemptions.shop import a_campaign, a_voucher, offer

pytestmark = pytest.mark.usefixtures("till")

EVERYTHING = AllOf(
    (
        Channel(("web",)),
        RedemptionPoint(("Kiosk",)),
        RedemptionMetadata("order", ("7",)),
        DeliveryCountry(("DE",), ("20095",)),
        PaymentMethod(("card",)),
    )
)
OCCASION = {"channel": "web", "redemptionPoint": "Kiosk", "metadata": {"order": 7}}
PLACE = {"country": "DE", "area": "20095", "paymentMethod": "card"}


@pytest.fixture
async def code(project):
    await a_voucher(project, await a_campaign(project, promise=offer(rule=EVERYTHING)), "SUMMER")
    return "SUMMER"


async def test_rules_about_the_order_are_answered_by_what_is_sent(project, code):
    caller = await a_caller(project)
    right = {**OCCASION, "cart": a_cart(**PLACE)}
    assert (await validate(caller, code, **right))["evaluation"]["granted"] is True
    assert (await redeem(caller, code, **right))["result"]["__typename"] == "Redemption"
    [verdict] = (await validate(caller, code))["evaluation"]["verdicts"]
    assert reasons_of(verdict) == [
        "CHANNEL_DIFFERS",
        "REDEMPTION_POINT_DIFFERS",
        "REDEMPTION_METADATA_DIFFERS",
        "DELIVERY_COUNTRY_DIFFERS",
        "DELIVERY_AREA_DIFFERS",
        "PAYMENT_METHOD_DIFFERS",
    ]
    assert verdict["reasons"][0]["message"] == "This offer wants the channel to be web; it is api."


async def test_a_batch_judges_each_question_by_its_own_occasion(project, code):
    document = """mutation ($input: ValidateVouchersBatchInput!) { validateVouchersBatch(input: $input) {
      results { evaluation { granted } userErrors { path code } } } }"""
    right = a_request(code, **OCCASION) | {"cart": a_cart(**PLACE)}
    questions = [right, right | {"channel": "app"}, right | {"channel": ""}]
    answer = await ask(await a_caller(project), document, input={"validations": questions})
    results = answer["validateVouchersBatch"]["results"]
    assert [result["evaluation"] for result in results] == [{"granted": True}, {"granted": False}, None]
    assert results[2]["userErrors"] == [
        {"path": ["input", "validations", "2", "channel"], "code": "REQUIRED"}
    ]


async def test_a_merchants_own_point_counts_and_no_other_may_be_named(project, code):
    merchant = await a_caller(project, KeyKind.MERCHANT, redemption_point="Kiosk")
    right = {"channel": "web", "metadata": {"order": 7}, "cart": a_cart(**PLACE)}
    assert (await validate(merchant, code, **right))["evaluation"]["granted"] is True
    elsewhere = await validate(merchant, code, **right, redemptionPoint="Shop")
    assert faults(elsewhere) == [("redemptionPoint", "REDEMPTION_POINT_OF_KEY")]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"channel": " "}, ("channel", "REQUIRED")),
        ({"channel": "c" * 101}, ("channel", "TOO_LONG")),
        ({"redemptionPoint": ""}, ("redemptionPoint", "REQUIRED")),
        ({"redemptionPoint": "x" * 201}, ("redemptionPoint", "TOO_LONG")),
        ({"metadata": {"a": "\0"}}, ("metadata", "INVALID_TEXT")),
        ({"metadata": {str(n): n for n in range(51)}}, ("metadata", "TOO_LONG")),
        ({"cart": a_cart(country="de")}, ("cart.country", "INVALID_CART")),
        ({"cart": a_cart(country="Germany")}, ("cart.country", "INVALID_CART")),
        ({"cart": a_cart(area="x" * 201)}, ("cart.area", "TOO_LONG")),
        ({"cart": a_cart(paymentMethod="\ud800")}, ("cart.paymentMethod", "INVALID_TEXT")),
    ],
)
async def test_faults_are_the_same_for_validating_and_redeeming_and_nothing_happens(
    project, code, change, fault
):
    caller = await a_caller(project)
    before = await everything(project)
    assert faults(await validate(caller, code, **change)) == [fault]
    assert faults(await redeem(caller, code, **change)) == [fault]
    assert await everything(project) == before


async def test_a_country_that_is_none_is_told_in_a_sentence(project, code):
    payload = await validate(await a_caller(project), code, cart=a_cart(country="de"))
    assert payload["userErrors"][0]["message"] == "The country must be two capital letters, such as DE."


async def test_the_cart_of_the_answer_says_where_it_goes_and_how_it_is_paid(project, code):
    caller = await a_caller(project)
    fields = "cart { country area paymentMethod }"
    document = f"""mutation ($input: ValidateVouchersInput!) {{ validateVouchers(input: $input) {{
      evaluation {{ {fields} }} }} }}"""
    for place in (PLACE, dict.fromkeys(PLACE)):
        asked = a_request(code) | {"cart": a_cart(**place)}
        answer = await ask(caller, document, input=asked)
        assert answer["validateVouchers"]["evaluation"]["cart"] == place
    made = await redeem(caller, code, **OCCASION, cart=a_cart(**PLACE))
    found = await ask(
        caller,
        f"query ($id: ID!) {{ node(id: $id) {{ ... on Redemption {{ {fields} }} }} }}",
        id=made["result"]["id"],
    )
    assert found["node"]["cart"] == PLACE


async def test_changing_where_it_goes_under_one_key_is_another_request(project, code):
    caller = await a_caller(project)
    right = {**OCCASION, "cart": a_cart(**PLACE)}
    first = await redeem(caller, code, **right)
    assert (await redeem(caller, code, **right)) == {**first, "replayed": True}
    other = await redeem(caller, code, **{**right, "cart": a_cart(**{**PLACE, "country": "AT"})})
    assert faults(other) == [("idempotencyKey", "IDEMPOTENCY_KEY_REUSED")]
