"""Reading projects and keys: never over the wall, never a secret."""

from datetime import timedelta
from uuid import UUID

from app.database.keyset import PageRequest
from app.ids import new_id
from app.projects.keys import revoke_key
from app.projects.read import all_projects, ended_keys, keys_by_ids, keys_count, keys_page, project_by_id
from tests.conftest import NOW
from tests.projects.shop import a_key


async def test_a_project_is_found_by_its_id(project: UUID) -> None:
    found = await project_by_id(project)
    assert found is not None
    assert (found.id, found.name, found.time_zone, found.currency) == (
        project,
        "Test shop",
        "Europe/Warsaw",
        "EUR",
    )
    assert await project_by_id(new_id()) is None
    assert found in await all_projects()


async def test_keys_are_listed_newest_first_with_the_revoked(project: UUID) -> None:
    keys = [(await a_key(project)).key for _ in range(3)]
    revoked = await revoke_key(project, keys[1].id, NOW)
    first = await keys_page(project, PageRequest(2))
    assert first.items == (keys[2], revoked)
    assert (await keys_page(project, PageRequest(2, after=first.cursors[-1]))).items == (keys[0],)
    assert await keys_count(project) == 3


async def test_keys_of_another_project_are_not_there(project: UUID) -> None:
    key = (await a_key(project)).key
    stranger = new_id()
    assert await keys_by_ids(project, [key.id, stranger]) == {key.id: key}
    assert await keys_by_ids(stranger, [key.id]) == {}
    assert (await keys_page(stranger, PageRequest(5))).items == ()
    assert await keys_count(stranger) == 0


async def test_keys_that_were_revoked_or_have_expired_have_ended(project: UUID) -> None:
    revoked, expiring, lasting = (
        (await a_key(project)).key,
        (await a_key(project, expires_at=NOW + timedelta(hours=1))).key,
        (await a_key(project)).key,
    )
    await revoke_key(project, revoked.id, NOW)
    ids = [revoked.id, expiring.id, lasting.id, new_id()]
    assert await ended_keys(ids, NOW) == {revoked.id}
    assert await ended_keys(ids, NOW + timedelta(hours=1)) == {revoked.id, expiring.id}
    assert await ended_keys([], NOW) == set()
