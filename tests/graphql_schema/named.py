"""What examples name by id, made in a project: an example's segment or pool is nobody's, and would be refused."""

from typing import Any  # shelves of rules and of rewards alike, and units of them
from uuid import UUID

import orjson

from app import ids
from app.engine.shelf import Reference, Shelf
from app.pools.fill import create_pool
from app.pools.values import Pool
from graphql_schema.types.units import PREFIXES
from tests.conftest import NOW
from tests.projects.shop import a_key
from tests.redemptions.shop import a_campaign
from tests.segments.shop import a_segment


async def an_example(project: UUID, shelf: Shelf[Any], kind: str) -> Any:
    """The example of a kind, naming what the project has."""
    text = orjson.dumps(shelf.by_kind[kind].example).decode()
    for old, new in (await _made(project, shelf, kind)).items():
        text = text.replace(str(old.id), str(new))
    return shelf.from_json(orjson.loads(text))


async def in_project(project: UUID, shelf: Shelf[Any], kind: str, text: str) -> str:
    """The example of a kind as the catalogue shows it, naming what the project has."""
    for old, new in (await _made(project, shelf, kind)).items():
        prefix = PREFIXES[old.of]
        text = text.replace(ids.show(prefix, old.id), ids.show(prefix, new))
    return text


async def _made(project: UUID, shelf: Shelf[Any], kind: str) -> dict[Reference, UUID]:
    named = shelf.references(shelf.from_json(shelf.by_kind[kind].example))
    return {one: await _a(one.of, project, f"{kind} {place}") for place, one in enumerate(named)}


async def _a(thing: str, project: UUID, name: str) -> UUID:
    if thing == "segment":
        return (await a_segment(project, name)).id
    if thing == "campaign":
        return await a_campaign(project, name)
    if thing == "key":
        return (await a_key(project)).key.id
    pool = await create_pool(project, name, NOW)
    assert isinstance(pool, Pool), pool
    return pool.id
