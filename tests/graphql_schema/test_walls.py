"""The walls: a key of another project finds and changes nothing, and each kind of key reaches what it may, no more."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from app import ids
from app.projects.admit import Caller
from app.projects.values import KeyKind
from graphql_schema.schema import schema
from tests.graphql_schema.asking import a_caller, a_shopper, execute, followed
from tests.graphql_schema.root_fields import (
    ANYTHING,
    FORBIDDEN,
    REFUSED,
    Attempt,
    mutations,
    queries,
    subscriptions,
)
from tests.graphql_schema.shop import a_request, everything
from tests.graphql_schema.things import Things, things_of
from tests.reports.kept_up import keep_up

pytestmark = pytest.mark.usefixtures("till", "feed")

CORE = schema._schema


@pytest.fixture
async def things(project) -> Things:
    return await things_of(project)


def contains(answer: Any, expected: Any) -> bool:
    """Whether the answer has all that is expected; it may have more fields."""
    if isinstance(expected, dict):
        return isinstance(answer, dict) and all(contains(answer[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(answer) == len(expected) and all(map(contains, answer, expected))
    return answer == expected


async def asked(caller: Caller, attempt: Attempt) -> tuple[Any, list[str]]:
    """The answer of the one root field, and the codes of errors."""
    result = await execute(caller, attempt.document, attempt.variables)
    [answer] = (result.data or {"": None}).values()
    return answer, [error.extensions["code"] for error in result.errors or ()]


def test_the_table_has_every_root_field_of_the_schema(things_by_name):
    for root, table in (
        (CORE.query_type, queries(things_by_name)),
        (CORE.mutation_type, mutations(things_by_name)),
        (CORE.subscription_type, subscriptions(things_by_name)),
    ):
        assert root is not None
        assert set(table) == set(root.fields)
        for name, attempts in table.items():
            assert attempts, f"{name} has no attempt"


@pytest.fixture
def things_by_name() -> Things:
    """Things that are nowhere: enough to look at the table."""
    nowhere = ids.show(ids.CAMPAIGN, ids.new_id())
    return Things(*[nowhere] * 13)


@pytest.mark.parametrize("field", list(CORE.query_type.fields))
async def test_a_key_of_another_project_finds_nothing(project, another_project, things, field):
    stranger, owner = await a_caller(another_project), await a_caller(project)
    if field == "report":  # which shows what the projection has counted
        await keep_up(project)
    for attempt in queries(things)[field]:
        answer, errors = await asked(stranger, attempt)
        assert errors == []
        if attempt.nothing is not ANYTHING:
            assert contains(answer, attempt.nothing), (attempt, answer)
            # The same question finds something where the things are.
            found, errors = await asked(owner, attempt)
            assert errors == []
            if field != "events":  # which other tests' open transactions may hold back
                assert not contains(found, attempt.nothing), (attempt, found)


@pytest.mark.parametrize("field", list(CORE.mutation_type.fields))
async def test_a_key_of_another_project_changes_nothing(project, another_project, things, field):
    stranger = await a_caller(another_project)
    before = await everything(project)
    for attempt in mutations(things)[field]:
        answer, errors = await asked(stranger, attempt)
        if attempt.nothing is FORBIDDEN:
            assert errors == ["FORBIDDEN"]
        else:
            assert errors == []
            assert contains(answer, attempt.nothing), (attempt, answer)
    assert await everything(project) == before


@pytest.mark.parametrize("field", list(CORE.subscription_type.fields))
async def test_a_key_of_another_project_hears_nothing(project, another_project, things, field):
    stranger, owner = await a_caller(another_project), await a_caller(project)
    for attempt in subscriptions(things)[field]:
        # History comes first: the owner hears the event, which so is settled; the stranger a heartbeat only.
        for caller, hears in ((owner, True), (stranger, False)):
            async with followed(caller, attempt.document, **attempt.variables) as results:
                async for result in results:
                    if attempt.nothing is REFUSED and not hears:
                        assert [error.extensions["code"] for error in result.errors] == ["BAD_USER_INPUT"]
                        break
                    assert not result.errors
                    if (result.data[field]["event"] is not None) == hears:
                        break
                    assert hears, result.data


# The root fields that each kind of key may use; every other one is FORBIDDEN.
FOR_EVERYBODY = {
    "viewer",
    "ruleCatalogue",
    "rewardCatalogue",
    "validateVouchers",
    "offers",
    "bestCombination",
}
ALLOWED = {
    "merchant": FOR_EVERYBODY
    | {"node", "nodes", "redemption", "redemptions", "rejectedRedemption", "rejectedRedemptions"}
    | {"redeemVouchers", "rollBackRedemption", "validateVouchersBatch", "redeemVouchersBatch"}
    | {"holdVouchers", "confirmRedemption", "releaseHold"},
    "storefront": FOR_EVERYBODY,
    "shopper": FOR_EVERYBODY
    | {"wallet", "redeemVouchers", "holdVouchers", "confirmRedemption", "releaseHold"},
}


async def a_key_of(project, kind: str, things: Things) -> Caller:
    if kind == "shopper":
        return await a_shopper(project, ids.read(things.customer)[1])
    return await a_caller(project, KeyKind(kind.upper()))


@pytest.mark.parametrize("kind", list(ALLOWED))
async def test_each_kind_of_key_may_use_its_own_root_fields_only(project, things, kind):
    caller = await a_key_of(project, kind, things)
    forbidden = {**queries(things), **mutations(things)}
    for field in ALLOWED[kind]:
        answered = [await asked(caller, attempt) for attempt in forbidden.pop(field)]
        assert any(errors == [] for _, errors in answered), field
    before = await everything(project)
    for field, attempts in forbidden.items():
        for attempt in attempts:
            answer, errors = await asked(caller, attempt)
            assert (answer, errors) == (None, ["FORBIDDEN"]), field
    assert await everything(project) == before


FOLLOWED = {
    "merchant": {"redemptions", "rejectedRedemptions"},
    "storefront": set[str](),
    "shopper": {"walletChanges"},
}


@pytest.mark.parametrize("kind", list(FOLLOWED))
async def test_each_kind_of_key_follows_its_own_feeds_only(project, things, kind):
    caller = await a_key_of(project, kind, things)
    for field, attempts in subscriptions(things).items():
        async with followed(caller, attempts[0].document, **attempts[0].variables) as results:
            result = await anext(results)
        codes = [error.extensions["code"] for error in result.errors or ()]
        assert codes == ([] if field in FOLLOWED[kind] else ["FORBIDDEN"])


def within(*way: str, operation: str = "query") -> str:
    """A document that goes this way; `%s` stands for a field at its end."""
    return f"{operation} {{ {' { '.join(way)} {{ %s {'} ' * (len(way) + 1)}"


def at_the_till(link: str) -> str:
    """The way from a validated code."""
    root = "validateVouchers(input: $input)"
    return within(root, "evaluation", "verdicts", link, operation="mutation ($input: ValidateVouchersInput!)")


OF_VOUCHER = {
    *("metadata", "redemptionCount", "remainingRedemptions"),
    *("redemptions", "rejectedRedemptions", "publications", "postings"),
}
OF_CAMPAIGN = {
    *("description", "maxRedemptions", "budgets", "metadata", "partner"),
    *("redemptionCount", "remainingRedemptions"),
    *("campaigns", "vouchers", "publications", "redemptions", "rejectedRedemptions"),
}
# Where each kind of key can stand in the graph, and the fields there that are FORBIDDEN to it.
PLACES = [
    ("merchant", "Voucher", at_the_till("voucher"), OF_VOUCHER),
    ("merchant", "Campaign", at_the_till("campaign"), OF_CAMPAIGN),
    ("merchant", "Redemption", within("redemptions", "nodes"), {"customer"}),
    ("merchant", "RejectedRedemption", within("rejectedRedemptions", "nodes"), {"customer"}),
    ("storefront", "Voucher", at_the_till("voucher"), OF_VOUCHER | {"balance"}),
    ("storefront", "Campaign", at_the_till("campaign"), OF_CAMPAIGN),
    ("shopper", "Voucher", within("wallet", "vouchers", "nodes", "voucher"), OF_VOUCHER),
    ("shopper", "Campaign", within("wallet", "vouchers", "nodes", "voucher", "campaign"), OF_CAMPAIGN),
    (
        "shopper",
        "Customer",
        within("wallet", "customer"),
        {"metadata", "segments", "customEvents", "rejectedRedemptions"}
        | {"summary", "lifetimeValue", "favouriteCategories", "activity"},
    ),
    ("shopper", "Publication", within("wallet", "customer", "publications", "nodes"), {"metadata"}),
    ("shopper", "Redemption", within("wallet", "customer", "redemptions", "nodes"), set()),
]


@pytest.mark.parametrize(("kind", "type_", "place", "forbidden"), PLACES)
async def test_no_link_leads_further_than_the_key_may(project, things, kind, type_, place, forbidden):
    caller = await a_key_of(project, kind, things)
    shown = CORE.type_map[type_]
    assert isinstance(shown, GraphQLObjectType)
    refused = set()
    for name, field in shown.fields.items():
        below = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
        variables = {"input": a_request("SUMMER")} if "$input" in place else {}
        result = await execute(caller, place % (name + below), variables)
        codes = {error.extensions["code"] for error in result.errors or ()}
        assert codes <= {"FORBIDDEN"}, (name, result.errors)
        # An empty list on the way is no answer; one at the end of it is.
        way = str(result.data).replace(f"'{name}': []", "")
        assert codes or "[]" not in way, "there is nothing to stand on"
        if codes:
            refused.add(name)
    assert refused == forbidden
