"""The ASGI application: the API, the page that explores it, and the checks of those who run it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app import metrics
from app.access import AccessLog
from app.checks import Checks
from app.lifetime import Lifetime
from app.settings import Settings

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
        if self._lifetime.is_open or scope["type"] == "lifespan" or scope["path"] != PATH:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1013, "reason": "The service is starting"})
        else:
            headers = [(b"content-type", b"application/json"), (b"retry-after", b"1")]
            await send({"type": "http.response.start", "status": 503, "headers": headers})
            await send({"type": "http.response.body", "body": _NOT_OPEN})
