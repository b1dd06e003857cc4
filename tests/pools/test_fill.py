"""Pools are made and filled: every code once, however often it is sent, and never told to the log."""

from uuid import UUID

import pytest

from app.database import fetch, fetchval
from app.ids import new_id
from app.pools.fill import add_codes, create_pool
from app.pools.values import Filled, Pool
from app.problem import Problem, Problems
from tests.conftest import NOW


async def a_pool(project: UUID, name: str = "Cinema") -> UUID:
    """The id of a new pool."""
    pool = await create_pool(project, name, NOW)
    assert isinstance(pool, Pool), pool
    return pool.id


async def _codes(project: UUID) -> list[str]:
    rows = await fetch("SELECT code FROM pool_codes WHERE project_id = $1 ORDER BY code", project)
    return [row["code"] for row in rows]


async def test_codes_are_put_into_a_pool_once_however_often_they_are_sent(project: UUID) -> None:
    pool = await a_pool(project)
    assert await add_codes(project, pool, ["A", "B", "A"], NOW) == Filled(pool, 2, 1)
    assert await add_codes(project, pool, ["B", "C"], NOW) == Filled(pool, 1, 1)
    assert await add_codes(project, pool, ["C"], NOW) == Filled(pool, 0, 1)
    assert await _codes(project) == ["A", "B", "C"]


async def test_the_same_code_may_be_in_two_pools(project: UUID) -> None:
    cinema, theatre = await a_pool(project), await a_pool(project, "Theatre")
    for pool in (cinema, theatre):
        assert await add_codes(project, pool, ["A"], NOW) == Filled(pool, 1, 0)


async def test_the_log_tells_how_many_codes_came_but_none_of_them(project: UUID) -> None:
    pool = await a_pool(project)
    await add_codes(project, pool, ["SECRET-1", "SECRET-2"], NOW)
    await add_codes(project, pool, ["SECRET-1"], NOW)
    rows = await fetch("SELECT kind, payload FROM events WHERE project_id = $1 ORDER BY position", project)
    assert [(row["kind"], row["payload"]) for row in rows] == [
        ("POOL_CREATED", {"pool_id": pool.hex, "added": 0}),
        ("POOL_FILLED", {"pool_id": pool.hex, "added": 2}),
    ]


async def test_two_pools_of_a_project_have_two_names(project: UUID, another_project: UUID) -> None:
    await a_pool(project)
    assert await create_pool(project, "Cinema", NOW) == Problems.one(
        "name", "NAME_TAKEN", "Another pool of the project has this name."
    )
    await a_pool(another_project)
    assert await fetchval("SELECT count(*) FROM pools WHERE project_id = $1", project) == 1


async def test_a_pool_behind_another_wall_is_not_there(project: UUID, another_project: UUID) -> None:
    theirs = await a_pool(another_project)
    for pool in (theirs, new_id()):
        assert await add_codes(project, pool, ["A"], NOW) == Problems.one(
            "pool", "NOT_FOUND", "There is no such pool."
        )
    assert await _codes(project) == await _codes(another_project) == []


@pytest.mark.parametrize(
    ("codes", "path", "fault"),
    [
        ([], ("codes",), "NO_CODES"),
        (["A"] * 5_001, ("codes",), "TOO_MANY_CODES"),
        (["A", " "], ("codes", "1"), "REQUIRED"),
        (["A", "x" * 256], ("codes", "1"), "TOO_LONG"),
        (["A\0"], ("codes", "0"), "INVALID_TEXT"),
    ],
)
async def test_faulty_codes_spoil_the_whole_call(
    project: UUID, codes: list[str], path: tuple[str, ...], fault: str
) -> None:
    pool = await a_pool(project)
    answer = await add_codes(project, pool, codes, NOW)
    assert isinstance(answer, Problems)
    assert [(problem.path, problem.code) for problem in answer.all] == [(path, fault)]
    assert await _codes(project) == []


async def test_a_pool_without_a_name_is_not_made(project: UUID) -> None:
    answer = await create_pool(project, " ", NOW)
    assert answer == Problems((Problem(("name",), "REQUIRED", "The text may not be empty."),))
    assert await fetchval("SELECT count(*) FROM pools WHERE project_id = $1", project) == 0
