"""What machines ask: is it alive, is it ready, how is it doing, and which operations are there to try."""

import asyncio
import time
from pathlib import Path
from typing import Any  # JSON

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import metrics
from app.database import fetchval
from app.lifetime import Lifetime
from app.settings import Settings

DATABASE_SECONDS = 1.0  # a database that takes longer for `SELECT 1` is no use to a shopper
# In the repository they are documents; in an installed package they lie beside this file.
_DOCUMENTS = Path(__file__).parents[1] / "docs" / "operations"
_OPERATIONS = _DOCUMENTS if _DOCUMENTS.is_dir() else Path(__file__).with_name("operations")
_NO_STORE = {"Cache-Control": "no-store"}


class Checks:
    """The answers to orchestrators and to Prometheus; none of them needs a key."""

    def __init__(self, lifetime: Lifetime, settings: Settings) -> None:
        self._lifetime = lifetime
        self._feed_patience = 2 * settings.feed_poll_seconds + 1

    def routes(self) -> list[Route]:
        """/healthz, /readyz, /metrics, /examples.json."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.figures),
            Route("/examples.json", examples),
        ]

    async def alive(self, _request: Request) -> Response:
        """200 as long as the process answers at all; says nothing about the database."""
        return _json({"status": "alive"})

    async def ready(self, _request: Request) -> Response:
        """200 when requests can be served, else 503; with each check, times in seconds."""
        checks = {
            "database": await self._database(),
            "migrations": {"ok": not self._lifetime.missing, "missing": self._lifetime.missing},
            "feed": self._feed(),
            "projections": self._projections(),
            # Feeds look into the log from time to time as well, so a silent doorbell only makes them late.
            "doorbell": {"ok": True, "listening": self._lifetime.doorbell.is_listening},
        }
        is_ready = self._lifetime.is_open and all(check["ok"] for check in checks.values())
        return _json({"status": "ready" if is_ready else "not ready", "checks": checks}, is_ready)

    async def figures(self, _request: Request) -> Response:
        """The metrics, in Prometheus's text format."""
        if self._lifetime.is_open:
            self._lifetime.gauges.look()
        return Response(metrics.page(), media_type=metrics.CONTENT_TYPE, headers=_NO_STORE)

    async def _database(self) -> dict[str, Any]:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                await fetchval("SELECT 1")
        except Exception as failure:  # whatever it is, the answer is no
            return {"ok": False, "error": type(failure).__name__}
        return {"ok": True, "seconds": round(time.perf_counter() - began, 6)}

    def _feed(self) -> dict[str, Any]:
        """A feed that reads is well, even while an open transaction somewhere makes it wait: redeeming goes on."""
        health = self._lifetime.process.feed.health()
        read_ago = health.tail.read_ago
        return {
            "ok": read_ago is not None and read_ago < self._feed_patience,
            "read_seconds_ago": None if read_ago is None else round(read_ago, 3),
            "lag_seconds": round(health.tail.lag, 3) if self._lifetime.is_open else None,
            "followers": health.followers,
            "behind": health.behind,
        }

    def _projections(self) -> dict[str, Any]:
        """Reports that come late are no reason to take no orders."""
        health = self._lifetime.process.projector.health() if self._lifetime.is_open else ()
        return {"ok": True, "lag_seconds": {one.name: round(one.lag, 3) for one in health}}


async def examples(_request: Request) -> Response:
    """The operations of docs/operations, for GraphiQL's tabs: their first comment is the title."""
    return _json(await asyncio.to_thread(read_examples, _OPERATIONS))


def read_examples(folder: Path) -> list[dict[str, Any]]:
    """Each `.graphql` file of the folder, in the order of names, with the variables in the `.json` beside it."""
    found = []
    for file in sorted(folder.glob("*.graphql")):
        first, _, rest = file.read_text(encoding="utf-8").partition("\n")
        has_title = first.startswith("#")
        title = first.lstrip("# ").strip() if has_title else file.stem.replace("_", " ")
        query = rest if has_title else f"{first}\n{rest}"
        beside = file.with_suffix(".json")
        variables = orjson.loads(beside.read_bytes()) if beside.exists() else None
        found.append({"title": title, "query": query.strip() + "\n", "variables": variables})
    return found


def _json(content: object, ok: bool = True) -> Response:
    return Response(
        orjson.dumps(content), 200 if ok else 503, media_type="application/json", headers=_NO_STORE
    )
