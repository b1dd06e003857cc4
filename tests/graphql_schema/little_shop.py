"""The little schema behind a door of its own, and a real server for it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette

from app.http_protocol import HttpProtocol
from app.socket_protocol import SocketProtocol
from graphql_schema.context import Context
from graphql_schema.credentials import Credentials
from graphql_schema.delivery import Deliver, deliver_alone
from graphql_schema.endpoint import routes
from graphql_schema.errors import Refusal
from graphql_schema.sockets import SocketLimits, Sockets
from graphql_schema.visit import Standing
from tests.graphql_schema.little_schema import SCHEMA, Loaders


def make_context(caller: str, request_id: str) -> Context[str, Loaders]:
    return Context(caller, lambda: datetime.now(UTC), request_id, lambda _context: Loaders())


async def admit(credentials: Credentials) -> str:
    """Keys are `Bearer <name>`; some names have a story."""
    match credentials.authorization:
        case None:
            raise Refusal("UNAUTHENTICATED", "Send a key in the header Authorization.")
        case "Bearer broken":
            raise RuntimeError("the password is swordfish")
        case "Bearer early" if not Gate.open.is_set():
            raise ConnectionRefusedError
        case "Bearer bound" if credentials.origin != "https://shop.example":
            raise Refusal("ORIGIN_NOT_ALLOWED", "This key is bound to its origins.")
        case "Bearer slow":
            await Gate.open.wait()
    name = credentials.authorization.removeprefix("Bearer ")
    return f"{name} for {credentials.customer_token}" if credentials.customer_token else name


def stands_on(caller: str) -> Standing:
    """The key's name; a customer token `short made by bob` ends soon, and with bob."""
    key, _, token = caller.partition(" for ")
    life, _, maker = token.partition(" made by ")
    until = datetime.now(UTC) + timedelta(seconds=0.3) if life == "short" else None
    return Standing(key, maker or None, until)


class Gate:
    """Holds `Bearer slow` at the door until a test opens it."""

    open = asyncio.Event()


async def allow_origin(origin: str) -> bool:
    return origin.startswith("https://shop")


@dataclass
class Shop:
    """A running server: its address, and what it keeps inside."""

    address: str
    sockets: Sockets
    server: uvicorn.Server
    headers: dict[str, str] = field(default_factory=lambda: {"authorization": "Bearer ann"})

    @property
    def url(self) -> str:
        return f"http://{self.address}/graphql"

    @property
    def ws(self) -> str:
        return f"ws://{self.address}/graphql"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def application(sockets: Sockets, **options: Any) -> Starlette:
    return Starlette(
        routes=routes(
            SCHEMA,
            admit,
            make_context,
            stands_on=stands_on,
            sockets=sockets,
            allow_origin=allow_origin,
            max_body_bytes=4_096,
            **options,
        )
    )


@contextlib.asynccontextmanager
async def open_shop(
    deliver: Deliver = deliver_alone, sockets: Sockets | None = None, **limits: Any
) -> AsyncIterator[Shop]:
    """The little shop behind a real uvicorn on a free port, in this event loop."""
    sockets = Sockets() if sockets is None else sockets
    bounds = SocketLimits(**{"message_bytes": 4_096, "operations": 3} | limits)
    async with serving_here(application(sockets, socket_limits=bounds, deliver=deliver), sockets) as shop:
        yield shop


@contextlib.asynccontextmanager
async def serving_here(app: Starlette, sockets: Sockets) -> AsyncIterator[Shop]:
    """Any application behind a real uvicorn on a free port, in this event loop."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=HttpProtocol,
        ws=SocketProtocol,
        ws_per_message_deflate=False,
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    await server.ready.wait()
    host, port = listener.getsockname()
    try:
        yield Shop(f"{host}:{port}", sockets, server)
    finally:
        server.should_exit = True
        await serving
