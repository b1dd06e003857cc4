"""A user's hold on the embedded server: found or started, kept alive while held, addresses to connect to."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self, TextIO, TypedDict
from urllib.parse import quote

from app.embedded_postgres.home import (
    PORT,
    EmbeddedPostgresError,
    Home,
    is_locked,
    lock_file,
    server_account,
    settle,
)
from app.embedded_postgres.orders import READY, Orders
from app.embedded_postgres.programs import find

_WAIT_SECONDS = 150.0  # for a server that somebody else is starting or mending
_CODE = Path(__file__).parents[2]


class Credentials(TypedDict):
    """What asyncpg and Tortoise take; the host is the folder of the socket."""

    host: str
    port: int
    user: str
    password: str
    database: str


class EmbeddedPostgres:
    """A PostgreSQL that lives in a folder for as long as somebody holds it.

    The first to `start` one starts the server, all later ones share it; it is stopped in good order after the last
    one has closed or died. It listens on a unix socket only and asks for a password. Linux and macOS.
    """

    def __init__(self, home: Home, users: TextIO) -> None:
        self._users = users
        self.home = home
        self.password = home.password.read_text()

    @classmethod
    def start(cls, state: Path, *, conf: Mapping[str, str] | None = None, bin: Path | None = None) -> Self:  # noqa: A002  # PostgreSQL's own word
        """Find or start the server of the folder `state`; blocks until it answers (about a second the first time).

        `conf` (PostgreSQL settings) and `bin` (folder of its programs) count only for the one that starts it.
        Raises EmbeddedPostgresError with one sentence.
        """
        programs = find(bin)
        account = server_account()
        try:
            state = state.resolve()
            state.mkdir(parents=True, exist_ok=True)
            with lock_file(state / "gate") as gate:
                fcntl.flock(gate, fcntl.LOCK_EX)
                home = settle(state, account)
                users = lock_file(home.users)
                try:
                    fcntl.flock(users, fcntl.LOCK_SH)  # waits while a supervisor is stopping its server
                    _find_or_start(Orders(home.path, programs, conf or {}))
                    return cls(home, users)
                except BaseException:
                    users.close()
                    raise
        except OSError as failure:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL cannot use the folder {state}: {failure.strerror} ({failure.filename})."
            ) from failure

    def credentials(self, database: str) -> Credentials:
        """How to connect to one of its databases, as keywords."""
        return {
            "host": str(self.home.sockets),
            "port": PORT,
            "user": "postgres",
            "password": self.password,
            "database": database,
        }

    def dsn(self, database: str) -> str:
        """How to connect to one of its databases, as one line. Contains the password."""
        host = quote(str(self.home.sockets), safe="")
        return f"postgresql://postgres:{quote(self.password)}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def close(self) -> None:
        """Let go; the server stops soon after the last user has. Closing twice is harmless."""
        self._users.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _find_or_start(orders: Orders) -> None:
    home = Home(orders.home)
    deadline = time.monotonic() + _WAIT_SECONDS
    while is_locked(home.supervisor):
        if home.answers():
            return
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL in {home.path} does not answer (see {home.log})."
            )
        time.sleep(0.02)  # its supervisor is starting it again
    _start(orders)


def _start(orders: Orders) -> None:
    said, ready = os.pipe()
    home = Home(orders.home)
    orders = Orders(orders.home, orders.programs, orders.conf, ready)
    with lock_file(home.log) as log:
        subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-m", "app.embedded_postgres.supervisor", orders.to_argument()],
            pass_fds=(ready,),
            start_new_session=True,  # what is typed at the user's terminal is not meant for the server
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(_CODE)},
        )
    os.close(ready)
    with os.fdopen(said, "rb") as answer:
        word = answer.read()
    if word != READY:
        raise EmbeddedPostgresError(
            word.decode() or f"The embedded PostgreSQL's supervisor died (see {home.log})."
        )
