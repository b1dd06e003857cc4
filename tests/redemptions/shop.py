"""What the tests of this room share: campaigns that are live, codes, customers, callers, and a look at the ledger."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.campaigns.draft import create_campaign
from app.campaigns.values import Campaign, CampaignDraft
from app.customers.recognise import recognise
from app.customers.values import CustomerInput
from app.database import execute, fetch, transaction
from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.unit import Rule
from app.ids import new_id
from app.problem import Problems
from app.projects.admit import Caller
from app.projects.values import KeyKind
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.requests import Answer, RedeemRequest
from app.redemptions.till import Till
from app.redemptions.values import Redemption
from tests.conftest import NOW

KEY = new_id()
CART = Cart("EUR", (Line(2, 3000, sku="SHIRT"), Line(1, 4000, sku="SHOE")), shipping=500)


def offer(off: int = 500, rule: Rule | None = None, currency: str = "EUR", **limits: int) -> Offer:
    """`off` minor units less, for everybody who keeps the rule, within the limits."""
    return Offer(1, rule, AmountOff(Money(off, currency)), Limits(**limits))


async def a_campaign(
    project: UUID, name: str = "Summer", *, state: str = "LIVE", promise: Offer | None = None, **more: Any
) -> UUID:
    """A campaign in that state: a sub-campaign with a promise (5 euro off), or a main one with `is_main=True`."""
    if not more.get("is_main"):
        more["offer"] = promise or offer()
    made = await create_campaign(project, CampaignDraft(name, **more), KEY, NOW)
    assert isinstance(made, Campaign), made
    await put(project, made.id, state)
    return made.id


async def put(project: UUID, campaign: UUID, state: str) -> None:
    """Bring the campaign into that state, whatever it was in."""
    await execute(
        "UPDATE campaigns SET state = $3 WHERE project_id = $1 AND id = $2", project, campaign, state
    )


async def a_voucher(project: UUID, campaign: UUID, code: str, **more: Any) -> UUID:
    """A code of the campaign, generic unless it has a holder; columns may be given."""
    made = new_id()
    values = {
        "kind": "UNIQUE" if more.get("holder_id") else "GENERIC",
        "enabled": True,
        "code_key": code.replace("-", "").upper(),
        **more,
    }
    columns = ["id", "project_id", "campaign_id", "code", "metadata", "created_at", *values]
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    await execute(
        f"INSERT INTO vouchers ({', '.join(columns)}) VALUES ({places})",
        made,
        project,
        campaign,
        code,
        {},
        NOW,
        *values.values(),
    )
    return made


async def a_customer(project: UUID, source_id: str = "ada") -> UUID:
    """A customer known by that source id."""
    async with transaction() as connection:
        return (await recognise(connection, project, [CustomerInput(source_id)], NOW))[source_id]


def a_caller(
    project: UUID,
    kind: KeyKind = KeyKind.SERVER,
    *,
    redemption_point: str | None = None,
    customer: UUID | None = None,
    key: UUID = KEY,
) -> Caller:
    """Somebody with a key of the project."""
    return Caller(
        project=project,
        project_name="Test shop",
        time_zone="Europe/Warsaw",
        currency="EUR",
        case_sensitive_codes=False,
        key=key,
        kind=kind,
        key_name="test",
        redemption_point=redemption_point,
        customer=customer,
        creates_projects=False,
    )


def asking(project: UUID, *codes: str, **more: Any) -> RedeemRequest:
    """A request of a server for these codes on CART; its fields may be given."""
    more.setdefault("caller", a_caller(project))
    more.setdefault("cart", CART)
    return RedeemRequest(codes=codes, **more)


@asynccontextmanager
async def tills(count: int = 1, size: int = 256) -> AsyncIterator[list[Till]]:
    """Open tills, each with a connection of its own, as that many processes have them; it is always NOW."""
    opened = [Till(size, clock=lambda: NOW) for _ in range(count)]
    for till in opened:
        await till.start()
    try:
        yield opened
    finally:
        for till in opened:
            await till.close()


async def rush(opened: Sequence[Till], requests: Iterable[RedeemRequest]) -> list[Answer | Problems]:
    """All the requests at once, dealt out to the tills in turn; answers in the order of the requests."""
    return await asyncio.gather(
        *(opened[place % len(opened)].redeem(request) for place, request in enumerate(requests))
    )


def granted(answers: Iterable[Answer | Problems]) -> list[Redemption]:
    """The redemptions among the answers, replays left out."""
    return [
        answer.outcome
        for answer in answers
        if isinstance(answer, Answer) and isinstance(answer.outcome, Redemption) and not answer.replayed
    ]


def rejected(answers: Iterable[Answer | Problems]) -> list[RejectedRedemption]:
    """The rejected redemptions among the answers, replays left out."""
    return [
        answer.outcome
        for answer in answers
        if isinstance(answer, Answer)
        and isinstance(answer.outcome, RejectedRedemption)
        and not answer.replayed
    ]


def redemption(answer: Answer | Problems) -> Redemption:
    """The redemption, which the answer must be."""
    assert isinstance(answer, Answer), answer
    assert isinstance(answer.outcome, Redemption), answer.outcome
    return answer.outcome


def refusal(answer: Answer | Problems) -> RejectedRedemption:
    """The rejected redemption, which the answer must be."""
    assert isinstance(answer, Answer), answer
    assert isinstance(answer.outcome, RejectedRedemption), answer.outcome
    return answer.outcome


def reasons(answer: Answer | Problems) -> list[str]:
    """The codes of all reasons of a refusal, in order."""
    return [reason.code for reason in refusal(answer).reasons]


def problems(answer: object) -> list[tuple[str, str]]:
    """Dotted path and code of each problem."""
    assert isinstance(answer, Problems), answer
    return [(".".join(problem.path), problem.code) for problem in answer.all]


@dataclass(frozen=True)
class Tally:
    """How many rows and events a project has; `uses` are those not given back."""

    redemptions: int
    rejected: int
    uses: int
    keys: int
    events: int


async def tally(project: UUID) -> Tally:
    """Count the project's rows; rolled back uses and customers' events are left out."""
    [row] = await fetch(
        """SELECT (SELECT count(*) FROM redemptions WHERE project_id = $1),
                  (SELECT count(*) FROM rejected_redemptions WHERE project_id = $1),
                  (SELECT count(*) FROM redeemed_vouchers WHERE project_id = $1 AND NOT given_back),
                  (SELECT count(*) FROM idempotency_keys WHERE project_id = $1),
                  (SELECT count(*) FROM events WHERE project_id = $1 AND kind LIKE 'REDEMPTION%')""",
        project,
    )
    return Tally(*row)


async def counters(project: UUID) -> dict[tuple[str, UUID, UUID | None], int]:
    """How far each counter of the project has counted: by scope, subject, customer; the locks of pasts left out."""
    rows = await fetch(
        "SELECT id, scope, subject_id, customer_id, used FROM counters WHERE project_id = $1 AND scope <> 'past'",
        project,
    )
    return {(row["scope"], row["subject_id"], row["customer_id"]): row["used"] for row in rows}


async def assert_counters_equal_ledger(project: UUID) -> None:
    """The law of the room: a counter that exists equals what the ledger holds against it and was not given back."""
    rows = await fetch(
        """SELECT k.id, k.scope, k.measure, k.used, coalesce((
             SELECT sum(CASE k.measure
                 WHEN 'REDEMPTIONS' THEN codes.uses
                 WHEN 'DISCOUNT' THEN codes.discount
                 WHEN 'POINTS' THEN codes.points
                 ELSE r.subtotal - r.returned_subtotal END)
             FROM redemptions r
             JOIN LATERAL (
               SELECT count(*) AS uses, sum(v.discount - v.returned_discount) AS discount,
                      sum(v.spent - v.returned_spent) FILTER (WHERE v.spent_unit = 'points') AS points
               FROM redeemed_vouchers v WHERE v.redemption_id = r.id AND NOT v.given_back
                 AND CASE k.scope WHEN 'voucher' THEN v.voucher_id = k.subject_id
                     ELSE k.subject_id IN (v.campaign_id, v.main_campaign_id) END
             ) codes ON codes.uses > 0
             WHERE r.project_id = k.project_id AND (k.customer_id IS NULL OR r.customer_id = k.customer_id)
               AND (k.currency IS NULL OR r.currency = k.currency)
               AND (k.window_start IS NULL OR (r.created_at >= k.window_start AND r.created_at < k.window_end))
           ), 0) AS uses
           FROM counters k WHERE k.project_id = $1 AND k.scope <> 'past'""",
        project,
    )
    assert {row["id"]: row["used"] for row in rows} == {row["id"]: row["uses"] for row in rows}
