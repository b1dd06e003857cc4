"""Pages by keyset: complete, in order, bounded, and one statement for any number of parents."""

from base64 import urlsafe_b64encode
from uuid import UUID

import asyncpg
import orjson
import pytest

from app.database import execute
from app.database.keyset import CursorError, Listing, Order, PageRequest, Where, counts, decode, encode, pages
from app.ids import new_id
from tests.conftest import NOW, Statements

BY_ID = Order("created", "c.id", "uuid")
NEWEST = Order("newest", "c.id", "uuid", descending=True)
BY_NAME = Order("name", "c.name", "text")


def _name(row: asyncpg.Record) -> str:
    name: str = row["name"]
    return name


ALL = Listing("c.name", "campaigns c", "c.id", "c.project_id", "c.project_id", _name)
OF_MAIN = Listing("c.name", "campaigns c", "c.id", "c.project_id", "c.main_id", _name)


async def _campaign(project: UUID, name: str, main: UUID | None = None) -> UUID:
    id_ = new_id()
    await execute(
        "INSERT INTO campaigns (id, project_id, main_id, is_main, name, description, state, time_zone, metadata,"
        " version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, '', 'DRAFT', 'UTC', '{}', 1, $6, $6)",
        id_,
        project,
        main,
        main is None,
        name,
        NOW,
    )
    return id_


async def test_walking_forwards_meets_every_row_once(project: UUID) -> None:
    for name in "edcba":
        await _campaign(project, name)
    seen: list[str] = []
    after = None
    while True:
        page = (await pages(ALL, project, [project], BY_NAME, PageRequest(2, after=after)))[project]
        seen += page.items
        assert page.has_previous is (after is not None)
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert seen == ["a", "b", "c", "d", "e"]


async def test_walking_backwards_gives_the_last_rows_in_list_order(project: UUID) -> None:
    for name in "abcde":
        await _campaign(project, name)
    last = (await pages(ALL, project, [project], BY_NAME, PageRequest(2, backwards=True)))[project]
    assert last.items == ("d", "e")
    assert (last.has_next, last.has_previous) == (False, True)
    before = (
        await pages(ALL, project, [project], BY_NAME, PageRequest(9, before=last.cursors[0], backwards=True))
    )[project]
    assert before.items == ("a", "b", "c")
    assert (before.has_next, before.has_previous) == (True, False)


async def test_the_newest_first_order_runs_against_time(project: UUID) -> None:
    for name in "abc":
        await _campaign(project, name)
    first = (await pages(ALL, project, [project], NEWEST, PageRequest(2)))[project]
    assert first.items == ("c", "b")
    rest = (await pages(ALL, project, [project], NEWEST, PageRequest(2, after=first.cursors[-1])))[project]
    assert rest.items == ("a",)


async def test_fifty_parents_cost_one_statement(project: UUID, statements: Statements) -> None:
    mains = [await _campaign(project, f"main {n:02}") for n in range(50)]
    for n, main in enumerate(mains):
        for child in range(3):
            await _campaign(project, f"sub {n:02} {child}", main)
    with statements.counted() as sent:
        found = await pages(OF_MAIN, project, mains, BY_ID, PageRequest(2))
    assert len(sent) == 1
    assert [found[main].items for main in mains] == [(f"sub {n:02} 0", f"sub {n:02} 1") for n in range(50)]
    assert all(found[main].has_next for main in mains)


async def test_conditions_and_counts_agree(project: UUID) -> None:
    main = await _campaign(project, "main")
    for name in ("x1", "x2", "y1"):
        await _campaign(project, name, main)
    only_x = [Where("c.name LIKE $? || '%'", "x")]
    assert (await pages(OF_MAIN, project, [main], BY_NAME, PageRequest(5), only_x))[main].items == (
        "x1",
        "x2",
    )
    assert await counts(OF_MAIN, project, [main, project], only_x) == {main: 2, project: 0}


async def test_another_project_sees_nothing(project: UUID) -> None:
    main = await _campaign(project, "main")
    await _campaign(project, "sub", main)
    stranger = new_id()
    assert (await pages(OF_MAIN, stranger, [main], BY_ID, PageRequest(5)))[main].items == ()
    assert await counts(OF_MAIN, stranger, [main]) == {main: 0}


def test_a_cursor_of_another_order_is_refused() -> None:
    cursor = encode(BY_NAME, "a", new_id())
    with pytest.raises(CursorError, match="another order"):
        decode(Order("other", "c.name", "text"), cursor)


@pytest.mark.parametrize("text", ["", "x", "AAAA", "eyJhIjoxfQ", "W10", "ä", "WyJuYW1lIiwxLDJd"])
def test_what_is_not_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorError):
        decode(BY_NAME, text)


@pytest.mark.parametrize(
    ("type_", "place"),
    [
        ("text", ["a"]),
        ("text", "\0"),
        ("text", 1),
        ("bigint", str(2**63)),
        ("bigint", [1]),
        ("timestamptz", "2026-06-01T12:00:00"),
        ("timestamptz", "0001-01-01T00:00:00+14:00"),
        ("timestamptz", "9999-12-31T23:59:59-14:00"),
        ("uuid", 1),
    ],
)
def test_a_forged_place_that_postgresql_would_refuse_is_no_cursor(type_: str, place: object) -> None:
    forged = orjson.dumps(["forged", place, new_id().hex])
    with pytest.raises(CursorError):
        decode(Order("forged", "c.any", type_), urlsafe_b64encode(forged).decode())
