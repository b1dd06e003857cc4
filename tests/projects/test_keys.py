"""Keys: shown once, kept as a hash, ended at once; and a faulty draft leaves nothing behind."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from app.database import fetchrow, fetchval
from app.ids import new_id
from app.problem import Problem, Problems
from app.projects.keys import create_key, revoke_key
from app.projects.secret import hash_of
from app.projects.values import ApiKey, KeyDraft, KeyKind, KeyWithSecret
from tests.conftest import NOW
from tests.projects.shop import a_key, logged

LATER = NOW + timedelta(hours=1)


async def test_a_new_key_shows_its_secret_once_and_keeps_the_hash(project: UUID) -> None:
    draft = KeyDraft(KeyKind.STOREFRONT, "Web shop", origins=("HTTPS://Shop.example:443",), expires_at=LATER)
    made = await create_key(project, draft, NOW)
    assert isinstance(made, KeyWithSecret)
    assert made.key == ApiKey(
        id=made.key.id,
        kind=KeyKind.STOREFRONT,
        name="Web shop",
        prefix=made.secret[:12],
        redemption_point=None,
        origins=("https://shop.example",),
        creates_projects=False,
        created_at=NOW,
        expires_at=LATER,
        revoked_at=None,
    )
    row = await fetchrow("SELECT * FROM api_keys WHERE id = $1", made.key.id)
    assert row is not None
    assert row["secret_hash"] == hash_of(made.secret)
    assert made.secret not in str(dict(row))
    assert made.secret not in repr(made)
    assert await logged(project) == [
        ("API_KEY_CREATED", {"key_id": made.key.id.hex, "name": "Web shop", "kind": "STOREFRONT"})
    ]


async def test_an_origin_given_twice_is_kept_once(project: UUID) -> None:
    made = await a_key(project, KeyKind.STOREFRONT, origins=("https://a.example", "https://A.example"))
    assert made.key.origins == ("https://a.example",)


@pytest.mark.parametrize(
    ("draft", "path", "code"),
    [
        (KeyDraft(KeyKind.SERVER, " "), "name", "REQUIRED"),
        (KeyDraft(KeyKind.SERVER, "a" * 201), "name", "TOO_LONG"),
        (KeyDraft(KeyKind.SERVER, "a\0"), "name", "INVALID_TEXT"),
        (KeyDraft(KeyKind.MERCHANT, "m"), "redemption_point", "REQUIRED"),
        (KeyDraft(KeyKind.MERCHANT, "m", redemption_point=" "), "redemption_point", "REQUIRED"),
        (KeyDraft(KeyKind.SERVER, "s", redemption_point="till"), "redemption_point", "NOT_FOR_THIS_KIND"),
        (KeyDraft(KeyKind.SERVER, "s", origins=("https://a.example",)), "origins", "NOT_FOR_THIS_KIND"),
        (KeyDraft(KeyKind.STOREFRONT, "s", origins=("a.example",)), "origins.0", "INVALID_ORIGIN"),
        (KeyDraft(KeyKind.STOREFRONT, "s", origins=("https://a.example",) * 21), "origins", "TOO_LONG"),
        (KeyDraft(KeyKind.STOREFRONT, "s", creates_projects=True), "creates_projects", "NOT_FOR_THIS_KIND"),
        (KeyDraft(KeyKind.SERVER, "s", expires_at=NOW), "expires_at", "INVALID_TIME"),
        (KeyDraft(KeyKind.SERVER, "s", expires_at=LATER.replace(tzinfo=None)), "expires_at", "INVALID_TIME"),
    ],
)
async def test_a_faulty_draft_is_told_and_makes_nothing(
    project: UUID, draft: KeyDraft, path: str, code: str
) -> None:
    refused = await create_key(project, draft, NOW)
    assert isinstance(refused, Problems)
    assert [(".".join(problem.path), problem.code) for problem in refused.all] == [(path, code)]
    assert await fetchval("SELECT count(*) FROM api_keys WHERE project_id = $1", project) == 0
    assert await logged(project) == []


async def test_all_faults_of_a_draft_are_told_at_once(project: UUID) -> None:
    refused = await create_key(project, KeyDraft(KeyKind.SERVER, "", redemption_point="x\0"), NOW)
    assert isinstance(refused, Problems)
    assert [problem.path[0] for problem in refused.all] == ["name", "redemption_point", "redemption_point"]


async def test_revoking_a_key_ends_it_and_says_so_once(project: UUID) -> None:
    made = await a_key(project)
    revoked = await revoke_key(project, made.key.id, NOW)
    again = await revoke_key(project, made.key.id, LATER)
    assert isinstance(revoked, ApiKey)
    assert revoked.revoked_at == NOW
    assert again == revoked
    assert (await logged(project))[1:] == [
        ("API_KEY_REVOKED", {"key_id": made.key.id.hex, "name": "server key", "kind": "SERVER"})
    ]


async def test_two_who_revoke_at_once_leave_one_event(project: UUID) -> None:
    made = await a_key(project)
    await asyncio.gather(*(revoke_key(project, made.key.id, NOW) for _ in range(5)))
    assert [kind for kind, _ in await logged(project)] == ["API_KEY_CREATED", "API_KEY_REVOKED"]


async def test_a_key_behind_another_wall_cannot_be_revoked(project: UUID) -> None:
    made = await a_key(project)
    refused = await revoke_key(new_id(), made.key.id, NOW)
    assert refused == Problems((Problem(("id",), "NOT_FOUND", "There is no such key."),))
    assert await fetchval("SELECT revoked_at FROM api_keys WHERE id = $1", made.key.id) is None
