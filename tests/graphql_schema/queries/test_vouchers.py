"""voucher, vouchers and publications: found by id or code, listed by filter and order, never over the wall."""

from datetime import timedelta

import pytest

from app import ids
from app.database import execute
from app.ids import new_id
from app.projects.values import KeyKind
from app.vouchers.values import PublishOrder
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import redeem, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer
from tests.vouchers.shop import published

ONE = """query ($ref: VoucherRef!) { voucher(ref: $ref) {
  id code kind enabled publishedAt startsAt expiresAt maxRedemptions metadata createdAt
  campaign { name } holder { sourceId } redemptionCount remainingRedemptions
  redemptions { totalCount nodes { rolledBackAt } } rejectedRedemptions { totalCount nodes { reasons { code } } }
  publications { totalCount nodes { channel } }
} }"""
LIST = """query (
  $filter: VoucherFilter, $sort: VoucherOrder! = OLDEST_FIRST, $first: Int, $last: Int, $after: Cursor
) {
  vouchers(filter: $filter, sort: $sort, first: $first, last: $last, after: $after) {
    nodes { code } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
PUBLICATIONS = """query ($filter: PublicationFilter, $sort: TimeOrder! = OLDEST_FIRST, $first: Int, $after: Cursor) {
  publications(filter: $filter, sort: $sort, first: $first, after: $after) {
    nodes { channel voucher { code } customer { sourceId } } totalCount pageInfo { hasNextPage endCursor }
  }
}"""


async def codes(caller, **variables) -> list[str]:
    return [node["code"] for node in (await ask(caller, LIST, **variables))["vouchers"]["nodes"]]


@pytest.mark.parametrize("by", ["id", "code"])
async def test_a_voucher_is_found_by_id_and_however_its_code_is_written(project, till, by):
    ada = await a_customer(project)
    await a_customer(project, "bea")
    campaign = await a_campaign(project, promise=offer(per_voucher=3))
    voucher = await a_voucher(
        project,
        campaign,
        "MINE-1",
        holder_id=ada,
        published_at=NOW,
        starts_at=NOW - timedelta(days=1),
        expires_at=NOW + timedelta(days=1),
    )
    caller = await a_caller(project)
    await redeem(caller, "MINE-1", customer={"sourceId": "ada"})
    await redeem(caller, "MINE-1", key="order 2", customer={"sourceId": "bea"})
    ref = {"id": shown(ids.VOUCHER, voucher)} if by == "id" else {"code": " mine.1 "}
    assert await ask(caller, ONE, ref=ref) == {
        "voucher": {
            "id": shown(ids.VOUCHER, voucher),
            "code": "MINE-1",
            "kind": "UNIQUE",
            "enabled": True,
            "publishedAt": "2026-06-01T12:00:00Z",
            "startsAt": "2026-05-31T12:00:00Z",
            "expiresAt": "2026-06-02T12:00:00Z",
            "maxRedemptions": None,
            "metadata": {},
            "createdAt": "2026-06-01T12:00:00Z",
            "campaign": {"name": "Summer"},
            "holder": {"sourceId": "ada"},
            "redemptionCount": 1,
            "remainingRedemptions": 2,
            "redemptions": {"totalCount": 1, "nodes": [{"rolledBackAt": None}]},
            "rejectedRedemptions": {
                "totalCount": 1,
                "nodes": [{"reasons": [{"code": "HELD_BY_ANOTHER_CUSTOMER"}]}],
            },
            "publications": {"totalCount": 0, "nodes": []},
        }
    }


async def test_what_is_not_in_the_project_is_null(project, another_project):
    theirs = await a_voucher(another_project, await a_campaign(another_project), "THEIRS")
    caller = await a_caller(project)
    for ref in (
        {"id": shown(ids.VOUCHER, theirs)},
        {"code": "THEIRS"},
        {"id": shown(ids.VOUCHER, new_id())},
        {"code": "tea\0pot"},
        {"code": "\ud800"},
        {"code": ""},
        {"code": "x" * 10_000},
    ):
        assert await ask(caller, ONE, ref=ref) == {"voucher": None}
    assert await codes(caller) == []


async def test_where_case_counts_two_codes_may_differ_in_it_alone(project):
    await execute("UPDATE projects SET case_sensitive_codes = true WHERE id = $1", project)
    campaign = await a_campaign(project)
    for code in ("Summer", "SUMMER"):
        await a_voucher(project, campaign, code, code_key=code)
    caller = await a_caller(project)
    document = "query ($code: String!) { voucher(ref: {code: $code}) { code } }"
    for code, found in (("SUM-MER", {"code": "SUMMER"}), ("Summer", {"code": "Summer"}), ("summer", None)):
        assert await ask(caller, document, code=code) == {"voucher": found}


@pytest.mark.parametrize("ref", [{"id": "SUMMER"}, {"id": "camp_1"}, {}, {"id": "x", "code": "y"}])
async def test_what_cannot_name_a_voucher_is_refused(project, ref):
    assert (await refusal(await a_caller(project), ONE, ref=ref))[0] == "BAD_USER_INPUT"


async def test_vouchers_are_listed_in_every_order(project):
    campaign = await a_campaign(project)
    for code in ("B", "C", "A"):
        await a_voucher(project, campaign, code)
    caller = await a_caller(project)
    assert await codes(caller, sort="OLDEST_FIRST") == ["B", "C", "A"]
    assert await codes(caller, sort="NEWEST_FIRST") == ["A", "C", "B"]
    assert await codes(caller, sort="CODE_ASCENDING") == ["A", "B", "C"]
    assert await codes(caller, sort="CODE_DESCENDING") == ["C", "B", "A"]


async def test_vouchers_are_filtered_by_everything_at_once(project):
    ada = await a_customer(project)
    summer, winter = await a_campaign(project), await a_campaign(project, "Winter")
    await a_voucher(project, summer, "ALL")
    await a_voucher(project, summer, "HERS", holder_id=ada, published_at=NOW)
    await a_voucher(project, summer, "FREE", kind="UNIQUE")
    await a_voucher(project, winter, "STOPPED", kind="UNIQUE", enabled=False)
    caller = await a_caller(project)
    of_summer = {"campaign": {"id": shown(ids.CAMPAIGN, summer)}}
    of_ada = {"holder": {"id": shown(ids.CUSTOMER, ada)}}
    for given, expected in (
        (of_summer, ["ALL", "HERS", "FREE"]),
        ({"campaign": {"name": "Summer"}}, ["ALL", "HERS", "FREE"]),
        (of_ada, ["HERS"]),
        ({"holder": {"sourceId": "ada"}}, ["HERS"]),
        ({"campaign": {"name": "Winter"}, "holder": {"sourceId": "ada"}}, []),
        ({"kind": "GENERIC"}, ["ALL"]),
        ({"enabled": False}, ["STOPPED"]),
        ({"published": True}, ["HERS"]),
        ({"kind": "UNIQUE", "published": False}, ["FREE", "STOPPED"]),
        ({**of_summer, **of_ada, "kind": "UNIQUE", "enabled": True, "published": True}, ["HERS"]),
        ({"campaign": {"id": shown(ids.CAMPAIGN, new_id())}}, []),
        *(({"campaign": {"name": name}}, []) for name in ("Spring", "summer", "", "\0")),
        *(({"holder": {"sourceId": source_id}}, []) for source_id in ("bob", "", "\0", "\ud800")),
    ):
        assert await codes(caller, filter=given) == expected
        assert (await ask(caller, LIST, filter=given))["vouchers"]["totalCount"] == len(expected)
    for given in (
        *({"campaign": {"id": "Summer"}}, {"campaign": {}}, {"campaign": {"id": "x", "name": "Summer"}}),
        *({"holder": {"id": "ada"}}, {"holder": {"id": shown(ids.CAMPAIGN, summer)}}),
    ):
        assert (await refusal(caller, LIST, filter=given))[0] == "BAD_USER_INPUT"


@pytest.mark.parametrize("sort", ["OLDEST_FIRST", "CODE_ASCENDING"])
async def test_pages_follow_each_other_without_gap(project, sort):
    campaign = await a_campaign(project)
    for n in range(5):
        await a_voucher(project, campaign, f"C{n}")
    caller = await a_caller(project)
    first = (await ask(caller, LIST, first=2, sort=sort))["vouchers"]
    assert [node["code"] for node in first["nodes"]] == ["C0", "C1"]
    assert first["totalCount"] == 5
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    after = first["pageInfo"]["endCursor"]
    assert await codes(caller, first=2, after=after, sort=sort) == ["C2", "C3"]
    assert await codes(caller, last=2, sort=sort) == ["C3", "C4"]


async def test_publications_are_listed_and_filtered(project):
    ada, bob = await a_customer(project), await a_customer(project, "bob")
    summer, winter = await a_campaign(project), await a_campaign(project, "Winter")
    generic = await a_voucher(project, summer, "ALL")
    await a_voucher(project, winter, "ONE", kind="UNIQUE")
    for code, customer, channel in (("ALL", ada, "mail"), ("ALL", bob, "app"), ("ONE", bob, "mail")):
        await published(project, PublishOrder(channel, code=code), customer)
    caller = await a_caller(project)

    async def listed(**variables) -> list[str]:
        nodes = (await ask(caller, PUBLICATIONS, **variables))["publications"]["nodes"]
        return [
            f"{node['voucher']['code']} {node['customer']['sourceId']} {node['channel']}" for node in nodes
        ]

    everyone = ["ALL ada mail", "ALL bob app", "ONE bob mail"]
    assert await listed() == everyone
    assert await listed(sort="NEWEST_FIRST") == everyone[::-1]
    for given, expected in (
        ({"campaign": {"id": shown(ids.CAMPAIGN, summer)}}, everyone[:2]),
        ({"campaign": {"name": "Winter"}}, everyone[2:]),
        ({"campaign": {"name": "Spring"}}, []),
        ({"customer": {"id": shown(ids.CUSTOMER, bob)}}, everyone[1:]),
        ({"customer": {"sourceId": "ada"}}, everyone[:1]),
        ({"customer": {"sourceId": "nobody"}}, []),
        ({"voucher": {"id": shown(ids.VOUCHER, generic)}}, everyone[:2]),
        ({"voucher": {"code": "o-n-e"}}, everyone[2:]),
        ({"voucher": {"code": "NOSUCH"}}, []),
        ({"voucher": {"code": "\0"}}, []),
        ({"channel": "mail"}, ["ALL ada mail", "ONE bob mail"]),
        ({"channel": "mail", "customer": {"sourceId": "bob"}}, ["ONE bob mail"]),
        ({"channel": "\0"}, []),
    ):
        assert await listed(filter=given) == expected
    page = (await ask(caller, PUBLICATIONS, first=2))["publications"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (3, True)
    assert await listed(after=page["pageInfo"]["endCursor"]) == everyone[2:]
    for given in ({"voucher": {"id": "ALL"}}, {"voucher": {}}, {"voucher": {"id": shown(ids.CUSTOMER, bob)}}):
        assert (await refusal(caller, PUBLICATIONS, filter=given))[0] == "BAD_USER_INPUT"


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_reads_the_project_lists_its_codes(project, kind):
    await a_voucher(project, await a_campaign(project), "ALL")
    caller = await a_caller(project, kind)
    for document, variables in ((ONE, {"ref": {"code": "ALL"}}), (LIST, {}), (PUBLICATIONS, {})):
        assert (await refusal(caller, document, **variables))[0] == "FORBIDDEN"
