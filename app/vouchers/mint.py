"""Minting: making codes for a campaign, a million random ones in well under a minute or a few given ones."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from app import door
from app.database import Connection, fetchrow, fetchval, statement, transaction
from app.events import wake
from app.events.log import append
from app.ids import new_id
from app.problem import Problem, Problems
from app.vouchers.codes import CodePattern, normalise
from app.vouchers.copy_drawn import copy_into, image
from app.vouchers.give_balance import balance_faults, give_balance
from app.vouchers.hold_campaign import ENDED, OF_PROMOTION, hold_campaign
from app.vouchers.mint_given import MOST_GIVEN, mint_given, minted_event
from app.vouchers.update import dates
from app.vouchers.values import Minted, MintOrder, VoucherKind

MOST_DRAWN = 100_000  # by one request, whose caller waits for all of them
# Readers of the event log wait for the oldest open writing transaction, so each one is kept short.
CHUNK = 5_000
# A pattern keeps at least ten codes for each one in use: guessing stays hopeless and drawing stays quick.
SPARSENESS = 10
# Beyond this no project crowds a pattern, and nobody needs to count what it has of it already.
_NEVER_CROWDED = 10**10
_GIVE_UP_AFTER = 20  # rounds in which not one drawn code was new

_CAMPAIGN = """
SELECT campaigns.is_main, campaigns.kind, campaigns.state, projects.case_sensitive_codes
FROM campaigns JOIN projects ON projects.id = campaigns.project_id
WHERE campaigns.project_id = $1 AND campaigns.id = $2
"""
_CODE_IS_UNIQUE = "vouchers_code"
_STAGE = "CREATE TEMPORARY TABLE drawn_vouchers (LIKE vouchers) ON COMMIT DROP"
_KEEP_DRAWN = statement(__package__, "keep_drawn.sql")


async def mint(
    project: UUID,
    campaign: UUID,
    order: MintOrder,
    now: datetime,
    on_progress: Callable[[int], None] | None = None,
    most: int = MOST_DRAWN,
) -> Minted | Problems:
    """Make the codes of `order`, `most` of them at most; each is unique in the project.

    Drawn codes come in transactions of their own, at most CHUNK vouchers with their event in each: what a
    crash leaves is whole and told in the log. `on_progress` hears after each how many are made so far; what it
    raises ends the minting there. When the campaign is ended meanwhile, minting stops and tells how many were made.
    Call it outside a transaction. Codes:
    NOT_FOUND, CAMPAIGN_IS_MAIN, CAMPAIGN_IS_PROMOTION, CAMPAIGN_ENDED, COUNT_OR_CODES, OUT_OF_RANGE, INVALID_KIND,
    TOO_MANY_CODES, INVALID_PATTERN, INVALID_CHARSET, PATTERN_TOO_SMALL, INVALID_TIME, DATES_REVERSED,
    UNKNOWN_CURRENCY and those of `door.metadata`.
    """
    faults = _faults(order, now, most)
    if faults:
        return Problems(faults)
    found = await fetchrow(_CAMPAIGN, project, campaign)
    if found is None:
        return Problems.one("campaign", "NOT_FOUND", "There is no such campaign.")
    if found["is_main"]:
        message = "A main campaign has no vouchers of its own: mint them in one of its sub-campaigns."
        return Problems.one("campaign", "CAMPAIGN_IS_MAIN", message)
    if found["kind"] == "CART_PROMOTION":
        return OF_PROMOTION
    if found["state"] == "ENDED":
        return ENDED
    case_sensitive = bool(found["case_sensitive_codes"])
    if order.count is None:
        return await mint_given(project, campaign, order, case_sensitive, now)
    pattern = CodePattern(order.pattern, order.charset)
    faults = pattern.problems(case_sensitive) or await _crowding(
        project, pattern, order.count, case_sensitive
    )
    if faults:
        return Problems(faults)
    drawing = _Drawing(project, campaign, order, pattern, case_sensitive, now)
    return await _mint_drawn(drawing, order.count, on_progress)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What is drawn, and for whom."""

    project: UUID
    campaign: UUID
    order: MintOrder
    pattern: CodePattern
    case_sensitive: bool
    now: datetime

    def draw(self, count: int) -> "_Chunk":
        """Vouchers with `count` different codes, drawn and encoded; pure work, for a thread."""
        drawn: dict[str, str] = {}
        while len(drawn) < count:
            for code in self.pattern.draw(count - len(drawn)):
                drawn[normalise(code, self.case_sensitive)] = code
        # Ids rise in the order of drawing, and free codes are given out by id: so neighbours in time are
        # not neighbours in the alphabet, and nobody can guess the next code from his own.
        ids = [new_id() for _ in drawn]
        return _Chunk(ids, image(self.project, self.campaign, self.order, drawn, ids, self.now))


class _Chunk(NamedTuple):
    """Vouchers that are written together: their ids, and all of them as COPY takes them."""

    ids: list[UUID]
    rows: bytes


class _Ahead:
    """The next chunk, which a thread draws while PostgreSQL works at the one before."""

    def __init__(self, drawing: _Drawing, count: int) -> None:
        self.count = count
        self._drawing = drawing
        self._drawn: asyncio.Future[_Chunk] | None = None

    def begin(self) -> None:
        """Begin to draw, unless that was done or nothing is wanted."""
        if self._drawn is None and self.count:
            self._drawn = asyncio.get_running_loop().run_in_executor(None, self._drawing.draw, self.count)

    async def chunk(self) -> _Chunk:
        """What was drawn."""
        self.begin()
        assert self._drawn is not None  # noqa: S101 - nobody waits for nothing
        return await self._drawn


async def _mint_drawn(
    drawing: _Drawing, count: int, on_progress: Callable[[int], None] | None
) -> Minted | Problems:
    made = fruitless = 0
    crowded = False
    ahead = _Ahead(drawing, min(CHUNK, count))
    while made < count and fruitless < _GIVE_UP_AFTER:
        chunk = await ahead.chunk()
        ahead = _Ahead(drawing, min(CHUNK, count - made - len(chunk.ids)))
        new = await _write(drawing, chunk, crowded, ahead.begin)
        if new is None:
            return Minted(count=made, asked=count) if made else ENDED
        # One code that existed already is chance, several are a pattern that fills up: the next chunk will meet some.
        crowded = len(chunk.ids) - new > 1
        fruitless = 0 if new else fruitless + 1
        made += new
        if not ahead.count:  # codes that existed already are made up for in the end
            ahead = _Ahead(drawing, min(CHUNK, count - made))
        if new:
            wake.ring()
            if on_progress is not None:
                on_progress(made)
    return Minted(count=made, asked=count)


async def _write(
    drawing: _Drawing, chunk: _Chunk, crowded: bool, meanwhile: Callable[[], None]
) -> int | None:
    """Write the vouchers of the chunk whose codes are new in the project; gives how many, None in an ended campaign.

    COPY takes half the time of an INSERT that looks for each code first, but one code that exists already spoils all
    of it: then, and where such codes are to be expected (`crowded`), each is looked for. `meanwhile` is called when
    PostgreSQL has something to do.
    """
    if not crowded:
        try:
            return await _write_by(_copy, drawing, chunk, meanwhile)
        except asyncpg.UniqueViolationError as failure:
            if failure.constraint_name != _CODE_IS_UNIQUE:
                raise
    return await _write_by(_copy_what_is_new, drawing, chunk, meanwhile)


async def _write_by(
    way: Callable[[Connection, bytes], Awaitable[int]],
    drawing: _Drawing,
    chunk: _Chunk,
    meanwhile: Callable[[], None],
) -> int | None:
    project, campaign, order, now = drawing.project, drawing.campaign, drawing.order, drawing.now
    async with transaction() as connection:
        held = await hold_campaign(connection, project, campaign)
        if held is None or held.ended:
            return None
        meanwhile()
        new = await way(connection, chunk.rows)
        if new:
            await give_balance(connection, project, chunk.ids, order.balance, now)
            await append(connection, [minted_event(project, campaign, order, new, now)])
    return new


async def _copy(connection: Connection, rows: bytes) -> int:
    return await copy_into(connection, "vouchers", rows)


async def _copy_what_is_new(connection: Connection, rows: bytes) -> int:
    await connection.execute(_STAGE)
    await copy_into(connection, "drawn_vouchers", rows)
    tag = await connection.execute(_KEEP_DRAWN)
    return int(tag.rpartition(" ")[2])


async def _crowding(
    project: UUID, pattern: CodePattern, count: int, case_sensitive: bool
) -> tuple[Problem, ...]:
    if pattern.space >= _NEVER_CROWDED:
        return ()
    there = 0
    if pattern.space >= SPARSENESS * count:
        there = await fetchval(
            "SELECT count(*) FROM vouchers WHERE project_id = $1 AND code_key LIKE $2",
            project,
            pattern.like(case_sensitive),
        )
    if pattern.space >= SPARSENESS * (count + there):
        return ()
    most = max(0, pattern.space // SPARSENESS - there)
    message = (
        f"The pattern has {pattern.space} codes and a tenth of them may be used: "
        f"at most {most} more can be minted. Add # to the pattern or characters to the charset."
    )
    return (Problem(("pattern",), "PATTERN_TOO_SMALL", message),)


def _faults(order: MintOrder, now: datetime, most: int) -> tuple[Problem, ...]:
    found = (
        *door.instant(("starts_at",), order.starts_at),
        *door.instant(("expires_at",), order.expires_at),
        *door.limit(("max_redemptions",), order.max_redemptions),
        *door.metadata(("metadata",), order.metadata),
        *balance_faults(order.balance, now),
    )
    if not found:
        found = dates(order.starts_at, order.expires_at)
    if order.kind is VoucherKind.PROMOTION:
        message = "Codes are generic or unique; that of a cart promotion is made with its campaign."
        return (*found, Problem(("kind",), "INVALID_KIND", message))
    if (order.count is None) == (not order.codes):
        message = "Give either how many codes to draw, or the codes themselves."
        return (*found, Problem(("count",), "COUNT_OR_CODES", message))
    if order.count is not None and not 1 <= order.count <= most:
        message = f"From 1 to {most} codes can be drawn at once."
        return (*found, Problem(("count",), "OUT_OF_RANGE", message))
    if len(order.codes) > MOST_GIVEN:
        message = f"At most {MOST_GIVEN} codes can be given at once."
        return (*found, Problem(("codes",), "TOO_MANY_CODES", message))
    return found
