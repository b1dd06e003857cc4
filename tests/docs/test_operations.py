"""Every example operation works as it stands, in the order of the names, on a real server with the sample shop."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from graphql import FieldNode, OperationDefinitionNode, OperationType, parse
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

from app.checks import read_examples
from graphql_schema.schema import schema
from tests.docs.sample_shop import ROOT, SampleShop

FOLDER = ROOT / "docs" / "operations"
FILES = sorted(FOLDER.glob("*.graphql"))
CALLER = re.compile(r"^# caller: (\w+)$", re.MULTILINE)
PLACEHOLDER = re.compile(r"^\| `\$(\w+)` \| `(\w+)` \| `([\w.]+)` \|$", re.MULTILINE)

# Root fields that no example shows: they are the single-item forms of lists that are shown.
LEFT_OUT = {"nodes", "campaign", "customers", "redemption", "rejectedRedemption"}


class Placeholder(NamedTuple):
    name: str
    file: str
    path: list[str]


def placeholders() -> list[Placeholder]:
    """The table in README.md: which id stands where in the answer of which example."""
    rows = PLACEHOLDER.findall((FOLDER / "README.md").read_text())
    return [Placeholder(name, file, path.split(".")) for name, file, path in rows]


def operation_of(document: str) -> OperationDefinitionNode:
    definitions = parse(document).definitions
    [operation] = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
    return operation


def filled(variables: Any, ids: dict[str, str]) -> Any:
    if isinstance(variables, dict):
        return {name: filled(value, ids) for name, value in variables.items()}
    if isinstance(variables, list):
        return [filled(value, ids) for value in variables]
    if isinstance(variables, str) and variables.startswith("$"):
        return ids[variables[1:]]
    return variables


async def first_item(shop: SampleShop, query: str, variables: Any, headers: dict[str, str]) -> Any:
    """The data of the first message of a subscription; as in a browser, the page stands in the handshake."""
    address = f"ws://127.0.0.1:{shop.server.port}/graphql"
    async with (
        asyncio.timeout(20),
        connect(
            address,
            subprotocols=[Subprotocol("graphql-transport-ws")],
            origin=Origin(headers["origin"]),
            # With a bounded queue it would stop reading behind the first items of history, and wait for its
            # goodbye to be answered until its patience is over.
            max_queue=None,
        ) as socket,
    ):
        await socket.send(json.dumps({"type": "connection_init", "payload": headers}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        payload = {"query": query, "variables": variables}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        message = json.loads(await socket.recv())
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message["payload"]["errors"]
        return message["payload"]["data"]


def faults_in(data: Any) -> list[Any]:
    """All user errors anywhere in an answer."""
    if isinstance(data, list):
        return [fault for item in data for fault in faults_in(item)]
    if not isinstance(data, dict):
        return []
    own = list(data.get("userErrors", []))
    return own + [fault for value in data.values() for fault in faults_in(value)]


async def test_every_example_works_as_it_stands(sample_shop: SampleShop) -> None:
    ids: dict[str, str] = {}
    answers: dict[str, Any] = {}
    for file in FILES:
        document = file.read_text()
        beside = file.with_suffix(".json")
        variables = filled(json.loads(beside.read_text()) if beside.exists() else {}, ids)
        found = CALLER.search(document)
        caller = found[1] if found else "server"
        if operation_of(document).operation is OperationType.SUBSCRIPTION:
            headers = await sample_shop.headers(caller)
            data = await first_item(sample_shop, document, variables, headers)
        else:
            data = await sample_shop.ask(document, variables, caller)
        assert faults_in(data) == [], file.name
        answers[file.stem] = data
        for placeholder in placeholders():
            if placeholder.file == file.stem:
                value = data
                for step in placeholder.path:
                    value = value[step]
                ids[placeholder.name] = value
    outcomes_are_what_the_titles_say(answers)


def outcomes_are_what_the_titles_say(answers: dict[str, Any]) -> None:
    """Business outcomes are data, so an example without errors could still show the wrong thing."""
    assert answers["03_validate"]["validateVouchers"]["evaluation"]["granted"] is True
    [verdict] = answers["04_validate_too_little"]["validateVouchers"]["evaluation"]["verdicts"]
    assert [(reason["code"], reason["missing"]["text"]) for reason in verdict["reasons"]] == [
        ("MINIMUM_SPEND_NOT_REACHED", "30.50 EUR")
    ]
    redeemed = answers["05_redeem"]["redeemVouchers"]["result"]
    assert (redeemed["__typename"], redeemed["discount"]["amount"]) == ("Redemption", "13.97")
    rejected = answers["06_redeem_rejected"]["redeemVouchers"]["result"]
    assert (rejected["__typename"], rejected["reasons"][0]["code"]) == (
        "RejectedRedemption",
        "CAMPAIGN_ENDED",
    )
    replay = answers["55_replay_decision"]["replayDecision"]
    assert (replay["identical"], replay["then"]["discount"]["amount"]) == (True, "13.97")
    draft = answers["56_simulate_draft"]["simulateCampaign"]["simulation"]
    assert draft["granted"] > 0
    assert draft["limits"][0]["percentUsed"] > 0
    edit = answers["57_simulate_edit"]["simulateCampaign"]["simulation"]
    assert edit["newcomers"][0]["rejectedRedemption"]["reasons"] != []
    returned = answers["07_return_one"]["rollBackRedemption"]
    assert (returned["rollback"]["refund"]["amount"], returned["redemption"]["state"]) == (
        "22.41",
        "REDEEMED",
    )
    undone = answers["07_roll_back"]["rollBackRedemption"]
    assert (undone["rollback"]["refund"]["amount"], undone["redemption"]["state"]) == (
        "108.22",
        "ROLLED_BACK",
    )
    [held, confirmed, later] = [
        answers["08_hold"]["holdVouchers"]["result"],
        answers["08_hold_confirm"]["confirmRedemption"]["result"],
        answers["09_hold_for_later"]["holdVouchers"]["result"],
    ]
    assert [(one["state"], one["discount"]["amount"]) for one in (held, confirmed, later)] == [
        ("HELD", "13.97"),
        ("REDEEMED", "11.48"),
        ("HELD", "13.97"),
    ]
    assert answers["09_release_hold"]["releaseHold"]["redemption"]["state"] == "RELEASED"
    worth = answers["16_customer_360"]["customer"]
    assert worth["summary"]["orderCount"] == sum(one["orderCount"] for one in worth["lifetimeValue"]) > 0
    assert worth["favouriteCategories"] != []
    assert answers["18_node"]["node"]["__typename"] == "Redemption"
    assert answers["23_my_wallet"]["wallet"]["customer"]["name"] == "Maja Kamińska"
    assert answers["24_my_checkout"]["redeemVouchers"]["result"]["__typename"] == "Redemption"
    assert [code["outcome"] for code in answers["32_import_code"]["importVouchers"]["results"]] == ["CREATED"]
    assert answers["33_mint_codes"]["mintVouchers"]["count"] == 100
    assert answers["40_update_campaign"]["updateCampaign"]["campaign"]["offer"]["version"] == 2
    assert answers["50_merchant_redeem"]["redeemVouchers"]["result"]["__typename"] == "Redemption"
    uploaded = answers["52_merchant_batch"]["redeemVouchersBatch"]["results"]
    assert [one["result"]["__typename"] for one in uploaded] == ["Redemption", "RejectedRedemption"]
    asked = answers["53_merchant_validate_batch"]["validateVouchersBatch"]["results"]
    assert [one["evaluation"]["granted"] for one in asked] == [True, False]
    fits = answers["80_offers"]["offers"]
    assert ("SUMMER10", "USABLE", "13.97") in [
        (fit["code"], fit["state"], fit["worth"]["amount"]) for fit in fits
    ]
    best = answers["81_best_combination"]["bestCombination"]
    assert (best["codes"], best["isExact"]) == (["SUMMER10", "GIFT-50"], True)
    told = answers["70_track_custom_events"]["trackCustomEvents"]["results"]
    assert [one["outcome"] for one in told] == ["RECORDED", "RECORDED"]
    critics = answers["72_segment"]["segment"]
    assert (critics["memberCount"], len(critics["members"]["nodes"])) == (2, 2)
    assert [reason["code"] for reason in critics["contains"]["reasons"]] == [
        "TOO_FEW_CUSTOM_EVENTS",
        "CUSTOMER_METADATA_DIFFERS",
    ]
    listed = answers["74_add_segment_members"]["addSegmentMembers"]
    assert (listed["segment"]["memberCount"], {one["outcome"] for one in listed["results"]}) == (3, {"ADDED"})
    since = answers["19_live_events"]["events"]["event"]
    assert since["kind"] in ("CAMPAIGN_LAUNCHED", "REDEMPTION_HELD"), "history comes first"
    assert answers["24_my_wallet_live"]["walletChanges"]["event"] is None, (
        "a heartbeat: where the wallet stands now"
    )
    for name in ("12_redemptions", "13_rejected_redemptions"):
        [(_, connection)] = answers[name].items()
        assert connection["nodes"], f"{name} shows nothing on the sample shop"


def test_the_placeholders_in_use_are_those_that_the_readme_explains() -> None:
    used = {name for file in FOLDER.glob("*.json") for name in re.findall(r'"\$(\w+)"', file.read_text())}
    assert used == {placeholder.name for placeholder in placeholders()}


def test_nothing_that_can_be_asked_or_done_lacks_an_example() -> None:
    shown = {
        selection.name.value
        for file in FILES
        for selection in operation_of(file.read_text()).selection_set.selections
        if isinstance(selection, FieldNode)
    }
    core = schema._schema
    roots = (core.query_type, core.mutation_type, core.subscription_type)
    there = {name for root in roots if root is not None for name in root.fields}
    assert there - shown == LEFT_OUT
    assert shown - there == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_has_a_title_and_a_name_that_no_other_has(file: Path) -> None:
    title = file.read_text().partition("\n")[0]
    assert re.fullmatch(r"# [A-Z].{4,60}", title)
    name = operation_of(file.read_text()).name
    assert name is not None


def test_graphiql_gets_all_of_them_with_their_variables() -> None:
    examples = read_examples(FOLDER)
    assert [example["title"] for example in examples] == [
        file.read_text().partition("\n")[0].removeprefix("# ") for file in FILES
    ]
    assert len({example["title"] for example in examples}) == len(FILES)
    with_variables = [example for example in examples if example["variables"] is not None]
    assert len(with_variables) == len(list(FOLDER.glob("*.json")))
