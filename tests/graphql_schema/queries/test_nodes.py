"""node and nodes: anything by its id, in the order asked; null for what the caller may not see."""

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from app.vouchers.values import PublishOrder
from tests.graphql_schema.asking import a_caller, a_shopper, ask, refusal
from tests.graphql_schema.shop import redeem, shown
from tests.jobs.works import Counting, a_job
from tests.partners.test_draft import a_partner
from tests.pools.test_fill import a_pool
from tests.redemptions.shop import a_campaign, a_customer, a_voucher
from tests.segments.shop import a_segment
from tests.vouchers.shop import published

pytestmark = pytest.mark.usefixtures("till")

NODE = """query ($id: ID!) { node(id: $id) {
  __typename id
  ... on Campaign { name } ... on Customer { sourceId } ... on Voucher { code } ... on Publication { channel }
  ... on Redemption { channel } ... on RejectedRedemption { channel } ... on ApiKey { kind }
  ... on Project { name } ... on Segment { description } ... on Pool { name } ... on Partner { name }
  ... on Job { error }
} }"""
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"


@pytest.fixture
async def things(project):
    """One of each kind; the redemption and the refusal happened at till 7."""
    caller = await a_caller(project)
    campaign, ada = await a_campaign(project), await a_customer(project)
    voucher = await a_voucher(project, campaign, "SUMMER")
    [publication] = (await published(project, PublishOrder("mail", code="SUMMER"), ada)).publications
    at_till = {"channel": "web", "redemptionPoint": "till 7"}
    return caller, {
        "Campaign": shown(ids.CAMPAIGN, campaign),
        "Customer": shown(ids.CUSTOMER, ada),
        "Voucher": shown(ids.VOUCHER, voucher),
        "Publication": shown(ids.PUBLICATION, publication.id),
        "Redemption": (await redeem(caller, "SUMMER", key="1", **at_till))["result"]["id"],
        "RejectedRedemption": (await redeem(caller, "NOSUCH", key="2", **at_till))["result"]["id"],
        "ApiKey": shown(ids.API_KEY, caller.key),
        "Project": shown(ids.PROJECT, project),
        "Pool": shown(ids.POOL, await a_pool(project)),
        "Partner": shown(ids.PARTNER, (await a_partner(project)).id),
        "Job": shown(ids.JOB, (await a_job(project, Counting("counted"))).id),
        "Segment": shown(ids.SEGMENT, (await a_segment(project)).id),
    }


async def test_everything_is_found_by_its_id(things):
    caller, by_type = things
    expected = {
        "Campaign": {"name": "Summer"},
        "Customer": {"sourceId": "ada"},
        "Voucher": {"code": "SUMMER"},
        "Publication": {"channel": "mail"},
        "Redemption": {"channel": "web"},
        "RejectedRedemption": {"channel": "web"},
        "ApiKey": {"kind": "SERVER"},
        "Project": {"name": "Test shop"},
        "Pool": {"name": "Cinema"},
        "Partner": {"name": "Cinema"},
        "Job": {"error": None},
        "Segment": {"description": ""},
    }
    for type_, id_ in by_type.items():
        assert await ask(caller, NODE, id=id_) == {
            "node": {"__typename": type_, "id": id_, **expected[type_]}
        }


async def test_every_type_with_an_id_is_found_here(things):
    caller, by_type = things
    document = '{ __type(name: "Node") { possibleTypes { name } } }'
    found = (await ask(caller, document))["__type"]["possibleTypes"]
    assert {type_["name"] for type_ in found} == set(by_type)


async def test_many_come_in_the_order_asked_with_null_where_nothing_is(things):
    caller, by_type = things
    wanted = [
        by_type["Voucher"],
        shown(ids.VOUCHER, new_id()),
        by_type["Campaign"],
        "nonsense",
        by_type["Voucher"],
    ]
    assert [node and node["id"] for node in (await ask(caller, NODES, ids=wanted))["nodes"]] == [
        *[by_type["Voucher"], None, by_type["Campaign"], None, by_type["Voucher"]],
    ]
    assert await ask(caller, NODES, ids=[]) == {"nodes": []}


async def test_a_hundred_of_one_kind_are_one_statement(project, statements):
    campaign = await a_campaign(project)
    wanted = [shown(ids.VOUCHER, await a_voucher(project, campaign, f"C{n}")) for n in range(100)]
    caller = await a_caller(project)
    with statements.counted() as sent:
        found = (await ask(caller, NODES, ids=wanted))["nodes"]
    assert [node["id"] for node in found] == wanted
    assert len(sent) == 1, sent
    code, message = await refusal(caller, NODES, ids=[*wanted, wanted[0]])
    assert (code, message) == ("BAD_USER_INPUT", "At most 100 ids can be asked for; 101 were given.")


@pytest.mark.parametrize("id_", ["", "camp_", "camp", "camp_!", "nobody_01", "\0", "x" * 10_000])
async def test_what_is_no_id_is_nothing(project, id_):
    assert await ask(await a_caller(project), NODE, id=id_) == {"node": None}


async def test_another_project_finds_nothing(things, another_project):
    _, by_type = things
    stranger = await a_caller(another_project)
    for id_ in by_type.values():
        assert await ask(stranger, NODE, id=id_) == {"node": None}
    assert await ask(stranger, NODES, ids=list(by_type.values())) == {"nodes": [None] * len(by_type)}


async def test_a_merchant_finds_what_happened_at_its_own_redemption_point(project, things):
    _, by_type = things
    merchant = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7")
    neighbour = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 8")
    own = {"Redemption", "RejectedRedemption"}
    found = (await ask(merchant, NODES, ids=list(by_type.values())))["nodes"]
    assert {node["__typename"] for node in found if node} == own
    for type_, id_ in by_type.items():
        assert ((await ask(merchant, NODE, id=id_))["node"] is not None) == (type_ in own)
        assert await ask(neighbour, NODE, id=id_) == {"node": None}


async def test_a_storefront_finds_nothing_by_ids(project, things):
    _, by_type = things
    ada = ids.read(by_type["Customer"])[1]
    for caller in (await a_caller(project, KeyKind.STOREFRONT), await a_shopper(project, ada)):
        for id_ in by_type.values():
            assert (await refusal(caller, NODE, id=id_))[0] == "FORBIDDEN"
