"""Replaying a decision: is a redemption what its own offers give, to the cent; and what would they give today?"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.database import fetch_by_index
from app.engine.evaluation import Evaluation
from app.engine.explain import Case
from app.engine.facts import Balance, Facts
from app.engine.offer import Presented
from app.engine.places import verdict_of_each
from app.projects.admit import Caller
from app.redemptions import read, read_rejected
from app.redemptions.counted import caps_of, counted
from app.redemptions.find_offers import Found, find_offers
from app.redemptions.needs import added_by
from app.redemptions.ticket import code_keys
from app.redemptions.validate import facts_for
from app.redemptions.values import Redemption, RedemptionState
from app.simulation.differences import Difference, differences
from app.simulation.facts_then import AskedThen, facts_then
from app.simulation.offers_then import OffersThen
from app.simulation.past_decision import Made, PastDecision, past_decision

_STANDS = (RedemptionState.HELD, RedemptionState.REDEEMED)

NOT_KEPT = (
    "What rules had to know of the customer was not kept with it: it was asked of the ledger as of then."
)


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision made again. `then` is by its own offers, cart, occasion, moment and facts, which are its `case`;
    `differences` are empty when that is what it was told. `today` is by the offers, limits, balances and customer of
    today, in which its own redemption does not count; `changes` are what would be different today.

    `assumptions` are sentences.
    """

    made: Made
    case: Case
    then: Evaluation
    differences: tuple[Difference, ...]
    case_today: Case
    today: Evaluation
    changes: tuple[Difference, ...]
    assumptions: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether its own offers give exactly what it was told."""
        return not self.differences


async def replay_decision(caller: Caller, decision: UUID, now: datetime) -> Replay | None:
    """The redemption, hold or rejected redemption made again; None for none that the caller's project has.

    Seven statements at most, two more where the facts were not kept. Reads only.
    """
    project = caller.project
    found = await read.by_ids(project, [decision])
    made: Made | None = found.get(decision) or (await read_rejected.by_ids(project, [decision])).get(decision)
    if made is None:
        return None
    known = OffersThen()
    await known.learn(fetch_by_index, project, [made])
    past = past_decision(made, known.offers, known.automatic)
    unknown = past.unknown
    if unknown:
        asked = [AskedThen(made.customer_id, need, past.now) for need in unknown]
        told = await facts_then(fetch_by_index, project, asked, now)
        past = replace(past, facts=told.into(past.facts, unknown, past.now))
    today = await _today(caller, made, past, now)
    then, anew = past.case.evaluated(), today.evaluated()
    return Replay(
        made=made,
        case=past.case,
        then=then,
        differences=differences(made, past.codes, verdict_of_each(past.presented, then, past.cart), then),
        case_today=today,
        today=anew,
        changes=differences(made, past.codes, verdict_of_each(today.presented, anew, past.cart), anew),
        assumptions=(NOT_KEPT,) if unknown else (),
    )


async def _today(caller: Caller, made: Made, past: PastDecision, now: datetime) -> Case:
    """The same codes, cart, customer and occasion at the till today, as if they came for the first time."""
    project, told = caller.project, past.codes
    keys = code_keys(caller, [code.code for code in told])
    found = await find_offers(
        fetch_by_index,
        codes={(project, key) for code, key in zip(told, keys, strict=True) if code.voucher_id is None},
        vouchers={(project, code.voucher_id) for code in told if code.voucher_id is not None},
    )
    presented = [
        _presented(found, project, before, key) for before, key in zip(past.presented, keys, strict=True)
    ]
    asked = [(made.customer_id, code) for code in presented]
    facts = (await facts_for(project, asked, {made.currency}, now))[made.customer_id]
    if isinstance(made, Redemption) and made.state in _STANDS:
        facts = _without(made, found, facts, now)
    return Case(presented, past.cart, facts, now, past.occasion, stacking=caller.stacking)


def _presented(found: Found, project: UUID, before: Presented, key: str) -> Presented:
    by_id = None if before.voucher is None else found.vouchers.get(before.voucher)
    known = by_id or found.codes.get((project, key))
    if known is None:
        return Presented(before.code)
    return replace(
        known,
        code=before.code,
        credits=before.credits,
        points=before.points,
        is_automatic=before.is_automatic,
    )


def _without(made: Redemption, found: Found, facts: Facts, now: datetime) -> Facts:
    """The facts without the redemption itself: what it counts, what it took from balances, and that it was made."""
    own = counted(made, caps_of(made, found.vouchers))
    campaigns = {campaign for code in made.vouchers for campaign in (code.campaign_id, code.main_campaign_id)}
    paid = made.total - made.returned_subtotal + made.returned_discount
    answers = {
        need: amount - added_by(need, campaigns, made.currency, paid, made.created_at, now)
        for need, amount in facts.answers.items()
    }
    balances = dict(facts.balances)
    for code in made.vouchers:
        if code.spent_unit is not None:
            left = balances.get(code.voucher_id, Balance(code.spent_unit, 0)).available
            balances[code.voucher_id] = Balance(code.spent_unit, left + code.spent - code.returned_spent)
    used = {key: amount - own[key] for key, amount in facts.used.items()}
    return replace(facts, used=used, answers=answers, balances=balances)
