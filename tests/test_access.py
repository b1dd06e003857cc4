"""Every request: its id, its line in the log, its figures."""

from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from app.access import AccessLog

Observed = list[tuple[str, str, int]]


async def ask(
    path: str = "/graphql", *, sent_id: bytes | None = None, kind: str = "http", app: Any = None
) -> tuple[list[Message], list[Any], Observed]:
    """The messages sent, the lines logged, the requests counted."""
    messages: list[Message] = []
    observed: Observed = []

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        assert get_contextvars() == {"request_id": scope["state"]["request_id"]}
        await send({"type": "http.response.start", "status": 418, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"short and stout"})

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    headers = [] if sent_id is None else [(b"x-request-id", sent_id)]
    scope = {"type": kind, "method": "GET", "path": path, "headers": headers, "client": ("10.0.0.7", 1)}
    log = AccessLog(app or answer, lambda *seen: observed.append(seen[:3]))
    with capture_logs() as lines:
        await log(scope, receive, send)
    return messages, lines, observed


async def test_a_request_gets_an_id_that_stands_in_its_answer_and_its_line() -> None:
    messages, (line,), observed = await ask()
    headers = dict(messages[0]["headers"])
    assert headers[b"a"] == b"b"
    assert len(headers[b"x-request-id"]) == 16
    assert (line["event"], line["method"], line["path"], line["status"], line["client"]) == (
        "request",
        "GET",
        "/graphql",
        418,
        "10.0.0.7",
    )
    assert line["ms"] >= 0
    assert observed == [("http", "/graphql", 418)]
    assert get_contextvars() == {}, "nothing is left behind for the next request"


async def test_a_sane_id_is_kept() -> None:
    messages, _, _ = await ask(sent_id=b"trace-0af7651916cd43dd")
    assert dict(messages[0]["headers"])[b"x-request-id"] == b"trace-0af7651916cd43dd"


@pytest.mark.parametrize(
    "odd", [b"short", b"a" * 65, b"two words here", b"new\nline-attack", b"\xc3\xa4" * 8]
)
async def test_an_odd_id_is_replaced(odd: bytes) -> None:
    messages, _, _ = await ask(sent_id=odd)
    assert dict(messages[0]["headers"])[b"x-request-id"] != odd


async def test_the_checks_of_machines_do_not_fill_the_log() -> None:
    async def fine(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})

    _, (line,), _ = await ask("/readyz", app=fine)
    assert line["log_level"] == "debug"
    _, (line,), _ = await ask("/readyz")
    assert line["log_level"] == "info", "a check that fails is told"


async def test_a_request_that_breaks_is_counted_as_500_and_not_swallowed() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ask(app=broken)


async def test_a_socket_is_told_when_it_has_closed_with_its_close_code() -> None:
    async def socket(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        await send({"type": "websocket.close", "code": 4403})

    messages, (line,), observed = await ask(kind="websocket", app=socket)
    assert messages[0]["headers"][0][0] == b"x-request-id"
    assert (line["status"], observed) == (4403, [("websocket", "/graphql", 4403)])


async def test_an_answer_that_lasts_until_it_is_closed_is_counted_as_a_stream() -> None:
    async def stream(scope: Scope, _receive: Receive, send: Send) -> None:
        scope["state"]["close_at_shutdown"] = lambda: None
        await send({"type": "http.response.start", "status": 200, "headers": []})

    _, (line,), observed = await ask(app=stream)
    assert (line["status"], observed) == (200, [("stream", "/graphql", 200)])
