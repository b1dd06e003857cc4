"""Every request gets an id, one line in the log, and its time in the metrics."""

import re
import secrets
import time
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SANE_ID = re.compile(rb"[A-Za-z0-9._:-]{8,64}")
_HEADER = b"x-request-id"

# Asked every few seconds by machines: told only to who wants to know everything.
_CHECKS = frozenset({"/healthz", "/readyz", "/metrics"})

_log = structlog.get_logger(__name__)

Observe = Callable[
    [str, str, int, float], None
]  # kind (`http`, `stream`, `websocket`), path, status, seconds


class AccessLog:
    """Pure ASGI. Puts the id into `scope["state"]["request_id"]`, every log line of the request, and the answer.

    An id sent along (`X-Request-Id`, 8 to 64 harmless characters) is kept, so that a request can be followed
    through several services. A socket's line is written when it has closed. Neither query strings nor headers
    are logged: they may hold secrets.
    """

    def __init__(self, app: ASGIApp, observe: Observe) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0
        began = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] in {"http.response.start", "websocket.accept"}:
                status = message.get("status", 101)
                message["headers"] = [*message.get("headers", ()), (_HEADER, request_id.encode())]
            elif message["type"] == "websocket.close":
                status = message.get("code", 1000)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            except Exception:
                status = 500
                raise
            finally:
                self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        path = scope["path"]
        # An answer that ends when it is closed lasts as long as somebody listens: its time is none of a request.
        kind = "stream" if "close_at_shutdown" in scope["state"] else scope["type"]
        self._observe(kind, path, status, seconds)
        tell = _log.debug if path in _CHECKS and status < 400 else _log.info
        client = scope.get("client")
        tell(
            "request",
            method=scope.get("method", "WEBSOCKET"),
            path=path,
            status=status,
            ms=round(seconds * 1000, 2),
            client=client[0] if client else None,
        )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == _HEADER and _SANE_ID.fullmatch(value):
            sent: str = value.decode()
            return sent
    return secrets.token_hex(8)
