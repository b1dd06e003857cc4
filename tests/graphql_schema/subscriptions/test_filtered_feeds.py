"""A law: a filtered feed, its history and what it tells live, is the filtered log; filtering asks no database."""

from random import Random
from typing import Any
from uuid import UUID

import pytest

from app import ids
from app.database import fetch, transaction
from app.engine.cart import Cart, Line
from app.engine.reason import Reason
from app.events.cursor import BEGINNING
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.ids import new_id
from app.redemptions.rejected import RejectedRedemption, RejectedVoucher
from app.redemptions.values import RedeemedVoucher, Redemption
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller
from tests.graphql_schema.shop import shown
from tests.graphql_schema.subscriptions.following import following
from tests.redemptions.shop import KEY, a_campaign, a_customer

pytestmark = pytest.mark.usefixtures("feed")

GRANTED = """subscription ($filter: FeedFilter, $after: Cursor) { redemptions(filter: $filter, after: $after) {
  cursor event { redemption { id } }
} }"""
REJECTED = """subscription ($filter: RejectedFeedFilter, $after: Cursor) {
  rejectedRedemptions(filter: $filter, after: $after) { cursor event { rejectedRedemption { id } } }
}"""
CODES = ["SUMMER", "sum-mer", "WINTER", "autumn 7", "SPRING"]
REASONS = ["EXPIRED", "VOUCHER_DISABLED", "MINIMUM_SPEND_NOT_REACHED"]
PARTNERS = [new_id(), new_id()]
CURRENCIES = ["EUR", "JPY", "KWD"]
MINOR = {"EUR": 100, "JPY": 1, "KWD": 1000}

# What the log says by itself, in another language than the filter's.
LOG = """
SELECT payload->>'id' AS id FROM events
WHERE project_id = $1 AND kind = $2
  AND ($3::text IS NULL OR payload->>'customer_id' = $3)
  AND ($4::text IS NULL OR payload->>'channel' = $4)
  AND ($5::text IS NULL OR payload->>'redemption_point' = $5)
  AND ($6::text IS NULL OR payload->>'currency' = $6 AND (payload->>'subtotal')::bigint >= $7)
  AND ($8::text IS NULL OR EXISTS (
    SELECT FROM json_array_elements(payload->'vouchers') AS v WHERE $8 IN (v->>'campaign_id', v->>'main_campaign_id')))
  AND ($9::text IS NULL OR EXISTS (
    SELECT FROM json_array_elements(payload->'vouchers') AS v WHERE upper(translate(v->>'code', ' -', '')) = $9))
  AND ($10::text IS NULL OR EXISTS (
    SELECT FROM json_array_elements(payload->'vouchers') AS v, json_array_elements(v->'reasons') AS r
    WHERE r->>'code' = $10))
  AND ($11::text IS NULL OR EXISTS (
    SELECT FROM json_array_elements(payload->'vouchers') AS v WHERE v->>'partner_id' = $11))
ORDER BY epoch, tx, position
"""


class Chance:
    """A shop by chance: two main campaigns with their sub-campaigns, customers, and what they do."""

    def __init__(self, random: Random, campaigns: list[tuple[Any, Any]], customers: list[Any]) -> None:
        self.random = random
        self.campaigns = campaigns
        self.customers = customers

    def outcome(self, rejected: bool) -> Redemption | RejectedRedemption:
        random = self.random
        currency = random.choice(CURRENCIES)
        subtotal = random.choice([0, 10, 20, 30]) * MINOR[currency]
        made = [(place, *random.choice(self.campaigns)) for place in range(random.choice([1, 1, 2, 3]))]
        shared = {
            "id": new_id(),
            "customer_id": random.choice([None, *self.customers]),
            "currency": currency,
            "subtotal": subtotal,
            "shipping": 0,
            "cart": Cart(currency, (Line(1, subtotal),)),
            "channel": random.choice(["web", "api"]),
            "redemption_point": random.choice([None, "till 7", "till 8"]),
            "key_id": KEY,
            "metadata": {},
            "created_at": NOW,
        }
        if rejected:
            refused = tuple(
                RejectedVoucher(
                    place, random.choice(CODES), new_id(), of, main, 1, self.reasons(), self.partner()
                )
                for place, of, main in made
            )
            return RejectedRedemption(**shared, vouchers=refused)
        codes = tuple(
            RedeemedVoucher(
                place, new_id(), of, main, 1, random.choice(CODES), 0, (0,), partner_id=self.partner()
            )
            for place, of, main in made
        )
        return Redemption(**shared, discount=0, line_discounts=(0,), vouchers=codes)

    def partner(self) -> UUID | None:
        return self.random.choice([None, *PARTNERS])

    def reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(code, "No.") for code in REASONS if self.random.random() < 0.4)

    async def happen(self, project: Any, count: int, rejected: bool) -> None:
        """So many events, some in one transaction."""
        kind = EventKind.REDEMPTION_REJECTED if rejected else EventKind.REDEMPTION_GRANTED
        while count:
            some = min(count, self.random.randint(1, 4))
            told = [NewEvent(project, kind, self.outcome(rejected).to_json(), NOW) for _ in range(some)]
            async with transaction() as connection:
                await append(connection, told)
            ring()
            count -= some

    def wish(self, rejected: bool) -> tuple[dict[str, Any], list[Any]]:
        """A filter and the same for the log: each condition with one chance in three."""
        random = self.random

        def maybe(values: list[Any]) -> Any:
            return random.choice(values) if random.random() < 1 / 3 else None

        customer, channel = maybe(self.customers), maybe(["web", "api"])
        point, currency = maybe(["till 7", "till 8", "till 9"]), maybe(CURRENCIES)
        campaign = maybe([one for pair in self.campaigns for one in pair])
        code, reason = maybe(["summer", "AUTUMN-7", "W-INTER"]), maybe(REASONS) if rejected else None
        partner = maybe(PARTNERS)
        least = random.choice([0, 10, 11, 30])
        given = {
            "customer": customer and {"id": shown(ids.CUSTOMER, customer)},
            "channel": channel,
            "redemptionPoint": point,
            "minimumSubtotal": currency and {"amount": str(least), "currency": currency},
            "campaign": campaign and {"id": shown(ids.CAMPAIGN, campaign)},
            "code": code,
            "reason": reason,
            "partner": partner and shown(ids.PARTNER, partner),
        }
        asked = [
            *(customer and customer.hex, channel, point, currency, currency and least * MINOR[currency]),
            *(campaign and campaign.hex, code and code.replace("-", "").upper(), reason),
            partner and partner.hex,
        ]
        return {name: value for name, value in given.items() if value is not None}, asked


async def chance_of(project: Any, seed: int) -> Chance:
    mains = [await a_campaign(project, f"Main {n}", is_main=True) for n in range(2)]
    pairs = [(await a_campaign(project, f"Sub {n}", main_id=mains[n % 2]), mains[n % 2]) for n in range(4)]
    random = Random(seed)  # noqa: S311 - chance, not secrets
    return Chance(random, pairs, [await a_customer(project, name) for name in ("ada", "ben")])


def id_of(event: Any) -> str:
    [outcome] = event.values()
    return ids.read(outcome["id"])[1].hex


async def filtered(project: Any, rejected: bool, asked: list[Any]) -> list[str]:
    kind = "REDEMPTION_REJECTED" if rejected else "REDEMPTION_GRANTED"
    return [row["id"] for row in await fetch(LOG, project, kind, *asked)]


@pytest.mark.parametrize("rejected", [False, True])
async def test_a_filtered_feed_is_the_filtered_log(project, rejected):
    caller, chance = await a_caller(project), await chance_of(project, seed=7 + rejected)
    document, start = REJECTED if rejected else GRANTED, BEGINNING.encode()
    counts = []
    for round_ in range(20):
        await chance.happen(project, 5, rejected)
        given, asked = chance.wish(rejected)
        before = await filtered(project, rejected, asked)
        async with following(caller, document, filter=given, after=start) as follower:
            told = [id_of(await follower.event()) for _ in before]
            await chance.happen(project, 5, rejected)
            log = await filtered(project, rejected, asked)
            told += [id_of(await follower.event()) for _ in log[len(before) :]]
            assert told == log, (round_, given)
        counts.append(len(log))
    assert min(counts) < 5 < 40 < max(counts), "few and many: the filters differ"


async def test_filtering_asks_the_database_nothing(project, statements):
    caller, chance = await a_caller(project), await chance_of(project, seed=4)
    campaign = {"campaign": {"id": shown(ids.CAMPAIGN, chance.campaigns[0][1])}}
    everything = {"code": "summer", "minimumSubtotal": {"amount": "0", "currency": "EUR"}, **campaign}
    costs = []
    for count in (10, 40):
        await chance.happen(project, count, rejected=False)
        async with following(caller, GRANTED, after=BEGINNING.encode()) as follower:
            for _ in range(10 if count == 10 else 50):
                await follower.event()
        with statements.counted() as sent:
            async with following(caller, GRANTED, after=BEGINNING.encode(), filter=everything) as follower:
                told = await follower.until_quiet()
        costs.append([one for one in sent if "pg_notify" not in one])
        assert len(told) > 0
    assert [len(sent) for sent in costs] == [1, 1], "a page of the log"
