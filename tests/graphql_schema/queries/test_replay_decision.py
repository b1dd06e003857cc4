"""replayDecision: a redemption is proven, a refusal too, and what today would give is told beside it."""

from app import ids
from app.campaigns.draft import update_campaign
from app.campaigns.values import CampaignChanges
from app.engine.rules.in_segment import InSegment
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import redeem, shown
from tests.redemptions.shop import KEY, a_campaign, a_voucher, offer

REPLAY = """query ($id: ID!) { replayDecision(id: $id) {
  identical assumptions
  differences { code what told replayed }
  changes { code what told replayed }
  then { granted discount { amount } verdicts { code reasons { code } explanation { conditions { passed } } } }
  today { granted discount { amount } verdicts { code explanation { conditions { passed } } } }
} }"""


async def test_a_redemption_is_proven_and_compared_with_today(project, till):
    caller = await a_caller(project)
    campaign = await a_campaign(project, promise=offer(500))
    await a_voucher(project, campaign, "SUMMER")
    made = (await redeem(caller, "SUMMER"))["result"]["id"]
    await update_campaign(project, campaign, CampaignChanges(offer=offer(700)), None, KEY, NOW)
    replay = (await ask(caller, REPLAY, id=made))["replayDecision"]
    assert (replay["identical"], replay["differences"], replay["assumptions"]) == (True, [], [])
    assert replay["then"]["discount"] == {"amount": "5.00"}
    assert replay["then"]["verdicts"][0]["explanation"] is not None
    assert replay["today"]["discount"] == {"amount": "7.00"}
    assert replay["changes"][0] == {
        "code": None,
        "what": "discount",
        "told": "5.00 EUR",
        "replayed": "7.00 EUR",
    }


async def test_a_decision_about_a_live_segment_is_explained_without_the_rule_that_was_not_kept(project, till):
    caller = await a_caller(project)
    making = """mutation { createSegment(input: { name: "Known", rule: { newCustomer: { knownDays: 30 } } }) {
      segment { id } userErrors { message } } }"""
    made = (await ask(caller, making))["createSegment"]
    segment = ids.read(made["segment"]["id"])[1]
    await a_voucher(project, await a_campaign(project, promise=offer(500, InSegment(segment))), "SUMMER")
    bought = (await redeem(caller, "SUMMER", customer={"upsert": {"sourceId": "ada"}}))["result"]["id"]
    replay = (await ask(caller, REPLAY, id=bought))["replayDecision"]
    assert replay["identical"] is True
    for time in ("then", "today"):
        [verdict] = replay[time]["verdicts"]
        assert all(condition["passed"] for condition in verdict["explanation"]["conditions"])


async def test_a_refusal_is_proven_too(project, till):
    caller = await a_caller(project)
    made = (await redeem(caller, "NOBODY"))["result"]["id"]
    assert ids.read(made)[0] == ids.REJECTED_REDEMPTION
    replay = (await ask(caller, REPLAY, id=made))["replayDecision"]
    assert (replay["identical"], replay["changes"]) == (True, [])
    assert replay["then"]["verdicts"][0]["reasons"] == [{"code": "CODE_NOT_FOUND"}]


async def test_what_is_no_decision_is_refused_and_what_is_not_there_is_null(project):
    caller = await a_caller(project)
    for id_ in ("rdm", shown(ids.CAMPAIGN, ids.new_id())):
        code, _ = await refusal(caller, REPLAY, id=id_)
        assert code == "BAD_USER_INPUT"
    for prefix in (ids.REDEMPTION, ids.REJECTED_REDEMPTION):
        assert (await ask(caller, REPLAY, id=shown(prefix, ids.new_id())))["replayDecision"] is None


async def test_it_is_for_those_who_may_read_everything(project):
    for kind in (KeyKind.STOREFRONT, KeyKind.MERCHANT):
        more = {"redemption_point": "till 7"} if kind is KeyKind.MERCHANT else {}
        caller = await a_caller(project, kind, **more)
        code, _ = await refusal(caller, REPLAY, id=shown(ids.REDEMPTION, ids.new_id()))
        assert code == "FORBIDDEN"
