"""events: the log page by page, with the cursors that the feeds use."""

from datetime import timedelta

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from app.redemptions.roll_back import roll_back
from app.redemptions.sweep import sweep_holds
from tests.conftest import NOW
from tests.events.conftest import eventually
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.holds import a_hold, release
from tests.graphql_schema.shop import redeem
from tests.redemptions.shop import a_campaign, a_voucher

EVENTS = """query ($after: Cursor, $first: Int, $kinds: [EventKind!]) {
  events(after: $after, first: $first, kinds: $kinds) {
    edges { cursor node { kind } }
    nodes { cursor kind at details redemption { id state rolledBackAt } rejectedRedemption { reasons { code } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def settled(caller, count: int, **variables):
    """The page, once that many events are settled in it: other tests' open transactions hold events back."""
    page = {}

    async def there() -> bool:
        nonlocal page
        page = (await ask(caller, EVENTS, **variables))["events"]
        return len(page["nodes"]) >= count

    await eventually(there)
    assert len(page["nodes"]) == count
    return page


async def test_the_log_tells_what_happened_in_order(project, till):
    caller = await a_caller(project)
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    granted = (await redeem(caller, "SUMMER", key="1"))["result"]["id"]
    await redeem(caller, "NOSUCH", key="2")
    await roll_back(project, ids.read(granted)[1], now=NOW)
    page = await settled(caller, 5)
    assert [node["kind"] for node in page["nodes"]] == [
        "API_KEY_CREATED",
        "CAMPAIGN_CREATED",
        "REDEMPTION_GRANTED",
        "REDEMPTION_REJECTED",
        "REDEMPTION_ROLLED_BACK",
    ]
    created, used, refused, undone = page["nodes"][1:]
    assert (created["at"], created["details"]["campaign_id"]) == ("2026-06-01T12:00:00Z", campaign.hex)
    assert used["redemption"] == {"id": granted, "state": "REDEEMED", "rolledBackAt": None}
    assert undone["redemption"] == {
        "id": granted,
        "state": "ROLLED_BACK",
        "rolledBackAt": "2026-06-01T12:00:00Z",
    }
    assert refused["rejectedRedemption"] == {"reasons": [{"code": "CODE_NOT_FOUND"}]}
    assert (used["details"], refused["details"], refused["redemption"]) == ({}, {}, None)
    assert (created["redemption"], created["rejectedRedemption"]) == (None, None)
    assert page["edges"] == [
        {"cursor": node["cursor"], "node": {"kind": node["kind"]}} for node in page["nodes"]
    ]


async def test_holds_are_told_as_they_stood_then(project, till):
    caller = await a_caller(project)
    await a_voucher(project, await a_campaign(project), "SUMMER")
    held, over = await a_hold(caller, "SUMMER", key="1"), await a_hold(caller, "SUMMER", key="2")
    await release(caller, held)
    assert await sweep_holds(NOW + timedelta(hours=1)) >= 1
    page = await settled(caller, 4, kinds=["REDEMPTION_HELD", "HOLD_RELEASED", "HOLD_EXPIRED"])
    assert [(node["kind"], node["redemption"], node["details"]) for node in page["nodes"]] == [
        ("REDEMPTION_HELD", {"id": held, "state": "HELD", "rolledBackAt": None}, {}),
        ("REDEMPTION_HELD", {"id": over, "state": "HELD", "rolledBackAt": None}, {}),
        ("HOLD_RELEASED", {"id": held, "state": "RELEASED", "rolledBackAt": None}, {}),
        ("HOLD_EXPIRED", {"id": over, "state": "EXPIRED", "rolledBackAt": None}, {}),
    ]


async def test_pages_follow_each_other_and_the_end_is_a_place_too(project):
    caller = await a_caller(project)
    for name in ("one", "two", "three"):
        await a_campaign(project, name)
    kinds = ["CAMPAIGN_CREATED"]
    await settled(caller, 3, kinds=kinds)
    first = await settled(caller, 2, first=2, kinds=kinds)
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert first["pageInfo"]["startCursor"] == first["nodes"][0]["cursor"]
    rest = await settled(caller, 1, first=2, kinds=kinds, after=first["pageInfo"]["endCursor"])
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
    end = rest["pageInfo"]["endCursor"]
    empty = await settled(caller, 0, kinds=kinds, after=end)
    assert (empty["nodes"], empty["pageInfo"]["startCursor"]) == ([], None)
    await a_campaign(project, "four")
    assert len((await settled(caller, 1, kinds=kinds, after=empty["pageInfo"]["endCursor"]))["nodes"]) == 1


async def test_only_the_kinds_that_were_asked_for_are_told(project):
    caller = await a_caller(project)
    await a_campaign(project)
    assert [node["kind"] for node in (await settled(caller, 1, kinds=["API_KEY_CREATED"]))["nodes"]] == [
        "API_KEY_CREATED"
    ]
    assert (await settled(caller, 0, kinds=[]))["nodes"] == []


@pytest.mark.parametrize("variables", [{"first": 0}, {"first": 101}, {"first": -1}, {"after": "nowhere"}])
async def test_pages_and_cursors_that_cannot_be_are_refused(project, variables):
    code, message = await refusal(await a_caller(project), EVENTS, **variables)
    assert code == "BAD_USER_INPUT"
    if "first" in variables:
        assert message == f"A page has 1 to 100 events; {variables['first']} were asked for."
    else:
        assert message == "This is not a cursor of the event log."


async def test_another_project_reads_its_own_log_alone(project, another_project):
    await a_campaign(project)
    caller = await a_caller(another_project)
    page = await settled(caller, 1)
    assert [node["kind"] for node in page["nodes"]] == ["API_KEY_CREATED"]


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_reads_the_project_reads_its_log(project, kind):
    assert (await refusal(await a_caller(project, kind), EVENTS))[0] == "FORBIDDEN"


async def test_a_cursor_of_a_list_is_no_place_in_the_log(project):
    caller = await a_caller(project)
    await a_campaign(project)
    listed = await ask(caller, "{ campaigns { pageInfo { endCursor } } }")
    after = listed["campaigns"]["pageInfo"]["endCursor"]
    assert (await refusal(caller, EVENTS, after=after))[0] == "BAD_USER_INPUT"
    assert (await refusal(caller, EVENTS, after=new_id().hex))[0] == "BAD_USER_INPUT"
