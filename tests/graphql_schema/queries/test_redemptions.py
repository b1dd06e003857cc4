"""redemption, redemptions, rejectedRedemption and rejectedRedemptions: listed by every filter, each key its own."""

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from app.redemptions.roll_back import roll_back
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper, ask, refusal
from tests.graphql_schema.shop import a_cart, redeem, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

pytestmark = pytest.mark.usefixtures("till")

ONE = "query ($id: ID!) { redemption(id: $id) { id channel discount { amount } customer { sourceId } } }"
REJECTED = "query ($id: ID!) { rejectedRedemption(id: $id) { id channel reasons { code } } }"
LIST = """query (
  $filter: RedemptionFilter, $sort: TimeOrder! = OLDEST_FIRST, $first: Int, $last: Int, $after: Cursor
) {
  list: redemptions(filter: $filter, sort: $sort, first: $first, last: $last, after: $after) {
    nodes { channel } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
REJECTED_LIST = LIST.replace("RedemptionFilter", "RejectedRedemptionFilter").replace(
    "list: redemptions", "list: rejectedRedemptions"
)
UNKNOWN = (
    *({"campaign": {"name": "Spring"}}, {"campaign": {"name": "\0"}}),
    *({"customer": {"sourceId": "nobody"}}, {"customer": {"sourceId": "\0"}}),
    *({"voucher": {"code": "NOSUCH"}}, {"voucher": {"code": "\0"}}),
)
PAST, FUTURE = "2026-06-01T11:59:59Z", "2026-06-01T12:00:01Z"


async def channels(caller, document: str = LIST, **variables) -> list[str]:
    found = (await ask(caller, document, **variables))["list"]
    if "first" not in variables and "last" not in variables and "after" not in variables:
        assert found["totalCount"] == len(found["nodes"])
    return [node["channel"] for node in found["nodes"]]


async def result_of(caller, code: str, channel: str, **more) -> str:
    """The id of what became of a code; its channel is its name."""
    return (await redeem(caller, code, key=channel, channel=channel, **more))["result"]["id"]


@pytest.fixture
async def history(project):
    """Two redemptions and two refusals: by Ada at till 7, by Bob at till 8."""
    main = await a_campaign(project, "2026", is_main=True)
    summer, winter = await a_campaign(project, main_id=main), await a_campaign(project, "Winter")
    vouchers = {
        code: await a_voucher(project, campaign, code) for code, campaign in (("S", summer), ("W", winter))
    }
    ada, bob = await a_customer(project), await a_customer(project, "bob")
    server = await a_caller(project)
    of_ada = {"customer": {"sourceId": "ada"}, "redemptionPoint": "till 7"}
    of_bob = {"customer": {"sourceId": "bob"}, "redemptionPoint": "till 8"}
    yen = a_cart("100", currency="JPY")
    return {
        "main": main, "summer": summer, "winter": winter, "ada": ada, "bob": bob, "server": server, **vouchers,
        "r1": await result_of(server, "S", "one", **of_ada),
        "r2": await result_of(server, "W", "two", **of_bob),
        "x1": await result_of(server, "S", "three", cart=yen, **of_ada),
        "x2": await result_of(server, "NOSUCH", "four", **of_bob),
    }  # fmt: skip


async def test_one_is_found_by_its_id(project, history):
    server = history["server"]
    assert await ask(server, ONE, id=history["r1"]) == {
        "redemption": {
            "id": history["r1"],
            "channel": "one",
            "discount": {"amount": "5.00"},
            "customer": {"sourceId": "ada"},
        }
    }
    assert await ask(server, REJECTED, id=history["x1"]) == {
        "rejectedRedemption": {
            "id": history["x1"],
            "channel": "three",
            "reasons": [{"code": "CURRENCY_MISMATCH"}],
        }
    }


async def test_what_is_not_in_the_project_is_null_and_what_is_no_id_is_refused(
    project, another_project, history
):
    stranger = await a_caller(another_project)
    for caller, id_ in ((stranger, history["r1"]), (history["server"], shown(ids.REDEMPTION, new_id()))):
        assert await ask(caller, ONE, id=id_) == {"redemption": None}
    for caller, id_ in (
        (stranger, history["x1"]),
        (history["server"], shown(ids.REJECTED_REDEMPTION, new_id())),
    ):
        assert await ask(caller, REJECTED, id=id_) == {"rejectedRedemption": None}
    assert (await channels(stranger), await channels(stranger, REJECTED_LIST)) == ([], [])
    for document, id_ in ((ONE, history["x1"]), (REJECTED, history["r1"]), (ONE, "one"), (REJECTED, "")):
        assert (await refusal(stranger, document, id=id_))[0] == "BAD_USER_INPUT"


async def test_redemptions_are_filtered_by_everything_at_once(project, history):
    server = history["server"]
    _, undone = ids.read(history["r2"])
    await roll_back(project, undone, now=NOW)
    for given, expected in (
        ({}, ["one", "two"]),
        ({"campaign": {"id": shown(ids.CAMPAIGN, history["summer"])}}, ["one"]),
        ({"campaign": {"id": shown(ids.CAMPAIGN, history["main"])}}, ["one"]),
        ({"campaign": {"name": "Winter"}}, ["two"]),
        ({"campaign": {"name": "2026"}}, ["one"]),
        ({"customer": {"id": shown(ids.CUSTOMER, history["bob"])}}, ["two"]),
        ({"customer": {"sourceId": "ada"}}, ["one"]),
        ({"voucher": {"id": shown(ids.VOUCHER, history["W"])}}, ["two"]),
        ({"voucher": {"code": " s "}}, ["one"]),
        ({"channel": "one"}, ["one"]),
        ({"channel": "\0"}, []),
        ({"redemptionPoint": "till 8"}, ["two"]),
        ({"states": ["ROLLED_BACK"]}, ["two"]),
        ({"states": ["REDEEMED"]}, ["one"]),
        ({"states": ["HELD", "EXPIRED"]}, []),
        ({"createdFrom": PAST, "createdBefore": FUTURE}, ["one", "two"]),
        ({"createdFrom": FUTURE}, []),
        ({"createdBefore": PAST}, []),
        ({"campaign": {"name": "2026"}, "redemptionPoint": "till 8"}, []),
        (
            {"campaign": {"name": "Summer"}, "customer": {"sourceId": "ada"}, "voucher": {"code": "S"}},
            ["one"],
        ),
        ({"campaign": {"id": shown(ids.CAMPAIGN, new_id())}}, []),
        *((given, []) for given in UNKNOWN),
    ):
        assert await channels(server, filter=given) == expected, given
    assert await channels(server, sort="NEWEST_FIRST") == ["two", "one"]


async def test_refused_attempts_are_filtered_by_everything_at_once(project, history):
    server = history["server"]
    for given, expected in (
        ({}, ["three", "four"]),
        ({"campaign": {"id": shown(ids.CAMPAIGN, history["main"])}}, ["three"]),
        ({"campaign": {"name": "Summer"}}, ["three"]),
        ({"customer": {"id": shown(ids.CUSTOMER, history["bob"])}}, ["four"]),
        ({"customer": {"sourceId": "ada"}}, ["three"]),
        ({"voucher": {"id": shown(ids.VOUCHER, history["S"])}}, ["three"]),
        ({"voucher": {"code": "s"}}, ["three"]),
        *((given, []) for given in UNKNOWN),
        ({"reason": "CODE_NOT_FOUND"}, ["four"]),
        ({"reason": "\0"}, []),
        ({"channel": "three"}, ["three"]),
        ({"redemptionPoint": "till 8"}, ["four"]),
        ({"createdFrom": PAST, "createdBefore": FUTURE}, ["three", "four"]),
        ({"createdFrom": FUTURE}, []),
        ({"reason": "CODE_NOT_FOUND", "channel": "three"}, []),
    ):
        assert await channels(server, REJECTED_LIST, filter=given) == expected, given
    assert await channels(server, REJECTED_LIST, sort="NEWEST_FIRST") == ["four", "three"]


@pytest.mark.parametrize("document", [LIST, REJECTED_LIST])
async def test_pages_follow_each_other_without_gap(project, history, document):
    server = history["server"]
    first = (await ask(server, document, first=1))["list"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (2, True)
    both = await channels(server, document)
    assert await channels(server, document, after=first["pageInfo"]["endCursor"], first=5) == both[1:]
    assert await channels(server, document, last=1) == both[1:]
    code, _ = await refusal(server, document, sort="NEWEST_FIRST", after=first["pageInfo"]["endCursor"])
    assert code == "BAD_USER_INPUT"


async def test_a_faulty_filter_is_refused(project, history):
    of_another_kind = {"id": history["r1"]}
    for given in (
        *({"campaign": {"id": "Summer"}}, {"customer": {"id": "ada"}}, {"voucher": {"id": "S"}}),
        *({"campaign": of_another_kind}, {"customer": of_another_kind}, {"voucher": of_another_kind}),
        *({"campaign": {}}, {"customer": {"id": None}}, {"createdFrom": "today"}),
    ):
        for document in (LIST, REJECTED_LIST):
            assert (await refusal(history["server"], document, filter=given))[0] == "BAD_USER_INPUT", given


async def test_a_merchant_sees_what_happened_at_its_own_redemption_point(project, history):
    merchant = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7")
    assert await channels(merchant) == ["one"]
    assert await channels(merchant, REJECTED_LIST) == ["three"]
    own = {"redemptionPoint": "till 7"}
    assert await channels(merchant, filter=own) == ["one"]
    others = {"redemptionPoint": "till 8"}
    for document in (LIST, REJECTED_LIST):
        answer = await refusal(merchant, document, filter=others)
        assert answer == ("FORBIDDEN", "This key sees the redemption point till 7 only.")
    by_id = "query ($id: ID!) { redemption(id: $id) { channel } }"
    assert await ask(merchant, by_id, id=history["r1"]) == {"redemption": {"channel": "one"}}
    assert await ask(merchant, by_id, id=history["r2"]) == {"redemption": None}
    assert (await ask(merchant, REJECTED, id=history["x1"]))["rejectedRedemption"]["channel"] == "three"
    assert await ask(merchant, REJECTED, id=history["x2"]) == {"rejectedRedemption": None}
    for bob in ({"id": shown(ids.CUSTOMER, history["bob"])}, {"sourceId": "bob"}):
        assert await channels(merchant, filter={"customer": bob}) == []


async def test_a_shopper_lists_its_redemptions_through_its_wallet_only(project, history):
    shopper = await a_shopper(project, history["ada"])
    for document, variables in (
        *((LIST, {}), (REJECTED_LIST, {})),
        *((ONE, {"id": history["r1"]}), (REJECTED, {"id": history["x1"]})),
    ):
        assert (await refusal(shopper, document, **variables))[0] == "FORBIDDEN"
    own = await ask(shopper, "{ wallet { customer { redemptions { nodes { channel } totalCount } } } }")
    assert own["wallet"]["customer"]["redemptions"] == {"nodes": [{"channel": "one"}], "totalCount": 1}
