"""The routes of the GraphQL API: one address for HTTP, WebSockets and the page that explores them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from graphql_schema.credentials import Admit
from graphql_schema.delivery import Deliver, deliver_alone
from graphql_schema.front import FrontSchema
from graphql_schema.http import PAGE, AllowOrigin, GraphQLEndpoint, MakeContext
from graphql_schema.socket import SocketEndpoint, SocketLimits
from graphql_schema.sockets import Sockets

CallerT = TypeVar("CallerT")


async def any_origin(_origin: str) -> bool:
    """Let pages of every origin read answers: the key in the request decides, and no cookie is ever sent."""
    return True


def routes(
    schema: FrontSchema,
    admit: Admit[CallerT],
    make_context: MakeContext[CallerT],
    *,
    key_of: Callable[[CallerT], Hashable],
    sockets: Sockets,
    socket_limits: SocketLimits | None = None,
    max_body_bytes: int = 262_144,
    allow_origin: AllowOrigin = any_origin,
    deliver: Deliver = deliver_alone,
    path: str = "/graphql",
) -> list[BaseRoute]:
    """The API at `path`, and the built files of the GraphiQL page below /static."""
    http = GraphQLEndpoint(
        schema, admit, make_context, allow_origin=allow_origin, max_body_bytes=max_body_bytes
    )
    socket = SocketEndpoint(
        schema, admit, make_context, key_of=key_of, sockets=sockets, limits=socket_limits, deliver=deliver
    )
    return [
        Route(path, http),
        WebSocketRoute(path, socket),
        Mount("/static", StaticFiles(directory=PAGE.parent, check_dir=False)),
    ]
