"""The floor, a process of its own: Starlette WebSockets that are sent one text after the other, and nothing else.

`python -m benchmarks.feed.bare` prints its port. `POST /say` sends a text to all sockets so many times, with a pause
between, and answers with the moments of each; uvicorn serves it as it serves us, but with its own protocol classes.
"""

import asyncio
import socket
import time

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

_sockets: set[WebSocket] = set()


async def listen(websocket: WebSocket) -> None:
    """One socket, until it is closed."""
    await websocket.accept("graphql-transport-ws")
    _sockets.add(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        return
    finally:
        _sockets.discard(websocket)


async def say(request: Request) -> JSONResponse:
    """Broadcast; between two sockets nothing is waited for, between two broadcasts the loop gets its turn."""
    asked = await request.json()
    moments: list[float] = []
    for _ in range(asked["times"]):
        moments.append(time.monotonic())
        for websocket in list(_sockets):
            await websocket.send_text(asked["text"])
        await asyncio.sleep(max(0.0, moments[-1] + asked["pause"] - time.monotonic()))
    return JSONResponse(moments)


def main() -> None:
    """Serve until the process is told to end."""
    bound = socket.create_server(("127.0.0.1", 0), backlog=2_048)
    print(bound.getsockname()[1], flush=True)
    app = Starlette(routes=[WebSocketRoute("/graphql", listen), Route("/say", say, methods=["POST"])])
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    uvicorn.Server(config).run([bound])


if __name__ == "__main__":
    main()
