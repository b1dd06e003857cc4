"""The sample shop behind a real server, open for all tests of a worker."""

import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from app.sample.keys import SampleKeys, read_keys
from tests.conftest import administer
from tests.forked import tearoff
from tests.server import Server, address_of, serving


@dataclass(frozen=True, slots=True)
class OpenShop:
    """The sample shop behind a running server."""

    server: Server
    database: dict[str, Any]
    keys: SampleKeys
    state: Path

    @property
    def key(self) -> str:
        """The server key."""
        assert self.keys.server is not None
        return self.keys.server.secret

    async def ask(self, document: str, **variables: object) -> dict[str, Any]:
        """The data of an answer without errors."""
        async with httpx.AsyncClient(base_url=self.server.url, timeout=30, trust_env=False) as http:
            response = await http.post(
                "/graphql",
                json={"query": document, "variables": variables},
                headers={"Authorization": f"Bearer {self.key}"},
            )
        answer = response.json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def redeem(self, code: str, price: str) -> str:
        """Try a code on a cart of one thing; gives the kind of the result."""
        data = await self.ask(
            """mutation($code: String!, $price: Decimal!, $key: String!) {
              redeemVouchers(input: { idempotencyKey: $key, codes: [{ code: $code }],
                cart: { currency: "EUR", lines: [{ unitPrice: $price }] } }) { result { __typename } }
            }""",
            code=code,
            price=price,
            key=uuid.uuid4().hex,
        )
        kind: str = data["redeemVouchers"]["result"]["__typename"]
        return kind

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        connection: asyncpg.Connection = await asyncpg.connect(**self.database)
        try:
            return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))
        finally:
            await connection.close()


@pytest_asyncio.fixture(scope="session")
async def open_shop(
    cluster: dict[str, Any], template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OpenShop]:
    """The shop; tests may shop there, and count what they have changed, but not close it."""
    name = f"shop_{uuid.uuid4().hex[:12]}"
    await administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    database = {**cluster, "database": name}
    state = tmp_path_factory.mktemp("shop")
    await made(database, state)
    async with serving(database) as server:
        yield OpenShop(server, database, read_keys(state), state)
    await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


async def made(database: dict[str, Any], state: Path) -> None:
    """Make the sample shop as the operator does, and keep its keys in `state`."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TEAROFF_")},
        "DATABASE_URL": address_of(database),
        "TEAROFF_TOKEN_SECRET": "a-secret-of-the-tests-that-is-long-enough",
        "TEAROFF_STATE_DIR": str(state),
    }
    said = await tearoff("sample", env=env)
    assert said.status == 0, said
