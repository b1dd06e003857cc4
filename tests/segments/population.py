"""A population of random customers for the interpreters of rules: all kinds of JSON, birthdays, pasts on the edges."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.database import columns, execute
from app.ids import earliest_at, new_id
from tests.conftest import NOW

KEYS = ("tier", "score", "when", "tags", "żółty")
EVENTS = ("visit", "review", "żółć")
CURRENCIES = ("EUR", "JPY")
DAYS = (1, 2, 30, 365, 3650)
CAMPAIGNS = (new_id(), new_id(), new_id())
BIRTHDAYS = (
    *(date(2000, 2, 29), date(1999, 2, 28), date(2001, 3, 1), date(2000, 2, 28), date(1990, 12, 31)),
    *(date(1990, 1, 1), date(1985, 6, 1), date(1, 6, 2), date(9999, 5, 31), date(1970, 11, 28)),
)

# What a company may have noted: near misses of each other, and of dates.
JSON_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        1.0,
        1.5,
        -0.0,
        0.1,
        1e-7,
        1e16,
        1e20,
        1e300,
        100,
        2**53 + 1,
        2**63,
        -(2**63),
    ),
    *(
        "gold",
        "Gold",
        "gol",
        "old",
        "",
        "1",
        "1.0",
        "true",
        "null",
        "żółć",
        "z\u0307",
        "ż",
        "日本",
        "🎫",
        "'; --",
        "%",
    ),
    *(
        "2026-05-17",
        "2026-05-17T09:30Z",
        "2026-05-17T11:30+02:00",
        "2026-05-17T09:30:00.000001Z",
        "2026-02-29",
    ),
    *(
        "2024-02-29",
        "1900-02-29",
        "2000-02-29",
        "0000-02-29",
        "0001-01-01",
        "9999-12-31T23:59-14:00",
        "9999-12-31T23:59:59.999999Z",
        "2026-04-31",
    ),
    *(
        "2026-05-17 09:30",
        "2026-05-17\n",
        "2026-05-17T24:00Z",
        "2026-05-17T09:30",
        "٢٠٢٦-05-17",
        "2026-13-01",
    ),
    *([], [[]], [None], ["gold"], [1, [2.0, ["gold", [True]]]], [["2026-05-17"], 1.5], ["", "silver"]),
    *({}, {"gold": 1}, [{"a": "gold"}], {"a": [1]}, [[[[[[[["deep"]]]]]]]]),
)
NAMES = (None, "", "Ada", "ada", "Zażółć", "1", "2026-05-17", "true")


async def populate(project: UUID, size: int, seed: int) -> list[UUID]:
    """That many random customers, each with a past."""
    dice = random.Random(seed)  # noqa: S311 - examples, not secrets
    people = [new_id() for _ in range(size)]
    await execute(
        "INSERT INTO customers (id, project_id, source_id, name, email, birthday, metadata, created_at, updated_at)"
        " SELECT new.id, $1, new.source_id, new.name, new.email, new.birthday, new.metadata, new.at, new.at"
        " FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::jsonb[], $8::timestamptz[])"
        "  AS new (id, source_id, name, email, birthday, metadata, at)",
        project,
        *columns([_person(id_, place, dice) for place, id_ in enumerate(people)], 7),
    )
    await _redeem(project, [_redemption(dice.choice(people), dice) for _ in range(size * 3)], dice)
    await execute(
        "INSERT INTO custom_events (id, project_id, customer_id, name, metadata, at, created_at)"
        " SELECT gen_random_uuid(), $1, new.customer, new.name, '{}', new.at, new.at"
        " FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS new (customer, name, at)",
        project,
        *columns([(dice.choice(people), dice.choice(EVENTS), _moment(dice)) for _ in range(size * 3)], 3),
    )
    return people


def _person(id_: UUID, place: int, dice: random.Random) -> tuple[object, ...]:
    keys = dice.sample(KEYS, dice.randint(0, len(KEYS)))
    metadata = {key: dice.choice(JSON_VALUES) for key in keys}
    source_id = dice.choice((f"ada-{place}", f"{place}", f"Zażółć {place}"))
    birthday = dice.choice((None, *BIRTHDAYS))
    return id_, source_id, dice.choice(NAMES), dice.choice(NAMES), birthday, metadata, _moment(dice)


def _moment(dice: random.Random) -> datetime:
    """Now, or a time on the edge of what rules look back to, or anything."""
    edge = NOW - timedelta(days=dice.choice((0, *DAYS)))
    return dice.choice(
        (
            *(edge, edge - timedelta(microseconds=1), edge + timedelta(microseconds=1)),
            NOW - timedelta(seconds=dice.randint(0, 400 * 86_400)),
        )
    )


def _redemption(customer: UUID, dice: random.Random) -> tuple[object, ...]:
    at = _moment(dice)
    # Ids are made a moment before or after.
    id_ = UUID(int=earliest_at(at + timedelta(seconds=dice.randint(-500, 500))).int | dice.getrandbits(64))
    subtotal, shipping = dice.randint(0, 3_000), dice.choice((0, 500))
    discount = dice.randint(0, subtotal)
    state = dice.choice(("REDEEMED", "REDEEMED", "HELD", "ROLLED_BACK", "RELEASED", "EXPIRED"))
    gone = dice.choice((0, 0, 1))
    expires_at = NOW + timedelta(seconds=dice.choice((-1, 0, 1))) if state == "HELD" else None
    returned = (subtotal // 2 * gone, discount // 2 * gone) if state == "REDEEMED" else (0, 0)
    return (
        id_,
        customer,
        dice.choice(CURRENCIES),
        subtotal,
        shipping,
        discount,
        state,
        expires_at,
        *returned,
        at,
    )


async def _redeem(project: UUID, rows: Sequence[tuple[object, ...]], dice: random.Random) -> None:
    await execute(
        "INSERT INTO redemptions (id, project_id, customer_id, currency, subtotal, shipping, discount, line_discounts,"
        "  cart, channel, key_id, metadata, state, expires_at, returned_subtotal, returned_discount, created_at)"
        " SELECT new.id, $1, new.customer, new.currency, new.subtotal, new.shipping, new.discount, '{}', '{}', 'api',"
        "  $1, '{}', new.state, new.expires_at, new.gone, new.back, new.at"
        " FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[],"
        "             $9::timestamptz[], $10::bigint[], $11::bigint[], $12::timestamptz[])"
        "  AS new (id, customer, currency, subtotal, shipping, discount, state, expires_at, gone, back, at)",
        project,
        *columns(rows, 11),
    )
    codes = [
        (row[0], place, dice.choice(CAMPAIGNS), dice.choice((None, *CAMPAIGNS)), row[10])
        for row in rows
        for place in range(dice.randint(1, 2))
    ]
    await execute(
        "INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id,"
        "  main_campaign_id, offer_version, code, discount, line_discounts, given_back, created_at)"
        " SELECT gen_random_uuid(), $1, new.redemption, new.place, $1, new.campaign, new.main, 1, 'C', 0, '{}', false,"
        "  new.at FROM unnest($2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::timestamptz[])"
        "  AS new (redemption, place, campaign, main, at)",
        project,
        *columns(codes, 5),
    )
