"""Simulating a campaign: a draft or an edit, replayed over what really came to the till. Reads only, on its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from time import monotonic
from uuid import UUID

from app import door
from app.campaigns.imagine import Imagined, imagine_changed, imagine_draft
from app.campaigns.values import CampaignChanges, CampaignDraft
from app.database import BY_INDEX, connect
from app.engine.segment import Segment
from app.engine.simulate import Returned, Scale, Simulation
from app.engine.simulated import Simulated
from app.problem import Problem, Problems
from app.redemptions.counters import Fetch
from app.segments import read as read_segments
from app.simulation.facts_then import AskedThen, facts_then
from app.simulation.imagined_attempts import Asking, Drafted, Edited, Imagination
from app.simulation.offers_then import OffersThen
from app.simulation.past_attempts import (
    WHOLE,
    Kept,
    Period,
    Which,
    count_attempts,
    pages_of_attempts,
    returns_of,
    uses_before,
)
from app.simulation.simulated_past import SimulatedPast

MOST_ATTEMPTS = 20_000
LONGEST = 30.0  # seconds
_AT_ONCE = 10  # attempts between two looks at what else the process has to do
_COUNTED = 10_000_000

# One at a time in each process: it costs as much as hundreds of redemptions.
_turn = asyncio.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Sample:
    """`percent` of all attempts, but about `most` at most, chosen by a hash of their ids: always the same ones."""

    percent: int = 100
    most: int = MOST_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Report:
    """What a simulation found. It looked at `sampled` of `stored` attempts, up to `reached`, if time ran out then."""

    imagined: Imagined
    simulated: Simulated
    stored: int
    sampled: int
    reached: datetime | None
    assumptions: tuple[str, ...]


async def simulate(
    project: UUID,
    campaign: CampaignDraft | tuple[UUID, CampaignChanges],
    over: Period,
    sample: Sample,
    now: datetime,
) -> Report | Problems:
    """Replay a draft, or a campaign with changes, over the attempts of a period. Nothing is kept.

    Codes: OUT_OF_RANGE at `sample.percent` and `sample.most`, DATES_REVERSED at `over.to`, OFFER_REQUIRED, and those of
    `imagine_draft` and `imagine_changed`, all of them under `draft` or `edit`. Statements: seven for a page at most,
    and a few before the first one.
    """
    faults = _faults(over, sample)
    if faults:
        return Problems(faults)
    imagination = await _imagine(project, campaign, now)
    if isinstance(imagination, Problems):
        return imagination
    async with _turn:
        connection = await connect(application_name="tearoff simulation", **BY_INDEX)
        try:
            return await _Run(connection.fetch, project, imagination, over, now).go(sample)
        finally:
            await connection.close()


def _faults(over: Period, sample: Sample) -> tuple[Problem, ...]:
    found = [
        *door.instant(("over", "from"), over.starts),
        *door.instant(("over", "to"), over.ends),
    ]
    if not found and over.starts >= over.ends:
        found.append(Problem(("over", "to"), "DATES_REVERSED", "The period must end after it starts."))
    if not 1 <= sample.percent <= 100:
        found.append(Problem(("sample", "percent"), "OUT_OF_RANGE", "Must be 1 to 100."))
    if not 1 <= sample.most <= MOST_ATTEMPTS:
        found.append(Problem(("sample", "most"), "OUT_OF_RANGE", f"Must be 1 to {MOST_ATTEMPTS}."))
    return tuple(found)


async def _imagine(
    project: UUID, campaign: CampaignDraft | tuple[UUID, CampaignChanges], now: datetime
) -> Imagination | Problems:
    if isinstance(campaign, CampaignDraft):
        imagined = await imagine_draft(project, campaign, now)
        if isinstance(imagined, Problems):
            return _under("draft", imagined)
        offer = imagined.after.offer
        if offer is None:
            return Problems.one("draft.offer", "OFFER_REQUIRED", "Say what it would promise.")
        return Drafted.of(imagined, offer, await _segments(project, imagined))
    imagined = await imagine_changed(project, *campaign)
    if isinstance(imagined, Problems):
        return _under("edit", imagined)
    return Edited(imagined, await _segments(project, imagined))


async def _segments(project: UUID, imagined: Imagined) -> dict[UUID, Segment]:
    offer = imagined.after.offer
    found = await read_segments.by_ids(project, [] if offer is None else list(offer.segments))
    return {id_: segment.judged for id_, segment in found.items()}


def _under(name: str, problems: Problems) -> Problems:
    return Problems(tuple([replace(problem, path=(name, *problem.path)) for problem in problems.all]))


class _Run:
    """One simulation: pages of attempts, the returns that come between them, and what they change."""

    def __init__(
        self, fetch: Fetch, project: UUID, imagination: Imagination, over: Period, now: datetime
    ) -> None:
        self._fetch = fetch
        self._project = project
        self._imagination = imagination
        self._over = over
        self._now = now
        self._known = OffersThen()
        self._past = SimulatedPast()
        self._simulation = Simulation()
        self._returns: list[tuple[datetime, UUID, int, Returned]] = []
        self._sampled = 0
        self._was_asked = False

    async def go(self, sample: Sample) -> Report:
        """Look at as many attempts as the sample allows, and as there is time for."""
        ends = monotonic() + LONGEST
        imagination = self._imagination
        which = Which(self._project, self._over, imagination.campaign, imagination.mains)
        stored = await count_attempts(self._fetch, which, _COUNTED)
        below = min(WHOLE * sample.percent // 100, WHOLE * sample.most // max(stored, 1), WHOLE)
        self._simulation = Simulation(Scale(below, WHOLE))
        reached = None
        async for page in pages_of_attempts(self._fetch, replace(which, below=below)):
            if monotonic() > ends:
                reached = page[0].made.created_at
                break
            await self._judge(page)
        self._give_back(self._over.ends if reached is None else reached, _LAST)
        return Report(
            imagined=imagination.imagined,
            simulated=self._simulation.result(),
            stored=stored,
            sampled=self._sampled,
            reached=reached,
            assumptions=self._assumptions(is_sample=below < WHOLE),
        )

    async def _judge(self, page: Sequence[Kept]) -> None:
        await self._known.learn(self._fetch, self._project, [kept.made for kept in page])
        found = [(kept, self._imagination.attempt(kept.made, self._known)) for kept in page]
        concerned = [(kept, asking) for kept, asking in found if asking is not None]
        concerned = await self._with_facts(concerned)
        await self._start([asking for _, asking in concerned])
        for place, (kept, asking) in enumerate(concerned):
            if place % _AT_ONCE == 0:
                await asyncio.sleep(0)
            attempt, made = asking.attempt, kept.made
            self._give_back(made.created_at, made.id)
            facts = attempt.facts
            answers = self._past.told(facts.customer, facts.answers, attempt.now)
            attempt = replace(attempt, facts=replace(facts, answers=answers))
            self._past.note(made, self._simulation.judge(attempt))
            self._sampled += 1
            for at, order, returned in returns_of(kept, self._now):
                heappush(self._returns, (at, order, len(self._returns), returned))

    async def _with_facts(self, concerned: Sequence[tuple[Kept, Asking]]) -> list[tuple[Kept, Asking]]:
        """The attempts with what nobody kept of the customers."""
        asked = [
            AskedThen(asking.attempt.facts.customer, need, asking.attempt.now)
            for _, asking in concerned
            for need in asking.unknown
        ]
        if not asked:
            return list(concerned)
        self._was_asked = True
        told = await facts_then(self._fetch, self._project, dict.fromkeys(asked), self._now)
        return [
            (
                kept,
                replace(
                    asking,
                    attempt=replace(
                        asking.attempt,
                        facts=told.into(asking.attempt.facts, asking.unknown, asking.attempt.now),
                    ),
                ),
            )
            for kept, asking in concerned
        ]

    async def _start(self, page: Sequence[Asking]) -> None:
        """Counters that are needed for the first time have counted before the period already."""
        unknown = self._simulation.unknown([asking.attempt for asking in page])
        new = [key for key in unknown if key.subject in self._imagination.starts_at_nought]
        self._simulation.start(dict.fromkeys(new, 0))
        old = [key for key in unknown if key.subject not in self._imagination.starts_at_nought]
        self._simulation.start(await uses_before(self._fetch, self._project, old, self._over.starts))

    def _give_back(self, until: datetime, order: UUID) -> None:
        """What has come back before that moment; of what happened at the same moment, what comes before `order`."""
        while self._returns and self._returns[0][:2] < (until, order):
            at, _, _, returned = heappop(self._returns)
            if at >= self._over.ends:
                continue
            self._simulation.give_back(returned)
            if returned.is_whole:
                self._past.forget(returned.of)

    def _assumptions(self, *, is_sample: bool) -> tuple[str, ...]:
        found = list(_OF_ALL)
        found += _OF_DRAFTS if isinstance(self._imagination, Drafted) else _OF_EDITS
        if isinstance(self._imagination, Edited) and self._imagination.is_promotion:
            found.append(_OF_PROMOTIONS)
        if self._was_asked:
            found.append(_ASKED)
        if is_sample:
            found.append(_SAMPLED)
        return tuple(found)


_LAST = UUID(int=0)
_OF_ALL = (
    "Every attempt counts as a cart of its own: a shopper who tried again is counted again.",
    "What was redeemed before the period counts against limits and budgets as far as it still stands today.",
)
_OF_DRAFTS = (
    "The campaign is given to every cart after what the cart really had, and changes nothing of that; the project's"
    " policy for several codes is not asked.",
    "Shoppers are taken to behave as they did: nobody buys more, or at all, because of the campaign.",
)
_OF_EDITS = (
    "What the edit leaves alone is judged as it was then: versions of offers, other codes of the cart, and whether"
    " vouchers and campaigns stood open; limits and budgets of the campaign are those of today.",
    "A hold that was confirmed for another cart is judged with that cart from its beginning.",
)
_OF_PROMOTIONS = (
    "Of a cart promotion only the carts are known that it took part in: who else would have had it is not among"
    " them."
)
_ASKED = (
    "What rules ask that was not kept with an attempt was asked of the ledger as of then; customers' own data, lists,"
    " cards and pools are those of today."
)
_SAMPLED = (
    "Only a sample was looked at: limits and budgets of whole campaigns are tighter in the same proportion, those for"
    " each voucher and each customer are not."
)
