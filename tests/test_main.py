"""A real server process: when it is ready, how it opens late, and how it ends."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
import websockets
from websockets.asyncio.client import ClientConnection

from app.database import connect, fetchval
from app.database.migrate import migrate
from app.lifetime import Lifetime
from app.projects.keys import revoke_key
from app.projects.secret import new_secret
from app.projects.values import KeyKind
from app.settings import load
from tests.conftest import NOW, administer
from tests.events.conftest import eventually
from tests.projects.shop import a_key
from tests.server import Server, client, serving

VIEWER = {"query": "{ viewer { __typename } }"}
FOLLOW = "subscription { redemptions { cursor } }"


@pytest_asyncio.fixture
async def server(database: dict[str, Any]) -> AsyncIterator[Server]:
    async with serving(database) as server:
        yield server


async def follow(server: Server, secret: str) -> ClientConnection:
    """A socket that follows the redemptions: its first item, a heartbeat, has come."""
    socket = await websockets.connect(
        f"ws://127.0.0.1:{server.port}/graphql", subprotocols=[websockets.Subprotocol("graphql-transport-ws")]
    )
    await socket.send(
        json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {secret}"}})
    )
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}}))
    assert json.loads(await socket.recv())["payload"]["data"]["redemptions"]["cursor"]
    return socket


async def closed(socket: ClientConnection) -> int | None:
    """The close code, once the other side has closed."""
    async with asyncio.timeout(15):
        await socket.wait_closed()
    return socket.close_code


async def test_a_server_on_a_migrated_database_is_alive_and_ready(server: Server) -> None:
    async with client(server) as http:
        alive = await http.get("/healthz")
        ready = await http.get("/readyz", headers={"X-Request-Id": "kept-from-the-proxy"})
        root = await http.get("/")
        examples = await http.get("/examples.json")
        refused = await http.post("/graphql", json=VIEWER)
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert ready.status_code == 200
    assert ready.headers["X-Request-Id"] == "kept-from-the-proxy"
    assert ready.json()["status"] == "ready"
    checks = ready.json()["checks"]
    assert set(checks) == {"database", "migrations", "feed", "projections", "doorbell"}
    assert all(check["ok"] for check in checks.values())
    assert checks["migrations"]["missing"] == []
    assert checks["feed"]["followers"] == 0
    assert (root.status_code, root.headers["Location"]) == (307, "/graphql")
    assert isinstance(examples.json(), list)
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_metrics_count_what_was_asked_and_never_an_odd_path(server: Server) -> None:
    async with client(server) as http:
        for _ in range(3):
            await http.post("/graphql", json=VIEWER)
        await http.get("/wp-login.php")
        page = await http.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain")
    figures = page.text.splitlines()
    assert 'tearoff_requests_total{kind="http",route="/graphql",status="401"} 3.0' in figures
    assert 'tearoff_requests_total{kind="http",route="other",status="404"} 1.0' in figures
    assert "tearoff_feed_followers 0.0" in figures
    assert "tearoff_feed_lag_seconds 0.0" in figures
    assert any(line.startswith('tearoff_projection_lag_seconds{projection="reports"} ') for line in figures)
    assert "tearoff_pool_connections_max 10.0" in figures


async def test_where_migrations_are_missing_it_says_so_and_opens_when_they_have_come(
    cluster: dict[str, Any],
) -> None:
    name = f"empty_{uuid4().hex[:12]}"
    await administer(cluster, f'CREATE DATABASE "{name}"')
    credentials = {**cluster, "database": name}
    try:
        async with serving(credentials, opens=False) as server, client(server) as http:
            await server.logs("migrations_missing")
            await server.logs("Application startup complete")
            alive = await http.get("/healthz")
            ready = await http.get("/readyz")
            refused = await http.post("/graphql", json=VIEWER)
            assert alive.status_code == 200
            assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
            missing = ready.json()["checks"]["migrations"]["missing"]
            assert (missing[0], missing[-1], len(missing)) == ("0001_initial", "0007_jobs", 7)
            assert ready.json()["checks"]["database"]["ok"]
            assert refused.status_code == 503
            assert refused.headers["Retry-After"] == "1"
            assert refused.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
            async with websockets.connect(f"ws://127.0.0.1:{server.port}/graphql") as socket:
                assert await closed(socket) == 1013

            await migrate(credentials)
            await server.logs("^open$")
            assert (await http.get("/readyz")).status_code == 200
            assert (await http.post("/graphql", json=VIEWER)).status_code == 401
    finally:
        await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


async def test_it_is_not_ready_while_the_database_is_away_and_ready_again_afterwards(
    cluster: dict[str, Any], fresh_database: dict[str, Any]
) -> None:
    name = fresh_database["database"]
    async with serving(fresh_database, TEAROFF_FEED_POLL_SECONDS="0.2") as server, client(server) as http:
        await administer(cluster, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await administer(
            cluster, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        )

        async def ready(status: int) -> bool:
            return (await http.get("/readyz")).status_code == status

        await eventually(lambda: ready(503), every=0.05)
        assert (await http.get("/healthz")).status_code == 200
        await administer(cluster, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await eventually(lambda: ready(200), every=0.05)


async def test_a_request_under_way_is_answered_before_the_process_ends(
    database: dict[str, Any], server: Server
) -> None:
    blocker = await connect()
    try:
        async with client(server) as http:
            async with blocker.transaction():
                await blocker.execute("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE")
                secret = new_secret(KeyKind.SERVER)
                asked = asyncio.create_task(
                    http.post("/graphql", json=VIEWER, headers={"Authorization": f"Bearer {secret}"})
                )
                await eventually(is_waiting_for_api_keys)
                server.terminate()
                await server.logs("Waiting for connections to close")
                assert not asked.done()
            answer = await asked
    finally:
        await blocker.close()
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["message"] == "This key is not known."
    assert await server.ended() == 0


async def is_waiting_for_api_keys() -> bool:
    return bool(
        await fetchval(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'api_keys'::regclass AND NOT granted)"
        )
    )


async def test_a_request_that_never_ends_does_not_keep_the_process(
    database: dict[str, Any],
) -> None:
    async with serving(database, TEAROFF_GRACEFUL_SHUTDOWN_SECONDS="1") as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
        writer.write(head.encode())
        await writer.drain()
        async with client(server) as http:  # by the time this is answered the other one has arrived
            await http.get("/healthz")
        server.terminate()
        assert await server.ended() == 0
        writer.close()


async def test_open_sockets_are_closed_properly_and_told_to_come_again(project: UUID, server: Server) -> None:
    key = await a_key(project)
    sockets = [await follow(server, key.secret) for _ in range(5)]
    async with client(server) as http:
        figures = (await http.get("/metrics")).text.splitlines()
    assert "tearoff_sockets 5.0" in figures
    assert "tearoff_feed_followers 1.0" in figures  # they share one execution
    assert "tearoff_subscriptions_shared 5.0" in figures
    server.terminate()
    assert [await closed(socket) for socket in sockets] == [1012] * 5
    assert await server.ended() == 0
    (closing,) = await server.logs("^closing$")
    assert closing["sockets"] == 0
    assert [line for line in server.lines if line.get("level") in {"error", "critical"}] == []


async def test_revoking_a_key_closes_its_sockets_on_a_server_that_did_not_revoke_it(
    project: UUID, server: Server
) -> None:
    revoked, kept = await a_key(project), await a_key(project)
    doomed, other = await follow(server, revoked.secret), await follow(server, kept.secret)
    began = asyncio.get_running_loop().time()
    await revoke_key(project, revoked.key.id, NOW)
    assert await closed(doomed) == 4403
    assert asyncio.get_running_loop().time() - began < 10
    assert other.close_code is None
    await other.close()


async def test_holds_are_looked_for_again_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: asyncio.Queue[datetime] = asyncio.Queue()

    async def sweep(now: datetime) -> int:
        looks.put_nowait(now)
        raise ConnectionResetError

    monkeypatch.setattr("app.lifetime.HOLDS_SECONDS", 0)
    monkeypatch.setattr("app.lifetime.sweep_holds", sweep)
    lifetime = Lifetime(load(database_url="postgresql://nowhere/shop", token_secret="a secret " * 4))
    lifetime.is_open = True
    looking = asyncio.create_task(lifetime._look_at_holds())
    assert await looks.get() < await looks.get()
    looking.cancel()


async def test_two_workers_share_the_port_and_their_figures(database: dict[str, Any]) -> None:
    async with serving(database, TEAROFF_WORKERS="2") as server:
        for _ in range(8):  # a connection each, so that both get some
            async with client(server) as http:
                assert (await http.get("/readyz")).status_code == 200

        async def all_counted() -> bool:
            async with client(server) as http:
                figures = (await http.get("/metrics")).text.splitlines()
            return (
                'tearoff_requests_total{kind="http",route="/readyz",status="200"} 8.0' in figures
                and "tearoff_pool_connections_max 20.0" in figures
            )

        await eventually(all_counted, every=0.2)
        server.terminate()
        assert await server.ended() == 0
        assert len(await server.logs("^closing$")) == 2


async def test_a_database_that_cannot_be_reached_stops_the_start_without_telling_the_password(
    cluster: dict[str, Any],
) -> None:
    nowhere = {**cluster, "host": "/nowhere", "password": "hunter2-the-password"}
    async with serving(nowhere, opens=False) as server:
        assert await server.ended() != 0
    assert "hunter2" not in json.dumps(server.lines)
    assert await server.logs("cannot_start")


async def test_a_port_that_is_taken_is_told_in_one_sentence(server: Server) -> None:
    again = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from app.serve import serve; from app.settings import load; serve(load())",
        stderr=asyncio.subprocess.PIPE,
        env=server.environment | {"TEAROFF_PORT": str(server.port)},
    )
    _, said = await again.communicate()
    assert again.returncode == 1
    assert said.decode().splitlines()[-1] == (
        f"app.serve.ServeError: Cannot listen on 127.0.0.1, port {server.port}: Address already in use."
    )


async def test_nobody_is_connected_after_the_end(fresh_database: dict[str, Any]) -> None:
    async with serving(fresh_database) as server:
        server.terminate()
        assert await server.ended() == 0
    watcher = await asyncpg.connect(**fresh_database)
    try:
        others = await watcher.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await watcher.close()
    assert others == 0
