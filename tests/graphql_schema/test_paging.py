"""Paging: the same four arguments, the same limits and the same cursors for every list of the schema."""

from base64 import urlsafe_b64encode

import orjson
import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type

from app.ids import new_id
from graphql_schema.schema import schema
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.redemptions.shop import a_campaign, a_voucher

LIST = """query ($first: Int, $last: Int, $after: Cursor, $before: Cursor, $sort: VoucherOrder! = OLDEST_FIRST) {
  vouchers(first: $first, last: $last, after: $after, before: $before, sort: $sort) {
    edges { cursor node { code } } nodes { code } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest.fixture
async def caller(project):
    """A server of a project with the codes C0 to C4."""
    campaign = await a_campaign(project)
    for n in range(5):
        await a_voucher(project, campaign, f"C{n}")
    return await a_caller(project)


async def page(caller, **variables):
    found = (await ask(caller, LIST, **variables))["vouchers"]
    assert [edge["node"] for edge in found["edges"]] == found["nodes"]
    assert found["totalCount"] == 5
    info = found["pageInfo"]
    cursors = [edge["cursor"] for edge in found["edges"]]
    assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1]) if cursors else (None, None)
    return [node["code"] for node in found["nodes"]], info["hasPreviousPage"], info["hasNextPage"], cursors


async def test_a_list_is_walked_forwards_and_backwards(caller):
    codes, previous, following, cursors = await page(caller)
    assert (codes, previous, following) == (["C0", "C1", "C2", "C3", "C4"], False, False)
    assert (await page(caller, first=2))[:3] == (["C0", "C1"], False, True)
    assert (await page(caller, first=2, after=cursors[1]))[:3] == (["C2", "C3"], True, True)
    assert (await page(caller, first=2, after=cursors[3]))[:3] == (["C4"], True, False)
    assert (await page(caller, last=2))[:3] == (["C3", "C4"], True, False)
    assert (await page(caller, last=2, before=cursors[3]))[:3] == (["C1", "C2"], True, True)
    assert (await page(caller, last=2, before=cursors[1]))[:3] == (["C0"], False, True)
    assert (await page(caller, first=5, after=cursors[0], before=cursors[3]))[0] == ["C1", "C2"]
    assert (await page(caller, after=cursors[4]))[0] == []
    assert (await page(caller, first=0))[0] == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"first": 2, "last": 2}, "Ask for the first items or for the last ones, not for both."),
        ({"first": 101}, "A page has 0 to 100 items; 101 were asked for."),
        ({"last": 101}, "A page has 0 to 100 items; 101 were asked for."),
        ({"first": -1}, "A page has 0 to 100 items; -1 were asked for."),
        ({"after": "nowhere"}, "This is not a cursor of this list."),
        ({"before": "AAAA"}, "This is not a cursor of this list."),
    ],
)
async def test_pages_that_cannot_be_are_refused_with_a_sentence(caller, variables, message):
    assert await refusal(caller, LIST, **variables) == ("BAD_USER_INPUT", message)


async def test_a_cursor_of_another_list_or_order_is_refused(caller):
    _, _, _, [cursor, *_] = await page(caller)
    code, message = await refusal(caller, LIST, after=cursor, sort="CODE_ASCENDING")
    assert (code, message) == ("BAD_USER_INPUT", "This cursor belongs to the list in another order.")
    other = await ask(caller, "{ campaigns { pageInfo { endCursor } } }")
    of_campaigns = other["campaigns"]["pageInfo"]["endCursor"]
    assert (await refusal(caller, LIST, after=of_campaigns))[0] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "place",
    [
        [],
        None,
        ["vouchers_code", "A\0", new_id().hex],
        ["vouchers_code", 7, new_id().hex],
        ["vouchers_code", "A", "nobody"],
        ["vouchers_code", "A", None],
        ["vouchers_code", "A"],
    ],
)
async def test_a_cursor_of_ones_own_making_is_refused(caller, place):
    forged = urlsafe_b64encode(orjson.dumps(place)).rstrip(b"=").decode()
    code, message = await refusal(caller, LIST, after=forged, sort="CODE_ASCENDING")
    assert (code, message) == ("BAD_USER_INPUT", "This is not a cursor of this list.")


async def test_the_longest_sort_value_fits_into_a_cursor(project):
    for n in range(2):
        await a_campaign(project, "\U0001f600" * 199 + str(n))
    caller = await a_caller(project)
    document = """query ($after: Cursor) { campaigns(sort: NAME_ASCENDING, first: 1, after: $after) {
      nodes { name } pageInfo { endCursor }
    } }"""
    first = (await ask(caller, document))["campaigns"]
    second = (await ask(caller, document, after=first["pageInfo"]["endCursor"]))["campaigns"]
    assert {page["nodes"][0]["name"][-1] for page in (first, second)} == {"0", "1"}


async def test_the_number_of_items_is_counted_only_when_asked_for(caller, statements):
    with statements.counted() as without:
        await ask(caller, "{ vouchers { nodes { code } } }")
    with statements.counted() as with_it:
        await ask(caller, "{ vouchers { nodes { code } totalCount } }")
    assert (len(without), len(with_it)) == (1, 2)


# Lists that are bounded by what they belong to; every other list is a connection.
BOUNDED = {
    "ApiKey.origins",
    "AuditCheck.examples",
    "BestCombination.alternatives",
    "BestCombination.codes",
    "BestCombination.leftOut",
    "BundlePrice.parts",
    "CalendarDays.days",
    "CalendarDays.months",
    "CallerKey.keys",
    "Campaign.budgets",
    "CampaignPulse.amounts",
    "CampaignPulse.burnDowns",
    "CampaignPulse.points",
    "CampaignPulse.reasons",
    "Cart.lines",
    "CartCurrency.currencies",
    "CartLine.categories",
    "CartMetadata.values",
    "Change.values",
    "Channel.channels",
    "Comparison.values",
    "Condition.conditions",
    "Condition.reasons",
    "ContainsProducts.categories",
    "ContainsProducts.products",
    "Customer.favouriteCategories",
    "Customer.lifetimeValue",
    "Customer.segments",
    "CustomerCategory.amounts",
    "DecisionReplay.assumptions",
    "DecisionReplay.changes",
    "DecisionReplay.differences",
    "DeliveryCountry.areas",
    "DeliveryCountry.countries",
    "DeliveryCountry.excludedAreas",
    "DeliveryCountry.excludedCountries",
    "DemandGroup.examples",
    "DemandGroup.remedies",
    "DemandGroup.valueAtStake",
    "Evaluation.verdicts",
    "Explanation.conditions",
    "FreeItems.goods",
    "Gift.codes",
    "ImportVouchersPayload.results",
    "Items.categories",
    "Items.excludedCategories",
    "Items.excludedProducts",
    "Items.excludedSkus",
    "Items.metadata",
    "Items.products",
    "Items.skus",
    "LedgerAudit.checks",
    "LeftOutCode.reasons",
    "MetadataMatch.values",
    "NthWeekday.nth",
    "NthWeekday.weekdays",
    "OfferFit.reasons",
    "OtherCombination.codes",
    "ParameterDescription.choices",
    "ParameterDescription.parts",
    "Partner.commissionRates",
    "PaymentMethod.methods",
    "PublishVouchersPayload.publications",
    "PulsePoint.amounts",
    "Query.nodes",
    "Query.offers",
    "Query.rewardCatalogue",
    "Query.ruleCatalogue",
    "Reason.alternatives",
    "ReasonAlternative.reasons",
    "ReasonValue.choices",
    "RecoverableDemand.groups",
    "RedeemVouchersBatchPayload.results",
    "RedeemedVoucher.lineDiscounts",
    "Redemption.gifts",
    "Redemption.rollbacks",
    "Redemption.skipped",
    "Redemption.vouchers",
    "RedemptionMetadata.values",
    "RedemptionPoint.points",
    "RejectedCode.reasons",
    "RejectedRedemption.codes",
    "RejectedRedemption.reasons",
    "Report.groups",
    "Report.moreCurrencies",
    "ReportGroup.series",
    "Rollback.lines",
    "SegmentMembersPayload.results",
    "SegmentMembership.reasons",
    "Simulation.amounts",
    "Simulation.assumptions",
    "Simulation.limits",
    "Simulation.newcomers",
    "Simulation.overlaps",
    "Simulation.refusals",
    "Stacking.alwaysCombinableCategories",
    "Stacking.exclusiveCategories",
    "Stacking.lanes",
    "TieredAmount.tiers",
    "TieredPercent.tiers",
    "TimeWindow.weekdays",
    "TrackCustomEventsPayload.results",
    "UnitDescription.parameters",
    "UserError.path",
    "ValidateVouchersBatchPayload.results",
    "Verdict.addedLines",
    "Verdict.gifts",
    "Verdict.lineDiscounts",
    "Verdict.reasons",
    "Viewer.permissions",
    "Wallet.balances",
    "Wallet.expiringSoon",
    "WalletChange.codes",
    "WalletChange.vouchers",
    "WalletVoucher.reasons",
}


def test_every_list_that_may_grow_is_a_connection():
    unbounded = set()
    for name, type_ in schema._schema.type_map.items():
        if not isinstance(type_, GraphQLObjectType) or name.startswith("__"):
            continue
        for field_name, field in type_.fields.items():
            of = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
            is_page = name.endswith("Connection") and field_name in ("edges", "nodes")
            if isinstance(of, GraphQLList) and not is_page and field_name != "userErrors":
                unbounded.add(f"{name}.{field_name}")
            if get_named_type(field.type).name.endswith("Connection") and name != "Query":
                assert {"first", "after"} <= set(field.args), f"{name}.{field_name}"
    units = {field for field in unbounded if field.split(".")[0] in ("AllOf", "AnyOf", "NoneOf")}
    assert unbounded - units == BOUNDED
