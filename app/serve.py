"""Serving: uvicorn on sockets of our own, in one process or several, ended cleanly by SIGTERM."""

import gc
import math
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app import logs, metrics
from app.http_protocol import HttpProtocol
from app.main import create_app
from app.settings import Settings
from app.socket_protocol import SocketProtocol

# A client that takes nothing for this long is gone; without it the kernel would keep it for many minutes.
UNREAD_MILLISECONDS = 5_000
# What a client that reads slowly may hold in the kernel; what is more waits in its bounded mailbox.
SEND_BUFFER_BYTES = 64 * 1024
# A worker that does not answer its supervisor for so long is replaced; on a busy machine starting takes a while.
WORKER_SECONDS = 30
_BACKLOG = 2_048

_log = structlog.get_logger(__name__)


class ServeError(Exception):
    """The service cannot listen where it should; its text is one sentence for the operator."""


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; requests under way end first. Gives the exit status: 0 after a clean end.

    Raises ServeError when the address is taken, SystemExit when the application cannot start (it has told why).
    """
    logs.configure(settings.log_format, settings.log_level)
    with listening(settings) as sockets:
        for bound in sockets:
            _log.info("listening", host=bound.getsockname()[0], port=bound.getsockname()[1])
        config = _config(settings)
        if settings.workers == 1:
            return _run_alone(config, sockets)
        # prometheus-client reads the folder's name from the environment when a worker imports it.
        with tempfile.TemporaryDirectory(prefix="tearoff-metrics-") as folder:
            metrics.share(Path(folder))
            return _run_many(config, sockets)


@contextmanager
def listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Sockets on the host's addresses, IPv4 and IPv6, with limits on what an idle reader may hold."""
    sockets: list[socket.socket] = []
    try:
        port = settings.port
        for family, address in _addresses(settings.host):
            bound = socket.socket(family, socket.SOCK_STREAM)
            sockets.append(bound)
            _prepare(bound, family)
            bound.bind((address, port))
            bound.listen(_BACKLOG)
            port = bound.getsockname()[1]  # port 0: the first socket chooses, the others follow
        yield sockets
    except OSError as failure:
        where = f"{settings.host}, port {settings.port}"
        raise ServeError(f"Cannot listen on {where}: {failure.strerror}.") from failure
    finally:
        for bound in sockets:
            bound.close()


def application(settings: Settings) -> Starlette:
    """The application in a worker process, which is a new interpreter and knows nothing yet."""
    logs.configure(settings.log_format, settings.log_level)
    app = create_app(settings)
    gc.collect()
    gc.freeze()  # schema and modules live as long as the process: no collection needs to look at them
    return app


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    """The addresses of a name; those of IPv6 only where the machine speaks it."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    addresses = [(family, str(address[0])) for family, _, _, _, address in found]
    spoken = [pair for pair in addresses if pair[0] != socket.AF_INET6 or _speaks(*pair)]
    return list(dict.fromkeys(spoken or addresses))


def _speaks(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.bind((address, 0))
    except OSError:
        return False
    return True


def _prepare(bound: socket.socket, family: socket.AddressFamily) -> None:
    """Options that accepted connections inherit."""
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    if sys.platform == "linux":
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    if family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        partial(application, settings),
        factory=True,
        loop="uvloop",
        http=HttpProtocol,
        ws=SocketProtocol,
        ws_max_size=settings.max_ws_message_bytes,
        ws_per_message_deflate=False,  # it would double the cost of a delivery, and 38 KiB a socket
        lifespan="on",
        access_log=False,  # ours is in app/access.py
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.graceful_shutdown_seconds),
        workers=settings.workers,
        timeout_worker_healthcheck=WORKER_SECONDS,
    )


def _run_alone(config: uvicorn.Config, sockets: list[socket.socket]) -> int:
    # uvicorn raises the signal that ended it once more when it is done; by then it has been obeyed.
    signal.signal(signal.SIGTERM, lambda *_: None)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets)
    return 0


def _run_many(config: uvicorn.Config, sockets: list[socket.socket]) -> int:
    supervisor = Multiprocess(config, sockets)
    supervisor.run()
    failed = any(worker.exitcode == STARTUP_FAILURE for worker in supervisor.processes)
    return STARTUP_FAILURE if failed else 0
