"""The folder of one embedded server: what lies where in it, who may enter it, and the locks that tell who is there.

Locks, not process ids, say what is alive: the kernel drops a lock with the last process that holds it, however that
process ends, and a lock is never handed to a stranger as a process id is.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import socket
import stat
import struct
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

PORT = 5432  # only names the socket file; nothing listens on the network

# For root, whose own folders the server's account may not be able to enter.
STORE_OF_ROOT = Path("/var/lib/tearoff")

# SSLRequest, the one message of PostgreSQL's protocol that is answered before a password is asked for.
_MAY_WE_ENCRYPT = struct.pack("!ii", 8, 80877103)

_LONGEST_SOCKET_PATH = 103  # bytes, on macOS; Linux takes 107


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run; the text is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where everything of one server lies."""

    path: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.path / "data"

    @property
    def sockets(self) -> Path:
        """The only way in, open to the server's account and to root."""
        return self.path / "s"

    @property
    def password(self) -> Path:
        """Of the user `postgres`, readable by the service's account alone."""
        return self.path / "password"

    @property
    def log(self) -> Path:
        """What PostgreSQL and its supervisor have to say."""
        return self.path / "log"

    @property
    def users(self) -> Path:
        """Locked shared by every user of the server; exclusively by its supervisor while it stops the server."""
        return self.path / "users"

    @property
    def supervisor(self) -> Path:
        """Locked by the supervisor; contains its process id."""
        return self.path / "supervisor"

    @property
    def serving(self) -> Path:
        """Locked by PostgreSQL's own processes, the last of which may outlive the postmaster."""
        return self.path / "serving"

    @property
    def postmaster_pid(self) -> Path:
        """PostgreSQL's file about its running server: process id on line 1, status on line 8."""
        return self.data / "postmaster.pid"

    def status(self) -> tuple[int, str]:
        """The postmaster's process id and status as it wrote them; (0, "") where there is none."""
        try:
            lines = self.postmaster_pid.read_text().split("\n")
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
        except (FileNotFoundError, ValueError):
            return 0, ""

    def answers(self) -> bool:
        """Whether a server is ready: it says so, and it replies to a question."""
        if self.status()[1] != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(self.sockets / f".s.PGSQL.{PORT}"))
                probe.sendall(_MAY_WE_ENCRYPT)
                return bool(probe.recv(1))
            except OSError:
                return False


def server_account() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, which PostgreSQL refuses; None: as ourselves. Nothing is added."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedPostgresError(
        "Started by root, the embedded PostgreSQL needs an account named postgres or nobody, and there is none."
    )


def open_to_all(path: Path) -> bool:
    """Whether any account may pass through the folder and those it lies in."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def settle(state: Path, account: pwd.struct_passwd | None) -> Home:
    """The home in a folder, made if need be. The caller holds the folder's gate."""
    path = state
    if account is not None:
        if not open_to_all(state.parent):
            path = _elsewhere(state)
        path.chmod(0o711)
    home = Home(path)
    length = len(os.fsencode(home.sockets / f".s.PGSQL.{PORT}"))
    if length > _LONGEST_SOCKET_PATH:
        raise EmbeddedPostgresError(
            f"The folder {path} is {length - _LONGEST_SOCKET_PATH} bytes too deep for the embedded PostgreSQL's "
            "socket: choose a shorter TEAROFF_STATE_DIR."
        )
    return home


def _elsewhere(state: Path) -> Path:
    """A folder that the server's account can enter, remembered in the one that it cannot."""
    pointer = state / "elsewhere"
    if pointer.exists():
        path = Path(pointer.read_text().strip())
        path.mkdir(exist_ok=True)
        return path
    store = root_store()
    path = Path(tempfile.mkdtemp(prefix="pg-", dir=store))
    pointer.write_text(f"{path}\n")
    return path


def root_store() -> Path:
    """The folder that root keeps for the server's account."""
    STORE_OF_ROOT.mkdir(parents=True, exist_ok=True)
    STORE_OF_ROOT.chmod(0o711)
    return STORE_OF_ROOT


def lock_file(path: Path) -> TextIO:
    """The file opened for locking, readable by its owner alone."""
    return open(path, "a+", opener=lambda name, flags: os.open(name, flags, 0o600))


def locked_within(file: TextIO, seconds: float) -> bool:
    """Take the exclusive lock, waiting at most so long."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def is_locked(path: Path) -> bool:
    """Whether another process holds the file's exclusive lock."""
    with lock_file(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
