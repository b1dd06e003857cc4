"""The process that owns an embedded server: makes its data, starts it, mends it, stops it after the last user."""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TextIO

from app.embedded_postgres.home import (
    PORT,
    EmbeddedPostgresError,
    Home,
    lock_file,
    locked_within,
    root_store,
    server_account,
)
from app.embedded_postgres.orders import Orders
from app.embedded_postgres.programs import identity, major_version, reachable

_START_SECONDS = 120.0  # crash recovery may have a lot of log to read
_POLL_SECONDS = 0.1
_STEADY_SECONDS = 10.0  # a server that lived so long died of something else than its start
_QUICK_DEATHS = 3
_LARGEST_LOG = 8 * 1024 * 1024  # bytes; one older file is kept beside it
_SIGINT_ON_PARENTS_DEATH = 1  # Linux: PR_SET_PDEATHSIG


class Supervisor:
    """One server and its life."""

    def __init__(self, orders: Orders) -> None:
        self.home = Home(orders.home)
        self.account: pwd.struct_passwd | None = server_account()
        self.programs = orders.programs
        if self.account is not None:
            self.programs = reachable(orders.programs, self.account, root_store())
        self.version = major_version(self.programs, self.account)
        self.conf = {
            "listen_addresses": "",
            "unix_socket_directories": '"{}"'.format(str(self.home.sockets).replace('"', '""')),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "max_connections": "200",
            "cluster_name": "tearoff",
            **orders.conf,
        }
        self.stopping = False

    def prepare(self) -> None:
        """Everything a start needs: data of the right version, a folder for the socket."""
        if not (self.home.data / "PG_VERSION").exists():
            self._initialise()
        have = int((self.home.data / "PG_VERSION").read_text().split(".")[0])
        if have != self.version:
            raise EmbeddedPostgresError(
                f"{self.home.data} was written by PostgreSQL {have}, but the programs in {self.programs} are "
                f"PostgreSQL {self.version}: point TEAROFF_POSTGRES_BIN at version {have}, or move the data "
                "over with pg_dumpall."
            )
        self.home.sockets.mkdir(exist_ok=True)
        self._give(self.home.sockets)
        self.home.sockets.chmod(0o700)

    def _initialise(self) -> None:
        """Make the data in a folder aside, so that half a database is never taken for a whole one."""
        for abandoned in self.home.path.glob("init-*"):
            shutil.rmtree(abandoned)
        aside = Path(tempfile.mkdtemp(prefix="init-", dir=self.home.path))
        secret = secrets.token_urlsafe(32)
        (aside / "password").write_text(secret)
        self._give(aside)
        self._give(aside / "password")
        locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if self.version >= 17 else ["--locale=C"]
        hurry = ["--no-sync"] if self.conf.get("fsync") == "off" else []
        made = subprocess.run(  # noqa: S603  # the operator's own program
            [
                self.programs / "initdb",
                f"--pgdata={aside / 'data'}",
                f"--pwfile={aside / 'password'}",
                *("--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
                *(locale + hurry),
            ],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **identity(self.account),
        )
        if made.returncode:
            shutil.rmtree(aside)
            raise EmbeddedPostgresError(f"PostgreSQL's initdb failed: {' '.join(made.stderr.split())}.")
        with lock_file(self.home.password) as kept:  # before the data, which is never without its password
            kept.truncate(0)
            kept.write(secret)
        (aside / "data").rename(self.home.data)
        shutil.rmtree(aside)

    def _give(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start PostgreSQL and wait until it is ready."""
        options = [argument for name, value in self.conf.items() for argument in ("-c", f"{name}={value}")]
        with lock_file(self.home.serving) as serving, self.home.log.open("ab") as log:
            # Processes of a postmaster that was killed may still be writing; nobody else uses this folder after that.
            if not locked_within(serving, 30):
                raise EmbeddedPostgresError(
                    f"A PostgreSQL without supervisor (process {self.home.status()[0]}) still uses {self.home.data}."
                )
            self.home.postmaster_pid.unlink(missing_ok=True)
            said_before = log.tell()
            postmaster = subprocess.Popen(  # noqa: S603  # the operator's own program
                [self.programs / "postgres", "-D", self.home.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                pass_fds=(serving.fileno(),),  # its processes now hold the lock
                preexec_fn=_end_with_parent(os.getpid()),  # noqa: PLW1509  # this process has one thread
                **identity(self.account),
            )
        deadline = time.monotonic() + _START_SECONDS
        while self.home.status() != (postmaster.pid, "ready"):
            if postmaster.poll() is not None or time.monotonic() > deadline:
                postmaster.kill()
                postmaster.wait()
                raise EmbeddedPostgresError(f"PostgreSQL did not start: {self._complaint(said_before)}.")
            time.sleep(0.01)
        return postmaster

    def _complaint(self, since: int) -> str:
        """The reason in the log, or its last line."""
        with self.home.log.open("rb") as log:
            log.seek(since)
            lines = log.read().decode(errors="replace").splitlines() or ["it said nothing"]
        fatal = [line for line in lines if "FATAL:" in line or "PANIC:" in line] or lines
        return f"{fatal[-1].split('FATAL:')[-1].strip()} (see {self.home.log})"

    def attend(self, postmaster: subprocess.Popen[bytes]) -> None:
        """Keep the server up until nobody uses it, then stop it in good order."""
        launched, quick_deaths = time.monotonic(), 0
        with lock_file(self.home.users) as users:
            while not self.stopping and not _nobody_left(users):
                if postmaster.poll() is None:
                    time.sleep(_POLL_SECONDS)
                    continue
                quick_deaths = quick_deaths + 1 if time.monotonic() - launched < _STEADY_SECONDS else 0
                if quick_deaths >= _QUICK_DEATHS:
                    return
                launched = time.monotonic()
                postmaster = self.launch()
            if postmaster.poll() is None:
                postmaster.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
                postmaster.wait()

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """SIGTERM: stop the server although it has users."""
        self.stopping = True


def _nobody_left(users: TextIO) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end_with_parent(parent: int) -> Callable[[], None] | None:
    """In the child: have the kernel stop it in good order when its supervisor is killed. Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_SIGINT_ON_PARENTS_DEATH, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.rename(log.with_name("log.old"))


def _begin(home: Home, orders: Orders, mine: TextIO) -> tuple[Supervisor, subprocess.Popen[bytes]]:
    if not locked_within(mine, 30):
        raise EmbeddedPostgresError(f"Another supervisor holds {home.path} and does not let go.")
    mine.truncate(0)
    mine.write(f"{os.getpid()}\n")
    mine.flush()
    _rotate(home.log)
    supervisor = Supervisor(orders)
    signal.signal(signal.SIGTERM, supervisor.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    supervisor.prepare()
    return supervisor, supervisor.launch()


def main(orders: Orders) -> None:
    """The supervisor's whole life."""
    home = Home(orders.home)
    with lock_file(home.supervisor) as mine:
        try:
            supervisor, postmaster = _begin(home, orders, mine)
        except EmbeddedPostgresError as refusal:
            orders.answer(str(refusal))
        except OSError as failure:
            traceback.print_exc()  # to the log
            orders.answer(f"The embedded PostgreSQL in {home.path} cannot start: {failure}.")
        else:
            orders.answer()
            supervisor.attend(postmaster)


if __name__ == "__main__":
    main(Orders.from_argument(sys.argv[1]))
