"""The ASGI application: the API, the page that explores it, and the checks of those who run it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app import metrics
from app.access import AccessLog
from app.checks import Checks
from app.lifetime import Lifetime
from app.projects.admit import Caller, NotAdmitted, admit
from app.settings import Settings
from graphql_schema.credentials import Credentials
from graphql_schema.download import ExportDownload
from graphql_schema.endpoint import routes as graphql_routes
from graphql_schema.errors import Refusal
from graphql_schema.limits import Limits
from graphql_schema.request import RequestContext
from graphql_schema.schema import make_graph, schema
from graphql_schema.sockets import SocketLimits
from graphql_schema.types.job import DOWNLOADS
from graphql_schema.visit import Standing

PATH = "/graphql"

_NOT_OPEN = orjson.dumps(
    {
        "errors": [
            {
                "message": "The service is starting: ask again in a second.",
                "extensions": {"code": "SERVICE_UNAVAILABLE"},
            }
        ]
    }
)


def create_app(settings: Settings) -> Starlette:
    """The application of one server process; it opens the database and all that hangs on it in its lifespan."""
    lifetime = Lifetime(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with lifetime.running():
            yield

    return Starlette(
        routes=[
            Route("/", to_the_api),
            *Checks(lifetime, settings).routes(),
            *_graphql(lifetime, settings),
        ],
        middleware=[
            Middleware(AccessLog, observe=metrics.observe_request),
            Middleware(WhileOpen, lifetime=lifetime),
        ],
        lifespan=lifespan,
    )


async def to_the_api(_request: object) -> RedirectResponse:
    """The root address leads to the page that explores the API."""
    return RedirectResponse(PATH)


class WhileOpen:
    """Turns requests to the API away, in a way that clients try again, until the service is open."""

    def __init__(self, app: ASGIApp, lifetime: Lifetime) -> None:
        self._app = app
        self._lifetime = lifetime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._lifetime.is_open or scope["type"] == "lifespan" or not _needs_the_database(scope["path"]):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1013, "reason": "The service is starting"})
        else:
            headers = [(b"content-type", b"application/json"), (b"retry-after", b"1")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": _NOT_OPEN})


def _needs_the_database(path: str) -> bool:
    return path == PATH or path.startswith(f"{DOWNLOADS}/")


def _graphql(lifetime: Lifetime, settings: Settings) -> list[BaseRoute]:
    process = lifetime.process

    async def admitted(credentials: Credentials) -> Caller:
        answer = await admit(
            credentials.authorization,
            credentials.customer_token,
            credentials.origin,
            _now(),
            process.signer,
        )
        if isinstance(answer, NotAdmitted):
            raise Refusal(answer.code, answer.message)
        return answer

    def context(caller: Caller, request_id: str) -> RequestContext:
        return RequestContext(
            caller=caller,
            now=_now,
            request_id=request_id,
            make_loaders=make_graph,
            process=process,
        )

    schema.limit(
        Limits(
            depth=settings.max_query_depth,
            aliases=settings.max_aliases,
            tokens=settings.max_query_tokens,
        )
    )
    api = graphql_routes(
        schema,
        admitted,
        context,
        stands_on=lambda caller: Standing(caller.key, caller.token_maker, caller.token_ends_at),
        sockets=lifetime.sockets,
        socket_limits=SocketLimits(
            message_bytes=settings.max_ws_message_bytes,
            init_seconds=settings.connection_init_timeout_seconds,
        ),
        max_body_bytes=settings.max_body_bytes,
        deliver=lifetime.sharing.deliver,
        path=PATH,
    )
    return [*api, Route(f"{DOWNLOADS}/{{job}}", ExportDownload(admitted, _now))]


def _now() -> datetime:
    return datetime.now(UTC)
