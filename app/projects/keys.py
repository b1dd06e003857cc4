"""Keys: made with a secret that is shown once, and revoked with effect from the next request on."""

from datetime import datetime
from uuid import UUID

from app import door
from app.database import transaction
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.ids import new_id
from app.problem import Problem, Problems
from app.projects.origins import normal_origin
from app.projects.read import keys_by_ids
from app.projects.records import ApiKeyRecord
from app.projects.secret import hash_of, new_secret, prefix_of
from app.projects.values import ApiKey, KeyDraft, KeyKind, KeyWithSecret

MOST_ORIGINS = 20


async def create_key(project: UUID, draft: KeyDraft, now: datetime) -> KeyWithSecret | Problems:
    """A new key to an existing project; its secret is in the answer and nowhere else.

    Codes: REQUIRED, TOO_LONG, INVALID_TEXT, INVALID_TIME, INVALID_ORIGIN, NOT_FOR_THIS_KIND.
    """
    problems = key_problems(draft, now)
    if problems:
        return Problems(problems)
    secret = new_secret(draft.kind)
    key = ApiKey(
        id=new_id(),
        kind=draft.kind,
        name=draft.name,
        prefix=prefix_of(secret),
        redemption_point=draft.redemption_point,
        origins=tuple(dict.fromkeys(filter(None, map(normal_origin, draft.origins)))),
        creates_projects=draft.creates_projects,
        created_at=now,
        expires_at=draft.expires_at,
        revoked_at=None,
    )
    async with transaction() as connection:
        await ApiKeyRecord.create(
            id=key.id,
            project_id=project,
            kind=key.kind.value,
            name=key.name,
            prefix=key.prefix,
            secret_hash=hash_of(secret),
            redemption_point=key.redemption_point,
            origins=list(key.origins),
            creates_projects=key.creates_projects,
            created_at=now,
            expires_at=key.expires_at,
        )
        await append(connection, [_event(project, EventKind.API_KEY_CREATED, key, now)])
    ring()
    return KeyWithSecret(key, secret)


async def revoke_key(project: UUID, id: UUID, now: datetime) -> ApiKey | Problems:  # noqa: A002
    """End a key, and every customer token it made. Revoking it again changes nothing. Code: NOT_FOUND."""
    async with transaction() as connection:
        record = await ApiKeyRecord.filter(project_id=project, id=id).select_for_update().first()
        if record is None:
            return Problems.one("id", "NOT_FOUND", "There is no such key.")
        revoked_now = record.revoked_at is None
        if revoked_now:
            record.revoked_at = now
            await record.save(update_fields=["revoked_at"])
        key = (await keys_by_ids(project, [id]))[id]
        if revoked_now:
            await append(connection, [_event(project, EventKind.API_KEY_REVOKED, key, now)])
    ring()
    return key


def key_problems(draft: KeyDraft, now: datetime, path: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    """What is wrong with a draft; `path` leads to it."""
    found = [
        *door.text((*path, "name"), draft.name, shortest=1),
        *door.text((*path, "redemption_point"), draft.redemption_point),
        *door.instant((*path, "expires_at"), draft.expires_at),
        *_origin_problems(draft, (*path, "origins")),
    ]
    if draft.kind is KeyKind.MERCHANT and not (draft.redemption_point or "").strip():
        found.append(
            Problem((*path, "redemption_point"), "REQUIRED", "A merchant key needs its redemption point.")
        )
    if draft.kind is not KeyKind.MERCHANT and draft.redemption_point is not None:
        message = "Only a merchant key has a redemption point."
        found.append(Problem((*path, "redemption_point"), "NOT_FOR_THIS_KIND", message))
    if draft.creates_projects and draft.kind is not KeyKind.SERVER:
        message = "Only a server key may create projects."
        found.append(Problem((*path, "creates_projects"), "NOT_FOR_THIS_KIND", message))
    if not found and draft.expires_at is not None and draft.expires_at <= now:
        found.append(Problem((*path, "expires_at"), "INVALID_TIME", "The key would have expired already."))
    return tuple(found)


def _origin_problems(draft: KeyDraft, path: tuple[str, ...]) -> tuple[Problem, ...]:
    if not draft.origins:
        return ()
    if draft.kind is not KeyKind.STOREFRONT:
        return (Problem(path, "NOT_FOR_THIS_KIND", "Only a storefront key is bound to origins."),)
    if len(draft.origins) > MOST_ORIGINS:
        return (Problem(path, "TOO_LONG", f"A key may have at most {MOST_ORIGINS} origins."),)
    message = "An origin is scheme://host or scheme://host:port, as in https://shop.example."
    return tuple(
        Problem((*path, str(place)), "INVALID_ORIGIN", message)
        for place, origin in enumerate(draft.origins)
        if normal_origin(origin) is None
    )


def _event(project: UUID, kind: EventKind, key: ApiKey, now: datetime) -> NewEvent:
    return NewEvent(project, kind, {"key_id": key.id.hex, "name": key.name, "kind": key.kind.value}, now)
