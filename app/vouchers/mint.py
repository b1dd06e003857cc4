"""Minting: making codes for a campaign, 100,000 random ones in seconds or a few given ones."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from app import door
from app.database import Connection, fetchrow, fetchval, statement, transaction
from app.events import wake
from app.events.log import append
from app.ids import new_id
from app.problem import Problem, Problems
from app.vouchers.codes import CodePattern, normalise
from app.vouchers.give_balance import balance_faults, give_balance
from app.vouchers.hold_campaign import ENDED, hold_campaign
from app.vouchers.mint_given import MOST_GIVEN, mint_given, minted_event
from app.vouchers.update import dates
from app.vouchers.values import Minted, MintOrder

MOST_DRAWN = 100_000
# Readers of the event log wait for the oldest open writing transaction, so each one is kept short.
CHUNK = 5_000
# A pattern keeps at least ten codes for each one in use: guessing stays hopeless and drawing stays quick.
SPARSENESS = 10
# Beyond this no project crowds a pattern, and nobody needs to count what it has of it already.
_NEVER_CROWDED = 10**10
_GIVE_UP_AFTER = 20  # rounds in which not one drawn code was new

_CAMPAIGN = """
SELECT campaigns.is_main, campaigns.state, projects.case_sensitive_codes
FROM campaigns JOIN projects ON projects.id = campaigns.project_id
WHERE campaigns.project_id = $1 AND campaigns.id = $2
"""
_STAGE = "CREATE TEMPORARY TABLE drawn_codes (id uuid, code text, code_key text) ON COMMIT DROP"
_KEEP_DRAWN = statement(__package__, "keep_drawn.sql")


async def mint(
    project: UUID,
    campaign: UUID,
    order: MintOrder,
    now: datetime,
    on_progress: Callable[[int], None] | None = None,
) -> Minted | Problems:
    """Make the codes of `order`; each is unique in the project.

    Drawn codes come in transactions of their own, at most CHUNK vouchers with their event in each: what a
    crash leaves is whole and told in the log. `on_progress` hears how many are made so far. When the campaign
    is ended meanwhile, minting stops and tells how many were made. Call it outside a transaction. Codes:
    NOT_FOUND, CAMPAIGN_IS_MAIN, CAMPAIGN_ENDED, COUNT_OR_CODES, OUT_OF_RANGE, TOO_MANY_CODES, INVALID_PATTERN,
    INVALID_CHARSET, PATTERN_TOO_SMALL, INVALID_TIME, DATES_REVERSED, UNKNOWN_CURRENCY and those of `door.metadata`.
    """
    faults = _faults(order, now)
    if faults:
        return Problems(faults)
    found = await fetchrow(_CAMPAIGN, project, campaign)
    if found is None:
        return Problems.one("campaign", "NOT_FOUND", "There is no such campaign.")
    if found["is_main"]:
        message = "A main campaign has no vouchers of its own: mint them in one of its sub-campaigns."
        return Problems.one("campaign", "CAMPAIGN_IS_MAIN", message)
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
    return await _mint_drawn(project, campaign, order, order.count, pattern, case_sensitive, now, on_progress)


async def _mint_drawn(
    project: UUID,
    campaign: UUID,
    order: MintOrder,
    count: int,
    pattern: CodePattern,
    case_sensitive: bool,
    now: datetime,
    on_progress: Callable[[int], None] | None,
) -> Minted | Problems:
    made = fruitless = 0
    while made < count and fruitless < _GIVE_UP_AFTER:
        drawn = _draw(pattern, min(CHUNK, count - made), case_sensitive)
        async with transaction() as connection:
            held = await hold_campaign(connection, project, campaign)
            if held is None or held.ended:
                return Minted(count=made, asked=count) if made else ENDED
            # Codes that exist already are left out here, and made up for by the next round.
            new = await _keep(connection, project, campaign, order, drawn, now)
            if new:
                await append(connection, [minted_event(project, campaign, order, new, now)])
        fruitless = 0 if new else fruitless + 1
        made += new
        if new:
            wake.ring()
            if on_progress is not None:
                on_progress(made)
    return Minted(count=made, asked=count)


def _draw(pattern: CodePattern, count: int, case_sensitive: bool) -> dict[str, str]:
    """`count` different codes by their keys, in the order in which they were drawn."""
    drawn: dict[str, str] = {}
    while len(drawn) < count:
        for code in pattern.draw(count - len(drawn)):
            drawn[normalise(code, case_sensitive)] = code
    return drawn


async def _keep(
    connection: Connection,
    project: UUID,
    campaign: UUID,
    order: MintOrder,
    drawn: dict[str, str],
    now: datetime,
) -> int:
    """Write the drawn codes that are new in the project; gives how many these were."""
    await connection.execute(_STAGE)
    # Ids rise in the order of drawing, and free codes are given out by id: so neighbours in time are
    # not neighbours in the alphabet, and nobody can guess the next code from his own.
    records = [(new_id(), code, key) for key, code in drawn.items()]
    await connection.copy_records_to_table("drawn_codes", records=records)
    tag = await connection.execute(
        _KEEP_DRAWN,
        project,
        campaign,
        order.kind.value,
        order.starts_at,
        order.expires_at,
        order.max_redemptions,
        dict(order.metadata),
        now,
    )
    new = int(tag.rpartition(" ")[2])
    if new:
        await give_balance(connection, project, [id_ for id_, _, _ in records], order.balance, now)
    return new


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


def _faults(order: MintOrder, now: datetime) -> tuple[Problem, ...]:
    found = (
        *door.instant(("starts_at",), order.starts_at),
        *door.instant(("expires_at",), order.expires_at),
        *door.limit(("max_redemptions",), order.max_redemptions),
        *door.metadata(("metadata",), order.metadata),
        *balance_faults(order.balance, now),
    )
    if not found:
        found = dates(order.starts_at, order.expires_at)
    if (order.count is None) == (not order.codes):
        message = "Give either how many codes to draw, or the codes themselves."
        return (*found, Problem(("count",), "COUNT_OR_CODES", message))
    if order.count is not None and not 1 <= order.count <= MOST_DRAWN:
        message = f"From 1 to {MOST_DRAWN} codes can be drawn at once."
        return (*found, Problem(("count",), "OUT_OF_RANGE", message))
    if len(order.codes) > MOST_GIVEN:
        message = f"At most {MOST_GIVEN} codes can be given at once."
        return (*found, Problem(("codes",), "TOO_MANY_CODES", message))
    return found
