"""A real server on the sample shop, to try on it what the documents say."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.sample.keys import SampleKeys, read_keys
from tests.server import Server, address_of, client, serving

ROOT = Path(__file__).parents[2]
ORIGIN = "http://localhost:8000"
CUSTOMER = "kalina-1003"
_MAKE = f"""
import asyncio
from datetime import UTC, datetime
from app.database import close_database, open_database
from app.database.address import located
from app.sample.seed import make_sample
from app.settings import load

async def make():
    settings = load()
    async with located(settings) as credentials:
        await open_database(credentials)
        await make_sample(settings.state_dir, ["{ORIGIN}"], datetime.now(UTC))
        await close_database()

asyncio.run(make())
"""


@dataclass(frozen=True, slots=True)
class SampleShop:
    """The server, a client of it, and the shop's keys."""

    server: Server
    http: httpx.AsyncClient
    keys: SampleKeys

    def secret(self, name: str) -> str:
        """The secret of the key `server`, `merchant` or `storefront`."""
        return self.keys.named()[name].secret

    async def headers(self, caller: str) -> dict[str, str]:
        """What a caller sends along: a key, and for `customer` a token of customer kalina-1003."""
        if caller != "customer":
            return {"authorization": f"Bearer {self.secret(caller)}", "origin": ORIGIN}
        document = (ROOT / "docs/operations/22_create_customer_token.graphql").read_text()
        made = await self.ask(document, {"customer": {"sourceId": CUSTOMER}})
        return {
            "authorization": f"Bearer {self.secret('storefront')}",
            "x-customer-token": made["createCustomerToken"]["token"],
            "origin": ORIGIN,
        }

    async def ask(self, query: str, variables: dict[str, Any] | None = None, caller: str = "server") -> Any:
        """The data of an operation without errors."""
        answer = await self.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=await self.headers(caller)
        )
        body = answer.json()
        assert answer.status_code == 200, body
        assert "errors" not in body, body["errors"]
        return body["data"]


@asynccontextmanager
async def open_sample_shop(credentials: dict[str, Any], folder: Path) -> AsyncIterator[SampleShop]:
    """Make the sample shop in an empty, migrated database and serve it; its keys are kept in the folder."""
    environment = {
        **os.environ,
        "DATABASE_URL": address_of(credentials),
        "TEAROFF_STATE_DIR": str(folder),
        "TEAROFF_TOKEN_SECRET": "a-secret-of-the-tests-that-is-long-enough",
    }
    making = await asyncio.create_subprocess_exec(sys.executable, "-c", _MAKE, env=environment)
    assert await making.wait() == 0
    async with serving(credentials) as server, client(server) as http:
        yield SampleShop(server, http, read_keys(folder))
