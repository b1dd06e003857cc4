"""The routes of the GraphQL API: one address for HTTP, WebSockets and the page that explores them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from graphql_schema.context import MakeContext
from graphql_schema.credentials import Admit
from graphql_schema.delivery import Deliver, deliver_alone
from graphql_schema.event_stream import EventStreams
from graphql_schema.front import FrontSchema
from graphql_schema.http import PAGE, AllowOrigin, GraphQLEndpoint
from graphql_schema.socket import SocketEndpoint
from graphql_schema.sockets import SocketLimits, Sockets
from graphql_schema.visit import Door, Standing

CallerT = TypeVar("CallerT")


async def any_origin(_origin: str) -> bool:
    """Let pages of every origin read answers: the key in the request decides, and no cookie is ever sent."""
    return True


def routes(
    schema: FrontSchema,
    admit: Admit[CallerT],
    make_context: MakeContext[CallerT],
    *,
    stands_on: Callable[[CallerT], Standing],
    sockets: Sockets,
    socket_limits: SocketLimits | None = None,
    max_body_bytes: int = 262_144,
    allow_origin: AllowOrigin = any_origin,
    deliver: Deliver = deliver_alone,
    path: str = "/graphql",
) -> list[BaseRoute]:
    """The API at `path`, and the built files of the GraphiQL page below /static.

    `stands_on(caller)` says what a socket or an event stream ends with: its key, its customer token.
    """
    door, limits = Door(admit, stands_on, sockets), socket_limits or SocketLimits()
    http = GraphQLEndpoint(
        schema,
        admit,
        make_context,
        allow_origin=allow_origin,
        streams=EventStreams(schema, door, make_context, limits=limits, deliver=deliver),
        max_body_bytes=max_body_bytes,
    )
    socket = SocketEndpoint(schema, door, make_context, limits=limits, deliver=deliver)
    return [
        Route(path, http),
        WebSocketRoute(path, socket),
        Mount("/static", StaticFiles(directory=PAGE.parent, check_dir=False)),
    ]
