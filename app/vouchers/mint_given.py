"""Minting given codes: a generic `SUMMER`, or codes that were printed elsewhere; each gets its own answer."""

from datetime import datetime
from uuid import UUID

from app.database import columns, statement, transaction
from app.events import wake
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.ids import new_id
from app.problem import Problems
from app.vouchers.codes import is_code, normalise
from app.vouchers.give_balance import give_balance
from app.vouchers.hold_campaign import ENDED, hold_campaign
from app.vouchers.values import CodeOutcome, CodeResult, Minted, MintOrder

MOST_GIVEN = 500

_KEEP_GIVEN = statement(__package__, "keep_given.sql")


async def mint_given(
    project: UUID, campaign: UUID, order: MintOrder, case_sensitive: bool, now: datetime
) -> Minted | Problems:
    """Make the codes of a checked order in one transaction; a code that cannot be made spoils no other.

    Code: CAMPAIGN_ENDED.
    """
    codes = [code.strip() for code in order.codes]
    # Of two equal codes in one order the first is made.
    first: dict[str, int] = {}
    for place, code in enumerate(codes):
        if is_code(code, case_sensitive):
            first.setdefault(normalise(code, case_sensitive), place)
    made: dict[int, UUID] = {}
    async with transaction() as connection:
        held = await hold_campaign(connection, project, campaign)
        if held is None or held.ended:
            return ENDED
        rows = await connection.fetch(
            _KEEP_GIVEN,
            *columns([(new_id(), codes[place], key) for key, place in first.items()], 3),
            project,
            campaign,
            order.kind.value,
            order.starts_at,
            order.expires_at,
            order.max_redemptions,
            dict(order.metadata),
            now,
        )
        made = {first[row["code_key"]]: row["id"] for row in rows}
        if made:
            await give_balance(connection, project, list(made.values()), order.balance, now)
            await append(connection, [minted_event(project, campaign, order, len(made), now)])
    if made:
        wake.ring()
    results = tuple(
        CodeResult(given, _outcome(code, place in made, case_sensitive), made.get(place))
        for place, (given, code) in enumerate(zip(order.codes, codes, strict=True))
    )
    return Minted(count=len(made), asked=len(codes), results=results)


def minted_event(project: UUID, campaign: UUID, order: MintOrder, count: int, now: datetime) -> NewEvent:
    """The event that tells of `count` new vouchers, and of the balance that each has."""
    payload: dict[str, object] = {"campaign": campaign.hex, "kind": order.kind.value, "count": count}
    if order.balance is not None:
        payload["balance"] = {"unit": order.balance.unit, "amount": order.balance.amount}
    return NewEvent(project, EventKind.VOUCHERS_MINTED, payload, now)


def _outcome(code: str, made: bool, case_sensitive: bool) -> CodeOutcome:
    if made:
        return CodeOutcome.CREATED
    return CodeOutcome.CODE_TAKEN if is_code(code, case_sensitive) else CodeOutcome.INVALID_CODE
